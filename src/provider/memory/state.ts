import type { EntitlementKind, ReadOnlyReason } from '../../model/entitlement.ts'
import type { AccountId, AttributeName, EntitlementId, Instant } from '../../model/ids.ts'

/** `Blocked` is lifted again; `Departed` is the deeper state that a departure leaves when `offboarding` is `Delete`. */
export type MemoryAccountState = 'Staged' | 'Enabled' | 'Blocked' | 'Departed' | 'Deleted'

/** One account of the tenant. Never changed in place, so that readers may keep it. */
export interface MemoryAccount {
  readonly id: AccountId
  readonly login: string
  readonly state: MemoryAccountState
  /** The number attribute is among them, the login is not. */
  readonly attributes: Readonly<Record<AttributeName, string>>
  readonly manager?: AccountId
  readonly admin: boolean
  readonly masteredBy?: string
  readonly createdAt: Instant
  readonly stateSince: Instant
  readonly signedIn: boolean
  /** How many first credentials were made for it. */
  readonly credentials: number
  /** What it held when it went into the bin; it gets that back when it is restored. */
  readonly heldInBin: readonly EntitlementId[]
}

/** One group or administrative unit of the tenant, as plain data. */
export interface MemoryGroup {
  readonly id: EntitlementId
  readonly name: string
  readonly kind: EntitlementKind
  readonly description: string
  readonly privileged: boolean
  readonly readOnly?: ReadOnlyReason
  readonly members: readonly AccountId[]
}

/** Everything a tenant holds, as JSON. */
export interface MemoryState {
  readonly version: 1
  readonly accounts: readonly MemoryAccount[]
  readonly groups: readonly MemoryGroup[]
}

/** What must be said of an account to make it; the rest has defaults: a new id, `Enabled`, nothing set. */
export interface MemoryAccountSeed {
  readonly id?: string
  readonly login: string
  readonly state?: MemoryAccountState
  readonly attributes?: Readonly<Record<AttributeName, string>>
  readonly manager?: string
  readonly admin?: boolean
  readonly masteredBy?: string
  readonly createdAt?: Instant
  readonly stateSince?: Instant
  readonly signedIn?: boolean
  readonly credentials?: number
  readonly heldInBin?: readonly string[]
}

/** What must be said of a group to make it; the rest has defaults: a new id, a static group that may be written, no members. */
export interface MemoryGroupSeed {
  readonly id?: string
  readonly name: string
  readonly kind?: EntitlementKind
  readonly description?: string
  readonly privileged?: boolean
  readonly readOnly?: ReadOnlyReason
  readonly members?: readonly string[]
}

/** A state as people write it in tests: every `MemoryState` is one. */
export interface MemorySeed {
  readonly accounts?: readonly MemoryAccountSeed[]
  readonly groups?: readonly MemoryGroupSeed[]
}

/** The account a seed describes. `id` is used where the seed names none. */
export function seededAccount(seed: MemoryAccountSeed, id: string, now: Instant): MemoryAccount {
  return {
    id: (seed.id ?? id) as AccountId,
    login: seed.login,
    state: seed.state ?? 'Enabled',
    attributes: seed.attributes ?? {},
    ...(seed.manager === undefined ? {} : { manager: seed.manager as AccountId }),
    admin: seed.admin ?? false,
    ...(seed.masteredBy === undefined ? {} : { masteredBy: seed.masteredBy }),
    createdAt: seed.createdAt ?? now,
    stateSince: seed.stateSince ?? seed.createdAt ?? now,
    signedIn: seed.signedIn ?? false,
    credentials: seed.credentials ?? 0,
    heldInBin: (seed.heldInBin ?? []) as readonly EntitlementId[],
  }
}

/** The group a seed describes. `id` is used where the seed names none. */
export function seededGroup(seed: MemoryGroupSeed, id: string): MemoryGroup {
  return {
    id: (seed.id ?? id) as EntitlementId,
    name: seed.name,
    kind: seed.kind ?? 'Group',
    description: seed.description ?? '',
    privileged: seed.privileged ?? false,
    ...(seed.readOnly === undefined ? {} : { readOnly: seed.readOnly }),
    members: (seed.members ?? []) as readonly AccountId[],
  }
}
