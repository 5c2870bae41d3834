import type { Group, Membership } from './objects.ts'

/** The members of each group in the order in which they came, so that a page starts without walking the ones before it. */
export class MemberOrder {
  readonly #ordered = new WeakMap<Group, Membership[]>()

  /** Members that came after the one with this number. */
  after(group: Group, seq: number): readonly Membership[] {
    const members = this.#list(group)
    let low = 0
    let high = members.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((members[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low === 0 ? members : members.slice(low)
  }

  /** Takes in a member that came last. */
  add(group: Group, member: Membership): void {
    this.#ordered.get(group)?.push(member)
  }

  /** Forgets the order; the next question makes it anew. */
  forget(group: Group): void {
    this.#ordered.delete(group)
  }

  #list(group: Group): readonly Membership[] {
    const known = this.#ordered.get(group)
    if (known !== undefined) return known
    const list = [...group.members.values()]
    this.#ordered.set(group, list)
    return list
  }
}
