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
  /** Deactivating or deleting a profile-mastered user: refused with 403 E0000023, or allowed, which differs by the system that masters. */
  masteredDeactivation: 'E0000023' | 'allowed'
  /** What `Api validation failed: …` names when an update does not fit the schema: the attribute, or `updateObjectName`. */
  updateSummaryNames: 'attribute' | 'object'
  /** Cause of the 400 E0000001 for a value that a unique custom attribute has elsewhere already. */
  takenAttributeCause: string
  /** Code when `expire_password` meets a status it cannot handle, with 403. */
  expirePasswordRefusal: 'E0000038' | 'E0000014'
  /** Code for a hashed password in an update of a user who is not STAGED, with 403. */
  hashedPasswordRefusal: 'E0000014' | 'E0000006'
  /** Whether `expire_password` answers a `statusChanged` that is still the one before. */
  expireShowsOldStatusChanged: boolean
  /** Whether `reset_password` without `sendEmail`, which is documented as required, is 400 E0000001; else an email is sent. */
  resetPasswordNeedsSendEmail: boolean
  /** Whether a STAGED user who was created with a password has a `statusChanged`, as in one recording of 2025. */
  stagedShowsStatusChanged: boolean
  /** Seconds of the tenant's clock during which a user is on the way to ACTIVE, `transitioningToStatus` showing it. */
  activationSeconds: number
  /** Whether the org runs on the Classic Engine: activation links lead to `/welcome/`, and the pipeline is `v1`. */
  classicEngine: boolean
  /** Ids or logins of the technical and the billing contact, whom nobody can delete: 403 E0000006. */
  orgContacts: readonly string[]
  /** Whether a linked object can be set with OAuth alone, as documented; recordings set it with an API token. */
  linkedPutNeedsOAuth: boolean
  /** Users behind whom paging of `search` ends without a next page, as it did at 50,000 in 2019; 0: none. */
  searchPagingCap: number
  /** Seconds after a schema change during which profiles are stale, so that `search` is 409 E0000145. */
  staleProfilesSeconds: number
  /** Every so many searches one is 503 E0000100; 0: none. */
  searchFailsEvery: number
  /** Every so many users created with a good profile one is refused as if an attribute were unknown, as before 2026.08.2; 0: none. */
  unknownAttributeFlakeEvery: number
  /** Whether errors speak with other words than the catalogue's, as translated ones do: only `errorCode` is promised. */
  translatedErrors: boolean
  /** Adding a DEPROVISIONED user to a group: 404 E0000007 (User) or 403 E0000006. */
  deprovisionedMemberRefusal: 'E0000007' | 'E0000006'
  /** Whether `GET /groups/{id}/users` shows DEPROVISIONED members, who do stay members. */
  membersIncludeDeprovisioned: boolean
  /** Writing to an APP_GROUP or BUILT_IN group: 403 E0000006, before 2026.04 501 E0000060. */
  readOnlyGroupRefusal: 'E0000006' | 'E0000060'
  /** Whether group names that differ in case only collide. */
  groupNamesIgnoreCase: boolean
  /** Cause of the 400 E0000001 for a group name that another group has. */
  groupNameTakenCause: string
  /** A group of the same name made less than this many milliseconds ago is not seen yet, so that both stand: the race of 2023. */
  groupNameRaceMs: number
  /** Groups on a page of `GET /groups` that says no limit: 10,000, and 200 in orgs that were moved to shorter pages. */
  groupsPerPage: number
  /** Operators of `filter` and `search` of groups: those documented for groups, or all that lists of users know. */
  groupOperators: 'documented' | 'all'
  /** Groups of a rule that its replacement names anew, which are documented as not to be updated: kept as they were, or 400 E0000001. */
  ruleGroupsReplaced: 'ignored' | 'E0000001'
  /** Seconds after the first write to group rules during which rules are still being set up: 409 E0000249. */
  ruleSetUpSeconds: number
  /** Seconds after a write to a group rule during which another one meets 423 E0000239. */
  ruleLockSeconds: number
  /** Pages longer than this take the org too long: 500 E0000009; 0: none does. */
  slowPageLimit: number
  /** Whether Everyone's `lastMembershipUpdated` moves when a user is created or erased. */
  everyoneMembershipMoves: boolean
  /** Status for a client id nobody knows at the token endpoint. */
  unknownClientStatus: 400 | 401
  /** Error of the token endpoint where none of the scopes is granted; one vendor's help page calls it invalid_scope. */
  noScopeGrantedError: 'consent_required' | 'invalid_scope'
  /** `error_description` for scopes that no authorization server knows: the catalogue has two texts with invalid_scope. */
  unknownScopeDescription: string
  /** Answer to a request without credentials: 403 E0000005 or 401 E0000011. */
  noCredentialsRefusal: 'E0000005' | 'E0000011'
  /** `error_description` of the 401 for a bearer token this org never issued. */
  unknownTokenDescription: string
  /** Body of that 401: none, as with an expired token, or the one of a bad API token. */
  unknownTokenBody: 'empty' | 'E0000011'
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
  /** `since` beside `after` of the System Log, which do not go together: the cursor wins, or 400 E0000001. */
  logSinceWithAfter: 'ignored' | 'E0000001'
  /** A `limit` of the System Log above 1000: cut to that, or 400 E0000001. */
  logLimitBeyond: 'cut' | 'E0000001'
  /** Whether apps that a deactivated user had been assigned to by himself return with his activation. Help pages differ. */
  individualAppsReturn: boolean
  /** Assigning a user to an app that he has by himself already: updates the assignment, 409 E0000062, or 400 E0000001. */
  appUserReassign: 'upsert' | 'E0000062' | 'E0000001'
  /** Release whose apps an org shows: the key sets have grown since the recordings of 2020 and 2022. */
  appShape: 'current' | '2022' | '2020'
  /** Whether this is a preview org, whose apps show `universalLogout` and `emOptInStatus` in full. */
  previewOrg: boolean
  /** A `limit` below the 20 that lists of an app's groups are documented to have at least: made 20, taken as it is, or 400 E0000001. */
  shortAppGroupPages: 'lengthened' | 'taken' | 'E0000001'
  /** Active apps, Okta's own included, at which an org has as many as its plan allows, so that it refuses another; 0: no limit. */
  mostActiveApps: number
  /** Org setting "Public client app admins": new service apps are super admins from the start. */
  publicClientAppAdmins: boolean
  /** Whether new service apps require DPoP where their writer says nothing, as newer orgs have it. */
  serviceAppsRequireDpop: boolean
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
  masteredDeactivation: 'E0000023',
  updateSummaryNames: 'attribute',
  takenAttributeCause: 'An object with this field already exists in the current organization',
  expirePasswordRefusal: 'E0000038',
  hashedPasswordRefusal: 'E0000014',
  expireShowsOldStatusChanged: false,
  resetPasswordNeedsSendEmail: false,
  stagedShowsStatusChanged: false,
  activationSeconds: 0,
  classicEngine: false,
  orgContacts: [],
  linkedPutNeedsOAuth: false,
  searchPagingCap: 0,
  staleProfilesSeconds: 0,
  searchFailsEvery: 0,
  unknownAttributeFlakeEvery: 0,
  translatedErrors: false,
  deprovisionedMemberRefusal: 'E0000007',
  membersIncludeDeprovisioned: true,
  readOnlyGroupRefusal: 'E0000006',
  groupNamesIgnoreCase: true,
  groupNameTakenCause: 'name: An object with this field already exists in the current organization',
  groupNameRaceMs: 0,
  groupsPerPage: 10_000,
  groupOperators: 'documented',
  ruleGroupsReplaced: 'ignored',
  ruleSetUpSeconds: 0,
  ruleLockSeconds: 0,
  slowPageLimit: 0,
  everyoneMembershipMoves: true,
  unknownClientStatus: 401,
  noScopeGrantedError: 'consent_required',
  unknownScopeDescription: 'One or more scopes are not configured for the authorization server resource.',
  noCredentialsRefusal: 'E0000005',
  unknownTokenDescription: 'The access token is invalid.',
  unknownTokenBody: 'empty',
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
  logSinceWithAfter: 'ignored',
  logLimitBeyond: 'cut',
  individualAppsReturn: false,
  appUserReassign: 'upsert',
  appShape: 'current',
  previewOrg: true,
  shortAppGroupPages: 'lengthened',
  mostActiveApps: 0,
  publicClientAppAdmins: false,
  serviceAppsRequireDpop: false,
  customRolesReadLogs: false,
  featuresOff: [],
  eventHookVerifies: true,
  principalLimitsExist: true,
  tokenLimitBody: 'E0000047',
  assertionsByMachineClock: true,
  tokenSeconds: 3600,
}
