import type { Account, AccountState } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { NotFoundError } from '../../model/errors.ts'
import type { AccountId, AttributeName, EmployeeNumber, Instant } from '../../model/ids.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import type { MarkerKind } from '../../model/plan.ts'
import type { Traits } from '../../model/traits.ts'
import type { FaultPlayer } from './faults.ts'
import type { MemoryAccount, MemoryAccountState } from './state.ts'
import type { MemoryTenant } from './tenant.ts'

/** What every part of the provider works with. */
export interface MemorySettings {
  readonly traits: Traits
  readonly marker: string
  readonly offboarding: 'Block' | 'Delete'
  /** Every attribute the tenant has but the login; a required one cannot be cleared. */
  readonly schema: ReadonlyMap<AttributeName, { readonly required: boolean }>
  /** Longest value the tenant stores, in characters. */
  readonly maxLength: number
  readonly loginDomains: readonly string[] | undefined
  readonly emailAttribute: AttributeName
  readonly now: () => Instant
}

interface Projected {
  readonly stored: MemoryAccount
  readonly marked: boolean
  readonly blockMarked: boolean
  readonly account: Account
}

/** The provider's way to the tenant: reads and writes meet the faults, accounts come out as the model has them. */
export class MemoryClient {
  readonly settings: MemorySettings
  readonly tenant: MemoryTenant
  readonly #faults: FaultPlayer
  #projected = new Map<AccountId, Projected>()

  constructor(settings: MemorySettings, tenant: MemoryTenant, faults: FaultPlayer) {
    this.settings = settings
    this.tenant = tenant
    this.#faults = faults
  }

  /** Gate of every read. Throws AuthError, TransientError or RateLimitError when a fault says so, and when `signal` is aborted. */
  reading(signal: AbortSignal): void {
    signal.throwIfAborted()
    this.#faults.read()
  }

  /** One elementary write. Throws what the faults say. */
  write(effect: () => void): void {
    this.#faults.write(effect)
  }

  /** The same, for a write that deletes an account. */
  deletion(effect: () => void): void {
    this.#faults.deletion(effect)
  }

  markerName(kind: MarkerKind): string {
    return kind === 'Managed' ? this.settings.marker : blockedMarkerOf(this.settings.marker)
  }

  isMarkerName(name: string): boolean {
    return name === this.markerName('Managed') || name === this.markerName('Blocked')
  }

  /** The marker group. Throws NotFoundError when there is none, or more than one. */
  marker(kind: MarkerKind): Entitlement {
    const name = this.markerName(kind)
    const [found, another] = this.tenant.entitlementsNamed('Group', name)
    if (found === undefined)
      throw new NotFoundError(`There is no marker group "${name}": make it with \`tenure init\`.`)
    if (another !== undefined)
      throw new NotFoundError(`Two groups are named "${name}": rename the one that is no marker.`)
    return found
  }

  /** Whether a departure leaves an account in this state. */
  isDeparted(state: MemoryAccountState): boolean {
    if (state === 'Departed' || state === 'Deleted') return true
    return this.settings.offboarding === 'Block' && state !== 'Enabled'
  }

  /** An account as the model has it. Unchanged ones come out as the same object. */
  account(stored: MemoryAccount): Account {
    const marks = this.#marks()
    return this.#project(stored, marks.marked(stored.id), marks.blocked(stored.id))
  }

  /** The same for many accounts, with the marks given. */
  accountWith(stored: MemoryAccount, marked: boolean, blockMarked: boolean): Account {
    return this.#project(stored, marked, blockMarked)
  }

  #marks(): { marked(id: AccountId): boolean; blocked(id: AccountId): boolean } {
    const isIn = (kind: MarkerKind): ((id: AccountId) => boolean) => {
      const [group] = this.tenant.entitlementsNamed('Group', this.markerName(kind))
      return id => group !== undefined && this.tenant.isMember(group.id, id)
    }
    return { marked: isIn('Managed'), blocked: isIn('Blocked') }
  }

  #project(stored: MemoryAccount, marked: boolean, blockMarked: boolean): Account {
    const known = this.#projected.get(stored.id)
    if (known?.stored === stored && known.marked === marked && known.blockMarked === blockMarked) return known.account
    const { traits, emailAttribute } = this.settings
    const number = stored.attributes[traits.numberAttribute]
    const email = stored.attributes[emailAttribute]
    const account: Account = {
      id: stored.id,
      login: stored.login,
      ...(email === undefined ? {} : { email }),
      ...(number === undefined ? {} : { number: number as EmployeeNumber }),
      state: stateOf(stored.state),
      status: stored.state,
      departed: this.isDeparted(stored.state),
      ...(stored.state === 'Departed' ? { deactivated: true } : {}),
      createdAt: stored.createdAt,
      stateSince: stored.stateSince,
      marked,
      blockMarked,
      attributes: stored.attributes,
      ...(stored.manager === undefined ? {} : { manager: stored.manager }),
      admin: stored.admin,
      ...(stored.masteredBy === undefined ? {} : { masteredBy: stored.masteredBy }),
    }
    this.#projected.set(stored.id, { stored, marked, blockMarked, account })
    return account
  }

  /** Everything a live account holds but the marker groups. */
  held(id: AccountId): readonly Entitlement[] {
    return this.tenant.entitlementsOf(id).filter(entitlement => !this.isMarkerName(entitlement.name))
  }
}

function stateOf(state: MemoryAccountState): AccountState {
  return state === 'Departed' ? 'Blocked' : state
}
