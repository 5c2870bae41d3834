import type { Repeatable } from '../../http/retry.ts'

/** One call to Microsoft Graph as plain data. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below the version, every value in it encoded: `/users/a%23b?$select=id`. A paging link stands whole. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Whether sending it twice does no more than sending it once. */
  readonly repeatable: Repeatable
}

/** Longest page Microsoft Graph gives of users, groups and members. */
const PAGE = 999

/** Advanced queries, and every `$count`, need this header on each page ("Advanced query capabilities"). */
const EVENTUAL = { ConsistencyLevel: 'eventual' } as const

/** Where memberships are kept: a group, or an administrative unit. */
export type ContainerKind = 'Group' | 'AdministrativeUnit'

/** A group or administrative unit by kind and id. */
export interface Container {
  readonly kind: ContainerKind
  readonly id: string
}

/** Group properties that decide what may be done with it. */
const GROUP_PROPERTIES = [
  'id',
  'displayName',
  'description',
  'groupTypes',
  'mailEnabled',
  'securityEnabled',
  'onPremisesSyncEnabled',
  'isAssignableToRole',
] as const

/** Administrative unit properties that decide what may be done with it. */
const UNIT_PROPERTIES = ['id', 'displayName', 'membershipType', 'isMemberManagementRestricted'] as const

const read = (path: string, headers?: Readonly<Record<string, string>>): GraphRequest => ({
  method: 'GET',
  path,
  repeatable: 'Repeatable',
  ...(headers === undefined ? {} : { headers }),
})

const write = (method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): GraphRequest => ({
  method,
  path,
  repeatable: 'Repeatable',
  ...(body === undefined ? {} : { body }),
})

/** `name eq 'value'`, encoded, quotes doubled. */
function equals(name: string, value: string): string {
  return encodeURIComponent(`${name} eq '${value.replaceAll("'", "''")}'`)
}

/** A user by id or userPrincipalName. A name that begins with `$` only works in brackets ("Get a user"). */
export function userPath(key: string): string {
  if (!key.startsWith('$')) return `/users/${encodeURIComponent(key)}`
  return `/users('${encodeURIComponent(key.replaceAll("'", "''"))}')`
}

function containerPath({ kind, id }: Container): string {
  const collection = kind === 'Group' ? '/groups' : '/directory/administrativeUnits'
  return `${collection}/${encodeURIComponent(id)}`
}

/** Manager ids come with the user: `$expand` of one link costs nothing per person. */
const MANAGER = '$expand=manager($select=id)'

/** One page after another of all users of the tenant, with their managers. */
export const listUsers = (select: readonly string[]): GraphRequest =>
  read(`/users?$select=${select.join(',')}&${MANAGER}&$top=${PAGE}`)

/** One user, with the manager. */
export const readUser = (key: string, select: readonly string[]): GraphRequest =>
  read(`${userPath(key)}?$select=${select.join(',')}&${MANAGER}`)

/** Ids of the users whose property has this value. */
export const findUsers = (property: 'employeeId' | 'mail', value: string): GraphRequest =>
  read(`/users?$filter=${equals(property, value)}&$select=id&$top=${PAGE}`)

/** All users in the bin. */
export const listBin = (select: readonly string[]): GraphRequest =>
  read(`/directory/deletedItems/microsoft.graph.user?$select=${select.join(',')}&$top=${PAGE}`)

/** Every group and administrative unit that a user is a direct member of. */
export const listHeld = (user: string): GraphRequest => read(`${userPath(user)}/memberOf?$top=${PAGE}`)

/** Ids of the users in a group or unit, with their number on the first page. */
export const listMembers = (container: Container): GraphRequest =>
  read(`${containerPath(container)}/members/microsoft.graph.user?$select=id&$top=${PAGE}&$count=true`, EVENTUAL)

/** Groups with this exact name, in any case of letters. */
export const findGroups = (name: string): GraphRequest =>
  read(`/groups?$filter=${equals('displayName', name)}&$select=${GROUP_PROPERTIES.join(',')}&$top=${PAGE}`)

/** Administrative units with this exact name, in any case of letters. */
export const findUnits = (name: string): GraphRequest =>
  read(
    `/directory/administrativeUnits?$filter=${equals('displayName', name)}&$select=${UNIT_PROPERTIES.join(',')}&$top=${PAGE}`,
  )

/** One group or unit. */
export const readContainer = (container: Container): GraphRequest =>
  read(
    `${containerPath(container)}?$select=${(container.kind === 'Group' ? GROUP_PROPERTIES : UNIT_PROPERTIES).join(',')}`,
  )

/** Every Entra role anyone holds, with the holder, whose type tells a group from a user. */
export const listRoleAssignments = (): GraphRequest =>
  read('/roleManagement/directory/roleAssignments?$expand=principal')

/** One user of the tenant: shows whether users can be read at all, and the tenant's clock. */
export const peekUsers = (): GraphRequest => read('/users?$select=id&$top=1')

/** Makes a security group with nobody in it. */
export const createGroup = (name: string, description: string): GraphRequest => ({
  method: 'POST',
  path: '/groups',
  repeatable: 'Once',
  body: {
    displayName: name,
    description,
    mailEnabled: false,
    mailNickname: nickname(name),
    securityEnabled: true,
  },
})

/** Changes a group's description. */
export const describeGroup = (id: string, description: string): GraphRequest =>
  write('PATCH', `/groups/${encodeURIComponent(id)}`, { description })

/** Makes a user. Never repeated without a look: a lost answer may hide a success. */
export const createUser = (body: Readonly<Record<string, unknown>>): GraphRequest => ({
  method: 'POST',
  path: '/users',
  repeatable: 'Once',
  body,
})

/** Writes some properties of a user; the others stay. */
export const patchUser = (id: string, body: Readonly<Record<string, unknown>>): GraphRequest =>
  write('PATCH', userPath(id), body)

/** Moves a user to the bin. A second DELETE of the same id finds nothing, but it is still sent only once. */
export const deleteUser = (id: string): GraphRequest => ({ method: 'DELETE', path: userPath(id), repeatable: 'Once' })

/** Takes a user out of the bin, under the same id. */
export const restoreUser = (id: string): GraphRequest => ({
  method: 'POST',
  path: `/directory/deletedItems/${encodeURIComponent(id)}/restore`,
  repeatable: 'Once',
  body: {},
})

/** Makes every refresh token and session cookie given so far invalid. */
export const endSessions = (id: string): GraphRequest => write('POST', `${userPath(id)}/revokeSignInSessions`)

/** Sets the manager. `graphUrl` is the service the link points into. */
export const setManager = (id: string, manager: string, graphUrl: string): GraphRequest =>
  write('PUT', `${userPath(id)}/manager/$ref`, {
    '@odata.id': `${root(graphUrl)}/users/${encodeURIComponent(manager)}`,
  })

/** Removes the manager. */
export const clearManager = (id: string): GraphRequest => write('DELETE', `${userPath(id)}/manager/$ref`)

/** Adds one user to a group or unit. */
export const addMember = (container: Container, user: string, graphUrl: string): GraphRequest =>
  write('POST', `${containerPath(container)}/members/$ref`, {
    '@odata.id': `${root(graphUrl)}/directoryObjects/${encodeURIComponent(user)}`,
  })

/** Takes one user out. Without the `/$ref` the user itself would be deleted. */
export const removeMember = (container: Container, user: string): GraphRequest =>
  write('DELETE', `${containerPath(container)}/members/${encodeURIComponent(user)}/$ref`)

function root(graphUrl: string): string {
  return `${graphUrl.replace(/\/+$/, '')}/v1.0`
}

/** A mail nickname made of a name: characters that one may hold, 64 at most. */
export function nickname(name: string): string {
  const kept = name.normalize('NFKD').replaceAll(/[^A-Za-z0-9._'!#^~-]/g, '')
  return kept.slice(0, 64) || 'user'
}
