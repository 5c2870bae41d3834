import type { EmployeeNumber } from '../model/ids.ts'
import type { Lane, Operation, Person } from '../model/plan.ts'
import { printable } from './escape.ts'
import { type ChangeLine, linesOf, type Reasons } from './operation-lines.ts'
import type { Sign } from './style.ts'

/** Everything that happens to one person at one provider. */
export interface PersonChange {
  readonly person: Person
  readonly sign: Sign
  /** `leaver`, `joiner`, `mover`, `repair`; a block that is to be lifted again says which. */
  readonly phase: string
  readonly lines: readonly ChangeLine[]
}

/** One block for each person, people and steps in the order in which they are carried out. */
export function personChanges(operations: readonly Operation[], reasons: Reasons): readonly PersonChange[] {
  return byPerson(operations).map(([first, ...rest]) => {
    const all = [first, ...rest]
    return {
      person: first.person,
      sign: signOf(all),
      phase: phaseOf(all, first.lane),
      lines: all.flatMap(operation => linesOf(operation, reasons)),
    }
  })
}

type Some<T> = readonly [T, ...T[]]

function byPerson(operations: readonly Operation[]): readonly Some<Operation>[] {
  const groups = new Map<EmployeeNumber, [Operation, ...Operation[]]>()
  for (const operation of operations) {
    const group = groups.get(operation.person.number)
    if (group) group.push(operation)
    else groups.set(operation.person.number, [operation])
  }
  return [...groups.values()]
}

function signOf(operations: readonly Operation[]): Sign {
  const has = (...kinds: readonly Operation['kind'][]): boolean => operations.some(one => kinds.includes(one.kind))
  if (has('delete')) return '-'
  if (operations.some(one => one.lane === 'Leaver')) return '!'
  return has('create', 'restore', 'adopt', 'enable') ? '+' : '~'
}

function phaseOf(operations: readonly Operation[], lane: Lane): string {
  const block = operations.find(one => one.kind === 'block')
  if (block?.kind === 'block' && block.why !== 'Departure') return block.why === 'Leave' ? 'on leave' : 'suspended'
  return lane.toLowerCase()
}

/** `ada (E1)`. */
export function nameOf(person: Person): string {
  return printable(`${person.employee} (${person.number})`)
}

/** The people of operations, each once, in their order: the first `atMost` by name, and how many more there are. */
export function peopleOf(
  operations: readonly Operation[],
  atMost: number,
): { readonly shown: readonly Person[]; readonly more: number } {
  const people = byPerson(operations).map(([first]) => first.person)
  return { shown: people.slice(0, atMost), more: Math.max(0, people.length - atMost) }
}

/** The operations of the first `atMost` people. */
export function operationsOfFirst(operations: readonly Operation[], atMost: number): readonly Operation[] {
  const people = new Set<EmployeeNumber>()
  return operations.filter(({ person }) => {
    if (people.size < atMost) people.add(person.number)
    return people.has(person.number)
  })
}
