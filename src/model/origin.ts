/** Where a declaration was read: a place in a file, or an object of a cluster. */
export type Origin =
  | { readonly kind: 'File'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'Object'; readonly namespace: string; readonly name: string; readonly uid: string }

/** One thing a person should know about: a fault of a manifest, a refused entitlement, a block that is not ours. */
export interface Finding {
  readonly reason: Reason
  /** `Error` makes the run end in 1; `Warning` is reported and the rest goes on; `Info` is only told. */
  readonly severity: 'Error' | 'Warning' | 'Info'
  /** One sentence: what is wrong and how to mend it. Holds no secret. */
  readonly message: string
  readonly subject: Subject
  readonly origin?: Origin
  readonly provider?: string
}

/** What a finding is about: `kind` is a resource kind, `File` or `Run`. */
export interface Subject {
  readonly kind: 'Employee' | 'GroupMapping' | 'IdentityProvider' | 'File' | 'Run'
  readonly name: string
}

/** CamelCase constants, the same in status, event, log, metric and test. */
export type Reason =
  | 'AdoptionAmbiguous'
  | 'AdoptionRefused'
  | 'AccountUnmanaged'
  | 'AccountDeactivated'
  | 'AlreadyEnabled'
  | 'AttributeUnknown'
  | 'BlockedElsewhere'
  | 'ClockSkewed'
  | 'ConfigurationInvalid'
  | 'CredentialsRejected'
  | 'DesiredEmpty'
  | 'DesiredIncomplete'
  | 'DuplicateEmployeeNumber'
  | 'DuplicateName'
  | 'DuplicateWorkEmail'
  | 'EntitlementAmbiguous'
  | 'EntitlementComputed'
  | 'EntitlementIsMarker'
  | 'EntitlementMissing'
  | 'EntitlementOwnedElsewhere'
  | 'EntitlementPrivileged'
  | 'ExpressionFailed'
  | 'ExternallyMastered'
  | 'LeaverNotBlocked'
  | 'LifecycleOff'
  | 'LoginTaken'
  | 'ManagerCycle'
  | 'ManagerMissing'
  | 'ManifestInvalid'
  | 'ManifestUnreadable'
  | 'MarkerMissing'
  | 'MarkForeign'
  | 'MarkRemoved'
  | 'NotYetSupported'
  | 'Observing'
  | 'OutOfScope'
  | 'OverBudget'
  | 'OwnedElsewhere'
  | 'Paused'
  | 'PermissionMissing'
  | 'PlannedButPresent'
  | 'Protected'
  | 'ProviderFailed'
  | 'ProviderMissing'
  | 'ReadIncomplete'
  | 'RecordLost'
  | 'RecordTorn'
  | 'Retained'
  | 'Stranger'
  | 'Unconfirmed'
