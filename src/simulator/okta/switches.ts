/** Behaviour that Okta does not document firmly or lets an org choose. Every one is part of the state under `switches`. */
export interface Switches {
  /** Statuses that `lifecycle/suspend` accepts. Documented: ACTIVE only, although other statuses show the link. */
  suspendFrom: readonly string[]
  /** Code when `reset_password` meets a status it cannot handle: E0000038 or E0000017, both with 403. */
  resetPasswordRefusal: 'E0000038' | 'E0000017'
  /** Whether a password set before deactivation is still there after a new activation. */
  passwordSurvivesDeactivation: boolean
  /** Whether activation without a password leads to ACTIVE (orgs with optional passwords) and not to PROVISIONED. */
  passwordOptional: boolean
  /** A password against the policy: 403 E0000080, or 400 E0000001 with a `password:` cause. */
  passwordRefusal: 'E0000080' | 'E0000001'
  /** Org option of December 2025: profiles of DEPROVISIONED users may be updated. */
  editDeactivatedUsers: boolean
  /** Object named in `Api validation failed: …` when an update names an unknown attribute. */
  updateObjectName: string
  /** A write to a profile-mastered user is refused always, or only if it changes an attribute. */
  masteredRefusal: 'any-write' | 'changed-attribute'
  /** Adding a DEPROVISIONED user to a group: 404 E0000007 (User) or 403 E0000006. */
  deprovisionedMemberRefusal: 'E0000007' | 'E0000006'
  /** Whether `GET /groups/{id}/users` shows DEPROVISIONED members, who do stay members. */
  membersIncludeDeprovisioned: boolean
  /** Writing to an APP_GROUP or BUILT_IN group: 403 E0000006, before 2026.04 501 E0000060. */
  readOnlyGroupRefusal: 'E0000006' | 'E0000060'
  /** Whether group names that differ in case only collide. */
  groupNamesIgnoreCase: boolean
  /** Whether Everyone's `lastMembershipUpdated` moves when a user is created or erased. */
  everyoneMembershipMoves: boolean
  /** Status for a client id nobody knows at the token endpoint. */
  unknownClientStatus: 400 | 401
  /** Answer to a request without credentials: 403 E0000005 or 401 E0000011. */
  noCredentialsRefusal: 'E0000005' | 'E0000011'
  /** `error_description` of the 401 for a bearer token this org never issued. */
  unknownTokenDescription: string
  /** Status of a deactivation with `Prefer: respond-async`. */
  asyncStatus: 200 | 202
  /** How long such a deactivation shows `transitioningToStatus` before it is done, in seconds of the tenant's clock. */
  asyncSeconds: number
  /** What a principal without permission gets for one object that it may not see. */
  unseenObject: 'E0000006' | 'E0000007'
  /** Whether a `….manage` scope also opens the reads of its kind; the API description names `….read` alone for them. */
  manageScopeReads: boolean
  /** Id of the org's default realm, which single users show; empty: the org has no realms. */
  realmId: string
  /** Whether `credentials` of a user with a password show `emails`; orgs with realms do not. */
  credentialEmails: boolean
  /** Whether users with a password, in orgs with realms all users, offer the link `resetFactors`; in orgs of 2020 nobody does. */
  factorLinks: boolean
  /** Whether users who can sign in offer the link `forgotPassword` only with a recovery question, as the policy of older orgs has it. */
  forgotPasswordNeedsQuestion: boolean
  /** Whether groups offer the link `owners`, as newer orgs do. */
  groupOwnersLink: boolean
  /** Status of a deactivation: 200 with `{}`, in some recordings of 2020 204. */
  deactivateStatus: 200 | 204
  /** Whether attributes in a schema show their `master`; orgs without attribute-level sourcing do not. */
  schemaShowsMaster: boolean
  /** Seconds of the tenant's clock until an event can be read from the System Log; each takes between half of it and all. */
  logDelaySeconds: number
  /** Whether apps that a deactivated user had been assigned to by himself return with his activation. Help pages differ. */
  individualAppsReturn: boolean
  /** Assigning a user to an app that he has by himself already: updates the assignment, or 409 E0000062. */
  appUserReassign: 'upsert' | 'E0000062'
  /** Release whose apps an org shows: the key sets have grown since the recordings of 2020 and 2022. */
  appShape: 'current' | '2022' | '2020'
  /** Whether this is a preview org, whose apps show `universalLogout` and `emOptInStatus` in full. */
  previewOrg: boolean
  /** Org setting "Public client app admins": new service apps are super admins from the start. */
  publicClientAppAdmins: boolean
  /** Whether a custom role can carry a permission to read the System Log, `okta.logs.read`. */
  customRolesReadLogs: boolean
  /** Starts of paths whose feature the org does not have: 401 E0000015. */
  featuresOff: readonly string[]
  /** Whether the receiver of an event hook answers the verification challenge as it should. */
  eventHookVerifies: boolean
  /** Whether every app and API token has its entry under `/principal-rate-limits` from the start, so that none can be created. */
  principalLimitsExist: boolean
  /** Shape of a 429 from the token endpoint: the management API's E0000047, or an OAuth error. */
  tokenLimitBody: 'E0000047' | 'oauth'
  /** A client assertion or DPoP proof is also accepted when it is good by the machine's clock, which the vendors' SDKs sign by. */
  assertionsByMachineClock: boolean
  /** Life of an access token in seconds; fixed at 3600 in a real org, shorter for tests of expiry. */
  tokenSeconds: number
}

/** The documented or most likely behaviour for each switch. */
export const defaultSwitches: Readonly<Switches> = {
  suspendFrom: ['ACTIVE'],
  resetPasswordRefusal: 'E0000038',
  passwordSurvivesDeactivation: false,
  passwordOptional: false,
  passwordRefusal: 'E0000080',
  editDeactivatedUsers: false,
  updateObjectName: 'user',
  masteredRefusal: 'any-write',
  deprovisionedMemberRefusal: 'E0000007',
  membersIncludeDeprovisioned: true,
  readOnlyGroupRefusal: 'E0000006',
  groupNamesIgnoreCase: true,
  everyoneMembershipMoves: true,
  unknownClientStatus: 401,
  noCredentialsRefusal: 'E0000005',
  unknownTokenDescription: 'The access token is invalid.',
  asyncStatus: 200,
  asyncSeconds: 0,
  unseenObject: 'E0000006',
  manageScopeReads: false,
  realmId: '',
  credentialEmails: true,
  factorLinks: true,
  forgotPasswordNeedsQuestion: false,
  groupOwnersLink: false,
  deactivateStatus: 200,
  schemaShowsMaster: true,
  logDelaySeconds: 0,
  individualAppsReturn: false,
  appUserReassign: 'upsert',
  appShape: 'current',
  previewOrg: true,
  publicClientAppAdmins: false,
  customRolesReadLogs: false,
  featuresOff: [],
  eventHookVerifies: true,
  principalLimitsExist: true,
  tokenLimitBody: 'E0000047',
  assertionsByMachineClock: true,
  tokenSeconds: 3600,
}
