import type { SimulatedReply } from '../kernel.ts'
import { type Call, query } from './call.ts'
import { invalidCursor } from './errors.ts'
import { cursorOf, cursorText, limitOf, type PageSize, pageReply } from './paging.ts'

/** One page of a list in the order of `sortBy` and `sortOrder`; ties by id, items without the value last. */
export function sortedPage<Item extends { readonly id: string }>(
  call: Call,
  items: Iterable<Item>,
  options: {
    readonly size: PageSize
    readonly view: (item: Item) => unknown
    readonly sortBy: string
    readonly value: (item: Item, property: string) => unknown
  },
): SimulatedReply {
  const direction = query(call, 'sortOrder')?.toLowerCase().startsWith('desc') ? -1 : 1
  const limit = limitOf(call, options.size)
  const keyed = [...items].map(item => ({ item, key: sortKey(options.value(item, options.sortBy)), id: item.id }))
  keyed.sort((left, right) => compare(left, right, direction))
  const after = startOf(call)
  const from = after === undefined ? 0 : keyed.findIndex(entry => compare(entry, after, direction) > 0)
  const page = from < 0 ? [] : keyed.slice(from, from + limit)
  const last = page.at(-1)
  const more = from >= 0 && from + limit < keyed.length
  const next = more && last !== undefined ? { after: cursorText([last.key, last.id]), limit } : undefined
  return pageReply(
    call,
    page.map(entry => options.view(entry.item)),
    next,
  )
}

interface Place {
  readonly key: string | number
  readonly id: string
}

function startOf(call: Call): Place | undefined {
  const cursor = cursorOf(call)
  if (cursor === undefined) return undefined
  const [key, id] = cursor
  if (key === undefined || typeof id !== 'string') throw invalidCursor()
  return { key, id }
}

/** Text is sorted without regard to case; what has no value comes last. */
function sortKey(value: unknown): string | number {
  if (typeof value === 'number') return value
  if (value === undefined || value === null) return '\uffff'
  return String(value).toLowerCase()
}

function compare(left: Place, right: Place, direction: number): number {
  const keys = typeof left.key === typeof right.key ? order(left.key, right.key) : typeof left.key === 'number' ? -1 : 1
  return keys === 0 ? order(left.id, right.id) : keys * direction
}

function order(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0
}
