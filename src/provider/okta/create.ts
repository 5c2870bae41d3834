import { InvalidRequestError, NotFoundError, PermissionError, TenureError } from '../../model/errors.ts'
import type { AttributeName, EntitlementId } from '../../model/ids.ts'
import type { Outcome } from '../../model/plan.ts'
import { type OktaUser, userOf } from './account.ts'
import { faultOf } from './errors.ts'
import { isLoginTaken, loginTaken } from './login.ts'
import { applied, type OperationOf, Refused, type Writer } from './outcome.ts'
import { addMember, assignApp, createUser } from './requests.ts'
import { requiredAttributes } from './schema.ts'
import { isAttributeRefusal, updateEach } from './update.ts'

/**
 * Makes an account with its marks and groups in one call. Okta checks everything before it makes anything, so after a refusal it is
 * asked for less: one bad attribute or group stops neither the person nor the others, and is told in the note.
 */
export async function create(writer: Writer, operation: OperationOf<'create'>): Promise<Outcome> {
  const { client, markers, signal } = writer
  const ids = await markers.ids(signal)
  const marks = operation.state === 'Staged' ? [ids.managed, ids.blocked] : [ids.managed]
  const grants = operation.grants.filter(grant => grant.kind === 'Group').map(grant => grant.id)
  const apps = operation.grants.filter(grant => grant.kind === 'App').map(grant => grant.id)
  const draft: Draft = { profile: profileOf(operation), marks, grants, activate: operation.state === 'Enabled' }
  const made = await createOrLess(writer, operation, draft)
  const notes: string[] = []
  if (made.withoutProfile) notes.push(...(await addAttributes(writer, made.user, draft.profile)))
  const user = made.user.id
  const rest = [
    ...(made.withoutGrants ? grants : []).map(id => ({ what: `Group ${id}`, request: addMember(id, user) })),
    ...apps.map(id => ({ what: `App ${id}`, request: assignApp(id, user) })),
  ]
  for (const app of apps) writer.learnt.noteWrittenApp(app)
  for (const { what, request } of rest) {
    try {
      await client.send(request, signal)
    } catch (error) {
      notes.push(`${what} was not given: ${setbackWords(error)}`)
    }
  }
  return applied(operation, { account: made.user.id, login: made.user.login, requestId: made.requestId, notes })
}

interface Draft {
  readonly profile: Readonly<Record<AttributeName, string>>
  readonly marks: readonly EntitlementId[]
  readonly grants: readonly EntitlementId[]
  readonly activate: boolean
}

interface Made {
  readonly user: OktaUser
  readonly requestId: string | undefined
  readonly withoutProfile: boolean
  readonly withoutGrants: boolean
}

/** Login, e-mail and number are always there, whatever the attributes say. */
function profileOf({ attributes, login, person }: OperationOf<'create'>): Readonly<Record<AttributeName, string>> {
  return { email: login, employeeNumber: person.number, ...attributes, login }
}

async function createOrLess(writer: Writer, operation: OperationOf<'create'>, draft: Draft): Promise<Made> {
  let [withoutProfile, withoutGrants, again] = [false, draft.grants.length === 0, false]
  for (;;) {
    const profile = writer.learnt.stored(withoutProfile ? leastOf(draft.profile) : draft.profile)
    const groupIds = withoutGrants ? draft.marks : [...draft.marks, ...draft.grants]
    try {
      const reply = await writer.client.send(createUser({ profile, groupIds, activate: draft.activate }), writer.signal)
      return {
        user: userOf(reply.body),
        requestId: reply.requestId,
        withoutProfile,
        withoutGrants: withoutGrants && draft.grants.length > 0,
      }
    } catch (error) {
      if (isLoginTaken(error)) throw await loginTaken(writer, operation.login, error)
      if (!again && isUnknownAttribute(error)) again = true
      else if (!withoutProfile && isAttributeRefusal(error)) withoutProfile = true
      else if (!withoutGrants && isGroupRefusal(error)) withoutGrants = true
      else throw isAttributeRefusal(error) ? attributesRefused(operation, error) : error
    }
  }
}

/** Okta said so of attributes that exist, now and then: it is asked once more. Source: Okta, release notes of August 2026. */
function isUnknownAttribute(error: unknown): boolean {
  return (
    isAttributeRefusal(error) && (faultOf(error)?.causes ?? []).some(cause => /not defined in profile/i.test(cause))
  )
}

function attributesRefused({ login }: OperationOf<'create'>, error: unknown): Refused {
  const words = faultOf(error)?.words ?? `${error}`
  return new Refused(
    'failed',
    'AttributeUnknown',
    `Okta refused to make account ${login} (${words}); correct the value.`,
    faultOf(error),
  )
}

/** What Okta requires, and the number, which names the account's person. */
function leastOf(profile: Draft['profile']): Draft['profile'] {
  return Object.fromEntries(
    Object.entries(profile).filter(([name]) => requiredAttributes.has(name) || name === 'employeeNumber'),
  )
}

function isGroupRefusal(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof InvalidRequestError || error instanceof PermissionError
}

async function addAttributes(writer: Writer, user: OktaUser, profile: Draft['profile']): Promise<readonly string[]> {
  const least = leastOf(profile)
  const rest = Object.fromEntries(Object.entries(profile).filter(([name]) => !(name in least)))
  try {
    const { refused } = await updateEach(writer, user.id, rest)
    return refused.map(
      ({ attribute, error }) => `Attribute ${attribute} was not set: ${faultOf(error)?.words ?? error.message}.`,
    )
  } catch (error) {
    return [`Attributes were not set: ${setbackWords(error)}`]
  }
}

/** The user is there, and that must be known, whatever has become of the credential since. Throws what is no error of ours. */
function setbackWords(error: unknown): string {
  if (error instanceof TenureError) return error.message
  throw error
}
