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
  /** How many places of a batch it takes; 1 when absent. */
  readonly places?: number
}

/** Longest page Microsoft Graph gives of users, groups and members. */
export const PAGE = 999

/** Advanced queries, and every `$count`, need this header on each page ("Advanced query capabilities"). */
export const EVENTUAL = { ConsistencyLevel: 'eventual' } as const

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

/** A request that changes nothing. */
export const read = (path: string, headers?: Readonly<Record<string, string>>): GraphRequest => ({
  method: 'GET',
  path,
  repeatable: 'Repeatable',
  ...(headers === undefined ? {} : { headers }),
})

/** A request that changes something, and may be sent twice. */
export const write = (method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): GraphRequest => ({
  method,
  path,
  repeatable: 'Repeatable',
  ...(body === undefined ? {} : { body }),
})

/** `name eq 'value'`, encoded, quotes doubled. */
export function equals(name: string, value: string): string {
  return encodeURIComponent(`${name} eq '${value.replaceAll("'", "''")}'`)
}

/** `name in ('a','b')`, encoded, quotes doubled. */
function amongst(name: string, values: readonly string[]): string {
  return encodeURIComponent(`${name} in (${values.map(value => `'${value.replaceAll("'", "''")}'`).join(',')})`)
}

/** A user by id or userPrincipalName. A name that begins with `$` only works in brackets ("Get a user"). */
export function userPath(key: string): string {
  if (!key.startsWith('$')) return `/users/${encodeURIComponent(key)}`
  return `/users('${encodeURIComponent(key.replaceAll("'", "''"))}')`
}

const collectionPath = (kind: ContainerKind): string =>
  kind === 'Group' ? '/groups' : '/directory/administrativeUnits'

const containerPath = ({ kind, id }: Container): string => `${collectionPath(kind)}/${encodeURIComponent(id)}`

/** Manager ids come with the user: `$expand` of one link costs nothing per person. */
const MANAGER = '$expand=manager($select=id)'

/** One page after another of all users of the tenant, with their managers. */
export const listUsers = (select: readonly string[]): GraphRequest =>
  read(`/users?$select=${select.join(',')}&${MANAGER}&$top=${PAGE}`)

/** One user, with the manager. */
export const readUser = (key: string, select: readonly string[]): GraphRequest =>
  read(`${userPath(key)}?$select=${select.join(',')}&${MANAGER}`)

/** Most values that one filter takes after `in` ("$filter: in"). */
const MOST_VALUES = 15

/** Longest list of values in one filter, in characters, so that no URL grows too long. */
const LONGEST_FILTER = 1200

/** Values in parts that one filter takes each. */
export function filterParts(values: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = []
  let length = 0
  for (const value of values) {
    const last = parts.at(-1)
    length += value.length
    if (last !== undefined && last.length < MOST_VALUES && length <= LONGEST_FILTER) last.push(value)
    else {
      parts.push([value])
      length = value.length
    }
  }
  return parts
}

/** A property by which users are looked for. */
export type SearchProperty = 'employeeId' | 'mail' | 'userPrincipalName'

/** Id and property of the users whose property has one of these values, fifteen at most. */
export function findUsers(property: SearchProperty, values: readonly string[]): GraphRequest {
  const [first = ''] = values
  const filter = values.length === 1 ? equals(property, first) : amongst(property, values)
  return read(`/users?$filter=${filter}&$select=id,${property}&$top=${PAGE}`)
}

/** All users in the bin. */
export const listBin = (select: readonly string[]): GraphRequest =>
  read(`/directory/deletedItems/microsoft.graph.user?$select=${select.join(',')}&$top=${PAGE}`)

/** Every group and administrative unit that a user is a direct member of. */
export const listHeld = (user: string): GraphRequest => read(`${userPath(user)}/memberOf?$top=${PAGE}`)

/** Ids of the users in a group or unit, with their number on the first page. */
export const listMembers = (container: Container): GraphRequest =>
  read(`${containerPath(container)}/members/microsoft.graph.user?$select=id&$top=${PAGE}&$count=true`, EVENTUAL)

/** Groups or units with one of these names, fifteen at most, in any case of letters. */
export function findContainers(kind: ContainerKind, names: readonly string[]): GraphRequest {
  const [first = ''] = names
  const filter = names.length === 1 ? equals('displayName', first) : amongst('displayName', names)
  return read(`${collectionPath(kind)}?$filter=${filter}&$select=${propertiesOf(kind)}&$top=${PAGE}`)
}

const propertiesOf = (kind: ContainerKind): string => (kind === 'Group' ? GROUP_PROPERTIES : UNIT_PROPERTIES).join(',')

/** One group or unit. */
export const readContainer = (container: Container): GraphRequest =>
  read(`${containerPath(container)}?$select=${propertiesOf(container.kind)}`)

/** What can be followed by a delta query. */
export type DeltaRoot = 'users' | 'groups' | 'directory/administrativeUnits'

/** Most objects that the filter of a delta query takes ("group: delta"). */
export const MOST_FOLLOWED = 50

/** Asks for a link to whatever changes from now on. The options go with the link. */
export function followFromNow(root: DeltaRoot, select: readonly string[], ids: readonly string[]): GraphRequest {
  const filter = ids.length === 0 ? '' : `&$filter=${encodeURIComponent(ids.map(id => `id eq '${id}'`).join(' or '))}`
  return read(`/${root}/delta?$select=${select.join(',')}${filter}&$deltatoken=latest`)
}

/** A link that Microsoft Graph gave, whole. */
export const followLink = (link: string): GraphRequest => read(link)

/** How many users the tenant has. */
export const countUsers = (): GraphRequest => read('/users/$count', EVENTUAL)

/** The domains of the tenant. */
export const listDomains = (): GraphRequest => read('/domains?$select=id,authenticationType,isVerified')

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

/** Most members that one request can add ("Add members"). */
export const MOST_BINDS = 20

/** Adds up to twenty users to a group, all of them or none. Five such requests fill a batch. */
export const bindMembers = (group: string, users: readonly string[], graphUrl: string): GraphRequest => ({
  ...write('PATCH', `/groups/${encodeURIComponent(group)}`, {
    'members@odata.bind': users.map(user => `${root(graphUrl)}/directoryObjects/${encodeURIComponent(user)}`),
  }),
  places: 4,
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
