import type { Account } from '../model/account.ts'
import type { AccountId, EmployeeNumber } from '../model/ids.ts'
import type { Drift, ManagerRef } from '../model/plan.ts'
import { because, personOf, type View } from './diff-view.ts'

/**
 * The manager differs. Nothing is said while the manager has no account and none is about to be made: it is set once that
 * account exists.
 */
export function managerDrift(view: View, account: Account | undefined): Drift[] {
  const { person, desired } = view
  if (person.keepManager) return []
  const actual = account?.manager
  if (person.manager === undefined) {
    if (actual === undefined) return []
    return [
      {
        kind: 'ManagerDiffers',
        account,
        desired: undefined,
        actual,
        person: personOf(person),
        because: why(view, 'no manager is declared'),
      },
    ]
  }
  const ref = managerRef(view, person.manager)
  if (!ref || (ref.id !== undefined && ref.id === actual)) return []
  return [
    {
      kind: 'ManagerDiffers',
      account,
      desired: ref,
      actual,
      person: personOf(person),
      because: why(view, `the manager is ${desired.people.get(person.manager)?.employee ?? person.manager}`),
    },
  ]
}

function why(view: View, text: string): Drift['because'] {
  return { ...because(view, text, ['manager']), basis: 'Declared' }
}

function managerRef(view: View, number: EmployeeNumber): ManagerRef | undefined {
  const manager = view.desired.people.get(number)
  const id = accountIdOf(view, number)
  const comes = manager?.why.phase === 'Active' || manager?.why.phase === 'Staged'
  if (id === undefined && !comes) return undefined
  const displayName = manager?.attributes.get('displayName')?.value ?? manager?.employee ?? number
  return { number, id, displayName }
}

function accountIdOf(view: View, number: EmployeeNumber): AccountId | undefined {
  const known = view.bindings.records.get(number)
  if (known?.account && known.deletedAt === undefined) return known.account
  const [only, other] = view.bindings.loose.get(number) ?? []
  return only && !other ? only.id : undefined
}
