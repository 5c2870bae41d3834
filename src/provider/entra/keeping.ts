import type { EntraClient } from './client.ts'
import { type DeltaRound, type Followed, readDelta, startDelta } from './delta.ts'
import type { MemberList } from './members.ts'
import { MOST_FOLLOWED } from './requests.ts'
import { type DeltaLinks, updatedView, type View } from './view.ts'

/** Holds what was read last, and from where on changes are asked for; nothing before the first reading. */
export interface Keeper {
  view: View | undefined
}

const idsOf = (containers: readonly MemberList[], kind: MemberList['kind']): readonly string[] =>
  containers.filter(one => one.kind === kind).map(({ id }) => id)

/** Few objects are followed by name; of many, all of the tenant are followed. */
function membersOf(root: Followed['root'], ids: readonly string[]): Followed {
  return { root, select: ['members'], ids: ids.length <= MOST_FOLLOWED ? ids : [] }
}

/** Links that tell what changes from now on; undefined where the tenant does not give them. */
export async function startKeeping(
  client: EntraClient,
  containers: readonly MemberList[],
  signal: AbortSignal,
): Promise<DeltaLinks | undefined> {
  const unitIds = idsOf(containers, 'AdministrativeUnit')
  const start = (followed: Followed): Promise<string | undefined> => startDelta(client, followed, signal)
  const [users, groups, units] = await Promise.all([
    start({ root: 'users', select: [...client.select, 'manager'], ids: [] }),
    start(membersOf('groups', idsOf(containers, 'Group'))),
    unitIds.length === 0 ? '' : start(membersOf('directory/administrativeUnits', unitIds)),
  ])
  if (users === undefined || groups === undefined || units === undefined) return undefined
  return { users, groups, ...(units === '' ? {} : { units }) }
}

interface Wanted {
  readonly containers: readonly MemberList[]
  readonly signal: AbortSignal
}

/** What was read last with all changes since; undefined when it does not hold everything wanted, or the changes are not clear. */
export async function keepUp(
  client: EntraClient,
  keeper: Keeper,
  { containers, signal }: Wanted,
): Promise<View | undefined> {
  const { view } = keeper
  // Nothing is lost when this fails half-way: the old links tell the same changes again.
  if (view === undefined || containers.some(({ id }) => !view.members.has(id))) return undefined
  const { users, groups, units } = view.links
  const follow = (link: string): Promise<DeltaRound | undefined> => readDelta(client, link, signal)
  const [ofUsers, ofGroups, ofUnits] = await Promise.all([
    follow(users),
    follow(groups),
    units === undefined ? { items: [], link: '' } : follow(units),
  ])
  if (ofUsers === undefined || ofGroups === undefined || ofUnits === undefined) return undefined
  const links = { users: ofUsers.link, groups: ofGroups.link, ...(units === undefined ? {} : { units: ofUnits.link }) }
  const items = [...ofGroups.items, ...ofUnits.items]
  return updatedView(view, { users: ofUsers.items, containers: items, links }, client.attributes)
}
