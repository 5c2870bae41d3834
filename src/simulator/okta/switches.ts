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
  tokenSeconds: 3600,
}
