import type { Employee } from '../api/employee.ts'
import type { EmployeeNumber } from '../model/ids.ts'
import type { RecordBook } from '../reconcile/record.ts'
import type { DeclaredKind } from '../source/kubernetes.ts'
import { each } from './each.ts'
import { type Declared, finalizer, isDeleting } from './objects.ts'
import type { StatusWriter } from './status-writer.ts'

export interface FinalizersOptions {
  readonly writer: StatusWriter
  readonly book: RecordBook
  readonly listed: (kind: DeclaredKind) => readonly Declared[]
  readonly signal: AbortSignal
}

/** Lets go of what is being deleted, as soon as nothing is left to do for it. */
export async function releaseSettled({ writer, book, listed, signal }: FinalizersOptions): Promise<void> {
  const held = (kind: DeclaredKind): readonly Declared[] =>
    listed(kind).filter(object => isDeleting(object) && object.metadata.finalizers?.includes(finalizer))
  const employees = listed('Employee')
  const declared = new Set(employees.filter(one => !isDeleting(one)).map(numberOf))
  const release = async (kind: DeclaredKind, objects: readonly Declared[]): Promise<void> =>
    each(objects, 10, async ({ metadata }) => void (await writer.finalizer(kind, metadata.name, false, signal)))
  await release(
    'Employee',
    held('Employee').filter(one => declared.has(numberOf(one)) || isSettled(numberOf(one), book)),
  )
  const named = new Set(
    book.providers().flatMap(provider => [...book.of(provider).mapped.values()].flatMap(one => one.mappings)),
  )
  await release(
    'GroupMapping',
    held('GroupMapping').filter(({ metadata }) => !named.has(metadata.name)),
  )
  await release(
    'IdentityProvider',
    held('IdentityProvider').filter(({ metadata }) => !hasBound(book, metadata.name)),
  )
}

function numberOf(object: Declared): EmployeeNumber {
  return (object as unknown as Employee).spec.employeeNumber as EmployeeNumber
}

/** Nobody has an account that is still to be blocked, signed out or stripped. */
function isSettled(number: EmployeeNumber, book: RecordBook): boolean {
  return book.providers().every(provider => {
    const record = book.of(provider).people.get(number)
    if (record === undefined || record.deletedAt !== undefined) return true
    if (record.account === undefined) return record.intent === undefined
    return record.offboardedAt !== undefined
  })
}

/** Somebody is bound to an account there. */
function hasBound(book: RecordBook, name: string): boolean {
  const provider = book.providers().find(one => one === name)
  if (provider === undefined) return false
  return [...book.of(provider).people.values()].some(one => one.account !== undefined && one.deletedAt === undefined)
}
