import type { Repeatable } from '../../http/retry.ts'

/** One call of the Okta API as plain data. `path` starts with `/api/v1/`, is encoded and carries its query. */
export interface OktaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** `Once`: a second sending could do more than the first, so it is never sent again without an answer. */
  readonly repeatable: Repeatable
}

/** Most values joined by `or` in one search, to keep its address far below what servers accept. */
export const searchBatch = 20

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
  readonly profile: Readonly<Record<string, string>>
  readonly groupIds: readonly string[]
  readonly activate: boolean
}): OktaRequest {
  const { profile, groupIds } = user
  const path = `/api/v1/users${query({ activate: `${user.activate}` })}`
  return { method: 'POST', path, body: { profile, groupIds }, repeatable: 'Once' }
}

/** Changes only the attributes named; null clears. */
export function updateUser(user: string, profile: Readonly<Record<string, string | null>>): OktaRequest {
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

/** The rate-limit bucket a request draws on, as far as Okta tells them apart. Source: Okta, Rate limits. */
export function bucketOf(request: OktaRequest): string {
  const [, , , kind = '', id, more] = request.path.replace(/\?.*/, '').split('/')
  if (kind !== 'users' && kind !== 'groups') return kind
  if (id === undefined || id === 'rules' || more !== undefined) return kind
  if (kind === 'groups') return 'groups/id'
  return request.method === 'GET' ? 'users/id read' : 'users/id write'
}
