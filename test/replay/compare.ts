import type { Translation } from './translation.ts'

type Loose = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An answer as far as the comparison looks at it. */
export interface Seen {
  readonly status: number
  readonly body: unknown
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Whether lines of the same name are missing. */
  readonly linesLost?: boolean
}

/** Parts of a body whose keys are the data of a customer. */
const free = /\.(properties|claims|optionalClaims|attributes|debugData|externalIds)$/

/**
 * What two answers disagree about, one sentence each: status, error code, the keys of every object at every depth (links
 * included), whether a list has items, and which paging links there are. Values are not compared.
 */
export function disagreements(recorded: Seen, simulated: Seen, translation: Translation): readonly string[] {
  if (recorded.status !== simulated.status)
    return [`status ${simulated.status} and not ${recorded.status}${codeOf(recorded.body)}${codeOf(simulated.body)}`]
  const [left, right] = [codeOf(recorded.body), codeOf(simulated.body)]
  if (left !== right) return [`error${right} and not${left}`]
  const found: string[] = []
  compare({ recorded: recorded.body, simulated: simulated.body, path: '', found }, translation)
  const [before, now] = [relations(recorded), relations(simulated)]
  const agree = recorded.linesLost === true ? before.split(' ').every(name => now.includes(name)) : before === now
  if (!agree) found.push(`paging links [${now}] and not [${before}]`)
  return [...new Set(found)]
}

function codeOf(body: unknown): string {
  if (!isObject(body)) return ''
  if (typeof body.errorCode === 'string') return ` ${body.errorCode}`
  return typeof body.error === 'string' ? ` ${body.error}` : ''
}

function relations(seen: Seen): string {
  return seen.headers
    .filter(([name]) => name === 'link')
    .flatMap(([, value]) => [...value.matchAll(/rel="?(\w+)"?/g)].map(match => match[1]))
    .sort()
    .join(' ')
}

interface Pair {
  readonly recorded: unknown
  readonly simulated: unknown
  readonly path: string
  readonly found: string[]
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

function compare({ recorded, simulated, path, found }: Pair, translation: Translation): void {
  const kinds = [kindOf(recorded), kindOf(simulated)]
  if (Array.isArray(recorded) && Array.isArray(simulated)) {
    if ((recorded.length === 0) !== (simulated.length === 0))
      found.push(`${path || 'the list'} has ${simulated.length} items and not ${recorded.length}`)
    for (const [left, right] of translation.pairs(recorded, simulated))
      compare({ recorded: left, simulated: right, path: `${path}[]`, found }, translation)
    return
  }
  if (isObject(recorded) && isObject(simulated)) {
    compareKeys({ recorded, simulated, path, found })
    for (const [key, value] of Object.entries(recorded))
      if (key in simulated)
        compare({ recorded: value, simulated: simulated[key], path: `${path}.${key}`, found }, translation)
    return
  }
  if (kinds[0] !== kinds[1] && !kinds.includes('null'))
    found.push(`${path || 'the body'} is ${kinds[1]} and not ${kinds[0]}`)
  if (kinds.includes('null') && (kinds.includes('object') || kinds.includes('list')))
    found.push(`${path || 'the body'} is ${kinds[1]} and not ${kinds[0]}`)
}

function compareKeys({ recorded, simulated, path, found }: Pair & { recorded: Loose; simulated: Loose }): void {
  if (free.test(path)) return
  const missing = Object.keys(recorded).filter(key => !(key in simulated))
  const extra = Object.keys(simulated).filter(key => !(key in recorded))
  if (missing.length > 0) found.push(`${path || 'the body'} lacks ${missing.join(', ')}`)
  if (extra.length > 0) found.push(`${path || 'the body'} has ${extra.join(', ')} too many`)
}
