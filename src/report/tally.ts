import type { Lane, Operation, OperationKind } from '../model/plan.ts'
import { listed, plural } from './style.ts'

/** What a number of operations comes to, for people. */
export interface Tally {
  readonly operations: number
  /** Different people, over all providers. */
  readonly people: number
  readonly lanes: Readonly<Record<Lane, number>>
  /** Accounts, by what happens to them; an account may be in several. */
  readonly accounts: Readonly<Record<AccountVerb, number>>
  readonly grants: number
  readonly revokes: number
  readonly marks: number
  readonly credentials: number
}

export type AccountVerb = 'create' | 'restore' | 'adopt' | 'change' | 'enable' | 'block' | 'sign out' | 'delete'

const lanes: readonly Lane[] = ['Leaver', 'Joiner', 'Mover', 'Repair']

const verbOf: Readonly<Partial<Record<OperationKind, AccountVerb>>> = {
  create: 'create',
  restore: 'restore',
  adopt: 'adopt',
  update: 'change',
  'set-manager': 'change',
  enable: 'enable',
  block: 'block',
  'end-sessions': 'sign out',
  delete: 'delete',
}

/** Counts people once however many operations they have, and grants one by one, those that a create carries among them. */
export function tallyOf(operations: readonly Operation[]): Tally {
  const people = new Map<string, Lane>()
  const accounts = new Map<AccountVerb, Set<string>>()
  const count = { grants: 0, revokes: 0, marks: 0, credentials: 0 }
  for (const operation of operations) {
    const { number } = operation.person
    people.set(number, firstLane(people.get(number), operation.lane))
    const verb = verbOf[operation.kind]
    if (verb) accounts.set(verb, (accounts.get(verb) ?? new Set()).add(`${operation.provider} ${number}`))
    if (operation.kind === 'create') count.grants += operation.grants.length
    if (operation.kind === 'grant') count.grants += 1
    if (operation.kind === 'revoke') count.revokes += 1
    if (operation.kind === 'issue-credential') count.credentials += 1
    if (operation.kind === 'mark' || operation.kind === 'unmark') count.marks += 1
  }
  const inLane = (lane: Lane): number => [...people.values()].filter(one => one === lane).length
  const of = (verb: AccountVerb): number => accounts.get(verb)?.size ?? 0
  return {
    operations: operations.length,
    people: people.size,
    lanes: { Leaver: inLane('Leaver'), Joiner: inLane('Joiner'), Mover: inLane('Mover'), Repair: inLane('Repair') },
    accounts: {
      create: of('create'),
      restore: of('restore'),
      adopt: of('adopt'),
      change: of('change'),
      enable: of('enable'),
      block: of('block'),
      'sign out': of('sign out'),
      delete: of('delete'),
    },
    ...count,
  }
}

function firstLane(a: Lane | undefined, b: Lane): Lane {
  return a !== undefined && lanes.indexOf(a) <= lanes.indexOf(b) ? a : b
}

const done: Readonly<Record<AccountVerb, string>> = {
  create: 'created',
  restore: 'restored',
  adopt: 'adopted',
  change: 'changed',
  enable: 'enabled',
  block: 'blocked',
  'sign out': 'signed out',
  delete: 'deleted',
}

/** `2 accounts to create, 1 to block; 3 grants to add, 1 to take away`, or the same as done. Empty for nothing. */
export function tallyText(tally: Tally, tense: 'ToDo' | 'Done'): string {
  const toDo = tense === 'ToDo'
  const accounts = (Object.entries(tally.accounts) as [AccountVerb, number][])
    .filter(([, count]) => count > 0)
    .map(([verb, count]): Part => [count, toDo ? `to ${verb}` : done[verb]])
  const grants: Part[] = [
    [tally.grants, toDo ? 'to add' : 'added'],
    [tally.revokes, toDo ? 'to take away' : 'taken away'],
  ]
  const marks: Part[] = [[tally.marks, toDo ? 'to set right' : 'set right']]
  const credentials: Part[] = [[tally.credentials, toDo ? 'to issue' : 'issued']]
  return [
    phrase('account', accounts),
    phrase('grant', grants),
    phrase('mark', marks),
    phrase('first credential', credentials),
  ]
    .filter(Boolean)
    .join('; ')
}

type Part = readonly [count: number, what: string]

/** The noun is said once: `2 accounts to create, 1 to change`. */
function phrase(noun: string, parts: readonly Part[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what], index) => `${index === 0 ? plural(count, noun) : count} ${what}`)
    .join(', ')
}

/** `4 people: 1 leaver, 2 joiners and 1 mover`. */
export function peopleText({ people, lanes: in_ }: Tally): string {
  const parts = [
    [in_.Leaver, 'leaver', 'leavers'],
    [in_.Joiner, 'joiner', 'joiners'],
    [in_.Mover, 'mover', 'movers'],
    [in_.Repair, 'repair', 'repairs'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, one, many]) => plural(count, one, many))
  return `${plural(people, 'person', 'people')}: ${listed(said)}`
}
