import type { DesiredAccount, DesiredState } from '../model/desired.ts'
import type { AttributeName } from '../model/ids.ts'
import type { Because, Drift, Lane, Operation, OperationFrame, OperationVerb, Target } from '../model/plan.ts'
import type { LossClass } from '../model/provider.ts'
import type { Traits } from '../model/traits.ts'
import { inOrder } from './order.ts'

/** Verbs for every drift, in the order they are to be carried out. */
export function operationsFor(drift: readonly Drift[], desired: DesiredState, traits: Traits): Operation[] {
  const operations: Operation[] = []
  for (const group of byPerson(drift)) {
    const person = desired.people.get(group[0].person.number)
    operations.push(...operationsOf({ drift: group, desired, traits, person }))
  }
  return inOrder(operations)
}

type Some<T> = readonly [T, ...T[]]

function byPerson(drift: readonly Drift[]): Some<Drift>[] {
  const groups = new Map<string, [Drift, ...Drift[]]>()
  for (const one of drift) {
    const group = groups.get(one.person.number)
    if (group) group.push(one)
    else groups.set(one.person.number, [one])
  }
  return [...groups.values()]
}

interface Work {
  readonly drift: Some<Drift>
  readonly desired: DesiredState
  readonly traits: Traits
  readonly person: DesiredAccount | undefined
}

function operationsOf(work: Work): Operation[] {
  const lane = laneOf(work.drift)
  const created = work.drift.find(one => one.kind === 'AccountMissing')
  const carried = created ? grantsCarried(work) : []
  const frame = (one: Drift, counts?: LossClass): OperationFrame => ({
    provider: work.desired.policy.name,
    person: one.person,
    target: targetOf(one),
    lane,
    ...(counts === undefined ? {} : { counts }),
    because: one.because,
  })
  const operations: Operation[] = []
  const update = updateOf(work.drift)
  if (update)
    operations.push({
      ...frame(update.first, update.verb.login ? 'rename' : undefined),
      ...update.verb,
      because: update.because,
    })
  for (const one of work.drift) {
    if (one.kind === 'EntitlementMissing' && carried.includes(one)) continue
    const verb = verbOf(one, work, carried)
    if (verb) operations.push({ ...frame(one, countsAs(one)), ...verb })
  }
  return operations
}

/** Where an earlier operation makes the account, there is none to name yet. */
function targetOf(drift: Drift): Target {
  return 'account' in drift && drift.account ? { kind: 'Bound', account: drift.account } : { kind: 'Created' }
}

const joining: ReadonlySet<Drift['kind']> = new Set([
  'AccountMissing',
  'AccountBinned',
  'AccountUnbound',
  'NotEnabled',
  'CredentialMissing',
])

function laneOf(drift: readonly Drift[]): Lane {
  if (drift.some(one => one.kind === 'NotBlocked' || one.kind === 'SessionsOpen' || one.kind === 'DeletionDue'))
    return 'Leaver'
  if (drift.some(one => one.kind === 'EntitlementExtra' && one.departed)) return 'Leaver'
  if (drift.some(one => joining.has(one.kind))) return 'Joiner'
  const mover = ['AttributeDiffers', 'LoginDiffers', 'EntitlementMissing', 'EntitlementExtra', 'ManagerDiffers']
  return drift.some(one => mover.includes(one.kind)) ? 'Mover' : 'Repair'
}

/** What a drift counts as before the guard. A whole departure counts once, by its block or its first step. */
function countsAs(drift: Drift): LossClass | undefined {
  const declared = drift.because.basis === 'Declared'
  switch (drift.kind) {
    case 'NotBlocked':
      return declared ? 'leave' : 'block'
    case 'SessionsOpen':
      return declared ? 'leave' : 'block'
    case 'EntitlementExtra':
      return drift.departed ? (declared ? 'leave' : 'block') : 'revoke'
    case 'DeletionDue': // a departure counts once: by our own block, or else here
      return drift.counted ? undefined : 'block'
    case 'NotEnabled':
      return drift.first ? undefined : 'enable'
    case 'AccountBinned':
      return 'enable'
    default:
      return undefined
  }
}

function verbOf(drift: Drift, work: Work, carried: readonly Drift[]): OperationVerb | undefined {
  switch (drift.kind) {
    case 'AccountMissing':
      return createOf(drift, work, carried)
    case 'AccountBinned':
      return { kind: 'restore', login: work.person?.login ?? drift.account.login }
    case 'AccountUnbound':
      return { kind: 'adopt', how: drift.how }
    case 'MarkMissing':
      return { kind: 'mark', marker: 'Managed' }
    case 'BlockMarkMissing':
      return { kind: 'mark', marker: 'Blocked' }
    case 'MarkSuperfluous':
      return { kind: 'unmark', marker: drift.marker }
    case 'ManagerDiffers':
      return { kind: 'set-manager', manager: drift.desired }
    case 'NotEnabled':
      return { kind: 'enable', first: drift.first }
    case 'NotBlocked':
      return { kind: 'block', why: drift.why }
    case 'SessionsOpen':
      return { kind: 'end-sessions' }
    case 'EntitlementMissing':
      return { kind: 'grant', entitlement: drift.entitlement, mappings: drift.because.sources }
    case 'CredentialMissing':
      return { kind: 'issue-credential' }
    case 'EntitlementExtra':
      return { kind: 'revoke', entitlement: drift.entitlement }
    case 'DeletionDue':
      return { kind: 'delete' }
    case 'AttributeDiffers':
    case 'LoginDiffers':
      return undefined
  }
}

/** Groups that the create itself can carry, beside the marks: both for somebody who is staged. */
function grantsCarried(work: Work): readonly (Drift & { readonly kind: 'EntitlementMissing' })[] {
  const staged = work.drift.some(one => one.kind === 'AccountMissing' && one.state === 'Staged')
  const room = Math.max(0, work.traits.groupsOnCreate - (staged ? 2 : 1))
  const groups = work.drift.filter(one => one.kind === 'EntitlementMissing' && one.entitlement.kind === 'Group')
  return (groups as (Drift & { readonly kind: 'EntitlementMissing' })[]).slice(0, room)
}

function createOf(
  drift: Drift & { readonly kind: 'AccountMissing' },
  work: Work,
  carried: readonly Drift[],
): OperationVerb {
  const attributes: Record<AttributeName, string> = {}
  for (const [name, { value }] of work.person?.attributes ?? []) if (value !== undefined) attributes[name] = value
  const grants = carried.flatMap(one => (one.kind === 'EntitlementMissing' ? [one.entitlement] : []))
  return { kind: 'create', state: drift.state, login: drift.person.login, attributes, grants }
}

interface Update {
  readonly first: Drift
  readonly verb: OperationVerb & { readonly kind: 'update' }
  readonly because: Because
}

/** All attributes of one person that differ, in one operation. */
function updateOf(drift: readonly Drift[]): Update | undefined {
  const set: Record<AttributeName, string | null> = {}
  const before: Record<AttributeName, string | null> = {}
  let login: { readonly from: string; readonly to: string } | undefined
  let first: Drift | undefined
  const sources: string[] = []
  for (const one of drift) {
    if (one.kind === 'AttributeDiffers') {
      set[one.attribute] = one.desired ?? null
      before[one.attribute] = one.actual ?? null
    } else if (one.kind === 'LoginDiffers') login = { from: one.account.login, to: one.desired }
    else continue
    first ??= one
    sources.push(...one.because.sources)
  }
  if (!first) return undefined
  const verb = { kind: 'update' as const, set, before, ...(login ? { login } : {}) }
  const names = [...new Set(sources)]
  return { first, verb, because: { ...first.because, text: names.join(', '), sources: names } }
}
