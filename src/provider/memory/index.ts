import type { EntitlementKind } from '../../model/entitlement.ts'
import type { AttributeName, Instant } from '../../model/ids.ts'
import type { DefaultAttribute, Traits } from '../../model/traits.ts'
import type { Provider } from '../provider.ts'
import { outcomesOf } from './apply.ts'
import { resolvedCatalog } from './catalog.ts'
import { MemoryClient, type MemorySettings } from './client.ts'
import { FaultPlayer, type MemoryFaults } from './faults.ts'
import { lookedUp } from './lookup.ts'
import { claimMarkers, markerState } from './markers.ts'
import { canonicalDesired, MEMORY_ATTRIBUTES, schemaOf } from './schema.ts'
import { snapshotOf } from './snapshot.ts'
import type { MemorySeed, MemoryState } from './state.ts'
import { MemoryTenant } from './tenant.ts'

export type { MemoryFaults } from './faults.ts'
export type { MemoryAccount, MemorySeed, MemoryState } from './state.ts'
export type { MemoryTenant } from './tenant.ts'

/** How the tenant in memory behaves. */
export interface MemoryOptions {
  /** Name of the marker group; the other is it and `-blocked`. `tenure-managed` when absent. */
  readonly marker?: string
  /**
   * What a departure leaves: `Block` (the default) the same state as a suspension; `Delete` a deeper one, in which the tenant adds
   * an account to no group any more.
   */
  readonly offboarding?: 'Block' | 'Delete'
  /** How many groups a create may carry; 20 when absent. */
  readonly groupsOnCreate?: number
  /** `MEMORY_ATTRIBUTES` when absent. */
  readonly attributes?: readonly DefaultAttribute[]
  /** Attributes the tenant has beside those. */
  readonly extraAttributes?: readonly AttributeName[]
  /** Longest attribute value in characters; 256 when absent. */
  readonly maxLength?: number
  /** Any domain when absent. */
  readonly loginDomains?: readonly string[]
  /** Deleted accounts go to a bin; true when absent. */
  readonly bin?: boolean
  /** How long snapshots show the state before a write, in milliseconds of `now`; 0 when absent. */
  readonly readLagMs?: number
  /** `Group` and `AdministrativeUnit` when absent. */
  readonly entitlementKinds?: readonly EntitlementKind[]
  /** The time of the tenant; the machine's when absent. */
  readonly now?: () => Instant
  /** What the tenant holds at first; empty when absent. */
  readonly state?: MemorySeed
}

/** A provider whose tenant is in memory, with the ways around it that tests need. */
export interface MemoryProvider extends Provider {
  /** The tenant as an administrator sees and changes it; no fault strikes there. */
  readonly tenant: MemoryTenant
  /** Elementary writes of the product that took effect so far. */
  readonly writes: number
  /** How many deletions of accounts the product asked the tenant for so far, answered or not. */
  readonly deletions: number
  /** Everything the tenant holds, as JSON. */
  state(): MemoryState
  /** Replaces everything the tenant holds. */
  load(state: MemorySeed): void
  /** Replaces the faults that strike from now on; `{}` ends them. */
  fail(faults: MemoryFaults): void
}

/** A complete provider without a network: what the conformance suite, the tests of the chain and the benchmarks run against. */
export function memoryProvider(options: MemoryOptions = {}): MemoryProvider {
  const settings = settingsOf(options)
  const tenant = new MemoryTenant({
    numberAttribute: settings.traits.numberAttribute,
    emailAttribute: settings.emailAttribute,
    bin: settings.traits.bin,
    readLagMs: settings.traits.readLagMs,
    now: settings.now,
  })
  tenant.load(options.state ?? {})
  const faults = new FaultPlayer()
  const client = new MemoryClient(settings, tenant, faults)
  return {
    ...providerOf(client, faults),
    tenant,
    get writes() {
      return faults.writes
    },
    get deletions() {
      return faults.deletions
    },
    state: () => tenant.state(),
    load: state => tenant.load(state),
    fail: wanted => faults.set(wanted),
  }
}

function providerOf(client: MemoryClient, faults: FaultPlayer): Provider {
  return {
    traits: client.settings.traits,
    probe: async signal => {
      client.reading(signal)
      const now = client.settings.now()
      return { identity: 'memory', problems: [], marker: markerState(client), clock: { theirs: now, ours: now } }
    },
    claim: async (owner, signal) => {
      client.reading(signal)
      return claimMarkers(client, owner)
    },
    catalog: async (names, signal) => {
      client.reading(signal)
      return resolvedCatalog(client, names)
    },
    canonicalize: (desired, catalog) => canonicalDesired(client.settings, desired, catalog),
    snapshot: async (scope, signal) => {
      client.reading(signal)
      return snapshotOf(client, scope, faults.faults.snapshot)
    },
    lookup: async (keys, signal) => {
      client.reading(signal)
      return keys.map(key => lookedUp(client, key))
    },
    apply: (operations, signal) => outcomesOf(client, operations, signal),
    close: async () => {},
  }
}

function settingsOf(options: MemoryOptions): MemorySettings {
  const attributes = options.attributes ?? MEMORY_ATTRIBUTES
  const named = (from: DefaultAttribute['from'], otherwise: AttributeName): AttributeName =>
    attributes.find(attribute => attribute.from === from)?.to ?? otherwise
  const traits: Traits = {
    attributes,
    numberAttribute: named('employeeNumber', 'employeeNumber'),
    loginAttribute: 'login',
    groupsOnCreate: options.groupsOnCreate ?? 20,
    readLagMs: options.readLagMs ?? 0,
    bin: options.bin ?? true,
    entitlementKinds: options.entitlementKinds ?? ['Group', 'AdministrativeUnit'],
  }
  const emailAttribute = named('workEmail', 'email')
  return {
    traits,
    marker: options.marker ?? 'tenure-managed',
    offboarding: options.offboarding ?? 'Block',
    schema: schemaOf(attributes, [traits.numberAttribute, emailAttribute, ...(options.extraAttributes ?? [])]),
    maxLength: options.maxLength ?? 256,
    loginDomains: options.loginDomains,
    emailAttribute,
    now: options.now ?? Date.now,
  }
}
