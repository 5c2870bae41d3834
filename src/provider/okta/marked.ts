import { SnapshotError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import { type OktaUser, userOf } from './account.ts'
import type { OktaClient } from './client.ts'
import type { OktaGroup } from './group.ts'
import { groupById } from './groups.ts'
import { listOf } from './json.ts'
import type { FoundUser } from './lookup.ts'
import { type WholeList, wholeList } from './paging.ts'
import { anyUser, groupMembers } from './requests.ts'

/** Page sizes of member lists: the largest Okta gives, then one below what it recommends, so that pages end elsewhere. */
const memberLimits = [1000, 193] as const

/** The members of a group, to be read whole. */
export function memberList<Item extends { readonly id: string }>(
  group: { readonly id: string; readonly name: string },
  parse: (json: unknown) => Item,
): WholeList<Item> {
  return {
    what: `the members of group ${group.name}`,
    page: limit => groupMembers(group.id, limit),
    parse,
    limits: memberLimits,
  }
}

/** Ids of all members of a group. Throws SnapshotError. */
export async function memberIds(
  client: OktaClient,
  group: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<ReadonlySet<AccountId>> {
  const members = await wholeList(client, memberList(group, idOnly), signal)
  return new Set([...members.keys()] as AccountId[])
}

function idOnly(json: unknown): { readonly id: AccountId } {
  return { id: userOf(json).id }
}

/** A marker as it was listed once. */
export interface MarkerReading {
  readonly marker: OktaGroup
  readonly listed: ReadonlyMap<string, OktaUser>
  /** Bound accounts that are in the marker by a direct read. */
  readonly known: readonly FoundUser[]
}

/**
 * An empty marker is believed only when Okta's own count of its members agrees, or direct reads account for it (lists may leave out
 * DEPROVISIONED members); where there is no count, only when users are visible at all. Lists and counts lag, so it is read again
 * for a while before it is an error.
 */
export async function provenMembers(
  client: OktaClient,
  { marker, listed, known }: MarkerReading,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OktaUser>> {
  if (listed.size > 0) return listed
  const { tries, baseMs } = client.policy
  for (let attempt = 1; ; attempt += 1) {
    const again = await wholeList(client, memberList(marker, userOf), signal)
    if (again.size > 0) return again
    const counted = (await groupById(client, marker.id, signal))?.users
    if (counted === undefined) return provenByVisibility(client, marker, signal)
    if (counted <= known.length) return again
    if (attempt >= tries) throw new SnapshotError(hiddenText(marker, counted))
    await client.time.sleep(baseMs * 2 ** attempt, signal)
  }
}

function hiddenText({ name }: OktaGroup, counted: number): string {
  return `Okta counts ${counted} members of group ${name} and shows none: give the app's admin role okta.users.read over them, or wait a little.`
}

async function provenByVisibility(
  client: OktaClient,
  { name }: OktaGroup,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OktaUser>> {
  if (listOf((await client.send(anyUser(), signal)).body).length > 0) return new Map()
  throw new SnapshotError(
    `Okta shows no user at all, so the empty group ${name} proves nothing: give the app an admin role.`,
  )
}
