import type { Json, JsonObject } from './json.ts'
import type { AnnouncedStatus, Attribute, GroupType, LinkedEnd, UserStatus } from './objects.ts'
import type { BucketName } from './quota.ts'
import type { Switches } from './switches.ts'

/**
 * Everything a simulated org holds, as JSON that is easy to write by hand: whatever is absent gets a default, ids are
 * generated, and users and groups may be named by id, login or (groups) name. Times are ISO 8601. `state()` writes
 * every field.
 *
 * ```json
 * {
 *   "version": 1,
 *   "users": [{ "profile": { "firstName": "Ada", "lastName": "Lovelace", "login": "ada@example.com", "email": "ada@example.com" } }],
 *   "groups": [{ "name": "Engineering", "members": ["ada@example.com"] }],
 *   "rules": [{ "name": "Sales", "status": "ACTIVE", "expression": "user.department==\"Sales\"", "groups": ["Engineering"] }],
 *   "apps": [{ "label": "Tenure", "roles": ["SUPER_ADMIN"], "scopes": ["okta.users.read", "okta.users.manage"] }],
 *   "attributes": { "badge": { "title": "Badge", "type": "string", "unique": "UNIQUE_VALIDATED" } }
 * }
 * ```
 */
export interface OktaState {
  readonly version?: 1
  readonly switches?: Partial<Switches>
  readonly quota?: QuotaState
  readonly lag?: LagState
  /** Custom attributes of the default user type, in the words of the schema API. */
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Custom attributes of group profiles. */
  readonly groupAttributes?: Readonly<Record<string, Attribute>>
  /** Further user types, and the default one (`"default": true`) where more than `attributes` is to be said. */
  readonly userTypes?: readonly UserTypeState[]
  readonly users?: readonly UserState[]
  /** Everyone is always there and need not be named. */
  readonly groups?: readonly GroupState[]
  readonly rules?: readonly RuleState[]
  /** Absent: one service app with the tenant's key, the role SUPER_ADMIN and all scopes of users, groups, apps, logs, schemas, types, links and roles. */
  readonly apps?: readonly AppState[]
  /** Absent: one SUPER_ADMIN token with the tenant's value. */
  readonly tokens?: readonly TokenState[]
  readonly linkedObjects?: readonly { readonly primary: LinkedEnd; readonly associated: LinkedEnd }[]
  readonly customRoles?: readonly CustomRoleState[]
  readonly resourceSets?: readonly ResourceSetState[]
  readonly eventHooks?: readonly EventHookState[]
  readonly principalLimits?: readonly PrincipalLimitState[]
}

interface CustomRoleState {
  readonly id?: string
  readonly label: string
  readonly description?: string
  readonly permissions: readonly string[]
  /** Conditions by permission. */
  readonly conditions?: Readonly<Record<string, JsonObject>>
  readonly created?: string
  readonly lastUpdated?: string
}

interface ResourceSetState {
  readonly id?: string
  readonly label: string
  readonly description?: string
  /** Paths such as `/api/v1/groups/00g…/users`, URLs or ORNs. */
  readonly resources: readonly (
    | string
    | { readonly id?: string; readonly path: string; readonly conditions?: JsonObject; readonly created?: string }
  )[]
  readonly created?: string
  readonly lastUpdated?: string
}

interface EventHookState {
  readonly id?: string
  readonly name: string
  readonly description?: string | null
  readonly status?: 'ACTIVE' | 'INACTIVE'
  readonly verified?: boolean
  readonly events: JsonObject
  readonly channel: JsonObject
  readonly created?: string
  readonly createdBy?: string
  readonly lastUpdated?: string
}

interface PrincipalLimitState {
  readonly id?: string
  /** Id of the app or API token. */
  readonly principalId: string
  readonly principalType?: 'SSWS_TOKEN' | 'OAUTH_CLIENT'
  /** Percentage of the org's limits. */
  readonly percentage?: number
  readonly concurrencyPercentage?: number
  readonly created?: string
  readonly createdBy?: string
  readonly lastUpdate?: string
  readonly lastUpdatedBy?: string
}

interface QuotaState {
  readonly enforced?: boolean
  /** Share of each published limit one principal gets; 0.5 unless said otherwise. */
  readonly share?: number
  readonly limits?: Partial<Record<BucketName, number>>
  /** How many requests the org serves at the same time; 75 unless said otherwise. */
  readonly concurrency?: number
  /** How long each request counts as being served, in real milliseconds; 0 unless said otherwise. */
  readonly latencyMs?: number
}

/** How far lists stand behind the objects themselves, in milliseconds of the tenant's clock. */
interface LagState {
  readonly enforced?: boolean
  readonly minMs?: number
  readonly maxMs?: number
  /** Whether the plain list of users stands behind too, and not only `search`, `filter` and `q`. */
  readonly plainLists?: boolean
}

export interface UserTypeState {
  readonly id?: string
  readonly schemaId?: string
  readonly name: string
  readonly displayName?: string
  readonly description?: string
  readonly default?: boolean
  readonly created?: string
  readonly lastUpdated?: string
  /** Changes to base attributes, such as `{"login": {"pattern": ".+"}}`. */
  readonly base?: Readonly<Record<string, Partial<Attribute>>>
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** A role by its type (`"SUPER_ADMIN"`), or a custom role's permissions, over the groups named or everything. */
export type RoleState =
  | string
  | {
      readonly id?: string
      readonly type?: string
      readonly permissions?: readonly string[]
      /** Id or label of a custom role of the org, instead of permissions. */
      readonly customRole?: string
      /** Id or label of the resource set the role is confined to. */
      readonly resourceSet?: string
      /** Ids of the groups the role is confined to. */
      readonly groups?: readonly string[]
      /** Ids of apps or names of kinds of apps the role is confined to. */
      readonly apps?: readonly string[]
      readonly label?: string
      readonly created?: string
    }

interface UserState {
  readonly id?: string
  /** ACTIVE where absent. */
  readonly status?: UserStatus
  readonly transitioningTo?: { readonly status: AnnouncedStatus; readonly at: string }
  /** Id of a realm other than the org's default one. */
  readonly realmId?: string
  readonly profile: Readonly<Record<string, Json>>
  /** Id or name of the user type. */
  readonly type?: string
  readonly created?: string
  readonly activated?: string | null
  readonly statusChanged?: string | null
  readonly lastLogin?: string | null
  readonly lastUpdated?: string
  readonly passwordChanged?: string | null
  readonly password?: boolean
  readonly recoveryQuestion?: string | null
  readonly provider?: { readonly type: string; readonly name: string }
  /** System that masters the profile, such as `ACTIVE_DIRECTORY`. */
  readonly profileMaster?: string | null
  /** Whether unknown devices are blocked. */
  readonly blocked?: boolean
  readonly sessions?: number
  readonly roles?: readonly RoleState[]
  /** Linked objects: primary name to the id or login of the primary user. */
  readonly linked?: Readonly<Record<string, string>>
}

interface GroupState {
  readonly id?: string
  readonly name?: string
  readonly description?: string | null
  /** The whole profile, for APP_GROUPs with more than name and description. */
  readonly profile?: Readonly<Record<string, Json>>
  readonly type?: GroupType
  readonly objectClass?: readonly string[]
  readonly source?: string | null
  readonly created?: string
  readonly lastUpdated?: string
  readonly lastMembershipUpdated?: string
  readonly roles?: readonly RoleState[]
  /** Users by id or login, beside those active rules add; `{ "user": …, "rule": … }` for those a rule (id or name) has put there. */
  readonly members?: readonly (string | { readonly user: string; readonly rule: string })[]
}

interface RuleState {
  readonly id?: string
  readonly name: string
  readonly status?: 'ACTIVE' | 'INACTIVE' | 'INVALID'
  readonly expression: string
  /** Groups by id or name. */
  readonly groups: readonly string[]
  /** Users by id or login. */
  readonly excluded?: readonly string[]
  readonly created?: string
  readonly lastUpdated?: string
}

interface AppState {
  /** The client id. */
  readonly id?: string
  readonly label?: string
  readonly name?: string
  readonly status?: 'ACTIVE' | 'INACTIVE'
  readonly created?: string
  readonly lastUpdated?: string
  readonly applicationType?: string
  readonly tokenEndpointAuthMethod?: string
  readonly requiresDpop?: boolean
  /** `OPENID_CONNECT` where absent. */
  readonly signOnMode?: string
  readonly features?: readonly string[]
  /** What the API shows under `accessibility`, `visibility`, `settings`, `credentials`, `profile` and `licensing`. */
  readonly parts?: JsonObject
  /** Client secrets. */
  readonly secrets?: readonly {
    readonly id?: string
    readonly value: string
    readonly status?: 'ACTIVE' | 'INACTIVE'
    readonly created?: string
    readonly lastUpdated?: string
  }[]
  readonly signingKeys?: readonly JsonObject[]
  /** Attributes of its users that a mapping pushes from their profiles: nobody writes them at the app. */
  readonly pushed?: readonly string[]
  readonly policy?: string | null
  readonly scopes?: readonly string[]
  /** Details of the grants behind `scopes`. */
  readonly grants?: readonly {
    readonly id?: string
    readonly scopeId: string
    readonly created?: string
    readonly createdBy?: string
  }[]
  /** Users assigned by themselves, by id or login. */
  readonly users?: readonly (string | AppUserState)[]
  /** Groups whose members have the app, by id or name. */
  readonly groups?: readonly (string | AppGroupState)[]
  /** Public JWKs; absent: the tenant's own key. */
  readonly keys?: readonly JsonObject[]
  readonly roles?: readonly RoleState[]
}

interface AppUserState {
  readonly user: string
  readonly scope?: 'USER' | 'GROUP'
  readonly userName?: string | null
  readonly profile?: JsonObject
  readonly created?: string
  readonly lastUpdated?: string
  readonly statusChanged?: string
  readonly passwordChanged?: string | null
}

interface AppGroupState {
  readonly group: string
  readonly priority?: number
  readonly profile?: JsonObject
  readonly lastUpdated?: string
}

interface TokenState {
  readonly id?: string
  readonly value?: string
  readonly name?: string
  /** Id or login of the owner, whose roles the token has and with whom it dies. */
  readonly user?: string | null
  readonly roles?: readonly RoleState[]
}
