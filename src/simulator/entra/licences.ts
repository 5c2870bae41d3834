import type { Directory, DirectoryObject } from './directory.ts'
import { type Clash, clashOf, type Held } from './licence-clash.ts'
import type { Sku } from './sku.ts'

/** Why an assignment does not work. */
export type LicenceError = 'None' | 'CountViolation' | 'ProhibitedInUsageLocationViolation' | Clash['error']

/** How a user came to a licence and what became of it. `group`: null for a direct one. */
export interface Assignment {
  readonly skuId: string
  readonly group: string | null
  readonly disabledPlans: readonly string[]
  readonly error: LicenceError
  /** ISO 8601. */
  readonly at: string
}

/** The directory in which something happens, and when, in milliseconds since 1970. */
export interface Moment {
  readonly directory: Directory
  readonly now: number
}

interface Queued {
  readonly from: number
  readonly due: number
}

/**
 * Which users and groups hold which licences. A group's licences reach its direct members some time after the group or its
 * members changed; {@link settle} does what is due.
 */
export class Licences {
  readonly skus = new Map<string, Sku>()
  readonly #ofUsers = new Map<string, Assignment[]>()
  readonly #ofGroups = new Map<string, Map<string, readonly string[]>>()
  readonly #consumers = new Map<string, Set<string>>()
  readonly #queue = new Map<string, Queued>()

  /** Every assignment of a user, those that failed included. */
  assignments(user: string): readonly Assignment[] {
    return this.#ofUsers.get(user) ?? []
  }

  /** The licences of a group with the plans that are switched off in them. */
  groupLicences(group: string): ReadonlyMap<string, readonly string[]> {
    return this.#ofGroups.get(group) ?? new Map<string, readonly string[]>()
  }

  /** Seats taken by live users. */
  consumed(directory: Directory, skuId: string): number {
    const consumers = this.#consumers.get(skuId) ?? new Set<string>()
    let live = 0
    for (const id of consumers) {
      if (directory.find(id, 'user') !== undefined) live += 1
      else if (!directory.bin().has(id)) consumers.delete(id)
    }
    return live
  }

  /** Whether a user can have a licence: one that he has already takes no further seat. */
  hasSeat(directory: Directory, skuId: string, user: string): boolean {
    const sku = this.skus.get(skuId)
    if (sku === undefined) return false
    const consumers = this.#consumers.get(skuId)
    if (consumers === undefined || consumers.has(user) || consumers.size < sku.enabled) return sku.enabled > 0
    return this.consumed(directory, skuId) < sku.enabled
  }

  /** Whether a product is not to be had where a user is. */
  isProhibited(skuId: string, user: DirectoryObject): boolean {
    return this.skus.get(skuId)?.prohibitedIn?.includes(String(user.properties.usageLocation)) === true
  }

  /** What works of a user's assignments, but for those of one group. */
  #working(user: string, but: string | null): readonly Assignment[] {
    return this.assignments(user).filter(({ group, error }) => group !== but && error === 'None')
  }

  /** What stops a user from having these products directly, together with what he has through groups. */
  clashFor(user: string, direct: Iterable<Held>): Clash | undefined {
    return clashOf(this.skus, [...direct, ...this.#working(user, null)])
  }

  #errorOf(directory: Directory, user: DirectoryObject, group: string, { skuId }: Held): LicenceError {
    if (this.isProhibited(skuId, user)) return 'ProhibitedInUsageLocationViolation'
    const ofGroup = [...this.groupLicences(group)].map(([sku, disabledPlans]) => ({ skuId: sku, disabledPlans }))
    const clash = clashOf(this.skus, [...this.#working(user.id, group), ...ofGroup])
    if (clash !== undefined) return clash.error
    return this.hasSeat(directory, skuId, user.id) ? 'None' : 'CountViolation'
  }

  /** Replaces the direct licences of a user. */
  setDirect(moment: Moment, user: DirectoryObject, licences: ReadonlyMap<string, readonly string[]>): void {
    const others = this.assignments(user.id).filter(({ group }) => group !== null)
    const direct = [...licences].map(([skuId, disabledPlans]): Assignment => {
      const before = this.assignments(user.id).find(held => held.group === null && held.skuId === skuId)
      return { skuId, group: null, disabledPlans, error: 'None', at: before?.at ?? isoSeconds(moment.now) }
    })
    this.#setAssignments(moment.directory, user, [...direct, ...others])
  }

  /** Replaces the licences of a group; its members get or lose them within `ms`. */
  setGroup(moment: Moment, group: DirectoryObject, licences: ReadonlyMap<string, readonly string[]>, ms: number): void {
    this.#ofGroups.set(group.id, new Map(licences))
    const assignedLicenses = [...licences].map(([skuId, disabledPlans]) => ({ disabledPlans, skuId }))
    setProperties(moment.directory, group, { assignedLicenses })
    this.#enqueue(moment, group, ms)
  }

  /** Says that a group got or lost members. Nothing happens to one without licences. */
  membersChanged(moment: Moment, group: DirectoryObject, ms: number): void {
    if (this.groupLicences(group.id).size > 0) this.#enqueue(moment, group, ms)
  }

  #enqueue({ directory, now }: Moment, group: DirectoryObject, ms: number): void {
    setProperties(directory, group, { licenseProcessingState: { state: 'QueuedForProcessing' } })
    this.#queue.set(group.id, { from: now, due: now + ms })
  }

  /** Hands the licences of groups to their members where the time has come. */
  settle(moment: Moment): void {
    const { directory, now } = moment
    for (const [id, { from, due }] of this.#queue) {
      const group = directory.find(id, 'group') ?? directory.bin().get(id)
      if (group === undefined) this.#queue.delete(id)
      else if (due <= now) this.#hand(moment, group)
      else if ((from + due) / 2 <= now)
        setProperties(directory, group, { licenseProcessingState: { state: 'ProcessingInProgress' } })
    }
  }

  #hand(moment: Moment, group: DirectoryObject): void {
    const { directory } = moment
    this.#queue.delete(group.id)
    const members = directory.linked('members', group.id).filter(({ kind }) => kind === 'user')
    const present = new Set(members.map(({ id }) => id))
    for (const [user, held] of this.#ofUsers) {
      if (present.has(user) || !held.some(assignment => assignment.group === group.id)) continue
      const object = directory.find(user, 'user') ?? directory.bin().get(user)
      const kept = held.filter(assignment => assignment.group !== group.id)
      if (object !== undefined) this.#setAssignments(directory, object, kept)
    }
    const hasMembersWithLicenseErrors = members.map(member => this.inherit(moment, member, group)).includes(false)
    const licenseProcessingState = { state: 'ProcessingComplete' }
    setProperties(directory, group, { hasMembersWithLicenseErrors, licenseProcessingState })
  }

  /** Gives a user what one of his groups carries; false when he cannot have some of it. */
  inherit({ directory, now }: Moment, user: DirectoryObject, group: DirectoryObject): boolean {
    const before = this.assignments(user.id)
    const kept = before.filter(held => held.group !== group.id)
    this.#setAssignments(directory, user, kept)
    const inherited: Assignment[] = []
    for (const [skuId, disabledPlans] of this.groupLicences(group.id)) {
      const error = this.#errorOf(directory, user, group.id, { skuId, disabledPlans })
      const same = before.find(held => held.group === group.id && held.skuId === skuId && held.error === error)
      inherited.push({ skuId, group: group.id, disabledPlans, error, at: same?.at ?? isoSeconds(now) })
    }
    this.#setAssignments(directory, user, [...kept, ...inherited])
    return inherited.every(({ error }) => error === 'None')
  }

  #setAssignments(directory: Directory, user: DirectoryObject, assignments: Assignment[]): void {
    this.#ofUsers.set(user.id, assignments)
    const active = Map.groupBy(
      assignments.filter(({ error }) => error === 'None'),
      ({ skuId }) => skuId,
    )
    for (const [skuId, consumers] of this.#consumers) if (!active.has(skuId)) consumers.delete(user.id)
    for (const skuId of active.keys()) {
      const consumers = this.#consumers.get(skuId) ?? new Set<string>()
      this.#consumers.set(skuId, consumers.add(user.id))
    }
    const assignedLicenses = [...active].map(([skuId, held]) => ({ disabledPlans: commonPlans(held), skuId }))
    setProperties(directory, user, { assignedLicenses, licenseAssignmentStates: assignments.map(shownState) })
  }
}

function setProperties(directory: Directory, object: DirectoryObject, properties: Record<string, unknown>): void {
  const before = structuredClone(object.properties)
  Object.assign(object.properties, properties)
  if (directory.find(object.id) !== undefined) directory.changed(object, before)
}

function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** A plan is off only when it is off in every way in which the user has the licence. */
function commonPlans(held: readonly Assignment[]): readonly string[] {
  const [first, ...others] = held.map(({ disabledPlans }) => disabledPlans)
  return (first ?? []).filter(plan => others.every(plans => plans.includes(plan)))
}

function shownState({ skuId, group, disabledPlans, error, at }: Assignment): Record<string, unknown> {
  const state = error === 'None' ? 'Active' : 'Error'
  return { skuId, disabledPlans, assignedByGroup: group, state, error, lastUpdatedDateTime: at }
}
