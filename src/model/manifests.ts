import type { Employee } from './employee.ts'
import type { GroupMapping } from './mapping.ts'
import type { Finding, Origin } from './origin.ts'
import type { IdentityProvider } from './provider.ts'

/** One declaration as read: the plain object and where its parts stand. */
export interface RawManifest {
  readonly object: unknown
  readonly origin: Origin
  /** The place of the value at a path such as `['spec', 'employment', 'endDate']`, or of the nearest one around it. */
  locate(path: readonly (string | number)[]): Origin
}

/** What a source yields: everything that could be read, and what could not. */
export interface SourceReading {
  readonly manifests: readonly RawManifest[]
  readonly findings: readonly Finding[]
  /** False when anything could not be read, so that absence proves nothing. */
  readonly complete: boolean
}

/** All manifests, parsed and checked against each other. */
export interface Manifests {
  readonly employees: readonly Employee[]
  readonly mappings: readonly GroupMapping[]
  readonly providers: readonly IdentityProvider[]
  readonly findings: readonly Finding[]
  /** False when anything was unreadable or invalid. */
  readonly complete: boolean
  /** Numbers that are declared but must not be touched (two claim one, or the manifest around it is wrong). */
  readonly untouchable: ReadonlySet<string>
}
