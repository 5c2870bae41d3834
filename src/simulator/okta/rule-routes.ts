import type { SimulatedReply } from '../kernel.ts'
import {
  body,
  type Call,
  flag,
  groupOf,
  noContent,
  ok,
  parameter,
  part,
  query,
  type Route,
  record,
  userOf,
} from './call.ts'
import { invalid, notFound } from './errors.ts'
import { type JsonObject, stringOr, stringsOf } from './json.ts'
import type { GroupRule } from './objects.ts'
import { type PageSize, pageOf } from './paging.ts'
import { RuleExpressionError, ruleCondition } from './rule-expression.ts'
import { lockedWrite } from './rule-locks.ts'
import { applyRule, removeRuleMembers } from './rules.ts'
import { timestamp } from './time.ts'

const size: PageSize = { byDefault: 50, max: 200 }

/** A rule as JSON; with `expand=groupIdToGroupNameMap` the names of its groups too. */
function view(call: Call, rule: GroupRule): unknown {
  const named = query(call, 'expand') === 'groupIdToGroupNameMap'
  return {
    type: 'group_rule',
    id: rule.id,
    status: rule.status,
    name: rule.name,
    created: timestamp(rule.created),
    lastUpdated: timestamp(rule.lastUpdated),
    conditions: {
      ...(rule.namesPeople || rule.excluded.size > 0
        ? { people: { users: { exclude: [...rule.excluded] }, groups: { exclude: [] } } }
        : {}),
      expression: { value: rule.expression, type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds: rule.groupIds } },
    ...(named ? { _embedded: { groupIdToGroupNameMap: groupNames(call, rule) } } : {}),
  }
}

function groupNames(call: Call, rule: GroupRule): unknown {
  const groups = rule.groupIds.map(id => call.org.groups.get(id)).filter(group => group !== undefined)
  return Object.fromEntries(groups.map(group => [group.id, group.profile.name]))
}

function ruleOf(call: Call): GroupRule {
  const id = parameter(call, 'rule')
  const rule = call.org.rules.get(id)
  if (rule === undefined) throw notFound(id, 'GroupRule')
  return rule
}

interface Written {
  readonly name: string
  readonly expression: string
  readonly groupIds: readonly string[]
  readonly excluded: readonly string[]
  readonly namesPeople: boolean
}

function written(call: Call, given: JsonObject): Written {
  const name = stringOr(given.name) ?? ''
  if (name.length < 1 || name.length > 50)
    throw invalid('name', 'name: String lengths should be within 1 to 50 characters')
  const conditions = part(given, 'conditions') ?? {}
  const expression = stringOr(part(conditions, 'expression')?.value) ?? ''
  try {
    ruleCondition(expression)
  } catch (cause) {
    if (cause instanceof RuleExpressionError) throw invalid('expression', `expression: ${cause.message}`)
    throw cause
  }
  const groupIds = stringsOf(part(part(given, 'actions') ?? {}, 'assignUserToGroups')?.groupIds)
  if (groupIds.length === 0) throw invalid('groupIds', 'groupIds: The field cannot be left blank')
  for (const id of groupIds) {
    if (call.org.groups.get(id)?.type !== 'OKTA_GROUP') throw invalid('groupIds', `groupIds: Invalid group id ${id}`)
  }
  const excluded = stringsOf(part(part(conditions, 'people') ?? {}, 'users')?.exclude)
  return { name, expression, groupIds, excluded, namesPeople: conditions.people !== undefined }
}

function createRule(call: Call): SimulatedReply {
  const { org } = call
  const { excluded, ...rest } = written(call, body(call))
  const now = org.now()
  const rule: GroupRule = {
    id: org.id('0pr'),
    seq: org.next(),
    status: 'INACTIVE',
    created: now,
    lastUpdated: now,
    ...rest,
    excluded: new Set(excluded),
  }
  org.rules.set(rule.id, rule)
  recordRule(call, rule, 'group.rule.create')
  return ok(view(call, rule))
}

function recordRule(call: Call, rule: GroupRule, eventType: string): void {
  record(call, eventType, [{ id: rule.id, type: 'GroupRule', alternateId: 'unknown', displayName: rule.name }])
}

function requireInactive(rule: GroupRule): void {
  if (rule.status === 'ACTIVE')
    throw invalid('rule', 'An active rule cannot be changed or deleted; deactivate it first.')
}

/** Replaces all of a rule but its groups. */
function replaceRule(call: Call): SimulatedReply {
  const rule = ruleOf(call)
  requireInactive(rule)
  const { excluded, groupIds, ...rest } = written(call, body(call))
  const same = groupIds.length === rule.groupIds.length && groupIds.every(id => rule.groupIds.includes(id))
  if (!same && call.org.switches.ruleGroupsReplaced === 'E0000001')
    throw invalid('actions', 'actions: The groups of a rule cannot be updated')
  Object.assign(rule, rest)
  rule.excluded.clear()
  for (const id of excluded) rule.excluded.add(id)
  rule.lastUpdated = call.org.now()
  recordRule(call, rule, 'group.rule.update')
  return ok(view(call, rule))
}

function deleteRule(call: Call): SimulatedReply {
  const rule = ruleOf(call)
  requireInactive(rule)
  call.org.rules.delete(rule.id)
  recordRule(call, rule, 'group.rule.delete')
  if (flag(call, 'removeUsers', false)) removeRuleMembers(call.org, rule)
  return { status: 202, headers: [], body: {} }
}

function activate(call: Call): SimulatedReply {
  const rule = ruleOf(call)
  if (rule.status === 'INVALID') throw invalid('rule', 'The rule is invalid.')
  if (rule.status === 'INACTIVE') recordRule(call, rule, 'group.rule.activate')
  rule.status = 'ACTIVE'
  applyRule(call.org, rule, call.org.users.values())
  return noContent
}

/** Members the rule has added stay. */
function deactivate(call: Call): SimulatedReply {
  const rule = ruleOf(call)
  if (rule.status === 'ACTIVE') {
    rule.status = 'INACTIVE'
    recordRule(call, rule, 'group.rule.deactivate')
  }
  return noContent
}

function listRules(call: Call): SimulatedReply {
  const search = query(call, 'search')?.toLowerCase()
  const rules = [...call.org.rules.values()].filter(
    rule => search === undefined || rule.name.toLowerCase().includes(search),
  )
  return pageOf(call, rules, { size, view: rule => view(call, rule) })
}

/** The rules through which a user is a member of a group. */
function rulesOfMember(call: Call): SimulatedReply {
  const group = groupOf(call)
  const via = group.members.get(userOf(call, { needs: 'okta.users.read' }))?.via
  const rule = typeof via === 'object' ? call.org.rules.get(via.rule) : undefined
  return ok(rule === undefined ? [] : [view(call, rule)])
}

const read = { scope: 'okta.groups.read', needs: 'okta.groups.read', bucket: 'groups' } as const
const write = { scope: 'okta.groups.manage', needs: 'okta.groups.manage', bucket: 'groups' } as const
const one = '/api/v1/groups/rules/:rule'

/** Rules that fill groups by themselves. Source: Okta, Group Rules API. */
export const ruleRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/groups/rules', ...read, withoutRole: 'empty', answer: listRules },
  { method: 'POST', path: '/api/v1/groups/rules', ...write, answer: lockedWrite(createRule) },
  { method: 'GET', path: '/api/v1/groups/:group/users/:user/group-rules', ...read, answer: rulesOfMember },
  { method: 'GET', path: one, ...read, answer: call => ok(view(call, ruleOf(call))) },
  { method: 'PUT', path: one, ...write, answer: lockedWrite(replaceRule) },
  { method: 'DELETE', path: one, ...write, answer: lockedWrite(deleteRule) },
  { method: 'POST', path: `${one}/lifecycle/activate`, ...write, answer: lockedWrite(activate) },
  { method: 'POST', path: `${one}/lifecycle/deactivate`, ...write, answer: lockedWrite(deactivate) },
]
