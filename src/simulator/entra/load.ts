import { StringPool } from '../string-pool.ts'
import { Directory, type DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { lagFrom } from './lag.ts'
import { dumpParts, loadParts } from './load-parts.ts'
import { newProperties } from './new-object.ts'
import { BUILT_IN_ROLES } from './roles.ts'
import { type Kind, SCHEMAS, unsetValue } from './schema.ts'
import type { EntraState, ObjectState } from './state.ts'
import { switchesFrom } from './switches.ts'
import { freeNames, uniqueUserValues } from './unique.ts'
import {
  addServicePrincipals,
  applicationFrom,
  applicationObjectId,
  graphPrincipalId,
  identityFrom,
  type World,
} from './world.ts'

const FIELDS = new Set(
  'version tenant applications issuers users groups administrativeUnits devices roleDefinitions roleAssignments switches lag servicePrincipals appRegistrations subscribedSkus authenticationMethods temporaryAccessPassPolicy appRoleAssignments directoryRoles groupSettings contacts'.split(
    ' ',
  ),
)
const COLLECTIONS = {
  users: 'user',
  groups: 'group',
  administrativeUnits: 'administrativeUnit',
  devices: 'device',
  contacts: 'orgContact',
  servicePrincipals: 'servicePrincipal',
  appRegistrations: 'application',
} as const
const LINK_FIELDS = new Set(['manager', 'members', 'owners'])

type Collection = keyof typeof COLLECTIONS
interface Loaded {
  readonly object: DirectoryObject
  readonly state: ObjectState
  readonly where: string
}

/** Whether there is more to load of it once all objects are there. */
function isUnfinished({ members, owners, manager, assignedLicenses, deletedDateTime }: ObjectState): boolean {
  return [members, owners, manager, assignedLicenses, deletedDateTime].some(value => value !== undefined)
}

function loadObjects(world: World, state: EntraState): readonly Loaded[] {
  const loaded: Loaded[] = []
  const pool = new StringPool()
  for (const collection of Object.keys(COLLECTIONS) as Collection[]) {
    for (const [index, given] of (state[collection] ?? []).entries()) {
      const one = loadObject(world, collection, given, { name: `${collection}[${index}]`, pool })
      if (isUnfinished(given)) loaded.push(one)
    }
  }
  return loaded
}

interface Place {
  readonly name: string
  readonly pool: StringPool
}

function checkedProperties(kind: Kind, state: ObjectState, { name: where, pool }: Place): Record<string, unknown> {
  const schema = SCHEMAS[kind]
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(state)) {
    if (LINK_FIELDS.has(name) || name === 'id' || name === 'deletedDateTime') continue
    const type = schema[name]
    if (type === undefined) throw new Error(`entra.${where}.${name}: a ${kind} has no such property.`)
    const isList = type === 'strings' || type === 'objects'
    const fits = value === null || (isList ? Array.isArray(value) : typeof value === jsonType(type))
    if (!fits) throw new Error(`entra.${where}.${name}: expected ${isList ? 'a list' : jsonType(type)}.`)
    properties[name] = typeof value === 'object' && value !== null ? structuredClone(value) : pool.shared(name, value)
  }
  return properties
}

function jsonType(type: string): string {
  if (type === 'boolean' || type === 'number' || type === 'object') return type
  return 'string'
}

/** The registration that an application of `applications` has anyway, to which a state may add credentials. */
function ownRegistration(world: World, kind: Kind, id: string): DirectoryObject | undefined {
  if (kind !== 'application' || !world.applications.some(({ appId }) => applicationObjectId(appId) === id))
    return undefined
  return world.directory.find(id, 'application')
}

function loadObject(world: World, collection: Collection, state: ObjectState, place: Place): Loaded {
  const kind = COLLECTIONS[collection]
  const where = place.name
  const id = String(state.id ?? randomGuid(world.random)).toLowerCase()
  const own = ownRegistration(world, kind, id)
  if (own !== undefined) {
    Object.assign(own.properties, checkedProperties(kind, state, place))
    return { object: own, state, where }
  }
  const isTaken = state.id !== undefined && (world.directory.find(id) ?? world.directory.bin().get(id)) !== undefined
  if (isTaken) {
    throw new Error(`entra.${where}.id: "${id}" is taken.`)
  }
  const given = checkedProperties(kind, state, place)
  const properties = { ...newProperties(world, kind, id, given), ...given }
  if (kind === 'user' && typeof properties.userPrincipalName !== 'string') {
    throw new Error(`entra.${where}.userPrincipalName: a user needs one.`)
  }
  const object: DirectoryObject = { id, kind, properties, ordinal: 0 }
  world.directory.add(object)
  if (kind === 'user' && state.deletedDateTime == null) claimUserValues(world, object, where)
  return { object, state, where }
}

function claimUserValues(world: World, object: DirectoryObject, where: string): void {
  for (const [property, values] of uniqueUserValues(object)) {
    for (const value of values) {
      const holder = world.directory.holder(property, value)
      if (holder !== undefined && holder !== object.id)
        throw new Error(`entra.${where}.${property}: "${value}" is taken.`)
      world.directory.claim(property, value, object.id)
    }
  }
}

/** The object a hand-written state means: by id, userPrincipalName, displayName or appId. */
function named(world: World, byName: ReadonlyMap<string, string>, name: string, where: string): string {
  const found = world.directory.user(name)?.id ?? world.directory.find(name)?.id ?? byName.get(name.toLowerCase())
  if (found === undefined) throw new Error(`entra.${where}: there is nothing called "${name}".`)
  return found
}

function namesOf(world: World): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const kind of [
    'application',
    'servicePrincipal',
    'device',
    'orgContact',
    'administrativeUnit',
    'group',
  ] as const) {
    for (const object of world.directory.all(kind).values()) {
      for (const name of [object.properties.appId, object.properties.displayName]) {
        if (typeof name === 'string') names.set(name.toLowerCase(), object.id)
      }
    }
  }
  return names
}

function loadLinks(world: World, loaded: readonly Loaded[]): void {
  const names = namesOf(world)
  const known = new Map<string, string>()
  const meant = (name: string, where: string, link: string): string => {
    const before = known.get(name)
    if (before !== undefined) return before
    const id = named(world, names, name, `${where}.${link}`)
    known.set(name, id)
    return id
  }
  for (const { object, state, where } of loaded) {
    for (const link of ['members', 'owners'] as const) {
      for (const name of state[link] ?? []) {
        world.directory.link(link, object.id, meant(name, where, link))
      }
    }
    if (typeof state.manager === 'string') {
      world.directory.setManager(object.id, meant(state.manager, where, 'manager'))
    }
  }
}

function loadRoles(world: World, state: EntraState): void {
  world.roleDefinitions = [...BUILT_IN_ROLES, ...(state.roleDefinitions ?? [])]
  const names = namesOf(world)
  for (const [index, given] of (state.roleAssignments ?? []).entries()) {
    const where = `roleAssignments[${index}]`
    const role = world.roleDefinitions.find(({ id, displayName }) => id === given.role || displayName === given.role)
    if (role === undefined) throw new Error(`entra.${where}.role: there is no role "${given.role}".`)
    const scope = given.scope ?? '/'
    const unit = /^\/administrativeUnits\/(.+)$/.exec(scope)?.[1]
    const id = given.id ?? randomGuid(world.random)
    world.directory.roleAssignments.set(id, {
      id,
      roleDefinitionId: role.id,
      principalId: named(world, names, given.principal, `${where}.principal`),
      directoryScopeId:
        unit === undefined ? scope : `/administrativeUnits/${named(world, names, unit, `${where}.scope`)}`,
    })
  }
}

function binDeleted(world: World, loaded: readonly Loaded[]): void {
  for (const { object, state, where } of loaded) {
    if (typeof state.deletedDateTime !== 'string') continue
    const at = Date.parse(state.deletedDateTime)
    if (Number.isNaN(at)) throw new Error(`entra.${where}.deletedDateTime: no point in time.`)
    if (object.kind === 'user') freeNames(world.directory, object)
    world.directory.discard(object, at)
  }
}

/** What the first application leaves unsaid stays as it is, so that clients that know its credentials go on. */
function applicationsOf(world: World, { applications }: EntraState): World['applications'] {
  const [current] = world.applications
  if (applications === undefined) return world.applications
  return applications.map((given, index) => {
    const same = index === 0 && (given.appId === undefined || given.appId.toLowerCase() === current?.appId)
    return applicationFrom(same ? { ...current, ...given } : given, world.random)
  })
}

/** Replaces everything by what a state says; the tenant and the applications stay where it does not name them. */
export function loadState(world: World, json: unknown): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error('entra: the state is a JSON object.')
  const state = json as EntraState
  for (const name of Object.keys(state)) if (!FIELDS.has(name)) throw new Error(`entra: there is no field "${name}".`)
  if (state.version !== undefined && state.version !== 1)
    throw new Error('entra.version: this simulator reads version 1.')
  const next: World = {
    ...world,
    identity:
      state.tenant === undefined
        ? world.identity
        : identityFrom({ id: world.identity.id, ...state.tenant }, world.random),
    applications: applicationsOf(world, state),
    issuers: new Map((state.issuers ?? []).map(({ issuer, keys }) => [issuer, keys])),
    directory: new Directory(),
    switches: switchesFrom({ quota: world.switches.quota, lag: world.switches.lag, ...state.switches }),
    lag: lagFrom(state.lag ?? world.lag),
  }
  addServicePrincipals(next)
  const loaded = loadObjects(next, state)
  loadLinks(next, loaded)
  loadRoles(next, state)
  const names = namesOf(next)
  loadParts(next, state, loaded, (name, where) => named(next, names, name, where))
  binDeleted(next, loaded)
  next.directory.settle()
  Object.assign(world, next)
}

function objectState(world: World, object: DirectoryObject): ObjectState {
  const { directory } = world
  const set = Object.entries(object.properties).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(unsetValue(SCHEMAS[object.kind][name] ?? 'string', name)),
  )
  const manager = directory.manager(object.id)?.id
  const members = [...directory.linkedIds('members', object.id)]
  const owners = [...directory.linkedIds('owners', object.id)]
  return structuredClone({
    id: object.id,
    ...Object.fromEntries(set),
    ...(manager === undefined ? {} : { manager }),
    ...(members.length === 0 ? {} : { members }),
    ...(owners.length === 0 ? {} : { owners }),
    ...(object.deletedAt === undefined ? {} : { deletedDateTime: new Date(object.deletedAt).toISOString() }),
  })
}

/** Everything the tenant holds; loading it again changes nothing. */
export function dumpState(world: World): EntraState {
  const { directory, identity } = world
  const collection = (kind: Kind): ObjectState[] =>
    [...directory.all(kind).values(), ...[...directory.bin().values()].filter(object => object.kind === kind)].map(
      object => objectState(world, object),
    )
  const automatic = new Set([
    graphPrincipalId(world),
    ...world.applications.flatMap(({ servicePrincipalId, appId }) => [servicePrincipalId, applicationObjectId(appId)]),
  ])
  const isAdded = ({ id, passwordCredentials, federatedIdentityCredentials }: ObjectState): boolean =>
    !automatic.has(String(id)) || passwordCredentials !== undefined || federatedIdentityCredentials !== undefined
  const added = (kind: Kind): ObjectState[] => collection(kind).filter(isAdded)
  return {
    version: 1,
    tenant: { ...identity },
    applications: structuredClone(world.applications),
    issuers: [...world.issuers].map(([issuer, keys]) => ({ issuer, keys })),
    users: collection('user'),
    groups: collection('group'),
    administrativeUnits: collection('administrativeUnit'),
    devices: collection('device'),
    contacts: collection('orgContact'),
    servicePrincipals: added('servicePrincipal'),
    appRegistrations: added('application'),
    ...dumpParts(world),
    roleDefinitions: world.roleDefinitions.filter(({ isBuiltIn }) => !isBuiltIn),
    roleAssignments: [...directory.roleAssignments.values()].map(role => ({
      id: role.id,
      role: role.roleDefinitionId,
      principal: role.principalId,
      scope: role.directoryScopeId,
    })),
    switches: { ...world.switches },
    lag: { ...world.lag },
  }
}
