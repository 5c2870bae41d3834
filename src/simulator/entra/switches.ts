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
