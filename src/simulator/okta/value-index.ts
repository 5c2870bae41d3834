const START = 64

/**
 * Finds the numbers of items by a text in some 16 bytes for each. It keeps hashes instead of texts and forgets nothing, so whoever asks compares
 * what he gets with what he wants; when many items have other texts by now it is to be built anew.
 */
export class ValueIndex {
  /** By hash: the newest entry, counted from 1. */
  #heads: Int32Array
  /** By entry: the next older one of the same head. */
  #next: Int32Array
  #hashes: Int32Array
  #items: Int32Array
  #size = 0
  #outdated = 0

  /** `expected` items take no more room than they must. */
  constructor(expected = 0) {
    const room = Math.max(START, expected)
    this.#heads = new Int32Array(headsFor(room))
    this.#next = new Int32Array(room)
    this.#hashes = new Int32Array(room)
    this.#items = new Int32Array(room)
  }

  /** Whether most of what it finds is to be refused. */
  get isOutdated(): boolean {
    return this.#outdated > START + this.#size / 2
  }

  /** `item` is less than 2^31. */
  add(text: string, item: number): void {
    if (this.#size === this.#next.length) this.#grow()
    const entry = this.#size
    this.#size += 1
    this.#items[entry] = item
    this.#hashes[entry] = hashOf(text)
    this.#enter(entry)
  }

  /** Counts an item that has another text from now on, or is gone. */
  noteOutdated(): void {
    this.#outdated += 1
  }

  /** Items added under this text, perhaps twice, and hardly ever one that was added under another only. */
  *like(text: string): Generator<number> {
    const hash = hashOf(text)
    for (let entry = (this.#heads[this.#placeOf(hash)] ?? 0) - 1; entry >= 0; entry = (this.#next[entry] ?? 0) - 1) {
      const item = this.#items[entry]
      if (item !== undefined && this.#hashes[entry] === hash) yield item
    }
  }

  #placeOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#heads.length - 1)
  }

  #enter(entry: number): void {
    const place = this.#placeOf(this.#hashes[entry] ?? 0)
    this.#next[entry] = this.#heads[place] ?? 0
    this.#heads[place] = entry + 1
  }

  #grow(): void {
    const room = this.#next.length * 2
    this.#hashes = grown(this.#hashes, room)
    this.#items = grown(this.#items, room)
    this.#heads = new Int32Array(headsFor(room))
    this.#next = new Int32Array(room)
    for (let entry = 0; entry < this.#size; entry += 1) this.#enter(entry)
  }
}

/** Two entries to a head when it is full. */
function headsFor(room: number): number {
  return 2 ** Math.floor(Math.log2(room))
}

function grown(numbers: Int32Array, room: number): Int32Array {
  const more = new Int32Array(room)
  more.set(numbers)
  return more
}

/** FNV-1a; its lower bits are mixed once more where it is used. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash | 0
}
