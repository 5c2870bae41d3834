import type { EmployeeField } from './employee.ts'
import type { EntitlementName } from './entitlement.ts'
import type { AttributeName } from './ids.ts'

/** Pure data about what a provider stores and can do. */
export interface Traits {
  /** Where each Employee field goes when the IdentityProvider says nothing else. */
  readonly attributes: readonly DefaultAttribute[]
  /** The attribute that carries the employee number, and the one that carries the login (left out of `attributes` comparison). */
  readonly numberAttribute: AttributeName
  readonly loginAttribute: AttributeName
  /** How many groups, markers included, a create may carry in the same call; 0 when it cannot. */
  readonly groupsOnCreate: number
  /** How long a read may show the state before a write, in milliseconds. */
  readonly readLagMs: number
  /** A deleted account lies in a bin and can be restored. */
  readonly bin: boolean
  /** Kinds of entitlement it can read and write. */
  readonly entitlementKinds: readonly EntitlementName['kind'][]
}

export interface DefaultAttribute {
  readonly to: AttributeName
  readonly from: EmployeeField
  /** Cannot be cleared at the provider once set. */
  readonly required?: boolean
}
