import type { Entitlement } from './entitlement.ts'
import type { AttributeName, EmployeeNumber, EntitlementId, Instant } from './ids.ts'
import type { Finding, Origin } from './origin.ts'
import type { ProviderPolicy } from './provider.ts'
import type { MappedRecord } from './record.ts'

/** Where a person stands at one provider: a pure function of spec, time and that provider's policy. */
export type Phase = 'Planned' | 'Staged' | 'Active' | 'OnLeave' | 'Suspended' | 'Left' | 'OutOfScope'

/** Why a person is in their phase, and whether somebody declared it or it follows from absence. */
export interface PhaseReason {
  readonly phase: Phase
  /** `Declared`: a field of the person's own manifest says so. `Inferred`: a manifest is gone, or a selector no longer matches. */
  readonly basis: 'Declared' | 'Inferred'
  /** The field behind it, such as `employment.endDate`, or `deleted`, `employeeSelector`. */
  readonly source: string
  /** This provider no longer selects the person either, so that nothing but the block is compared. */
  readonly unmatched?: true
  /** When the departure took effect, for `Left`. */
  readonly since?: Instant
}

/** One entitlement a person should hold, and which mappings say so. */
export interface DesiredGrant {
  readonly entitlement: Entitlement
  readonly mappings: readonly string[]
}

/** What one person's account at one provider should be. */
export interface DesiredAccount {
  readonly number: EmployeeNumber
  /** `metadata.name` of the Employee; of the last one known when it is gone. */
  readonly employee: string
  /** Absent when the Employee is gone. */
  readonly origin?: Origin
  readonly why: PhaseReason
  readonly login: string
  readonly email?: string
  readonly attributes: ReadonlyMap<AttributeName, DesiredAttribute>
  /** Employee number of the manager; absent clears it, unless `keepManager`. */
  readonly manager?: EmployeeNumber
  /** The manager named in the manifest is not declared: whoever is set at the provider stays, since absence proves nothing. */
  readonly keepManager: boolean
  readonly grants: ReadonlyMap<EntitlementId, DesiredGrant>
  /** Entitlements whose mapping could not be evaluated for this person: kept as they are. */
  readonly undecided: ReadonlySet<EntitlementId>
  readonly previousNumbers: readonly EmployeeNumber[]
  readonly retain: boolean
  readonly orphan: boolean
  readonly unblockBefore?: Instant
}

/** `value: undefined` means cleared. `owner: Provider`: set at creation, never compared. */
export interface DesiredAttribute {
  readonly value: string | undefined
  readonly owner: 'Git' | 'Provider'
  /** The Employee field or the attribute entry behind it, for `because`. */
  readonly source: string
}

/** An entitlement that mappings name or named. */
export interface ScopedEntitlement {
  readonly entitlement: Entitlement
  /** `Additive`: at least one mapping naming it is. `Retiring`: none names it any more. */
  readonly mode: 'Authoritative' | 'Additive' | 'Retiring'
  readonly mappings: readonly string[]
  /** What becomes of its grants when the last mapping goes. */
  readonly onDelete: 'Revoke' | 'Retain'
  /** A mapping naming it has a window of validity. */
  readonly dated: boolean
}

/** What should be, at one provider. */
export interface DesiredState {
  readonly policy: ProviderPolicy
  readonly now: Instant
  /** Every manifest was read and valid: absence may be believed. */
  readonly complete: boolean
  /** How many Employees were declared, whatever their provider. */
  readonly declaredEmployees: number
  readonly people: ReadonlyMap<EmployeeNumber, DesiredAccount>
  /** Every number that an Employee declares, now or as a previous one, whatever their provider. */
  readonly declared: ReadonlySet<EmployeeNumber>
  /** Declared but not to be touched: two Employees claim the number, or the manifest is wrong. */
  readonly untouchable: ReadonlySet<EmployeeNumber>
  readonly scope: ReadonlyMap<EntitlementId, ScopedEntitlement>
  /** Entitlements that mappings name and that cannot be granted now: neither given nor taken away. */
  readonly held: readonly MappedRecord[]
  readonly findings: readonly Finding[]
}
