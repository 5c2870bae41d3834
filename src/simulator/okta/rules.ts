import { groupActor, systemActor, userActor } from './access.ts'
import type { Group, GroupRule, User } from './objects.ts'
import type { Org } from './org.ts'
import { asksMembership, ruleCondition } from './rule-expression.ts'

/** Whether any active rule asks about memberships. */
export function membershipRulesExist(org: Org): boolean {
  for (const rule of org.rules.values()) if (rule.status === 'ACTIVE' && asksMembership(rule.expression)) return true
  return false
}

/** Asks every active rule about one user: adds him where it matches, removes him where only the rule had put him. */
export function applyRules(org: Org, user: User): void {
  for (const rule of org.rules.values()) if (rule.status === 'ACTIVE') applyRule(org, rule, [user])
}

/** Asks one rule about these users. */
export function applyRule(org: Org, rule: GroupRule, users: Iterable<User>): void {
  const matches = ruleCondition(rule.expression)
  const groups = rule.groupIds.map(id => org.groups.get(id)).filter(group => group !== undefined)
  for (const user of users) {
    const belongs = user.status !== 'DEPROVISIONED' && !rule.excluded.has(user.id) && matches(user)
    for (const group of groups) {
      if (belongs) enter(org, group, { user, rule })
      else if (user.status !== 'DEPROVISIONED') leave(org, group, { user, rule })
    }
  }
}

/** Takes every member whom only this rule had put into its groups out again. */
export function removeRuleMembers(org: Org, rule: GroupRule): void {
  for (const id of rule.groupIds) {
    const group = org.groups.get(id)
    for (const member of [...(group?.members.values() ?? [])])
      if (group !== undefined) leave(org, group, { user: member.user, rule })
  }
}

/** Invalidates rules that filled a group which is gone. */
export function forgetGroup(org: Org, group: Group): void {
  for (const rule of org.rules.values()) if (rule.groupIds.includes(group.id)) rule.status = 'INVALID'
}

function enter(org: Org, group: Group, of: { user: User; rule: GroupRule }): void {
  if (group.members.has(of.user)) return
  org.join(group, of.user, { rule: of.rule.id })
  recordBySystem(org, 'group.user_membership.add', of.user, group)
}

function leave(org: Org, group: Group, of: { user: User; rule: GroupRule }): void {
  const via = group.members.get(of.user)?.via
  if (typeof via !== 'object' || via.rule !== of.rule.id) return
  org.leave(group, of.user)
  recordBySystem(org, 'group.user_membership.remove', of.user, group)
}

function recordBySystem(org: Org, eventType: string, user: User, group: Group): void {
  org.record({
    eventType,
    actor: systemActor,
    targets: [userActor(user), groupActor(group)],
    requestId: '',
    requestUri: '',
  })
}
