import type { Json, JsonObject } from './json.ts'

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

/** An admin role held by a user, group or app. `permissions` and `groups` are for CUSTOM roles. */
export interface RoleAssignment {
  readonly id: string
  readonly type: string
  readonly label: string
  readonly created: number
  /** Permissions such as `okta.users.create`, for a CUSTOM role. */
  readonly permissions: readonly string[]
  /** Ids of the only groups (and through them users) the role reaches; absent: the whole org. */
  readonly groups?: readonly string[]
}

export interface User {
  readonly id: string
  /** Place in the order of creation; the cursor of plain lists. */
  readonly seq: number
  status: UserStatus
  /** An announced status that the org has not reached yet, and when it will. */
  transition: { readonly to: UserStatus; readonly at: number } | null
  readonly created: number
  activated: number | null
  statusChanged: number | null
  lastLogin: number | null
  lastUpdated: number
  passwordChanged: number | null
  typeId: string
  /** Set attributes only: an attribute that is null is absent. */
  profile: Readonly<Record<string, Json>>
  provider: { readonly type: string; readonly name: string }
  hasPassword: boolean
  recoveryQuestion: string | null
  /** Name of the system that masters this user's profile (a directory, an HR app); null: Okta itself. */
  profileMaster: string | null
  /** Live sign-in sessions. */
  sessions: number
  /** Grows with every change; the ETag. */
  version: number
  roles: RoleAssignment[]
  readonly groups: Map<string, Group>
  /** Linked objects by primary name: the id of the primary user. */
  readonly linked: Map<string, string>
}

export const groupTypes = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'] as const
export type GroupType = (typeof groupTypes)[number]

/** How a user came into a group: by hand, as everyone does, from an import, or through the rule with this id. */
export type MembershipSource = 'manual' | 'everyone' | 'import' | { readonly rule: string }

export interface Membership {
  readonly seq: number
  readonly user: User
  via: MembershipSource
}

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
  readonly members: Map<string, Membership>
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

/** An app. Only service apps can use the token endpoint. */
export interface App {
  readonly id: string
  label: string
  name: string
  status: 'ACTIVE' | 'INACTIVE'
  readonly created: number
  lastUpdated: number
  applicationType: string
  tokenEndpointAuthMethod: string
  requiresDpop: boolean
  /** Scopes granted to the app. */
  scopes: readonly string[]
  /** Public keys as JWKs. */
  keys: readonly JsonObject[]
  roles: RoleAssignment[]
}

/** An API token, sent as `Authorization: SSWS …`. It has the roles of its owner and dies with him. */
export interface ApiToken {
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
  readonly seq: number
  readonly uuid: string
  readonly at: number
  readonly eventType: string
  readonly actor: Actor
  readonly targets: readonly Actor[]
  readonly requestId: string
  readonly requestUri: string
}
