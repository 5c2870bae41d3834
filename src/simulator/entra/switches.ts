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
  /** Status of a role assignment to a group that is not role-assignable: 400 (default) or 403. */
  rolePrincipalStatus: 400 | 403
  /** Minutes until an Entra role that was assigned through the API counts for what its holder may do. Default 0; up to 15 are documented. */
  roleMinutes: number
  /** Status of removing a member that is none: 404 (default) or 400 with the words about removed references. */
  removeNonMemberStatus: 404 | 400
  /** Code of "A conflicting object …": default `Request_BadRequest`. */
  conflictCode: string
  /** Status of a manual change of a rule-managed administrative unit: 403 (default) or 400. */
  dynamicUnitStatus: 403 | 400
  /** Code of that refusal. Default `Authorization_RequestDenied`. */
  dynamicUnitCode: string
  /** Message of that refusal. Default: the words of a missing permission, as for a dynamic group. */
  dynamicUnitMessage: string
  /** What says that an object is in an administrative unit already: `conflict` (default) or, as of groups, `reference`. */
  unitDuplicate: 'conflict' | 'reference'
  /** Status of a refused change under a restricted administrative unit: default 403. */
  restrictedStatus: 403 | 400
  /** Code of that refusal. Default `Authorization_RequestDenied`. */
  restrictedCode: string
  /** Lists of role definitions and role assignments come in pages of 100, or of `$top`. Default true; `$top` is not documented of them. */
  roleListsPage: boolean
  /** Message of the 400 to more than twenty references in one request. */
  bindLimitMessage: string
  /** Message of the 400 to a Microsoft 365 group as member of a security group. */
  nestedUnifiedMessage: string
  /** What deleted groups keep from new ones while they are in the bin: `names` (default: mailNickname and displayName of every group) or only the `nickname` of Microsoft 365 groups. */
  groupsInBinKeep: 'names' | 'nickname'
  /** Status of the twenty-first federated identity credential of an application: 403 (default) or 400. */
  federatedLimitStatus: 403 | 400
  /** Message of the 400 to the removal of a password that an application does not have. */
  unknownPasswordMessage: string
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
  /** Status of an expired `$skiptoken`, whose code is `Directory_ExpiredPageToken`: 400 (default) or 410. */
  pageTokenStatus: 400 | 410
  /** A client assertion is also accepted when it is good by the machine's clock, which the vendors' SDKs sign by. Default true. */
  assertionsByMachineClock: boolean
  /** How long an access token lasts, in seconds. Default 3599; 0: each its own time between 60 and 90 minutes. */
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
  /** Order on a page of changes: `made` (default), as they began, or `any` (here the last first). */
  deltaOrder: 'made' | 'any'
  /** What becomes of `$top`, `$orderby`, `$expand` in a delta: `refused` with 400 (default) or `ignored`. */
  deltaOptions: 'refused' | 'ignored'
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
  /** Status of assignLicense of a user: 200 (default, as documented) or 202. */
  userLicenceStatus: 200 | 202
  /** Message of the 400 to an assignment for which no seat is left; `{skuId}` stands for the product. */
  noSeatMessage: string
  /** Message of the 400 to the removal of a licence that a user has only through a group. */
  inheritedLicenceMessage: string
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
  /** PATCHes of a batch that bind members beyond so many in all are 503. Default 0: never; Microsoft's own sync tool stops at 100. */
  batchBinds: number
  /** Most ids that `getByIds` takes. Default 1000. */
  getByIdsLimit: number
  /** Resource units of `getByIds` without `$select`. Default 3, as published in 2023; later versions of the page say 5. */
  getByIdsCost: number
  /** Message of the 400 to a password that is too weak. */
  weakPasswordMessage: string
  /** Message of the 400 to a new user that lacks something, its password too; `{property}` stands for what is missing. */
  missingValueMessage: string
  /** Message of the 400 to a name outside the verified domains. Some clients saw "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.". */
  unverifiedDomainMessage: string
  /** `User.ReadUpdate.All` lets an application change users. Default false. */
  userReadUpdateAll: boolean
  /** A userPrincipalName that begins with `$` may stand in a path as it is. Default false: it takes `/users('$x')`. */
  dollarNames: boolean
  /** `showInAddressList` is taken by PATCH under /beta only (default), or by every write. */
  addressListOverBetaOnly: boolean
  /** A write to an object that another write changed less than so many milliseconds ago is 400 "One or more property values specified are invalid.", once. Default 0: never. */
  transientInvalidMs: number
  /** `error` of the 429 that the token service answers a fault with. */
  loginThrottledError: string
  /** Errors of the token service have `error_uri`. Default true. */
  loginErrorUri: boolean
  /** Answers of the token service have `refresh_in`, half of the token's life. Default false. */
  refreshIn: boolean
  /** Claims of a token: `v1` (default: issuer sts.windows.net, `appid`) or `v2` (issuer under login.microsoftonline.com, `azp`). */
  tokenShape: 'v1' | 'v2'
  /** The rate limits are so many times the published ones. Default 1. */
  quotaShare: number
}

/** See {@link Switches}. */
export const DEFAULT_SWITCHES: Switches = {
  duplicateDetails: true,
  extensionAttributesOnCreate: false,
  managerBindOnCreate: false,
  securityGroupsToBin: true,
  bulkMemberRoutes: false,
  rolePrincipalStatus: 400,
  roleMinutes: 0,
  removeNonMemberStatus: 404,
  conflictCode: 'Request_BadRequest',
  dynamicUnitStatus: 403,
  dynamicUnitCode: 'Authorization_RequestDenied',
  dynamicUnitMessage: 'Insufficient privileges to complete the operation.',
  unitDuplicate: 'conflict',
  restrictedStatus: 403,
  restrictedCode: 'Authorization_RequestDenied',
  roleListsPage: true,
  bindLimitMessage: 'A resource cannot contain more than 20 link changes.',
  nestedUnifiedMessage:
    'Unified Groups cannot be added to Security Groups. paramName: Members, paramValue: , objectType: Microsoft.Online.DirectoryServices.Group',
  groupsInBinKeep: 'names',
  federatedLimitStatus: 403,
  unknownPasswordMessage: 'No password credential found with keyId.',
  restoreOptions: true,
  memberAddNeedsUserPermission: false,
  revokeStatus: 200,
  searchNeedsCount: true,
  expandOnMixedMembers: false,
  pageTokenSeconds: 3600,
  pageTokenStatus: 400,
  assertionsByMachineClock: true,
  tokenSeconds: 3599,
  memberPatchCost: 'one',
  retryAfter: true,
  quota: false,
  lag: false,
  emptyPages: false,
  deltaExpired: 'syncStateNotFound',
  deltaReplays: false,
  deltaOrder: 'made',
  deltaOptions: 'refused',
  deltaStartsWithBin: true,
  deltaMemberRemovals: false,
  deltaPageSize: 200,
  concurrentWriteMs: 0,
  licenceSeconds: 30,
  userLicenceStatus: 200,
  noSeatMessage: 'Subscription with SKU {skuId} does not have any available licenses.',
  inheritedLicenceMessage:
    'User license is inherited from a group membership and it cannot be removed directly from the user.',
  defaultMethodLast: false,
  restrictedMinutes: 0,
  objectQuota: 300_000,
  dynamicQuota: 15_000,
  batchOrder: 'any',
  batchLimitMessage: 'Number of batch request steps exceeds the maximum value of 20.',
  batchBinds: 0,
  getByIdsLimit: 1000,
  getByIdsCost: 3,
  weakPasswordMessage:
    'The specified password does not comply with password complexity requirements. Please provide a different password.',
  missingValueMessage: "A value is required for property '{property}' of resource 'User'.",
  unverifiedDomainMessage: 'Property userPrincipalName is invalid.',
  userReadUpdateAll: false,
  dollarNames: false,
  addressListOverBetaOnly: true,
  transientInvalidMs: 0,
  loginThrottledError: 'temporarily_unavailable',
  loginErrorUri: true,
  refreshIn: false,
  tokenShape: 'v1',
  quotaShare: 1,
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
