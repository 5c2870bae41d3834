import type { Lane, Operation, OperationKind } from '../model/plan.ts'

const lanes: Readonly<Record<Lane, number>> = { Leaver: 0, Joiner: 1, Mover: 2, Repair: 3 }

/** Order of one person's operations. A person who goes out is blocked before anything else; a mover gains before they lose. */
const steps: Readonly<Record<OperationKind, number>> = {
  create: 0,
  restore: 0,
  adopt: 0,
  mark: 1,
  block: 2,
  'end-sessions': 3,
  enable: 5,
  update: 6,
  'set-manager': 7,
  // Before grants: the vendor lets nobody's first credential be made who is an administrator by then.
  'issue-credential': 8,
  grant: 9,
  revoke: 10,
  unmark: 11,
  delete: 12,
}

/** A mark never holds up a block. Someone let back in loses what they should not have before they can use it, and is enabled before anything is added. */
function step(operation: Operation, enabled: ReadonlySet<string>): number {
  if (operation.kind === 'revoke' && enabled.has(operation.person.number)) return steps.enable - 1
  if (operation.kind === 'mark' && operation.lane === 'Leaver') return steps.block + 0.5
  return steps[operation.kind]
}

/** Sorts by lane, person and step; operations of one step keep the order they came in. */
export function inOrder(operations: readonly Operation[]): Operation[] {
  const enabled = new Set<string>()
  for (const operation of operations) if (operation.kind === 'enable') enabled.add(operation.person.number)
  return operations
    .map((operation, index) => ({ operation, index, lane: lanes[operation.lane], step: step(operation, enabled) }))
    .sort(
      (a, b) =>
        a.lane - b.lane ||
        compare(a.operation.person.number, b.operation.person.number) ||
        a.step - b.step ||
        compareTargets(a.operation, b.operation) ||
        a.index - b.index,
    )
    .map(entry => entry.operation)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Grants and revokes by kind and name, what gives administrative rights first among revokes. */
function compareTargets(a: Operation, b: Operation): number {
  if (!('entitlement' in a) || !('entitlement' in b)) return 0
  const privileged = a.kind === 'revoke' ? Number(b.entitlement.privileged) - Number(a.entitlement.privileged) : 0
  return (
    privileged || compare(`${a.entitlement.kind} ${a.entitlement.name}`, `${b.entitlement.kind} ${b.entitlement.name}`)
  )
}
