import { readFile } from 'node:fs/promises'
import type { AttributeName, ProviderName } from '../../src/model/ids.ts'
import { type EntraOptions, entraProvider } from '../../src/provider/entra/index.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { EntraState, ObjectState } from '../../src/simulator/entra/index.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'

type ObjectKind = 'users' | 'groups' | 'administrativeUnits' | 'servicePrincipals'

/** A simulated Entra tenant and ways to look at it and change it from outside. */
export class EntraTenant {
  readonly simulator: Simulator
  readonly ca: string
  readonly #providers: Provider[] = []

  constructor(simulator: Simulator, ca: string) {
    this.simulator = simulator
    this.ca = ca
  }

  /** A provider connected to it; whatever is given replaces the defaults. */
  provider(options: Partial<EntraOptions> = {}): Provider {
    const made = entraProvider({ ...this.options(), ...options })
    this.#providers.push(made)
    return made
  }

  /** Options that connect with the client secret, and that retry so quickly that no test waits. */
  options(): EntraOptions {
    const { entra, clock } = this.simulator
    return {
      name: 'entra' as ProviderName,
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      credential: { kind: 'Secret', secret: async () => entra.clientSecret },
      graphUrl: entra.graphUrl,
      authorityHost: entra.authorityHost,
      ca: this.ca,
      marker: 'tenure-managed',
      offboardingAction: 'Delete',
      now: () => clock.now(),
      extraAttributes: [],
      quotaPercent: 100,
      retry: { tries: 4, baseMs: 1, maxMs: 1000, random: () => 0.5 },
    }
  }

  get state(): EntraState {
    return this.simulator.tenants.entra.state()
  }

  /** Replaces parts of the state. */
  set(parts: Partial<EntraState>): void {
    this.simulator.tenants.entra.load({ ...this.state, ...parts })
  }

  /** Changes one user, group, unit or service principal, found by id. */
  change(id: string, changed: (object: ObjectState) => ObjectState | undefined): void {
    const all = (objects: readonly ObjectState[] = []): ObjectState[] => {
      const mapped = objects.map(object => (object.id === id ? changed(object) : object))
      return mapped.filter((object): object is ObjectState => object !== undefined)
    }
    const { users, groups, administrativeUnits, servicePrincipals } = this.state
    this.set({
      users: all(users),
      groups: all(groups),
      administrativeUnits: all(administrativeUnits),
      servicePrincipals: all(servicePrincipals),
    })
  }

  /** Adds an object and gives its id. */
  add(kind: ObjectKind, object: ObjectState): string {
    const before = new Set(this.#ids(kind))
    this.set({ [kind]: [...(this.state[kind] ?? []), object] })
    const added = this.#ids(kind).find(id => !before.has(id))
    if (added === undefined) throw new Error(`nothing was added to ${kind}`)
    return added
  }

  user(id: string): ObjectState | undefined {
    return this.state.users?.find(user => user.id === id)
  }

  /** How often a request was made, by method and path pattern. */
  requests(method: string, path: RegExp): number {
    return this.simulator
      .requests()
      .filter(row => row.provider === 'entra' && row.method === method && path.test(row.path))
      .reduce((sum, row) => sum + row.count, 0)
  }

  async close(): Promise<void> {
    await Promise.all(this.#providers.map(provider => provider.close()))
    await this.simulator.close()
  }

  #ids(kind: ObjectKind): string[] {
    return (this.state[kind] ?? []).map(object => String(object.id))
  }
}

/** Starts a simulated tenant that holds what is given. */
export async function entraTenant(entra: EntraState = {}): Promise<EntraTenant> {
  const tenant = { domains: ['example.com'] }
  const simulator = await startSimulator({ seed: { version: 1, entra: { tenant, ...entra } } })
  return new EntraTenant(simulator, await readFile(simulator.entra.caFile, 'utf8'))
}

/** An attribute of a user as the state holds it, by its dotted name, and how the state writes it. */
export function stateAttributes(attributes: Readonly<Record<AttributeName, string | null>>): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes)) {
    const [outer = name, inner] = name.split('.')
    const list = name === 'otherMails' || name === 'businessPhones'
    const written = list
      ? value === null
        ? []
        : [value]
      : name === 'employeeHireDate' && value !== null
        ? `${value}T00:00:00Z`
        : value
    properties[outer] =
      inner === undefined ? written : { ...(properties[outer] as object | undefined), [inner]: written }
  }
  return properties
}
