import type { Json, JsonObject } from './json.ts'
import type { HeldGroups, Members, MembershipOf } from './memberships.ts'

export type { MembershipSource } from './memberships.ts'

/** What an org holds, in memory. All times are milliseconds since 1970, cut to the second. */

export const userStatuses = [
  'STAGED',
  'PROVISIONED',
  'ACTIVE',
  'RECOVERY',
  'PASSWORD_EXPIRED',
  'LOCKED_OUT',
  'SUSPENDED',
  'DEPROVISIONED',
] as const
export type UserStatus = (typeof userStatuses)[number]

/** Statuses that a user can be on the way to. */
export const announcedStatuses = ['ACTIVE', 'PROVISIONED', 'DEPROVISIONED'] as const
export type AnnouncedStatus = (typeof announcedStatuses)[number]

/** An admin role held by a user, group or app. */
export interface RoleAssignment {
  readonly id: string
  readonly type: string
  readonly label: string
  readonly created: number
  /** Permissions such as `okta.users.create`, for a CUSTOM role that names none of the org's custom roles. */
  readonly permissions: readonly string[]
  /** Id of the org's custom role whose permissions a CUSTOM assignment carries. */
  readonly customRole?: string
  /** Id of the resource set a CUSTOM assignment is confined to. */
  readonly resourceSet?: string
  /** Ids of the only groups (and through them users) the role reaches; absent: the whole org. */
  groups?: readonly string[]
  /** The only apps the role reaches: names of catalog apps, or ids of single ones; absent: all. */
  apps?: readonly string[]
}

export interface User {
  readonly id: string
  /** Place in the order of creation; the cursor of plain lists. */
  readonly seq: number
  status: UserStatus
  /** An announced status that the org has not reached yet, and when it will. */
  transition: { readonly to: AnnouncedStatus; readonly at: number } | null
  readonly created: number
  activated: number | null
  statusChanged: number | null
  lastLogin: number | null
  lastUpdated: number
  passwordChanged: number | null
  typeId: string
  /** Id of a realm other than the org's default one. */
  realmId?: string
  /** Set attributes only: an attribute that is null is absent. */
  profile: Readonly<Record<string, Json>>
  provider: { readonly type: string; readonly name: string }
  hasPassword: boolean
  recoveryQuestion: string | null
  /** Name of the system that masters this user's profile (a directory, an HR app); null: Okta itself. */
  profileMaster: string | null
  /** Blocked from devices that Okta does not know, although ACTIVE. */
  isBlocked?: true
  /** Live sign-in sessions. */
  sessions: number
  /** Grows with every change; the ETag. */
  version: number
  roles: RoleAssignment[]
  readonly groups: HeldGroups<Group>
  /** Linked objects by primary name: the id of the primary user. */
  linked: ReadonlyMap<string, string>
}

/** The links of a user who has none; shared, for hardly anybody has any. */
export const noLinks: User['linked'] = new Map()

/** Takes one link from a user. */
export function unlink(user: User, primaryName: string): void {
  if (!user.linked.has(primaryName)) return
  const rest = [...user.linked].filter(([name]) => name !== primaryName)
  user.linked = rest.length === 0 ? noLinks : new Map(rest)
}

export const groupTypes = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'] as const
export type GroupType = (typeof groupTypes)[number]

/** How a user came into a group: by hand, as everyone does, from an import, or through the rule with this id. */
export type Membership = MembershipOf<User>

export interface Group {
  readonly id: string
  readonly seq: number
  readonly type: GroupType
  readonly objectClass: readonly string[]
  readonly created: number
  lastUpdated: number
  lastMembershipUpdated: number
  profile: Readonly<Record<string, Json>>
  /** Id of the app an APP_GROUP comes from. */
  readonly source: string | null
  roles: RoleAssignment[]
  readonly members: Members<User>
}

export interface GroupRule {
  readonly id: string
  readonly seq: number
  name: string
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID'
  readonly created: number
  lastUpdated: number
  /** Okta expression over `user`. */
  expression: string
  groupIds: readonly string[]
  /** Whether whoever wrote the rule spoke of people to leave out; only then it shows them. */
  namesPeople: boolean
  /** Users the rule never adds; grows when somebody removes a member that the rule had added. */
  readonly excluded: Set<string>
}

/** One attribute of a user type, in the words of the schema API. */
export interface Attribute {
  readonly title: string
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'array'
  readonly items?: JsonObject
  readonly required?: boolean
  readonly mutability?: 'READ_WRITE' | 'READ_ONLY' | 'WRITE_ONLY' | 'IMMUTABLE'
  readonly scope?: 'NONE' | 'SELF'
  readonly unique?: string
  readonly enum?: readonly Json[]
  readonly oneOf?: readonly JsonObject[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
  readonly pattern?: string | null
  readonly default?: Json
  readonly description?: string
  readonly permissions?: readonly JsonObject[]
  readonly master?: JsonObject
  /** Whether a mapping with profile push owns the attribute; schemas do not show it. */
  readonly profilePush?: true
  readonly externalName?: string
  readonly externalNamespace?: string
}

export interface UserType {
  readonly id: string
  readonly schemaId: string
  readonly name: string
  displayName: string
  description: string
  readonly isDefault: boolean
  readonly created: number
  lastUpdated: number
  readonly base: Map<string, Attribute>
  readonly custom: Map<string, Attribute>
}

export interface LinkedDefinition {
  readonly primary: LinkedEnd
  readonly associated: LinkedEnd
}

export interface LinkedEnd {
  readonly name: string
  readonly title: string
  readonly description: string
}

/** One user's place in an app. */
export interface AppUser {
  readonly seq: number
  readonly user: User
  /** USER: assigned by itself; GROUP: only through a group of the app. */
  scope: 'USER' | 'GROUP'
  readonly created: number
  lastUpdated: number
  statusChanged: number
  passwordChanged: number | null
  /** Null: the user's login. */
  userName: string | null
  profile: JsonObject
}

/** A group whose members have an app. */
export interface AppGroup {
  readonly seq: number
  readonly group: Group
  priority: number
  lastUpdated: number
  profile: JsonObject
}

/** A scope an app was granted: what `/apps/{id}/grants` lists. */
export interface AppGrant {
  readonly id: string
  readonly scopeId: string
  readonly created: number
  readonly createdBy: string
}

export interface AppSecret {
  readonly id: string
  readonly value: string
  status: 'ACTIVE' | 'INACTIVE'
  readonly created: number
  lastUpdated: number
}

/** An app. Only service apps can use the token endpoint. */
export interface App {
  readonly id: string
  readonly seq: number
  label: string
  name: string
  status: 'ACTIVE' | 'INACTIVE'
  readonly created: number
  lastUpdated: number
  signOnMode: string
  features: readonly string[]
  /** What else a client wrote: `accessibility`, `visibility`, `settings`, `credentials`, `profile`, `licensing`. */
  parts: JsonObject
  /** Secrets of a client that signs in with one: what `/apps/{id}/credentials/secrets` lists. */
  secrets: readonly AppSecret[]
  /** Certificates of the app: what `/apps/{id}/credentials/keys` lists. */
  signingKeys: readonly JsonObject[]
  /** Attributes of its users that a mapping pushes from their profiles. */
  pushed: readonly string[]
  /** Id of the sign-on policy. */
  policy: string | null
  readonly users: Map<string, AppUser>
  readonly groups: Map<string, AppGroup>
  grants: readonly AppGrant[]
  applicationType: string
  tokenEndpointAuthMethod: string
  requiresDpop: boolean
  /** Public keys as JWKs. */
  keys: readonly JsonObject[]
  roles: RoleAssignment[]
}

/** An API token, sent as `Authorization: SSWS …`. It has the roles of its owner and dies with him. */
export interface ApiToken {
  /** `00T…`; the value itself is never shown. */
  readonly id: string
  readonly value: string
  readonly name: string
  readonly userId: string | null
  readonly roles: readonly RoleAssignment[]
}

/** Who did something, in the words of the System Log. */
export interface Actor {
  readonly id: string
  readonly type: string
  readonly alternateId: string
  readonly displayName: string
}

export interface LogEntry {
  /** Place in the order in which entries were stored. */
  readonly seq: number
  readonly uuid: string
  readonly at: number
  readonly eventType: string
  readonly actor: Actor
  readonly targets: readonly Actor[]
  readonly requestId: string
  readonly requestUri: string
  /** SUCCESS where absent. */
  readonly outcome?: { readonly result: string; readonly reason: string | null }
  readonly severity?: 'INFO' | 'WARN'
}
