import type { Entitlement, ReadOnlyReason } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import { MalformedError } from './errors.ts'
import { objectOf, textOf } from './json.ts'

/** A group as Okta shows it, its needed fields parsed. */
export interface OktaGroup {
  readonly id: EntitlementId
  readonly name: string
  readonly description: string
  /** `OKTA_GROUP`, `APP_GROUP` or `BUILT_IN`. */
  readonly type: string
  /** How many users it has, by statistics that may lag; absent where they were not asked for. */
  readonly users: number | undefined
  /** It carries an admin role; absent where statistics were not asked for. */
  readonly privileged: boolean | undefined
}

/** Parses a group of an answer. Throws MalformedError when it is none. */
export function groupOf(json: unknown): OktaGroup {
  const group = objectOf(json)
  const profile = objectOf(group.profile)
  const stats = objectOf(objectOf(group._embedded).stats)
  const id = textOf(group.id)
  const name = textOf(profile.name)
  if (id === undefined || name === undefined) throw new MalformedError('Okta showed a group without id or name.', true)
  const { usersCount, hasAdminPrivlege } = stats
  return {
    id: id as EntitlementId,
    name,
    description: textOf(profile.description) ?? '',
    type: textOf(group.type) ?? 'OKTA_GROUP',
    users: typeof usersCount === 'number' ? usersCount : undefined,
    // Spelt like this by Okta. Source: Okta, Groups API, the embedded statistics.
    privileged: typeof hasAdminPrivlege === 'boolean' ? hasAdminPrivlege : undefined,
  }
}

/** The group as an entitlement; `computed` holds the targets of active group rules. */
export function entitlementOf(group: OktaGroup, computed: ReadonlySet<string>): Entitlement {
  const readOnly = readOnlyReason(group, computed)
  const { id, name, privileged } = group
  return { kind: 'Group', id, name, privileged: privileged ?? false, ...(readOnly === undefined ? {} : { readOnly }) }
}

function readOnlyReason(group: OktaGroup, computed: ReadonlySet<string>): ReadOnlyReason | undefined {
  if (group.type === 'APP_GROUP') return 'AppOwned'
  if (group.type === 'BUILT_IN') return 'BuiltIn'
  return computed.has(group.id) ? 'Computed' : undefined
}

/** Whether a mapping names an entitlement by its id, not by its name. */
export function isId(name: string): boolean {
  return name.startsWith('id:')
}

/** The id in such a name. */
export function idIn(name: string): string {
  return name.slice('id:'.length)
}
