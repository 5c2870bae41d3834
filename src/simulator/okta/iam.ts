/** What decides permissions besides the standard roles: custom roles, and the resource sets they are confined to. */
import type { JsonObject } from './json.ts'

/** A custom role of the org: `/api/v1/iam/roles`. */
export interface CustomRole {
  readonly id: string
  label: string
  description: string
  permissions: readonly string[]
  /** Conditions by permission: attributes of users that it opens, kept and shown as they were given. */
  conditions: Readonly<Record<string, JsonObject>>
  readonly created: number
  lastUpdated: number
}

/** One resource of a resource set, as the path it was named by: `/api/v1/groups/00g…/users`. */
export interface SetResource {
  readonly id: string
  readonly path: string
  conditions: JsonObject | null
  readonly created: number
}

/** What a custom role can be confined to: `/api/v1/iam/resource-sets`. */
export interface ResourceSet {
  readonly id: string
  label: string
  description: string
  readonly resources: Map<string, SetResource>
  readonly created: number
  lastUpdated: number
}

/** What of the org a role reaches; undefined stands for all of its kind. */
export interface Reach {
  /** Groups whose members it reaches. */
  readonly users: ReadonlySet<string> | undefined
  readonly groups: ReadonlySet<string> | undefined
  /** Names of catalog apps and ids of single ones. */
  readonly apps: ReadonlySet<string> | undefined
}

/** A role without targets reaches everything. */
export const everything: Reach = { users: undefined, groups: undefined, apps: undefined }

/**
 * What the resources of a set reach. `/api/v1/groups/{id}` is the group alone, `/api/v1/groups/{id}/users` its members
 * alone. Source: Okta, Role assignments, resource identifiers.
 */
export function reachOf(resources: Iterable<Pick<SetResource, 'path'>>): Reach {
  const users = new Set<string>()
  const groups = new Set<string>()
  const apps = new Set<string>()
  let [allUsers, allGroups, allApps] = [false, false, false]
  for (const { path } of resources) {
    const app =
      /^\/api\/v1\/apps\/([^/?]+)$/.exec(path)?.[1] ?? /^\/api\/v1\/apps\?filter=name eq "([^"]+)"$/.exec(path)?.[1]
    const [, group, members] = /^\/api\/v1\/groups\/([^/]+)(\/users)?$/.exec(path) ?? []
    if (path === '/api/v1/users') allUsers = true
    else if (path === '/api/v1/groups') allGroups = true
    else if (path === '/api/v1/apps') allApps = true
    else if (app !== undefined) apps.add(app)
    else if (group !== undefined) (members === undefined ? groups : users).add(group)
  }
  return {
    users: allUsers ? undefined : users,
    groups: allGroups ? undefined : groups,
    apps: allApps ? undefined : apps,
  }
}

const kinds =
  'users|groups|apps|realms|authorizationServers|idps|policies|devices|customizations|workflows|iam|support|governance|identity-sources|brands|domains|emails'
const known = new RegExp(`^/api/v1/(${kinds})(/.*|\\?filter=.*)?$`)

/** The path that a URL or an ORN names; undefined where it names nothing a set can hold. */
export function resourcePath(given: string): string | undefined {
  if (given.startsWith('orn:')) return pathOfOrn(given)
  if (!URL.canParse(given)) return undefined
  const url = new URL(given)
  const filter = url.searchParams.get('filter')
  const path = url.pathname.replace(/\/+$/, '') + (filter === null ? '' : `?filter=${filter}`)
  return known.test(path) ? path : undefined
}

function pathOfOrn(orn: string): string | undefined {
  const parts = orn.split(':').slice(4)
  const [kind, first, second] = parts
  if (kind === 'users' || kind === 'groups') {
    if (first === undefined) return `/api/v1/${kind}`
    return `/api/v1/${kind}/${first}${second === 'contained_resources' ? '/users' : ''}`
  }
  if (kind !== 'apps') return undefined
  if (first === undefined) return '/api/v1/apps'
  return second === undefined ? `/api/v1/apps?filter=name eq "${first}"` : `/api/v1/apps/${second}`
}

/** The ORN under which a resource set shows a path. */
export function ornOf(path: string): string {
  const [, kind = '', id, members] = /^\/api\/v1\/([\w-]+)(?:\/([^/]+))?(\/users)?$/.exec(path) ?? []
  const app = /\?filter=name eq "([^"]+)"/.exec(path)?.[1]
  if (app !== undefined) return `orn:okta:idp:00o1:apps:${app}`
  const area = kind === 'users' || kind === 'groups' ? 'directory' : 'idp'
  const rest = [kind, id, members === undefined ? undefined : 'contained_resources'].filter(part => part !== undefined)
  return `orn:okta:${area}:00o1:${rest.join(':')}`
}
