import { assignGroup, gainApp, newAppUser } from './app-access.ts'
import type { Field } from './field.ts'
import { isObject, type JsonObject, stringOr } from './json.ts'
import { groupNamed, userNamed } from './load-groups.ts'
import { rolesOf } from './load-roles.ts'
import type { App, AppGrant, AppSecret, AppUser } from './objects.ts'
import type { Org } from './org.ts'

/** What the tenant brings along for states that do not say: its own client, key and API token. */
export interface TenantCredentials {
  readonly clientId: string
  readonly publicKey: JsonObject
  readonly apiToken: string
}

const appFields = [
  'id',
  'label',
  'name',
  'status',
  'created',
  'lastUpdated',
  'signOnMode',
  'features',
  'parts',
  'applicationType',
  'tokenEndpointAuthMethod',
  'requiresDpop',
  'secrets',
  'signingKeys',
  'pushed',
  'policy',
  'scopes',
  'grants',
  'keys',
  'roles',
  'users',
  'groups',
] as const
type Fields = Readonly<Record<(typeof appFields)[number], Field>>

const defaultScopes = ['users', 'groups', 'apps', 'schemas', 'userTypes', 'linkedObjects', 'roles']
  .flatMap(name => [`okta.${name}.read`, `okta.${name}.manage`])
  .concat('okta.logs.read')

/** Loads apps with who is assigned to them; without any, one service app with the tenant's key and every right. */
export function loadApps(org: Org, field: Field, own: TenantCredentials): void {
  for (const item of field.absent ? [field] : field.list()) {
    const fields = item.object(...appFields)
    const app = appFrom(org, fields, own)
    if (org.apps.has(app.id)) throw fields.id.wrong('is used by another app')
    org.apps.set(app.id, app)
    loadAppGroups(org, app, fields.groups)
    loadAppUsers(org, app, fields.users)
  }
}

/** An app that names another kind than a service app has neither the tenant's key nor roles and scopes by default. */
function appFrom(org: Org, fields: Fields, own: TenantCredentials): App {
  const signOnMode = fields.signOnMode.text('OPENID_CONNECT')
  const applicationType = fields.applicationType.text(signOnMode === 'OPENID_CONNECT' ? 'service' : 'none')
  const isService = applicationType === 'service'
  const created = fields.created.time(org.now())
  return {
    id: fields.id.text(org.apps.size === 0 ? own.clientId : org.id('0oa')),
    seq: org.next(),
    label: fields.label.text('Tenure'),
    name: fields.name.text(signOnMode === 'BOOKMARK' ? 'bookmark' : 'oidc_client'),
    status: fields.status.oneOf(['ACTIVE', 'INACTIVE'], 'ACTIVE'),
    created,
    lastUpdated: fields.lastUpdated.time(org.now()),
    signOnMode,
    features: fields.features.texts(),
    parts: fields.parts.json(),
    applicationType,
    tokenEndpointAuthMethod: fields.tokenEndpointAuthMethod.text(methodSaid(fields.parts.json()) ?? 'private_key_jwt'),
    requiresDpop: fields.requiresDpop.flag(false),
    secrets: fields.secrets.list().map(item => secretFrom(org, item)),
    signingKeys: fields.signingKeys.list().map(key => key.json()),
    pushed: fields.pushed.texts(),
    policy: fields.policy.textOrNull(),
    users: new Map(),
    groups: new Map(),
    grants: grantsFrom(org, fields, isService ? defaultScopes : []),
    keys: fields.keys.absent
      ? (keysSaid(fields.parts.json()) ?? (isService ? [own.publicKey] : []))
      : fields.keys.list().map(key => key.json()),
    roles: fields.roles.absent ? (isService ? [org.role('SUPER_ADMIN')] : []) : rolesOf(org, fields.roles),
  }
}

/** How a client authenticates, as its credentials say it. */
function methodSaid({ credentials }: JsonObject): string | undefined {
  const client = isObject(credentials) ? credentials.oauthClient : undefined
  return isObject(client) ? stringOr(client.token_endpoint_auth_method) : undefined
}

/** Keys among the settings of a client; undefined where they are not said. */
function keysSaid({ settings }: JsonObject): readonly JsonObject[] | undefined {
  const client = isObject(settings) ? settings.oauthClient : undefined
  const jwks = isObject(client) ? client.jwks : undefined
  return isObject(jwks) && Array.isArray(jwks.keys) ? jwks.keys.filter(isObject) : undefined
}

function secretFrom(org: Org, item: Field): AppSecret {
  const { id, value, status, created, lastUpdated } = item.object('id', 'value', 'status', 'created', 'lastUpdated')
  return {
    id: id.text(org.id('ocs')),
    value: value.text(),
    status: status.oneOf(['ACTIVE', 'INACTIVE'], 'ACTIVE'),
    created: created.time(org.now()),
    lastUpdated: lastUpdated.time(org.now()),
  }
}

function grantsFrom(org: Org, fields: Fields, byDefault: readonly string[]): readonly AppGrant[] {
  const known = fields.grants.list().map(item => {
    const { id, scopeId, created, createdBy } = item.object('id', 'scopeId', 'created', 'createdBy')
    return {
      id: id.text(org.id('oag')),
      scopeId: scopeId.text(),
      created: created.time(org.now()),
      createdBy: createdBy.text(''),
    }
  })
  return fields.scopes
    .texts(byDefault)
    .map(scopeId => known.find(grant => grant.scopeId === scopeId) ?? newGrant(org, scopeId, 'okta.system'))
}

/** A grant that somebody gives now. */
export function newGrant(org: Org, scopeId: string, createdBy: string): AppGrant {
  return { id: org.id('oag'), scopeId, created: org.now(), createdBy }
}

function loadAppGroups(org: Org, app: App, field: Field): void {
  for (const [index, item] of field.list().entries()) {
    const fields = item.isText ? undefined : item.object('group', 'priority', 'profile', 'lastUpdated')
    const group = groupNamed(org, fields?.group ?? item)
    assignGroup(org, app, {
      seq: org.next(),
      group,
      priority: fields?.priority.number(index) ?? index,
      profile: fields?.profile.json() ?? {},
      lastUpdated: fields?.lastUpdated.time(org.now()) ?? org.now(),
    })
  }
}

function loadAppUsers(org: Org, app: App, field: Field): void {
  for (const item of field.list()) {
    if (item.isText) {
      const user = userNamed(org, item)
      app.users.set(user.id, newAppUser(org, user, 'USER'))
      continue
    }
    const fields = item.object(
      'user',
      'scope',
      'userName',
      'profile',
      'created',
      'lastUpdated',
      'statusChanged',
      'passwordChanged',
    )
    const user = userNamed(org, fields.user)
    const scope = fields.scope.oneOf(['USER', 'GROUP'], 'USER')
    if (scope === 'GROUP') gainApp(org, app, user)
    const bare = app.users.get(user.id) ?? newAppUser(org, user, scope)
    const loaded: AppUser = {
      ...bare,
      scope,
      userName: fields.userName.textOrNull(),
      profile: fields.profile.json(),
      created: fields.created.time(bare.created),
      lastUpdated: fields.lastUpdated.time(bare.lastUpdated),
      statusChanged: fields.statusChanged.time(bare.statusChanged),
      passwordChanged: fields.passwordChanged.timeOrNull(null),
    }
    app.users.set(user.id, loaded)
  }
}
