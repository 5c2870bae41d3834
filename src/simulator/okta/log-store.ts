import type { LogEntry } from './objects.ts'

/** What is known of an event when it happens; its number comes when it is stored. */
export type NewLogEntry = Omit<LogEntry, 'seq'>

const most = 220_000

/** The System Log in the order in which entries were stored, which is that of their numbers. */
export class SystemLog {
  /** True while a state is loaded: what happens then is no event. */
  quiet = false
  #entries: LogEntry[] = []
  #waiting: { readonly entry: NewLogEntry; readonly from: number }[] = []
  #stored = 0

  /** Takes in an event that can be read from `from` on (ms since 1970). */
  add(entry: NewLogEntry, from: number): void {
    if (from <= entry.at && this.#waiting.length === 0) this.#store(entry)
    else this.#waiting.push({ entry, from })
  }

  /** Entries that can be read at `now`, after the one with this number. */
  after(seq: number, now: number): readonly LogEntry[] {
    this.#settle(now)
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low === 0 ? this.#entries : this.#entries.slice(low)
  }

  /** Number of the entry stored last; 0 on an empty log. */
  last(now: number): number {
    this.#settle(now)
    return this.#stored
  }

  #settle(now: number): void {
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(({ from }) => from <= now).sort((left, right) => left.from - right.from)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(({ from }) => from > now)
    for (const { entry } of due) this.#store(entry)
  }

  #store(entry: NewLogEntry): void {
    this.#stored += 1
    this.#entries.push({ seq: this.#stored, ...entry })
    if (this.#entries.length > most) this.#entries.splice(0, 20_000)
  }
}
