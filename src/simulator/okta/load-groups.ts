import type { Field } from './field.ts'
import type { Json } from './json.ts'
import { rolesOf } from './load-roles.ts'
import { Members } from './memberships.ts'
import { type Group, groupTypes, type User } from './objects.ts'
import { isEveryone, type Org } from './org.ts'
import { RuleExpressionError, ruleCondition } from './rule-expression.ts'

const groupFields = [
  'id',
  'name',
  'description',
  'profile',
  'type',
  'objectClass',
  'source',
  'created',
  'lastUpdated',
  'lastMembershipUpdated',
  'roles',
  'members',
] as const

/** Loads groups without their members; Everyone is always there. */
export function loadGroups(org: Org, field: Field): void {
  const first = everyone(org)
  const items = field.list().map(item => groupFrom(org, item))
  if (!items.some(isEveryone)) org.addGroup(first)
  for (const group of items) {
    const moved = group.lastMembershipUpdated
    org.addGroup(group)
    group.lastMembershipUpdated = moved
  }
}

function everyone(org: Org): Group {
  const profile = { name: 'Everyone', description: 'All users in your organization' }
  return bareGroup(org, { profile, type: 'BUILT_IN' })
}

function bareGroup(org: Org, as: { profile: Readonly<Record<string, Json>>; type: Group['type'] }): Group {
  const now = org.now()
  return {
    id: org.id('00g'),
    seq: org.next(),
    type: as.type,
    objectClass: [as.type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    created: now,
    lastUpdated: now,
    lastMembershipUpdated: now,
    profile: as.profile,
    source: null,
    roles: [],
    members: new Members(),
  }
}

function groupFrom(org: Org, item: Field): Group {
  const fields = item.object(...groupFields)
  const type = fields.type.oneOf(groupTypes, 'OKTA_GROUP')
  const profile: Record<string, Json> = {}
  if (fields.profile.absent) profile.name = fields.name.text()
  for (const [name, value] of fields.profile.entries()) profile[name] = value.value()
  if (typeof profile.name !== 'string') throw fields.profile.wrong('must have a name')
  profile.description ??= fields.description.textOrNull()
  const bare = bareGroup(org, { profile, type })
  const group = {
    ...bare,
    id: fields.id.text(bare.id),
    objectClass: fields.objectClass.texts(bare.objectClass),
    created: fields.created.time(bare.created),
    lastUpdated: fields.lastUpdated.time(bare.lastUpdated),
    lastMembershipUpdated: fields.lastMembershipUpdated.time(bare.lastMembershipUpdated),
    source: fields.source.textOrNull(),
    roles: rolesOf(org, fields.roles),
  }
  if (org.groups.has(group.id)) throw fields.id.wrong('is used by another group')
  return group
}

/** The group a state names by id or name. */
export function groupNamed(org: Org, field: Field): Group {
  const given = field.text()
  const group = org.groups.get(given) ?? org.groupsNamed(given)[0]
  if (group === undefined) throw field.wrong(`there is no group ${given}`)
  return group
}

/** The user a state names by id or login. */
export function userNamed(org: Org, field: Field): User {
  const given = field.text()
  const user = org.findUser(given)
  if (user === undefined) throw field.wrong(`there is no user ${given}`)
  return user
}

/** Loads group rules; active ones are asked about everybody once all members are in. */
export function loadRules(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object('id', 'name', 'status', 'expression', 'groups', 'excluded', 'created', 'lastUpdated')
    const expression = fields.expression.text()
    try {
      ruleCondition(expression)
    } catch (cause) {
      if (cause instanceof RuleExpressionError) throw fields.expression.wrong(cause.message)
      throw cause
    }
    const id = fields.id.text(org.id('0pr'))
    org.rules.set(id, {
      id,
      seq: org.next(),
      name: fields.name.text(),
      status: fields.status.oneOf(['ACTIVE', 'INACTIVE', 'INVALID'], 'INACTIVE'),
      created: fields.created.time(org.now()),
      lastUpdated: fields.lastUpdated.time(org.now()),
      expression,
      groupIds: fields.groups.list().map(group => groupNamed(org, group).id),
      namesPeople: !fields.excluded.absent,
      excluded: new Set(fields.excluded.list().map(user => userNamed(org, user).id)),
    })
  }
}

/** Members last: their rules must be there. Memberships said to exist do not move `lastMembershipUpdated`. */
export function loadMembers(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object(...groupFields)
    const group = fields.id.absent
      ? groupNamed(org, fields.profile.absent ? fields.name : fields.profile.object('name').name)
      : groupNamed(org, fields.id)
    const moved = group.lastMembershipUpdated
    for (const member of fields.members.items()) loadMember(org, group, member)
    group.lastMembershipUpdated = moved
  }
}

function loadMember(org: Org, group: Group, member: Field): void {
  if (isEveryone(group)) return
  if (member.isText) {
    org.join(group, userNamed(org, member), group.type === 'OKTA_GROUP' ? 'manual' : 'import')
    return
  }
  const { user, rule } = member.object('user', 'rule')
  const found = [...org.rules.values()].find(
    candidate => candidate.id === rule.text() || candidate.name === rule.text(),
  )
  if (found === undefined) throw rule.wrong(`there is no rule ${rule.text()}`)
  org.join(group, userNamed(org, user), { rule: found.id })
}
