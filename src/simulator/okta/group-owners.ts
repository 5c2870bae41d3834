import type { SimulatedReply } from '../kernel.ts'
import { groupActor, userActor } from './access.ts'
import { body, type Call, groupOf, noContent, ok, parameter, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { stringOr } from './json.ts'
import type { Actor, Group } from './objects.ts'

interface Owner {
  readonly id: string
  readonly type: 'USER' | 'GROUP'
  readonly since: number
}

/** Owners by group; they go with the group. */
const owners = new WeakMap<Group, Map<string, Owner>>()

function ownersOf(group: Group): Map<string, Owner> {
  const found = owners.get(group) ?? new Map<string, Owner>()
  owners.set(group, found)
  return found
}

function named(call: Call, { id, type }: Pick<Owner, 'id' | 'type'>): Actor | undefined {
  const user = type === 'USER' ? call.org.users.get(id) : undefined
  if (user !== undefined) return userActor(user)
  const group = type === 'GROUP' ? call.org.groups.get(id) : undefined
  return group === undefined ? undefined : groupActor(group)
}

function view(call: Call, owner: Owner): unknown {
  return {
    id: owner.id,
    type: owner.type,
    resolved: true,
    originId: null,
    originType: 'OKTA_DIRECTORY',
    displayName: named(call, owner)?.displayName ?? '',
    lastUpdated: new Date(owner.since).toISOString(),
  }
}

function assign(call: Call): SimulatedReply {
  const group = groupOf(call)
  const given = body(call)
  const id = stringOr(given.id) ?? ''
  const type = given.type === 'GROUP' ? 'GROUP' : 'USER'
  if (named(call, { id, type }) === undefined) throw notFound(id, type === 'USER' ? 'User' : 'UserGroup')
  if (ownersOf(group).has(id)) throw invalid('GroupOwner', 'Provided owner is already assigned to this group')
  const owner: Owner = { id, type, since: call.org.now() }
  ownersOf(group).set(id, owner)
  record(call, 'group.owner.add', [groupActor(group)])
  return { status: 201, headers: [], body: view(call, owner) }
}

function remove(call: Call): SimulatedReply {
  const group = groupOf(call)
  const id = parameter(call, 'owner')
  if (!ownersOf(group).delete(id)) throw notFound(id, 'GroupOwner')
  record(call, 'group.owner.remove', [groupActor(group)])
  return noContent
}

function list(call: Call): SimulatedReply {
  const held = [...ownersOf(groupOf(call)).values()].filter(owner => named(call, owner) !== undefined)
  return ok(held.map(owner => view(call, owner)))
}

const path = '/api/v1/groups/:group/owners'
const write = { scope: 'okta.groups.manage', needs: 'okta.groups.manage', bucket: 'groups' } as const

/** Who owns a group. Source: Okta, Group Owners API. */
export const ownerRoutes: readonly Route[] = [
  { method: 'GET', path, scope: 'okta.groups.read', needs: 'okta.groups.read', bucket: 'groups', answer: list },
  { method: 'POST', path, ...write, answer: assign },
  { method: 'DELETE', path: `${path}/:owner`, ...write, answer: remove },
]
