import type { RawManifest, SourceReading } from '../model/manifests.ts'
import type { Operation } from '../model/plan.ts'
import type { Source } from '../reconcile/interfaces.ts'

interface Kept {
  readonly manifest: RawManifest
  /** The employee number it declares; mappings and providers have none. */
  readonly number: string | undefined
  /** When it was first missing, on the clock of `now`. */
  readonly missingSince: number | undefined
}

/**
 * A source in which a deletion counts only once it has lasted: a manifest that vanished is still handed on for `settleMs`, unless it is an
 * Employee whose number is declared under another name meanwhile, as its own or as a previous one. A file that is being replaced is no
 * departure.
 */
export class SettlingSource implements Source {
  readonly #source: Source
  readonly #settleMs: number
  readonly #now: () => number
  #kept = new Map<string, Kept>()

  /** `now` need only go forward: milliseconds from any start. */
  constructor(source: Source, settleMs: number, now: () => number) {
    this.#source = source
    this.#settleMs = settleMs
    this.#now = now
  }

  /** How long until the next vanished manifest counts as deleted, in milliseconds; undefined when none is waiting. */
  get settlesInMs(): number | undefined {
    const waiting = [...this.#kept.values()].flatMap(one => one.missingSince ?? [])
    return waiting.length === 0 ? undefined : Math.max(0, Math.min(...waiting) + this.#settleMs - this.#now())
  }

  async read(signal: AbortSignal): Promise<SourceReading> {
    const reading = await this.#source.read(signal)
    const present = new Map<string, Kept>()
    for (const manifest of reading.manifests) {
      const key = manifestKey(manifest.object)
      if (key !== undefined) present.set(key, { manifest, number: numberOf(manifest.object), missingSince: undefined })
    }
    const numbers = new Set(reading.manifests.flatMap(({ object }) => [numberOf(object), ...previousNumbersOf(object)]))
    const ghosts: RawManifest[] = []
    for (const [key, kept] of this.#kept) {
      if (present.has(key) || (kept.number !== undefined && numbers.has(kept.number))) continue
      const missingSince = kept.missingSince ?? this.#now()
      if (this.#now() - missingSince >= this.#settleMs) continue
      present.set(key, { ...kept, missingSince })
      ghosts.push(kept.manifest)
    }
    this.#kept = present
    return { ...reading, manifests: [...reading.manifests, ...ghosts] }
  }

  recheck(operation: Operation, signal: AbortSignal): Promise<'Same' | 'Changed'> {
    return this.#source.recheck(operation, signal)
  }
}

type Loose = Readonly<Record<string, unknown>> | undefined

function manifestKey(object: unknown): string | undefined {
  const { kind, metadata } = (object ?? {}) as { readonly kind?: unknown; readonly metadata?: Loose }
  if (!metadata || !settling.has(String(kind))) return undefined
  return `${String(kind)} ${String(metadata.namespace ?? '')}/${String(metadata.name)}`
}

const settling: ReadonlySet<string> = new Set(['Employee', 'GroupMapping', 'IdentityProvider'])

function numberOf(object: unknown): string | undefined {
  const { kind, spec } = (object ?? {}) as { readonly kind?: unknown; readonly spec?: Loose }
  return kind !== 'Employee' || spec?.employeeNumber === undefined ? undefined : String(spec.employeeNumber)
}

function previousNumbersOf(object: unknown): string[] {
  const { spec } = (object ?? {}) as { readonly spec?: Loose }
  return Array.isArray(spec?.previousEmployeeNumbers) ? spec.previousEmployeeNumbers.map(String) : []
}
