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
  const after = startOf(call)
  const smallest = new Smallest<Keyed<Item>>(limit + 1, (left, right) => compare(left, right, direction))
  for (const item of items) {
    const entry = { item, key: sortKey(options.value(item, options.sortBy)), id: item.id }
    if (after === undefined || compare(entry, after, direction) > 0) smallest.offer(entry)
  }
  const found = smallest.sorted()
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const next =
    found.length > limit && last !== undefined ? { after: cursorText([last.key, last.id]), limit } : undefined
  return pageReply(
    call,
    page.map(entry => options.view(entry.item)),
    next,
    options.size,
  )
}

interface Place {
  readonly key: string | number
  readonly id: string
}

interface Keyed<Item> extends Place {
  readonly item: Item
}

/** Keeps the smallest of many items: a page out of 100,000 needs no sorting of them all. */
class Smallest<Entry> {
  readonly #count: number
  readonly #order: (left: Entry, right: Entry) => number
  #kept: Entry[] = []
  #largest: Entry | undefined

  constructor(count: number, order: (left: Entry, right: Entry) => number) {
    this.#count = count
    this.#order = order
  }

  offer(entry: Entry): void {
    if (this.#largest !== undefined && this.#order(entry, this.#largest) >= 0) return
    this.#kept.push(entry)
    if (this.#kept.length >= this.#count * 4 + 64) this.#cut()
  }

  sorted(): readonly Entry[] {
    this.#cut()
    return this.#kept
  }

  #cut(): void {
    this.#kept.sort(this.#order)
    if (this.#kept.length < this.#count) return
    this.#kept.length = this.#count
    this.#largest = this.#kept.at(-1)
  }
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
