import type { Field } from './field.ts'
import { loadApps, type TenantCredentials } from './load-apps.ts'
import { loadGroups, loadMembers, loadRules, userNamed } from './load-groups.ts'
import { loadCustomRoles, loadEventHooks, loadPrincipalLimits, loadResourceSets } from './load-iam.ts'
import { loadLag, loadQuota } from './load-limits.ts'
import { rolesOf } from './load-roles.ts'
import { loadAttributes, loadUserTypes } from './load-types.ts'
import { loadUsers } from './load-users.ts'
import type { RoleAssignment } from './objects.ts'
import type { Org } from './org.ts'
import { applyRule } from './rules.ts'
import { defaultSwitches, type Switches } from './switches.ts'

const stateFields = [
  'version',
  'switches',
  'quota',
  'lag',
  'attributes',
  'groupAttributes',
  'userTypes',
  'users',
  'groups',
  'rules',
  'apps',
  'tokens',
  'linkedObjects',
  'customRoles',
  'resourceSets',
  'eventHooks',
  'principalLimits',
] as const

/** Fills an empty org from a state. Throws an Error that names the field that is wrong. */
export function loadState(org: Org, state: Field, own: TenantCredentials): void {
  const fields = state.object(...stateFields)
  if (fields.version.number(1) !== 1) throw fields.version.wrong('must be 1')
  org.log.quiet = true
  loadSwitches(org, fields.switches)
  loadQuota(org, fields.quota)
  loadUserTypes(org, fields.userTypes, fields.attributes)
  loadAttributes(org.groupAttributes, fields.groupAttributes)
  org.groupSchemaUpdated = org.now()
  loadLinkedDefinitions(org, fields.linkedObjects)
  loadCustomRoles(org, fields.customRoles)
  loadResourceSets(org, fields.resourceSets)
  loadUsers(org, fields.users)
  loadGroups(org, fields.groups)
  loadRules(org, fields.rules)
  loadMembers(org, fields.groups)
  for (const rule of org.rules.values()) if (rule.status === 'ACTIVE') applyRule(org, rule, org.users.values())
  loadApps(org, fields.apps, own)
  loadTokens(org, fields.tokens, own)
  loadEventHooks(org, fields.eventHooks)
  loadPrincipalLimits(org, fields.principalLimits)
  loadLag(org, fields.lag)
  org.log.quiet = false
}

function loadSwitches(org: Org, field: Field): void {
  const switches: Record<string, unknown> = { ...defaultSwitches }
  for (const [name, given] of field.entries()) {
    const byDefault = switches[name]
    if (byDefault === undefined)
      throw given.wrong(`there is no such switch; known are ${Object.keys(defaultSwitches).join(', ')}`)
    if (typeof byDefault === 'boolean') switches[name] = given.flag(byDefault)
    else if (typeof byDefault === 'number') switches[name] = given.number(byDefault)
    else switches[name] = Array.isArray(byDefault) ? given.texts() : given.textOrNull('')
  }
  org.switches = switches as unknown as Switches
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

function loadTokens(org: Org, field: Field, own: TenantCredentials): void {
  const superAdmin = (): RoleAssignment[] => [org.role('SUPER_ADMIN')]
  if (field.absent) {
    const token = { id: org.id('00T'), value: own.apiToken, name: 'API token', userId: null, roles: superAdmin() }
    org.tokens.set(own.apiToken, token)
  }
  for (const item of field.list()) {
    const { id, value, name, user, roles } = item.object('id', 'value', 'name', 'user', 'roles')
    const text = value.text(org.tokens.size === 0 ? own.apiToken : org.id('00t'))
    const userId = user.textOrNull() === null ? null : userNamed(org, user).id
    const held = roles.absent && userId === null ? superAdmin() : rolesOf(org, roles)
    org.tokens.set(text, { id: id.text(org.id('00T')), value: text, name: name.text('API token'), userId, roles: held })
  }
}
