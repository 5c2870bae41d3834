import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope, Snapshot } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { PermissionError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, Instant } from '../../model/ids.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import { accountFrom } from './account.ts'
import type { EntraClient } from './client.ts'
import { DeniedError } from './errors.ts'
import { readHolders } from './holders.ts'
import { type Keeper, keepUp, startKeeping } from './keeping.ts'
import type { MarkerBook, Markers } from './markers.ts'
import { type MemberList, readMembers } from './members.ts'
import { missingRights } from './probe.ts'
import { countUsers } from './requests.ts'
import { adminsAmong, readRoleAssignments } from './roles.ts'
import { readUsers } from './users.ts'
import type { View } from './view.ts'

/** What a snapshot is read with and from. */
export interface SnapshotDesk {
  readonly client: EntraClient
  readonly book: MarkerBook
  /** Holds what was read last. */
  readonly keeper: Keeper
  readonly signal: AbortSignal
}

/**
 * Everything in scope: the member lists of both markers and of each group and unit, and from the list of all users those who are
 * marked, block-marked or bound; then who holds app roles, Entra roles and licences. Managers only come with the list of all users
 * or with one user, so that list it is. Whoever is missing in it is read directly. Where that is allowed, what was read last is
 * brought up to date instead, unless that is unclear. Throws SnapshotError when anything is not proven whole.
 */
export async function readSnapshot(desk: SnapshotDesk, scope: ReadScope): Promise<Snapshot> {
  const takenAt = desk.client.options.now()
  try {
    const kept = scope.incremental === true ? await keptView(desk, scope) : undefined
    return await snapshotFrom(desk, kept ?? (await readWhole(desk, scope)), { scope, takenAt })
  } catch (error) {
    if (error instanceof DeniedError) throw new PermissionError(deniedWords(error), { cause: error })
    throw error
  }
}

function deniedWords(error: DeniedError): string {
  return `${error.message} Grant the application what probe names as missing.`
}

/** What is known of groups, units and users, and whose marks are meant. */
interface Known {
  readonly view: Pick<View, 'accounts' | 'members'>
  readonly markers: Markers
}

/** So many who came since are read one by one, in batches. */
const FEW_NEW = 400

/** What was read last, brought up to date; undefined when everything has to be read anew. */
async function keptView({ client, book, keeper, signal }: SnapshotDesk, scope: ReadScope): Promise<Known | undefined> {
  const markers = await book.ids(signal)
  const view = await keepUp(client, keeper, { containers: containersOf(client, scope, markers), signal })
  if (view === undefined) return undefined
  const wanted = wantedIn(view, markers, scope)
  const unknown = [...wanted].filter(id => !view.accounts.has(id) && !view.gone.has(id))
  const users = await readUsers(client, new Set(unknown), signal, FEW_NEW)
  const accounts = new Map<AccountId, Account>()
  for (const id of wanted) {
    const user = users.get(id)
    const account = user === undefined ? view.accounts.get(id) : bareAccount(client, user)
    if (account !== undefined) accounts.set(id, account)
  }
  keeper.view = { ...view, accounts }
  return { view: keeper.view, markers }
}

type User = Parameters<typeof accountFrom>[0]

function bareAccount(client: EntraClient, user: User): Account {
  const { attributes } = client
  return accountFrom(user, { attributes, marked: false, blockMarked: false, binned: false, admins: undefined })
}

async function readWhole({ client, book, keeper, signal }: SnapshotDesk, scope: ReadScope): Promise<Known> {
  keeper.view = undefined
  const markers = await book.fresh(signal)
  await learnSize(client, signal)
  const containers = containersOf(client, scope, markers)
  // Before the reading, so that what changes during it is told again afterwards.
  const links = await startKeeping(client, containers, signal)
  const lists = await allConcurrently(containers, client.concurrency, async container => {
    return [container.id, await readMembers(client, container, signal)] as const
  })
  const members = new Map<string, ReadonlySet<AccountId>>(lists)
  if (members.get(markers.managed)?.size === 0) await checkMayRead(client, signal)
  const users = await readUsers(client, wantedIn({ members }, markers, scope), signal)
  const accounts = new Map([...users].map(([id, user]) => [id, bareAccount(client, user)]))
  if (links !== undefined) keeper.view = { accounts, members, gone: new Set(), links }
  return { view: { accounts, members }, markers }
}

/** The markers and every group and unit in scope, each once. */
function containersOf(client: EntraClient, { entitlements }: ReadScope, markers: Markers): readonly MemberList[] {
  const { marker } = client.options
  const containers = new Map<string, MemberList>([
    [markers.managed, { kind: 'Group', id: markers.managed, name: marker, twiceWhenEmpty: true }],
    [markers.blocked, { kind: 'Group', id: markers.blocked, name: blockedMarkerOf(marker) }],
  ])
  for (const { kind, id, name } of entitlements) {
    if ((kind === 'Group' || kind === 'AdministrativeUnit') && !containers.has(id))
      containers.set(id, { kind, id, name })
  }
  return [...containers.values()]
}

function wantedIn({ members }: Pick<View, 'members'>, markers: Markers, { bound }: ReadScope): ReadonlySet<AccountId> {
  return new Set([...(members.get(markers.managed) ?? []), ...(members.get(markers.blocked) ?? []), ...bound])
}

/** How much may be read depends on how many users the tenant has; without that it is taken for a small one. */
async function learnSize(client: EntraClient, signal: AbortSignal): Promise<void> {
  try {
    const count = Number((await client.send(countUsers(), signal)).body)
    if (Number.isInteger(count)) client.learnSize(count)
  } catch (error) {
    if (!(error instanceof DeniedError)) throw error
  }
}

/** Nobody marked may be true, or what an application sees that may read nothing. */
async function checkMayRead(client: EntraClient, signal: AbortSignal): Promise<void> {
  const problems = missingRights(await client.token.claims(signal))
  const blind = problems.find(({ severity, writing }) => severity === 'Error' && !writing)
  if (blind !== undefined)
    throw new SnapshotError(`The marker group reads as empty, which proves nothing. ${blind.message}`)
}

interface Asked {
  readonly scope: ReadScope
  readonly takenAt: Instant
}

/** What no delta tells is read every time: Entra roles, app roles and licences. */
async function snapshotFrom(
  desk: SnapshotDesk,
  { view, markers }: Known,
  { scope, takenAt }: Asked,
): Promise<Snapshot> {
  const { client, signal } = desk
  const lists = new Map<string, Promise<ReadonlySet<AccountId>>>()
  const membersOf = (group: string): Promise<ReadonlySet<AccountId>> => {
    const known = view.members.get(group)
    if (known !== undefined) return Promise.resolve(known)
    const list =
      lists.get(group) ?? readMembers(client, { kind: 'Group', id: group, name: `the group ${group}` }, signal)
    lists.set(group, list)
    return list
  }
  const assignments = await readRoleAssignments(client, signal)
  const admins = assignments === undefined ? undefined : await adminsAmong(assignments, membersOf)
  const held = await readHolders({ client, signal, membersOf, assignments }, scope.entitlements)
  const members = new Map(held.members)
  for (const { id, kind } of scope.entitlements)
    if (isContainer(kind)) members.set(id, view.members.get(id) ?? new Set())
  const accounts = new Map<AccountId, Account>()
  const marked = view.members.get(markers.managed)
  const blockMarked = view.members.get(markers.blocked)
  for (const [id, account] of view.accounts) {
    const marks = { marked: marked?.has(id) === true, blockMarked: blockMarked?.has(id) === true }
    accounts.set(id, { ...account, ...marks, ...(admins === undefined ? {} : { admin: admins.has(id) }) })
  }
  return { takenAt, accounts, members, ...(held.inherited.size === 0 ? {} : { inherited: held.inherited }) }
}

const isContainer = (kind: Entitlement['kind']): boolean => kind === 'Group' || kind === 'AdministrativeUnit'
