/**
 * What is not confirmed of the real service. Each switch names the doubt; its default is the reading that is most likely, or
 * the stricter one. A state may set any of them under `switches`.
 */
export interface Switches {
  /** A duplicate userPrincipalName is refused with `details: [{code: 'ObjectConflict', target}]`. Default true. */
  duplicateDetails: boolean
  /** `onPremisesExtensionAttributes` may stand in POST /users. Default false: it takes a PATCH. */
  extensionAttributesOnCreate: boolean
  /** `manager@odata.bind` may stand in POST /users. Default false. */
  managerBindOnCreate: boolean
  /** Deleted security groups go to the bin (true, default) or are gone for good (Microsoft 365 groups always go to the bin). */
  securityGroupsToBin: boolean
  /** POST and PATCH of /groups/{id}/members take `members@odata.bind`. Default false. */
  bulkMemberRoutes: boolean
  /** Status of removing a member that is none: 404 (default) or 400 with the words about removed references. */
  removeNonMemberStatus: 404 | 400
  /** Code of "A conflicting object …": default `Request_BadRequest`. */
  conflictCode: string
  /** Status of a manual change of a rule-managed administrative unit: 403 (default) or 400. */
  dynamicUnitStatus: 403 | 400
  /** Status of a refused change under a restricted administrative unit: default 403. */
  restrictedStatus: 403 | 400
  /** Restore takes `newUserPrincipalName` and `autoReconcileProxyConflict`. Default true. */
  restoreOptions: boolean
  /** Adding a user to a group needs a user permission besides `GroupMember.ReadWrite.All`. Default false. */
  memberAddNeedsUserPermission: boolean
  /** Status of revokeSignInSessions: 200 with a body (default) or 204. */
  revokeStatus: 200 | 204
  /** `$search` needs `$count=true` besides the ConsistencyLevel header. Default true. */
  searchNeedsCount: boolean
  /** `$expand=manager` works on members that are not cast to users. Default false: it takes `/members/microsoft.graph.user`. */
  expandOnMixedMembers: boolean
  /** How long a `$skiptoken` stays good, in seconds by the tenant's clock. Default 3600. */
  pageTokenSeconds: number
  /** A client assertion is also accepted when it is good by the machine's clock, which the vendors' SDKs sign by. Default true. */
  assertionsByMachineClock: boolean
  /** How long an access token lasts, in seconds. Default 3599. */
  tokenSeconds: number
  /** Writes that a PATCH of members costs of the quota: 1 (documented, default) or one per three members. */
  memberPatchCost: 'one' | 'third'
  /** A 429 carries Retry-After. Default true; Microsoft's own clients treat it as optional. */
  retryAfter: boolean
  /** Rate limits are on. Default false. */
  quota: boolean
  /** Read-after-write delays are on, as `lag` of the state sets them. Default false. */
  lag: boolean
  /** The first page of every list and delta is empty and only links to the next. Default false. */
  emptyPages: boolean
  /** What an expired delta token is answered: 400 `syncStateNotFound` (default) or 410 with a `Location` to start anew. */
  deltaExpired: 'syncStateNotFound' | 'gone'
  /** Every delta round shows the last changes of the round before again. Default false. */
  deltaReplays: boolean
  /** The first round of a delta ends with what is in the bin, as `@removed`. Default true. */
  deltaStartsWithBin: boolean
  /** Group deltas show the removal of a member who went to the bin, and the return. Default false. */
  deltaMemberRemovals: boolean
  /** Objects on one page of a delta. Default 200. */
  deltaPageSize: number
  /** A write to an object that another write changed less than so many milliseconds ago is 409 Directory_ConcurrencyViolation. Default 0: never. */
  concurrentWriteMs: number
  /** Seconds until the members of a group have its licences; half of it in the queue. Default 30. */
  licenceSeconds: number
  /** The default authentication method is refused to be deleted before the others. Default false. */
  defaultMethodLast: boolean
  /** Members of a restricted administrative unit stay protected so many minutes after it was deleted. Default 0; up to 30 are documented. */
  restrictedMinutes: number
  /** Objects the directory may hold, those in the bin included. Default 300000. */
  objectQuota: number
  /** Dynamic groups and dynamic administrative units together. Default 15000; Microsoft also says 5000. */
  dynamicQuota: number
  /** Order of the answers in a batch: `any` (default; here the last first) or as `asked`. */
  batchOrder: 'any' | 'asked'
  /** Message of the 400 to a batch of more than twenty requests. */
  batchLimitMessage: string
}

/** See {@link Switches}. */
export const DEFAULT_SWITCHES: Switches = {
  duplicateDetails: true,
  extensionAttributesOnCreate: false,
  managerBindOnCreate: false,
  securityGroupsToBin: true,
  bulkMemberRoutes: false,
  removeNonMemberStatus: 404,
  conflictCode: 'Request_BadRequest',
  dynamicUnitStatus: 403,
  restrictedStatus: 403,
  restoreOptions: true,
  memberAddNeedsUserPermission: false,
  revokeStatus: 200,
  searchNeedsCount: true,
  expandOnMixedMembers: false,
  pageTokenSeconds: 3600,
  assertionsByMachineClock: true,
  tokenSeconds: 3599,
  memberPatchCost: 'one',
  retryAfter: true,
  quota: false,
  lag: false,
  emptyPages: false,
  deltaExpired: 'syncStateNotFound',
  deltaReplays: false,
  deltaStartsWithBin: true,
  deltaMemberRemovals: false,
  deltaPageSize: 200,
  concurrentWriteMs: 0,
  licenceSeconds: 30,
  defaultMethodLast: false,
  restrictedMinutes: 0,
  objectQuota: 300_000,
  dynamicQuota: 15_000,
  batchOrder: 'any',
  batchLimitMessage: 'Number of batch request steps exceeds the maximum value of 20.',
}

/** The defaults with the given ones over them; throws an Error that names an unknown switch. */
export function switchesFrom(given: Readonly<Partial<Switches>> = {}): Switches {
  for (const [name, value] of Object.entries(given)) {
    const usual = DEFAULT_SWITCHES[name as keyof Switches]
    if (usual === undefined) throw new Error(`entra.switches has no "${name}".`)
    if (typeof value !== typeof usual) throw new Error(`entra.switches.${name} must be a ${typeof usual}.`)
  }
  return { ...DEFAULT_SWITCHES, ...given }
}
