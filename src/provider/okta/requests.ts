import type { Repeatable } from '../../http/retry.ts'

/** One call of the Okta API as plain data. `path` starts with `/api/v1/`, is encoded and carries its query. */
export interface OktaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** `Once`: a second sending could do more than the first, so it is never sent again without an answer. */
  readonly repeatable: Repeatable
}

/** Most characters of the values in one search, to keep its address far below the 8 KiB that servers commonly accept. */
const searchLength = 4000

/** Values in as few groups as possible, each of which fits into one search for `property`. */
export function searchBatches(property: string, values: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = []
  let length = searchLength
  for (const value of values) {
    const needed = part(`${anyOf(property, [value])} or `).length
    if (length + needed > searchLength) {
      batches.push([])
      length = 0
    }
    batches.at(-1)?.push(value)
    length += needed
  }
  return batches
}

/** Most groups a new user can be put into by the call that creates it. Source: Okta, Users API, create a user. */
export const groupsOnCreate = 20

function part(text: string): string {
  return encodeURIComponent(text)
}

function get(path: string): OktaRequest {
  return { method: 'GET', path, repeatable: 'Repeatable' }
}

function write(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): OktaRequest {
  return { method, path, repeatable: 'Repeatable', ...(body === undefined ? {} : { body }) }
}

function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const set = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${part(`${value}`)}`],
  )
  return set.length === 0 ? '' : `?${set.join('&')}`
}

/** `name eq "a" or name eq "b"`, in the language of Okta's `search` and `filter`. */
export function anyOf(property: string, values: readonly string[]): string {
  return values.map(value => `${property} eq "${value.replace(/[\\"]/g, '\\$&')}"`).join(' or ')
}

/** One user by id, or by login (a short name before the `@` matches too: compare the answer). Strongly consistent. */
export function readUser(idOrLogin: string): OktaRequest {
  return get(`/api/v1/users/${part(idOrLogin)}`)
}

/** Users that match a search, DEPROVISIONED ones included. Eventually consistent. */
export function searchUsers(search: string): OktaRequest {
  return get(`/api/v1/users${query({ limit: 200, search })}`)
}

/** Any one user that the credential may see. */
export function anyUser(): OktaRequest {
  return get(`/api/v1/users${query({ limit: 1 })}`)
}

/** All groups of a user. Strongly consistent, unlike the members of a group. */
export function userGroups(user: string): OktaRequest {
  return get(`/api/v1/users/${part(user)}/groups`)
}

/** Admin roles assigned to a user; needs `okta.roles.read`. */
export function userRoles(user: string): OktaRequest {
  return get(`/api/v1/users/${part(user)}/roles`)
}

/** Ids of all users that hold an admin role, by themselves; needs `okta.roles.read`. */
export function roleHolders(): OktaRequest {
  return get(`/api/v1/iam/assignees/users${query({ limit: 100 })}`)
}

/** A new user, without a password; activated, Okta sends the mail by which the person sets one. */
export function createUser(user: {
  readonly profile: Readonly<Record<string, unknown>>
  readonly groupIds: readonly string[]
  readonly activate: boolean
}): OktaRequest {
  const { profile, groupIds } = user
  const path = `/api/v1/users${query({ activate: `${user.activate}` })}`
  return { method: 'POST', path, body: { profile, groupIds }, repeatable: 'Once' }
}

/** Changes only the attributes named; null clears. */
export function updateUser(user: string, profile: Readonly<Record<string, unknown>>): OktaRequest {
  return write('POST', `/api/v1/users/${part(user)}`, { profile })
}

/** Moves a user through its lifecycle. A repetition is refused without harm. */
export function lifecycle(user: string, step: 'activate' | 'suspend' | 'unsuspend' | 'deactivate'): OktaRequest {
  const parameters = step === 'activate' ? query({ sendEmail: 'true' }) : ''
  return write('POST', `/api/v1/users/${part(user)}/lifecycle/${step}${parameters}`)
}

/** Signs a user out everywhere; with `oauthTokens` also out of apps that hold tokens. */
export function endSessions(user: string, oauthTokens: boolean): OktaRequest {
  return write('DELETE', `/api/v1/users/${part(user)}/sessions${query({ oauthTokens: `${oauthTokens}` })}`)
}

/** Erases a DEPROVISIONED user. On any other it deactivates with the same answer, so a second one would erase. */
export function deleteUser(user: string): OktaRequest {
  return { method: 'DELETE', path: `/api/v1/users/${part(user)}`, repeatable: 'Once' }
}

/** One group by id. */
export function readGroup(group: string): OktaRequest {
  return get(`/api/v1/groups/${part(group)}${query({ expand: 'stats' })}`)
}

/** Groups that match a search, with how many users they have and whether they carry an admin role. */
export function searchGroups(search: string): OktaRequest {
  return get(`/api/v1/groups${query({ limit: 200, expand: 'stats', search })}`)
}

/** Some groups that the credential may see: an app without an admin role sees none. */
export function someGroups(): OktaRequest {
  return get(`/api/v1/groups${query({ limit: 20, expand: 'stats' })}`)
}

/** Members of a group as full users, `limit` a page (at most 1000). */
export function groupMembers(group: string, limit: number): OktaRequest {
  return get(`/api/v1/groups/${part(group)}/users${query({ limit })}`)
}

/** Makes a user a member; adding a member again is accepted. */
export function addMember(group: string, user: string): OktaRequest {
  return write('PUT', `/api/v1/groups/${part(group)}/users/${part(user)}`)
}

/** Ends a membership; removing somebody who is no member is accepted. */
export function removeMember(group: string, user: string): OktaRequest {
  return write('DELETE', `/api/v1/groups/${part(group)}/users/${part(user)}`)
}

/** A new group. A name that is taken is refused, so a repetition makes no second one. */
export function createGroup(name: string, description: string): OktaRequest {
  return { method: 'POST', path: '/api/v1/groups', body: { profile: { name, description } }, repeatable: 'Once' }
}

/** Replaces name and description of a group. */
export function replaceGroup(group: string, name: string, description: string): OktaRequest {
  return write('PUT', `/api/v1/groups/${part(group)}`, { profile: { name, description } })
}

/** Group rules; those that are active compute the members of their target groups. */
export function groupRules(): OktaRequest {
  return get(`/api/v1/groups/rules${query({ limit: 200 })}`)
}

/** The profile schema of the default user type; needs `okta.schemas.read`. */
export function userSchema(): OktaRequest {
  return get('/api/v1/meta/schemas/user/default')
}

/** One app by id. */
export function readApp(app: string): OktaRequest {
  return get(`/api/v1/apps/${part(app)}`)
}

/** Apps whose name or label starts with a text. */
export function appsStarting(text: string): OktaRequest {
  return get(`/api/v1/apps${query({ limit: 200, q: text })}`)
}

/** All apps that the credential may see. */
export function allApps(): OktaRequest {
  return get(`/api/v1/apps${query({ limit: 200 })}`)
}

/** Any one app that the credential may see. */
export function anyApp(): OktaRequest {
  return get(`/api/v1/apps${query({ limit: 1 })}`)
}

/** Apps a user has, each with how they have it: by themselves or through a group. */
export function appsOfUser(user: string): OktaRequest {
  return get(`/api/v1/apps${query({ limit: 200, filter: anyOf('user.id', [user]), expand: `user/${user}` })}`)
}

/** Everybody who has an app, by themselves or through a group, `limit` a page (at most 500). */
export function appUsers(app: string, limit: number): OktaRequest {
  return get(`/api/v1/apps/${part(app)}/users${query({ limit })}`)
}

/** How one user has an app. */
export function readAppUser(app: string, user: string): OktaRequest {
  return get(`/api/v1/apps/${part(app)}/users/${part(user)}`)
}

/** Assigns a user to an app by themselves. Credentials are left to the app's own settings. */
export function assignApp(app: string, user: string): OktaRequest {
  return write('POST', `/api/v1/apps/${part(app)}/users`, { id: user, scope: 'USER' })
}

/** Leaves an app to a user through their groups only. */
export function appThroughGroup(app: string, user: string): OktaRequest {
  return write('POST', `/api/v1/apps/${part(app)}/users/${part(user)}`, { scope: 'GROUP' })
}

/** Ends an assignment of a user to an app; refused where it comes through a group. */
export function unassignApp(app: string, user: string): OktaRequest {
  return write('DELETE', `/api/v1/apps/${part(app)}/users/${part(user)}${query({ sendEmail: 'false' })}`)
}

/** Groups whose members have changed since a moment, `limit` a page. Eventually consistent. */
export function groupsWithMembersChanged(since: number, limit: number): OktaRequest {
  return get(`/api/v1/groups${query({ limit, filter: `lastMembershipUpdated gt "${isoSeconds(since)}"` })}`)
}

/** Users whose profile or status has changed since a moment, DEPROVISIONED ones included, `limit` a page. Eventually consistent. */
export function usersChanged(since: number, limit: number): OktaRequest {
  return get(`/api/v1/users${query({ limit, filter: `lastUpdated gt "${isoSeconds(since)}"` })}`)
}

/** Okta keeps whole seconds. */
function isoSeconds(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString()
}

/** Which calls share a limit. Source: Okta, Rate limits; told apart by recorded headers. */
export type Bucket =
  | 'users'
  | 'users-read'
  | 'users-write'
  | 'groups'
  | 'groups-id'
  | 'apps'
  | 'apps-id'
  | 'logs'
  | 'token'
  | 'other'

/** The rate-limit bucket a request draws on: an object itself has another than its list and what lies below it. */
export function bucketOf(request: OktaRequest): Bucket {
  const [, , , kind = '', id, more] = request.path.replace(/\?.*/, '').split('/')
  if (kind === 'logs') return 'logs'
  if (kind !== 'users' && kind !== 'groups' && kind !== 'apps') return 'other'
  if (id === undefined || id === '' || more !== undefined || (kind === 'groups' && id === 'rules')) return kind
  if (kind === 'users') return request.method === 'GET' ? 'users-read' : 'users-write'
  return `${kind}-id`
}
