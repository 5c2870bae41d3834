import type { EntitlementName } from './entitlement.ts'
import type { Day } from './ids.ts'
import type { Origin } from './origin.ts'

/** Labels as a Kubernetes label selector asks for them; empty matches everything. */
export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly SelectorTerm[]
}

export interface SelectorTerm {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

/** A declared rule: which employees get which entitlements. All conditions given must hold. */
export interface GroupMapping {
  readonly name: string
  readonly namespace: string
  readonly origin: Origin
  readonly groups?: readonly string[]
  readonly selector?: Selector
  /** CEL over `employee` and `labels`, already known to compile. */
  readonly expression?: string
  readonly mode: 'Authoritative' | 'Additive'
  readonly validFrom?: Day
  readonly validUntil?: Day
  readonly onDelete: 'Revoke' | 'Retain'
  readonly allowPrivileged: boolean
  readonly grants: readonly { readonly provider: string; readonly entitlements: readonly EntitlementName[] }[]
}
