import type { Field } from './field.ts'
import type { JsonObject } from './json.ts'
import { loadGroups, loadMembers, loadRules, userNamed } from './load-groups.ts'
import { rolesOf } from './load-roles.ts'
import { loadUserTypes } from './load-types.ts'
import { loadUsers } from './load-users.ts'
import type { Org } from './org.ts'
import { bucketNames, quotaOff, quotaOn } from './quota.ts'
import { applyRule } from './rules.ts'
import { defaultSwitches, type Switches } from './switches.ts'

/** What the tenant brings along for states that do not say: its own client, key and API token. */
export interface TenantCredentials {
  readonly clientId: string
  readonly publicKey: JsonObject
  readonly apiToken: string
}

const stateFields = [
  'version',
  'switches',
  'quota',
  'attributes',
  'userTypes',
  'users',
  'groups',
  'rules',
  'apps',
  'tokens',
  'linkedObjects',
  'customRoles',
] as const

const defaultScopes = ['users', 'groups', 'apps', 'schemas', 'userTypes', 'linkedObjects', 'roles']
  .flatMap(name => [`okta.${name}.read`, `okta.${name}.manage`])
  .concat('okta.logs.read')

/** Fills an empty org from a state. Throws an Error that names the field that is wrong. */
export function loadState(org: Org, state: Field, own: TenantCredentials): void {
  const fields = state.object(...stateFields)
  if (fields.version.number(1) !== 1) throw fields.version.wrong('must be 1')
  loadSwitches(org, fields.switches)
  loadQuota(org, fields.quota)
  loadUserTypes(org, fields.userTypes, fields.attributes)
  loadLinkedDefinitions(org, fields.linkedObjects)
  loadCustomRoles(org, fields.customRoles)
  loadUsers(org, fields.users)
  loadGroups(org, fields.groups)
  loadRules(org, fields.rules)
  loadMembers(org, fields.groups)
  for (const rule of org.rules.values()) if (rule.status === 'ACTIVE') applyRule(org, rule, org.users.values())
  org.log.length = 0
  loadApps(org, fields.apps, own)
  loadTokens(org, fields.tokens, own)
}

function loadSwitches(org: Org, field: Field): void {
  const switches: Record<string, unknown> = { ...defaultSwitches }
  for (const [name, given] of field.entries()) {
    const byDefault = switches[name]
    if (byDefault === undefined)
      throw given.wrong(`there is no such switch; known are ${Object.keys(defaultSwitches).join(', ')}`)
    if (typeof byDefault === 'boolean') switches[name] = given.flag(byDefault)
    else if (typeof byDefault === 'number') switches[name] = given.number(byDefault)
    else switches[name] = Array.isArray(byDefault) ? given.texts() : given.text()
  }
  org.switches = switches as unknown as Switches
}

function loadQuota(org: Org, field: Field): void {
  const { enforced, share, limits } = field.object('enforced', 'share', 'limits')
  const quota = enforced.flag(false) ? quotaOn(share.number(0.5)) : quotaOff
  const given = limits.object(...bucketNames)
  const merged = { ...quota.limits }
  for (const name of bucketNames) merged[name] = given[name].number(merged[name])
  org.quota = { enforced: quota.enforced, share: share.number(0.5), limits: merged }
}

function loadLinkedDefinitions(org: Org, field: Field): void {
  for (const item of field.list()) {
    const ends = item.object('primary', 'associated')
    const [primary, associated] = [ends.primary, ends.associated].map(end => {
      const { name, title, description } = end.object('name', 'title', 'description')
      return { name: name.text(), title: title.text(name.text()), description: description.textOrNull() ?? '' }
    })
    if (primary !== undefined && associated !== undefined)
      org.linkedDefinitions.set(primary.name, { primary, associated })
  }
}

function loadCustomRoles(org: Org, field: Field): void {
  for (const item of field.list()) {
    const { id, label, description, permissions, created } = item.object(
      'id',
      'label',
      'description',
      'permissions',
      'created',
    )
    const role = {
      id: id.text(org.id('cr0')),
      label: label.text(),
      description: description.textOrNull() ?? '',
      permissions: permissions.texts(),
      created: created.time(org.now()),
    }
    org.customRoles.set(role.id, role)
  }
}

function loadApps(org: Org, field: Field, own: TenantCredentials): void {
  if (field.absent) {
    addApp(org, field, own)
    return
  }
  for (const item of field.list()) addApp(org, item, own)
}

function addApp(org: Org, item: Field, own: TenantCredentials): void {
  const fields = item.object(
    'id',
    'label',
    'name',
    'status',
    'created',
    'lastUpdated',
    'applicationType',
    'tokenEndpointAuthMethod',
    'requiresDpop',
    'scopes',
    'keys',
    'roles',
  )
  const id = fields.id.text(org.apps.size === 0 ? own.clientId : org.id('0oa'))
  org.apps.set(id, {
    id,
    label: fields.label.text('Tenure'),
    name: fields.name.text('oidc_client'),
    status: fields.status.oneOf(['ACTIVE', 'INACTIVE'], 'ACTIVE'),
    created: fields.created.time(org.now()),
    lastUpdated: fields.lastUpdated.time(org.now()),
    applicationType: fields.applicationType.text('service'),
    tokenEndpointAuthMethod: fields.tokenEndpointAuthMethod.text('private_key_jwt'),
    requiresDpop: fields.requiresDpop.flag(false),
    scopes: fields.scopes.texts(defaultScopes),
    keys: fields.keys.absent ? [own.publicKey] : fields.keys.list().map(key => key.json()),
    roles: fields.roles.absent ? [org.role('SUPER_ADMIN')] : rolesOf(org, fields.roles),
  })
}

function loadTokens(org: Org, field: Field, own: TenantCredentials): void {
  if (field.absent)
    org.tokens.set(own.apiToken, {
      value: own.apiToken,
      name: 'API token',
      userId: null,
      roles: [org.role('SUPER_ADMIN')],
    })
  for (const item of field.list()) {
    const { value, name, user, roles } = item.object('value', 'name', 'user', 'roles')
    const text = value.text(org.tokens.size === 0 ? own.apiToken : org.id('00t'))
    const userId = user.textOrNull() === null ? null : userNamed(org, user).id
    const held = roles.absent && userId === null ? [org.role('SUPER_ADMIN')] : rolesOf(org, roles)
    org.tokens.set(text, { value: text, name: name.text('API token'), userId, roles: held })
  }
}
