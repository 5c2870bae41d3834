import type { Kind } from './schema.ts'

/** One object of the directory. `properties` holds only what was set. */
export interface DirectoryObject {
  readonly id: string
  readonly kind: Kind
  readonly properties: Record<string, unknown>
  /** Counts up as objects come into the directory; lists are in this order. */
  ordinal?: number
  /** Milliseconds since 1970; set while the object is in the bin. */
  deletedAt?: number
}

/** Which links between objects there are. */
export type Link = 'members' | 'owners'
