import type { SimulatedReply } from '../kernel.ts'
import { type Call, groupOf, ok, origin, parameter, query, userOf } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import type { CustomRole, ResourceSet } from './iam.ts'
import { type JsonObject, stringOr } from './json.ts'
import type { App, Group, RoleAssignment, User } from './objects.ts'
import type { Org } from './org.ts'
import { selfLink } from './paging.ts'
import { timestamp } from './time.ts'

export type AssignmentType = 'USER' | 'GROUP' | 'CLIENT'

/** Who holds roles, and how the API addresses him. */
export interface Holder {
  readonly type: AssignmentType
  readonly who: Pick<User | Group | App, 'id' | 'roles'>
  /** `/api/v1/users/00u…`. */
  readonly path: string
}

/** The holder a path names as `:user`, `:group` or `:client`. */
export function holderOf(call: Call): Holder {
  if (call.parameters.user !== undefined) return userHolder(userOf(call))
  if (call.parameters.group !== undefined) return groupHolder(groupOf(call))
  const id = parameter(call, 'client')
  const app = call.org.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  return clientHolder(app)
}

function userHolder(who: User): Holder {
  return { type: 'USER', who, path: `/api/v1/users/${who.id}` }
}

/** A group as a holder. */
export function groupHolder(who: Group): Holder {
  return { type: 'GROUP', who, path: `/api/v1/groups/${who.id}` }
}

function clientHolder(who: App): Holder {
  return { type: 'CLIENT', who, path: `/oauth2/v1/clients/${who.id}` }
}

/** The holder a URL names; undefined where it names none. */
export function holderAt(org: Org, url: string): Holder | undefined {
  const [, kind = '', id = ''] = /\/(users|groups|clients)\/([^/?]+)$/.exec(url) ?? []
  if (kind === 'users') return mapped(org.users.get(id), userHolder)
  if (kind === 'groups') return mapped(org.groups.get(id), groupHolder)
  return kind === 'clients' ? mapped(org.apps.get(id), clientHolder) : undefined
}

function mapped<From, To>(value: From | undefined, to: (value: From) => To): To | undefined {
  return value === undefined ? undefined : to(value)
}

/** Everybody who holds a role that `wanted` picks. */
export function* holders(org: Org, wanted: (role: RoleAssignment) => boolean): Generator<[Holder, RoleAssignment]> {
  for (const user of org.users.values()) for (const role of user.roles) if (wanted(role)) yield [userHolder(user), role]
  for (const group of org.groups.values())
    for (const role of group.roles) if (wanted(role)) yield [groupHolder(group), role]
  for (const app of org.apps.values()) for (const role of app.roles) if (wanted(role)) yield [clientHolder(app), role]
}

/** The custom role named by id or label. */
export function customRoleOf(org: Org, given: string): CustomRole {
  const byId = org.customRoles.get(given)
  if (byId !== undefined) return byId
  for (const role of org.customRoles.values()) if (role.label === given) return role
  throw notFound(given, 'CustomRole')
}

/** The resource set named by id or label. */
export function resourceSetOf(org: Org, given: string): ResourceSet {
  const byId = org.resourceSets.get(given)
  if (byId !== undefined) return byId
  for (const set of org.resourceSets.values()) if (set.label === given) return set
  throw notFound(given, 'IAMPolicy')
}

/** An assignment as JSON. Source: Okta, Role Assignments API. */
export function roleView(role: RoleAssignment, holder: Holder, base: string): Record<string, unknown> {
  const sets = `${base}/api/v1/iam/resource-sets/${role.resourceSet}`
  const roles = `${base}/api/v1/iam/roles/${role.customRole}`
  const isBound = role.customRole !== undefined && role.resourceSet !== undefined
  return {
    id: role.id,
    ...(isBound ? { role: role.customRole } : {}),
    label: role.label,
    type: role.type,
    status: 'ACTIVE',
    created: timestamp(role.created),
    lastUpdated: timestamp(role.created),
    assignmentType: holder.type,
    ...(isBound ? { 'resource-set': role.resourceSet } : {}),
    _links: {
      assignee: { href: `${base}${holder.path}` },
      ...(isBound
        ? {
            'resource-set': { href: sets },
            member: { href: `${sets}/bindings/${role.customRole}/members/${role.id}` },
            role: { href: roles },
            permissions: { href: `${roles}/permissions` },
          }
        : {}),
    },
  }
}

/** The assignment a request describes: a standard type, or a custom role with its resource set. */
export function requestedRole(call: Call, given: JsonObject): RoleAssignment {
  const type = stringOr(given.type) ?? ''
  if (!/^[A-Z_]+$/.test(type)) throw invalid('type', 'type: The field cannot be left blank')
  if (type !== 'CUSTOM') return call.org.role(type)
  const set = stringOr(given['resource-set'])
  if (set === undefined) throw invalid('resource-set', 'resource-set: The field cannot be left blank')
  return boundRole(call.org, customRoleOf(call.org, stringOr(given.role) ?? ''), resourceSetOf(call.org, set))
}

/** An assignment of a custom role over a resource set. */
export function boundRole(org: Org, role: CustomRole, set: ResourceSet): RoleAssignment {
  return { ...org.role('CUSTOM'), label: role.label, customRole: role.id, resourceSet: set.id }
}

/** Gives a role. Refuses one that is held already, and any for a group that rules fill. */
export function giveRole(org: Org, holder: Holder, role: RoleAssignment): void {
  const filled = holder.type === 'GROUP' && [...org.rules.values()].some(rule => rule.groupIds.includes(holder.who.id))
  if (filled)
    throw new OktaError(400, 'E0000192', {
      summary: 'Roles cannot be granted to groups with group membership rules.',
    })
  const same = (held: RoleAssignment): boolean =>
    held.type === role.type && held.customRole === role.customRole && held.resourceSet === role.resourceSet
  if (holder.who.roles.some(same))
    throw new OktaError(409, 'E0000090', { summary: 'The role specified is already assigned to the user.' })
  holder.who.roles.push(role)
}

/** Takes a role away. */
export function takeRole(holder: Holder, role: RoleAssignment): void {
  holder.who.roles.splice(holder.who.roles.indexOf(role), 1)
}

/** The assignment a path names as `:role`. */
export function assignmentOf(call: Call, holder: Holder): RoleAssignment {
  const id = parameter(call, 'role')
  const role = holder.who.roles.find(held => held.id === id)
  if (role === undefined) throw notFound(id, 'RoleAssignment')
  return role
}

/** A label that a custom role or resource set may have: not blank, not taken. `kind` is what the refusal calls it. */
export function freeLabel(given: JsonObject, others: Iterable<{ readonly label: string }>, kind: string): string {
  const label = stringOr(given.label) ?? ''
  if (label.trim() === '') throw invalid('label', 'label: Label must be specified')
  for (const other of others) {
    if (other.label === label) throw invalid('label', `label: There is already ${kind} with this name.`)
  }
  return label
}

/** An answer of the IAM endpoints, which name themselves in a `Link` line. */
export function iamReply(call: Call, answer: unknown): SimulatedReply {
  return ok(answer, [['link', selfLink(call.request.url)]])
}

/** One page of items in order of `created`, with the link to the next one in the body. */
export function wrappedPage<Item extends { readonly id: string }>(
  call: Call,
  items: readonly Item[],
): { readonly page: readonly Item[]; readonly links: object } {
  const after = query(call, 'after')
  const size = 100
  const start = after === undefined ? 0 : items.findIndex(item => item.id === after) + 1
  const page = items.slice(start, start + size)
  const last = page.at(-1)
  const here = `${origin(call)}${call.request.url.pathname}`
  const self = { self: { href: here } }
  if (start + size >= items.length || last === undefined) return { page, links: self }
  return { page, links: { ...self, next: { href: `${here}?after=${last.id}` } } }
}
