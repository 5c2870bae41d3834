import type { Time } from '../../http/time.ts'
import type { CatalogAttribute } from '../../model/entitlement.ts'
import type { AccountId, AttributeName, EntitlementId } from '../../model/ids.ts'
import type { JsonObject } from './json.ts'
import { storedValue, typeOfValue } from './values.ts'

/** How long it is believed that another system masters a profile, in milliseconds. */
const masteredMs = 3_600_000
/** How long the targets of group rules are believed where only a trap is to be avoided, in milliseconds. */
const rulesMs = 60_000

/** What a provider has learnt of its org, as long as it lives. Nothing destructive rests on it. */
export class Learnt {
  /** Attributes of users by the schema that was read last. */
  schema: ReadonlyMap<AttributeName, CatalogAttribute> | undefined
  readonly #time: Time
  readonly #types = new Map<AttributeName, CatalogAttribute['type']>()
  readonly #erased = new Set<AccountId>()
  readonly #mastered = new Map<AccountId, number>()
  #writtenApps = new Set<EntitlementId>()
  #rules: { readonly targets: ReadonlySet<string> | undefined; readonly at: number } | undefined

  constructor(time: Time) {
    this.#time = time
  }

  /** Sees by a profile what attributes store, for orgs whose schema the app may not read. */
  observe(profile: JsonObject, names: readonly AttributeName[]): void {
    for (const name of names) {
      const type = typeOfValue(profile[name])
      if (type !== undefined) this.#types.set(name, type)
    }
  }

  /** Attributes as people write them, as the values Okta stores. */
  stored(attributes: Readonly<Record<AttributeName, string | null>>): Record<AttributeName, unknown> {
    const typeOf = (name: AttributeName) => this.schema?.get(name)?.type ?? this.#types.get(name)
    return Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, storedValue(text, typeOf(name))]))
  }

  /** Okta refused a write since another system masters the profile; the account itself does not say so. */
  refusedAsMastered(account: AccountId): void {
    this.#mastered.set(account, this.#time.now() + masteredMs)
  }

  /** Whether such a refusal was met lately. */
  isMastered(account: AccountId): boolean {
    return (this.#mastered.get(account) ?? Number.NEGATIVE_INFINITY) > this.#time.now()
  }

  /** We erased it; lists of changes do not tell of what is no more. */
  noteErased(account: AccountId): void {
    this.#erased.add(account)
  }

  /** Whether we erased it. */
  isErased(account: AccountId): boolean {
    return this.#erased.has(account)
  }

  /** Somebody's assignment to the app is about to be written. */
  noteWrittenApp(app: EntitlementId): void {
    this.#writtenApps.add(app)
  }

  /** Apps that were written to since this was asked last. */
  takeWrittenApps(): ReadonlySet<EntitlementId> {
    const written = this.#writtenApps
    this.#writtenApps = new Set()
    return written
  }

  /** The targets of active group rules: those read lately, or what `read` gives; undefined where they cannot be read. */
  async ruleTargets(read: () => Promise<ReadonlySet<string> | undefined>): Promise<ReadonlySet<string> | undefined> {
    const now = this.#time.now()
    if (this.#rules === undefined || now - this.#rules.at > rulesMs) this.noteRules(await read())
    return this.#rules?.targets
  }

  /** The targets of active group rules, just read. */
  noteRules(targets: ReadonlySet<string> | undefined): void {
    this.#rules = { targets, at: this.#time.now() }
  }
}
