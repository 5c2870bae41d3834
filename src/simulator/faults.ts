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
] as const

/** See {@link Fault.fault}. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** A fault to be played: which requests it strikes, what happens to them, and how often. */
export interface Fault {
  /** Strikes both tenants when absent. */
  readonly provider?: 'okta' | 'entra'
  /** Strikes every method when absent. */
  readonly method?: string
  /** Raw path without query; `*` matches one segment, a last `*` one or more. Requests inside a `$batch` count with `/v1.0` before them. */
  readonly path: string
  /**
   * `status`: answers `status`, `headers`, `body` without doing anything (after doing it, when `applied`);
   * `resetBefore` and `resetAfter`: the connection breaks before, or after, the effect took place;
   * `hang`: never answers; `truncated`: a page without its next link; `empty`: a page of nothing; `duplicate`: every item twice;
   * `stale`: what the same URL answered before; `malformed`: JSON that breaks off in the middle.
   */
  readonly fault: FaultKind
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly applied?: boolean
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
    path: segmentsOf(fault.path),
    chance: probability === undefined ? () => true : () => random() < probability,
    skip: fault.skip ?? 0,
    left: fault.count ?? Number.POSITIVE_INFINITY,
  }
}

/** The faults that are armed. The first that strikes a request wins. */
export class Faults {
  #armed: ArmedFault[] = []

  /** Arms a fault. */
  add(fault: Fault): void {
    this.#armed.push(armed(fault))
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed = []
  }

  /** The fault that strikes this request, and uses it up; undefined when none does. */
  strike(provider: 'okta' | 'entra', method: string, pathname: string): Fault | undefined {
    if (this.#armed.length === 0) return undefined
    const path = segmentsOf(pathname)
    for (const candidate of this.#armed) {
      const { fault } = candidate
      if (fault.provider !== undefined && fault.provider !== provider) continue
      if (fault.method !== undefined && fault.method.toUpperCase() !== method.toUpperCase()) continue
      if (candidate.left <= 0 || !pathMatches(candidate.path, path) || !candidate.chance()) continue
      if (candidate.skip > 0) {
        candidate.skip -= 1
        continue
      }
      candidate.left -= 1
      return fault
    }
    return undefined
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
  for (const name of ['path', 'fault']) if (!(name in fields)) throw new Error(`The fault lacks "${name}".`)
  if (fields.fault === 'status' && !('status' in fields)) throw new Error('The fault "status" lacks its "status".')
  return fields as unknown as Fault
}
