import { allConcurrently } from '../../http/concurrency.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { appRoleId, appRoleOf, assignedRole } from './app-roles.ts'
import type { EntraClient } from './client.ts'
import { waysTo } from './licenses.ts'
import type { GraphItem } from './list.ts'
import { listAppHolders, listLicensed } from './requests-entitlements.ts'
import type { RoleAssignment } from './roles.ts'

/** Who holds entitlements: directly, and through a group. */
export interface Holders {
  readonly members: ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>
  readonly inherited: ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>
}

/** What holders are read with. */
export interface HolderDesk {
  readonly client: EntraClient
  readonly signal: AbortSignal
  /** Users of a group, each group read once. */
  readonly membersOf: (group: string) => Promise<ReadonlySet<AccountId>>
  /** Every Entra role that anyone holds; undefined where that may not be read. */
  readonly assignments: readonly RoleAssignment[] | undefined
}

interface Held {
  readonly entitlement: EntitlementId
  readonly direct: ReadonlySet<AccountId>
  readonly inherited: ReadonlySet<AccountId>
}

/** Who holds these app roles, Entra roles and licences; other kinds are passed over. */
export async function readHolders(desk: HolderDesk, entitlements: readonly Entitlement[]): Promise<Holders> {
  const apps = new Set(entitlements.filter(({ kind }) => kind === 'App').map(({ id }) => appRoleOf(id).app))
  const ids = new Set(entitlements.map(({ id }) => id))
  const works = [
    ...[...apps].map(app => () => appHolders(desk, app)),
    ...entitlements.flatMap(one => {
      if (one.kind === 'License') return [() => licenseHolders(desk, one)]
      return one.kind === 'DirectoryRole' ? [() => roleHolders(desk, one)] : []
    }),
  ]
  const held = (await allConcurrently(works, desk.client.concurrency, work => work())).flat()
  const members = new Map<EntitlementId, ReadonlySet<AccountId>>()
  const inherited = new Map<EntitlementId, ReadonlySet<AccountId>>()
  for (const { id, kind } of entitlements) {
    if (kind === 'Group' || kind === 'AdministrativeUnit') continue
    members.set(id, new Set())
    inherited.set(id, new Set())
  }
  for (const one of held) {
    if (!ids.has(one.entitlement)) continue
    members.set(one.entitlement, one.direct)
    inherited.set(one.entitlement, one.inherited)
  }
  return { members, inherited }
}

/** Principals of one entitlement, of which groups stand for their users; those of nested groups get nothing. */
async function heldBy(
  { membersOf }: HolderDesk,
  entitlement: EntitlementId,
  principals: readonly { readonly id: string; readonly isGroup: boolean }[],
): Promise<Held> {
  const inherited = new Set<AccountId>()
  for (const { id, isGroup } of principals) {
    if (isGroup) for (const member of await membersOf(id)) inherited.add(member)
  }
  const direct = new Set(principals.filter(({ isGroup }) => !isGroup).map(({ id }) => id as AccountId))
  return { entitlement, direct, inherited }
}

async function appHolders(desk: HolderDesk, app: string): Promise<readonly Held[]> {
  const { items } = await desk.client.list(listAppHolders(app), `holders of the app ${app}`, desk.signal)
  const byRole = Map.groupBy(items, item => {
    const role = assignedRole(item)
    return role === undefined ? undefined : appRoleId(role)
  })
  const held: Held[] = []
  for (const [role, assignments] of byRole) {
    if (role === undefined) continue
    held.push(await heldBy(desk, role, assignments.flatMap(principalOf)))
  }
  return held
}

function principalOf({ principalId, principalType }: GraphItem): readonly { id: string; isGroup: boolean }[] {
  if (typeof principalId !== 'string' || principalType === 'ServicePrincipal') return []
  return [{ id: principalId, isGroup: principalType === 'Group' }]
}

async function roleHolders(desk: HolderDesk, { id, name }: Entitlement): Promise<readonly Held[]> {
  if (desk.assignments === undefined)
    throw new SnapshotError(`Holders of the role ${name} cannot be read; that needs RoleManagement.Read.Directory.`)
  const own = desk.assignments.filter(({ role, scope }) => role === id && scope === '/')
  return [
    await heldBy(
      desk,
      id,
      own.map(({ principal, isGroup }) => ({ id: principal, isGroup })),
    ),
  ]
}

async function licenseHolders({ client, signal }: HolderDesk, { id, name }: Entitlement): Promise<readonly Held[]> {
  const { items, count } = await client.list(listLicensed(id), `holders of the licence ${name}`, signal)
  const direct = new Set<AccountId>()
  const inherited = new Set<AccountId>()
  const users = new Set(items.map(user => user.id))
  if (count !== undefined && users.size < count)
    throw new SnapshotError(
      `The list of holders of the licence ${name} is not whole: it gave ${users.size} of ${count}.`,
    )
  for (const user of items) {
    const ways = waysTo(id, user)
    if (ways.direct) direct.add(String(user.id) as AccountId)
    if (ways.inherited) inherited.add(String(user.id) as AccountId)
  }
  return [{ entitlement: id, direct, inherited }]
}
