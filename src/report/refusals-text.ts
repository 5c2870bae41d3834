import type { Operation, Refusal } from '../model/plan.ts'
import { printable } from './escape.ts'
import { nameOf, peopleOf } from './person-change.ts'
import { compareText, type Paint, plural } from './style.ts'
import { tallyOf, tallyText } from './tally.ts'

/** A set withheld under a hash. */
export type WithheldSet = Refusal & { readonly withheld: NonNullable<Refusal['withheld']> }

/** Other refusals that say the same, together. */
export interface RefusalGroup {
  readonly reason: Refusal['reason']
  readonly message: string
  readonly operations: readonly Operation[]
}

/** Withheld sets, by their hash. */
export function withheldSets(refusals: readonly Refusal[]): readonly WithheldSet[] {
  return refusals
    .flatMap(one => (one.withheld ? [{ ...one, withheld: one.withheld }] : []))
    .sort((a, b) => compareText(a.withheld.class, b.withheld.class) || compareText(a.withheld.hash, b.withheld.hash))
}

/** What is refused without a hash to release it, by reason. Messages that differ from person to person are kept apart. */
export function refusalGroups(refusals: readonly Refusal[]): readonly RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>()
  for (const { reason, message, operations, withheld } of refusals) {
    if (withheld) continue
    const key = `${reason} ${message}`
    const known = groups.get(key)?.operations ?? []
    groups.set(key, { reason, message, operations: [...known, ...operations] })
  }
  return [...groups.values()].sort((a, b) => compareText(a.reason, b.reason) || compareText(a.message, b.message))
}

/** How to release a withheld set. */
export function approveCommand(set: WithheldSet): string {
  return `tenure apply DIR --approve ${set.withheld.hash}`
}

export interface WithheldTextOptions {
  readonly paint: Paint
  /** Names everybody instead of the first ten. */
  readonly verbose: boolean
  /** False where no hash can be approved, so that none is printed. */
  readonly approvable: boolean
}

/** The block of one withheld set: why, who, what, and how to release exactly that. */
export function withheldLines(set: WithheldSet, options: WithheldTextOptions): readonly string[] {
  const { paint } = options
  const { hash, count, limit, class: lossClass } = set.withheld
  const rows: (readonly [string, string])[] = [
    ['budget', `${lossClass}: ${count} at once, ${limit} allowed`],
    ['would be', tallyText(tallyOf(set.operations), 'ToDo')],
    ['people', peopleText(set.operations, options.verbose ? Number.POSITIVE_INFINITY : shownPeople)],
  ]
  if (options.approvable) rows.push(['set', hash], ['release', approveCommand(set)])
  else rows.push(['release', 'not possible from here: without a record no set can be approved'])
  return [
    `  ${paint.error('! WITHHELD')} ${paint.strong(printable(set.message))} ${paint.faint(`(${set.reason})`)}`,
    ...rows.map(([name, text]) => `      ${name.padEnd(8)}  ${text}`),
  ]
}

/** How many people a withheld set names before it only counts. */
export const shownPeople = 10

function peopleText(operations: readonly Operation[], atMost: number): string {
  const { shown, more } = peopleOf(operations, atMost)
  const names = shown.map(nameOf).join(', ')
  return more === 0 ? names : `${names} and ${more} more`
}

/** One line for each reason that takes something out of the plan. */
export function refusalLines(groups: readonly RefusalGroup[], options: WithheldTextOptions): readonly string[] {
  const { paint } = options
  const most = options.verbose ? groups.length : 20
  const lines = groups.slice(0, most).map(({ reason, message, operations }) => {
    const people = peopleOf(operations, 3)
    const names =
      people.more === 0 ? people.shown.map(nameOf).join(', ') : plural(tallyOf(operations).people, 'person', 'people')
    return `  ${paint.warning('not done')} ${reason}: ${verbsOf(operations)} for ${names}: ${printable(message)}`
  })
  const left = groups.length - most
  return left > 0 ? [...lines, `  and ${plural(left, 'more reason')}; --verbose shows all`] : lines
}

/** Each verb once, with how often where that is more than once: `block, end-sessions, revoke ×3`. */
function verbsOf(operations: readonly Operation[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of operations) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} ×${count}`)).join(', ')
}
