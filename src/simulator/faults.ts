import { durationMs } from './clock.ts'
import { seededRandom } from './random.ts'

/** What can go wrong with an answer. */
const FAULT_KINDS = [
  'status',
  'resetBefore',
  'resetAfter',
  'hang',
  'truncated',
  'empty',
  'duplicate',
  'stale',
  'malformed',
  'expiredToken',
  'clockSkew',
  'tlsBroken',
  'tlsUntrusted',
] as const

/** See {@link Fault.fault}. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** A fault to be played: which requests it strikes, what happens to them, and how often. */
export interface Fault {
  /** Strikes both tenants when absent. */
  readonly provider?: 'okta' | 'entra'
  /** Strikes every method when absent. */
  readonly method?: string
  /**
   * Raw path without query; `*` matches one segment, a last `*` one or more. Requests inside a `$batch` count with `/v1.0` before
   * them. Every fault but those of TLS, which strike connections, has one.
   */
  readonly path?: string
  /**
   * `status`: answers `status`, `headers`, `body` without doing anything (after doing it, when `applied`); a 429 has the vendor's
   * own body and headers where none are given;
   * `resetBefore` and `resetAfter`: the connection breaks before, or after, the effect took place;
   * `hang`: never answers; `truncated`: a page without its next link; `empty`: a page of nothing; `duplicate`: every item twice;
   * `stale`: what the same URL answered before; `malformed`: JSON that breaks off in the middle;
   * `expiredToken`: refused as the vendor refuses a token that has run out, whatever the token; `clockSkew`: answered by a machine
   * whose clock is off `by` so much, which shows in `Date` and in what it thinks of tokens;
   * `tlsBroken`, `tlsUntrusted`: the next new connections to the Entra tenant break in the handshake, or meet a certificate of an
   * authority that nobody knows.
   */
  readonly fault: FaultKind
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly applied?: boolean
  /** How far the clock is off for `clockSkew`: `10m`, `-1h`. */
  readonly by?: string
  /** So many matching requests pass first. */
  readonly skip?: number
  /** So many are struck, then the fault is spent; all of them when absent. */
  readonly count?: number
  /** Each matching request is struck with this chance, repeatable by `seed`. */
  readonly probability?: number
  readonly seed?: number
}

interface ArmedFault {
  readonly fault: Fault
  readonly path: readonly string[]
  readonly chance: () => boolean
  skip: number
  left: number
}

/** Faults of a connection, which has no method and no path yet. */
export type ConnectionFault = 'tlsBroken' | 'tlsUntrusted'

const ofConnection = (kind: FaultKind): kind is ConnectionFault => kind === 'tlsBroken' || kind === 'tlsUntrusted'

/** A length of time with a sign, such as `-10m`, in milliseconds; throws an Error that says what is accepted. */
export function skewMs(by: string): number {
  return by.startsWith('-') ? -durationMs(by.slice(1)) : durationMs(by)
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter(segment => segment !== '')
    .map(segment => {
      try {
        return decodeURIComponent(segment)
      } catch {
        return segment
      }
    })
}

/** Whether a path matches a pattern in which `*` stands for one segment and a last `*` for one or more. */
function pathMatches(pattern: readonly string[], path: readonly string[]): boolean {
  const rest = pattern.at(-1) === '*'
  if (rest ? path.length < pattern.length : path.length !== pattern.length) return false
  return pattern.every((segment, index) => segment === '*' || segment === path[index])
}

function armed(fault: Fault): ArmedFault {
  const random = seededRandom(fault.seed ?? 1)
  const { probability } = fault
  return {
    fault,
    path: segmentsOf(fault.path ?? ''),
    chance: probability === undefined ? () => true : () => random() < probability,
    skip: fault.skip ?? 0,
    left: fault.count ?? Number.POSITIVE_INFINITY,
  }
}

/** The faults that are armed. The first that strikes a request wins. */
export class Faults {
  #armed: ArmedFault[] = []
  readonly #watchers: ((fault: Fault) => void)[] = []

  /** Arms a fault. */
  add(fault: Fault): void {
    this.#armed.push(armed(fault))
    for (const watcher of this.#watchers) watcher(fault)
  }

  /** Calls `watcher` for every fault that is armed from now on. */
  watch(watcher: (fault: Fault) => void): void {
    this.#watchers.push(watcher)
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed = []
  }

  /** The fault that strikes this request, and uses it up; undefined when none does. */
  strike(provider: 'okta' | 'entra', method: string, pathname: string): Fault | undefined {
    if (this.#armed.length === 0) return undefined
    const path = segmentsOf(pathname)
    return this.#first(
      ({ fault, path: wanted }) =>
        !ofConnection(fault.fault) &&
        (fault.provider === undefined || fault.provider === provider) &&
        (fault.method === undefined || fault.method.toUpperCase() === method.toUpperCase()) &&
        pathMatches(wanted, path),
    )
  }

  /** The fault that strikes a new TLS connection, and uses it up; undefined when none does. */
  strikeConnection(): ConnectionFault | undefined {
    const kind = this.#first(({ fault }) => ofConnection(fault.fault))?.fault
    return kind !== undefined && ofConnection(kind) ? kind : undefined
  }

  #first(matches: (candidate: ArmedFault) => boolean): Fault | undefined {
    for (const candidate of this.#armed) {
      if (candidate.left <= 0 || !matches(candidate) || !candidate.chance()) continue
      if (candidate.skip > 0) {
        candidate.skip -= 1
        continue
      }
      candidate.left -= 1
      return candidate.fault
    }
    return undefined
  }
}

function isSkew(value: unknown): boolean {
  try {
    return typeof value === 'string' && skewMs(value) !== 0
  } catch {
    return false
  }
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  provider: value => value === 'okta' || value === 'entra',
  method: value => typeof value === 'string',
  path: value => typeof value === 'string' && value.startsWith('/'),
  fault: value => FAULT_KINDS.some(kind => kind === value),
  status: value => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599,
  body: () => true,
  headers: value => typeof value === 'object' && value !== null,
  applied: value => typeof value === 'boolean',
  by: isSkew,
  skip: value => Number.isInteger(value),
  count: value => Number.isInteger(value),
  probability: value => typeof value === 'number',
  seed: value => Number.isInteger(value),
}

/** A fault from JSON; throws an Error that names the field that is wrong. */
export function parseFault(json: unknown): Fault {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('A fault is a JSON object.')
  const fields = json as Record<string, unknown>
  for (const [name, value] of Object.entries(fields)) {
    const accepts = FIELDS[name]
    if (accepts === undefined) throw new Error(`A fault has no field "${name}".`)
    if (!accepts(value)) throw new Error(`The fault's "${name}" cannot be ${JSON.stringify(value)}.`)
  }
  const lacking = (name: string): Error => new Error(`The fault lacks "${name}".`)
  if (!('fault' in fields)) throw lacking('path' in fields ? 'fault' : 'path')
  const fault = fields as unknown as Fault
  if (ofConnection(fault.fault)) {
    if (fault.provider === 'okta') throw new Error('The Okta org speaks plain HTTP; TLS can fail at "entra" only.')
    for (const name of ['path', 'method'])
      if (name in fields) throw new Error(`The fault "${fault.fault}" strikes connections and takes no "${name}".`)
    return fault
  }
  if (fault.path === undefined) throw lacking('path')
  if (fault.fault === 'status' && fault.status === undefined) throw new Error('The fault "status" lacks its "status".')
  if (fault.fault === 'clockSkew' && fault.by === undefined)
    throw new Error('The fault "clockSkew" lacks "by", such as "10m" or "-1h".')
  return fault
}
