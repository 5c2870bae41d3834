/** What stands for what: ids, tokens and cursors of the recorded org on one side, those of the simulated one on the other. */

const word = /[A-Za-z0-9_-]{12,}/g
const cursor = /^[A-Za-z0-9_-]{4,}$/

type Loose = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What people call an object: two recordings of it agree in this while their ids differ. */
function nameOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const profile = isObject(value.profile) ? value.profile : {}
  const name = profile.login ?? profile.name ?? value.label ?? value.name
  return typeof name === 'string' ? name : undefined
}

/** Learns from every pair of answers which simulated id stands for which recorded one. */
export class Translation {
  readonly #known = new Map<string, string>()

  /** A recorded text with every known id replaced. */
  of(text: string): string {
    return text.replace(word, found => this.#known.get(found) ?? found)
  }

  /** The value of a query parameter, which may be a short cursor. */
  ofParameter(value: string): string {
    return this.#known.get(value) ?? this.of(value)
  }

  /** Notes that two texts mean the same. */
  learnWord(recorded: string, simulated: string): void {
    if (recorded !== simulated) this.#known.set(recorded, simulated)
  }

  /** Walks a recorded and a simulated body side by side. */
  learn(recorded: unknown, simulated: unknown): void {
    if (typeof recorded === 'string' && typeof simulated === 'string') this.#learnText(recorded, simulated)
    else if (Array.isArray(recorded) && Array.isArray(simulated)) {
      for (const [left, right] of this.pairs(recorded, simulated)) this.learn(left, right)
    } else if (isObject(recorded) && isObject(simulated)) {
      for (const [key, value] of Object.entries(recorded)) this.learn(value, simulated[key])
    }
  }

  /** Items of two lists that stand for each other: by known id, then by name, then by place. */
  pairs(recorded: readonly unknown[], simulated: readonly unknown[]): [unknown, unknown][] {
    const free = new Set(simulated)
    const take = (wanted: (item: unknown) => boolean): unknown => {
      for (const item of free) {
        if (!wanted(item)) continue
        free.delete(item)
        return item
      }
      return undefined
    }
    const byId = recorded.map(item => {
      const id = isObject(item) && typeof item.id === 'string' ? this.of(item.id) : undefined
      return id === undefined ? undefined : take(other => isObject(other) && other.id === id)
    })
    const byName = recorded.map((item, index) => {
      const name = nameOf(item)
      return byId[index] ?? (name === undefined ? undefined : take(other => nameOf(other) === name))
    })
    const unnamed = recorded.map((item, index) => byName[index] ?? (isObject(item) ? undefined : take(() => true)))
    const found = unnamed.map(item => item ?? take(() => true))
    return recorded.flatMap((item, index): [unknown, unknown][] =>
      found[index] === undefined ? [] : [[item, found[index]]],
    )
  }

  /** The cursor of a `Link` line. */
  learnCursor(recorded: string, simulated: string): void {
    const [left, right] = [recorded, simulated].map(line => {
      const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
      return URL.canParse(address) ? new URL(address).searchParams.get('after') : null
    })
    if (typeof left === 'string' && typeof right === 'string') this.learnWord(left, right)
  }

  #learnText(recorded: string, simulated: string): void {
    if (recorded === simulated) return
    if (/^https?:/.test(recorded)) {
      const [left, right] = [recorded, simulated].map(text => text.replace(/^https?:\/\/[^/]*/, '').split(/[/?=&]/))
      if (left?.length !== right?.length) return
      for (const [index, part] of (left ?? []).entries()) this.#learnText(part, right?.[index] ?? '')
      return
    }
    if (
      cursor.test(recorded) &&
      recorded.length >= 12 &&
      cursor.test(simulated) &&
      simulated.length >= 12 &&
      /\d|[a-z][A-Z]/.test(recorded)
    )
      this.learnWord(recorded, simulated)
  }
}
