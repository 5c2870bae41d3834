import type { AnyOf } from './permissions.ts'

/** A kind of authentication method, after the published metadata of Microsoft Graph. */
export interface MethodType {
  /** Segment under `/users/{id}/authentication`. */
  readonly path: string
  /** Name of the entity type, without namespace. */
  readonly type: string
  /** Its properties besides `id` and `createdDateTime`. */
  readonly fields: readonly string[]
  /** What POST needs and takes; undefined where methods of this kind are registered by their user only. */
  readonly create: readonly string[] | undefined
  /** What PATCH takes. */
  readonly update: readonly string[]
  readonly deletable: boolean
  /** Middle of the permission's name: `UserAuthMethod-Phone.ReadWrite.All`. */
  readonly permission: string
}

function kind(path: string, type: string, permission: string, more: Partial<MethodType>): MethodType {
  return { path, type, permission, fields: [], create: undefined, update: [], deletable: true, ...more }
}

/** Kinds of authentication methods. */
export const METHOD_TYPES: readonly MethodType[] = [
  kind('passwordMethods', 'passwordAuthenticationMethod', 'Password', { fields: ['password'], deletable: false }),
  kind('phoneMethods', 'phoneAuthenticationMethod', 'Phone', {
    fields: ['phoneNumber', 'phoneType', 'smsSignInState'],
    create: ['phoneNumber', 'phoneType'],
    update: ['phoneNumber', 'phoneType'],
  }),
  kind('microsoftAuthenticatorMethods', 'microsoftAuthenticatorAuthenticationMethod', 'MicrosoftAuthApp', {
    fields: ['deviceTag', 'displayName', 'phoneAppVersion'],
  }),
  kind('fido2Methods', 'fido2AuthenticationMethod', 'Passkey', {
    fields: ['aaGuid', 'attestationCertificates', 'attestationLevel', 'displayName', 'model', 'passkeyType'],
  }),
  kind('softwareOathMethods', 'softwareOathAuthenticationMethod', 'SoftwareOATH', { fields: ['secretKey'] }),
  kind('emailMethods', 'emailAuthenticationMethod', 'Email', {
    fields: ['emailAddress'],
    create: ['emailAddress'],
    update: ['emailAddress'],
  }),
  kind('windowsHelloForBusinessMethods', 'windowsHelloForBusinessAuthenticationMethod', 'WindowsHello', {
    fields: ['displayName', 'keyStrength'],
  }),
  kind('temporaryAccessPassMethods', 'temporaryAccessPassAuthenticationMethod', 'TAP', {
    fields: [
      'isUsable',
      'isUsableOnce',
      'lifetimeInMinutes',
      'methodUsabilityReason',
      'startDateTime',
      'temporaryAccessPass',
    ],
    create: [],
  }),
  kind('platformCredentialMethods', 'platformCredentialAuthenticationMethod', 'PlatformCred', {
    fields: ['displayName', 'keyStrength', 'platform'],
  }),
  kind('externalAuthenticationMethods', 'externalAuthenticationMethod', 'External', {
    fields: ['configurationId', 'displayName'],
    create: ['configurationId', 'displayName'],
  }),
]

/** Id of the password method that every user has. */
export const PASSWORD_METHOD_ID = '28c10230-6103-485e-b985-444c60001490'

/** Permissions that let an application read methods of a kind. */
export const methodReaders = ({ permission }: MethodType): AnyOf => [
  `UserAuthMethod-${permission}.Read.All`,
  `UserAuthMethod-${permission}.ReadWrite.All`,
  'UserAuthenticationMethod.Read.All',
  'UserAuthenticationMethod.ReadWrite.All',
]

/** Permissions that let an application change methods of a kind. */
export const methodWriters = ({ permission }: MethodType): AnyOf => [
  `UserAuthMethod-${permission}.ReadWrite.All`,
  'UserAuthenticationMethod.ReadWrite.All',
]
