/** How a member came in: by hand, as everyone does, from an app or a directory, or through a group rule. */
export type MembershipSource = 'manual' | 'everyone' | 'import' | { readonly rule: string }

export interface MembershipOf<U> {
  readonly seq: number
  readonly user: U
  readonly via: MembershipSource
}

/** A group as the list of a user's groups needs to know it. */
interface Listed {
  readonly id: string
  readonly members: object
}

/** A user as the list of a group's members needs to know them. */
interface Holder {
  readonly groups: { seqAmong(members: object): number | undefined }
}

/** Beyond this an array grows in steps, below it is kept as short as it can be: most users have few groups. */
const FEW = 48

/** The groups of one user in the order in which he came into them. */
export class HeldGroups<G extends Listed> {
  /** Each group, and behind it the number of the membership. */
  #held: readonly (G | number)[] = []

  get size(): number {
    return this.#held.length / 2
  }

  /** Whether the user is in the group with this id. */
  has(id: string): boolean {
    for (const held of this.#held) if (typeof held === 'object' && held.id === id) return true
    return false
  }

  *values(): Generator<G> {
    for (const held of this.#held) if (typeof held === 'object') yield held
  }

  *keys(): Generator<string> {
    for (const { id } of this.values()) yield id
  }

  /** The number of the membership in the group that has these members; undefined where there is none. */
  seqAmong(members: object): number | undefined {
    for (let at = 0; at < this.#held.length; at += 2) {
      const held = this.#held[at]
      if (typeof held === 'object' && held.members === members) return Number(this.#held[at + 1])
    }
    return undefined
  }

  /** Notes a group the user has just come into. */
  add(group: G, seq: number): void {
    const added = [group, seq]
    if (this.#held.length < FEW) this.#held = this.#held.concat(added)
    else (this.#held as (G | number)[]).push(group, seq)
  }

  /** Forgets the group with this id. */
  delete(id: string): void {
    const at = this.#held.findIndex(held => typeof held === 'object' && held.id === id)
    if (at >= 0) this.#held = this.#held.toSpliced(at, 2)
  }
}

/**
 * The members of one group in the order in which they came. Takes some 30 bytes for each, for large orgs have millions; a
 * membership as an object is made when it is asked for.
 */
export class Members<U extends Holder> {
  /** Numbers of the memberships, growing; those that ended keep theirs until there are many. */
  #seqs: number[] = []
  #users: (U | undefined)[] = []
  /** How members came in who did not come as the first did, by the number of the membership. */
  readonly #sources = new Map<number, MembershipSource>()
  #source: MembershipSource = 'manual'
  #ended = 0

  get size(): number {
    return this.#users.length - this.#ended
  }

  /** Whether this user is a member. */
  has(user: U): boolean {
    return user.groups.seqAmong(this) !== undefined
  }

  /** The membership of this user as it is now. */
  get(user: U): MembershipOf<U> | undefined {
    const seq = user.groups.seqAmong(this)
    return seq === undefined ? undefined : { seq, user, via: this.#via(seq) }
  }

  /** All memberships; for a loop that ends some of them, copy them first. */
  values(): Generator<MembershipOf<U>> {
    return this.after(0)
  }

  /** Memberships that began after the one with this number. */
  *after(seq: number): Generator<MembershipOf<U>> {
    for (let at = this.#placeAfter(seq); at < this.#users.length; at += 1) {
      const [user, began] = [this.#users[at], this.#seqs[at]]
      if (user !== undefined && began !== undefined) yield { seq: began, user, via: this.#via(began) }
    }
  }

  /** Takes in a member who comes last; the user's own list is the caller's. */
  add({ seq, user, via }: MembershipOf<U>): void {
    if (this.#users.length === 0) this.#source = via
    this.#seqs.push(seq)
    this.#users.push(user)
    this.setSource(seq, via)
  }

  /** Says anew how a member came in. */
  setSource(seq: number, via: MembershipSource): void {
    if (isSame(via, this.#source)) this.#sources.delete(seq)
    else this.#sources.set(seq, via)
  }

  /** Ends the membership with this number. */
  delete(seq: number): void {
    const at = this.#placeAfter(seq) - 1
    if (this.#seqs[at] !== seq || this.#users[at] === undefined) return
    this.#users[at] = undefined
    this.#sources.delete(seq)
    this.#ended += 1
    if (this.#ended > 16 && this.#ended * 2 > this.#users.length) this.#tidy()
  }

  #via(seq: number): MembershipSource {
    return this.#sources.get(seq) ?? this.#source
  }

  #tidy(): void {
    this.#seqs = this.#seqs.filter((_, at) => this.#users[at] !== undefined)
    this.#users = this.#users.filter(user => user !== undefined)
    this.#ended = 0
  }

  #placeAfter(seq: number): number {
    let low = 0
    let high = this.#seqs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#seqs[middle] ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low
  }
}

function isSame(left: MembershipSource, right: MembershipSource): boolean {
  if (typeof left === 'object' && typeof right === 'object') return left.rule === right.rule
  return left === right
}
