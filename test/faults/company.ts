import type { Employee } from '../../src/model/employee.ts'
import type { Manifests } from '../../src/model/manifests.ts'
import type { IdentityProvider } from '../../src/model/provider.ts'
import { seededRandom } from '../../src/simulator/index.ts'
import { employee, entitlementName, identityProvider, manifests, mapping, providerName } from '../support/builders.ts'

/** Where the company's accounts are. */
export type Vendor = 'okta' | 'entra'

/** A company at one moment of its history. */
export interface Stage {
  readonly now: number
  readonly declared: Manifests
  /** Logins of those who work now and did before: nobody may ever find them blocked. */
  readonly atWork: ReadonlySet<string>
}

/** Chooses by a seed. */
export class Choice {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** A whole number from 0 up to `below`. */
  under(below: number): number {
    return Math.floor(this.#random() * below)
  }

  one<T>(of: readonly T[]): T {
    const chosen = of[this.under(of.length)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }

  often(chance: number): boolean {
    return this.#random() < chance
  }

  some<T>(of: readonly T[]): T[] {
    return of.filter(() => this.often(0.5))
  }
}

const founded = Date.UTC(2026, 2, 2, 9)
const dayMs = 86_400_000
const teams = ['engineering', 'sales', 'operations'] as const
const titles = ['Engineer', 'Director', 'Analyst'] as const

/** A person as the history goes on. */
interface Life {
  readonly name: string
  readonly number: string
  readonly groups: readonly string[]
  readonly title: string
  readonly manager?: string
  readonly startDate: string
  readonly endDate?: string
  readonly suspended: boolean
  readonly mail?: string
  readonly site: string
}

/** The history of a small company: founded, then changed, ten days later. The same for the same seed. */
export function companyOf(seed: number, vendor: Vendor): readonly Stage[] {
  const choice = new Choice(seed)
  const deletes = choice.often(0.3)
  const rules = mappingsOf(choice, vendor)
  const stages: Stage[] = []
  let people = Array.from({ length: 3 + choice.under(2) }, (_, index) => born(choice, index))
  let workedBefore: ReadonlySet<string> = new Set()
  for (let stage = 0; stage < 2; stage += 1) {
    if (stage > 0) people = changed(choice, people, founded + stage * 10 * dayMs)
    const now = founded + stage * 10 * dayMs
    const mappings = stage > 0 && choice.often(0.4) ? rules.slice(1) : rules
    stages.push({
      now,
      declared: manifests({ employees: people.map(declared), mappings, providers: [providerOf(vendor, deletes)] }),
      atWork: new Set(people.filter(one => works(one, now) && workedBefore.has(one.number)).map(login)),
    })
    workedBefore = new Set(people.filter(one => works(one, now)).map(one => one.number))
  }
  return stages
}

function born(choice: Choice, index: number, startDate = '2025-01-06'): Life {
  return {
    name: `p${index}`,
    number: `N${index}`,
    groups: choice.some(teams),
    title: choice.one(titles),
    ...(index > 0 && choice.often(0.5) ? { manager: `p${choice.under(index)}` } : {}),
    startDate: choice.often(0.2) ? '2026-03-06' : startDate,
    suspended: choice.often(0.1),
    site: choice.one(['london', 'paris']),
  }
}

function changed(choice: Choice, people: readonly Life[], now: number): Life[] {
  const today = new Date(now).toISOString().slice(0, 10)
  const yesterday = new Date(now - dayMs).toISOString().slice(0, 10)
  const after = people.flatMap((one): Life[] => {
    const what = choice.under(9)
    if (what === 0) return [{ ...one, endDate: later(yesterday, one.startDate) }]
    if (what === 1) return [{ ...one, suspended: !one.suspended }]
    if (what === 2) return [{ ...one, groups: choice.some(teams), title: choice.one(titles) }]
    if (what === 3) return [{ ...one, mail: `${one.name}.${today}@example.com` }]
    if (what === 4 && people.length > 3) return []
    if (what === 5) return [{ ...one, site: one.site === 'london' ? 'paris' : 'london' }]
    if (what === 6 && one.endDate !== undefined) return [{ ...one, endDate: '2030-12-31' }]
    return [one]
  })
  const highest = Math.max(...people.map(one => Number(one.number.slice(1))))
  return choice.often(0.6) ? [...after, born(choice, highest + 1, today)] : after
}

function declared({ name, number, groups, title, manager, startDate, endDate, suspended, mail, site }: Life): Employee {
  return employee({
    name,
    number,
    groups,
    startDate,
    suspended,
    labels: { site },
    ...(endDate === undefined ? {} : { endDate }),
    ...(manager === undefined ? {} : { manager }),
    fields: { title, givenName: name.toUpperCase(), ...(mail === undefined ? {} : { workEmail: mail }) },
  })
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

function works({ startDate, endDate, suspended }: Life, now: number): boolean {
  const today = new Date(now).toISOString().slice(0, 10)
  return startDate <= today && (endDate === undefined || endDate >= today) && !suspended
}

function login({ name, mail }: Life): string {
  return mail ?? `${name}@example.com`
}

/** Who is granted what. */
function mappingsOf(choice: Choice, vendor: Vendor): Manifests['mappings'] {
  const granted = (groups: readonly string[], units: readonly string[] = []) => [
    {
      provider: providerName(vendor),
      entitlements: [
        ...groups.map(name => entitlementName('Group', name)),
        ...(vendor === 'entra' ? units.map(name => entitlementName('AdministrativeUnit', name)) : []),
      ],
    },
  ]
  const mode = (): 'Authoritative' | 'Additive' => choice.one(['Authoritative', 'Additive'])
  const inLondon = { matchLabels: { site: 'london' }, matchExpressions: [] }
  const directors = "employee.title == 'Director'"
  return [
    mapping({ name: 'london', mode: mode(), selector: inLondon, grants: granted(['London'], ['London AU']) }),
    mapping({ name: 'engineering', mode: mode(), groups: ['engineering'], grants: granted(['Engineering', 'Tools']) }),
    mapping({ name: 'directors', mode: mode(), expression: directors, grants: granted(['Tools', 'Board']) }),
    mapping({ name: 'sales', mode: mode(), groups: ['sales', 'operations'], grants: granted(['Sales'], ['Staff AU']) }),
  ]
}

function providerOf(vendor: Vendor, deletes: boolean): IdentityProvider {
  const limit = { percent: 50, atLeast: 4 }
  const limits = { leave: limit, block: limit, revoke: { ...limit, atLeast: 20 }, enable: limit, rename: limit }
  return identityProvider({
    name: vendor,
    adopt: 'Never',
    offboarding: { delete: deletes, graceDays: 5 },
    guard: { limits, protected: [], approved: [] },
  })
}

/** What both tenants hold before the company comes. */
export function tenantsBefore(): { readonly okta: object; readonly entra: object } {
  const description = 'tenure owner=acme by=here'
  const names = ['Engineering', 'Tools', 'Board', 'Sales', 'London']
  const markers = ['tenure-managed', 'tenure-managed-blocked']
  const stranger = 'stranger@example.com'
  return {
    okta: {
      users: [
        { status: 'ACTIVE', profile: { login: stranger, email: stranger, firstName: 'Some', lastName: 'Stranger' } },
      ],
      groups: [...markers.map(name => ({ name, description })), ...names.map(name => ({ name, members: [stranger] }))],
    },
    entra: {
      tenant: { domains: ['example.com'] },
      users: [{ userPrincipalName: stranger, displayName: 'Stranger', accountEnabled: true }],
      groups: [
        ...markers.map(displayName => ({ displayName, description })),
        ...names.map(displayName => ({ displayName, members: [stranger] })),
      ],
      administrativeUnits: [{ displayName: 'London AU' }, { displayName: 'Staff AU' }],
    },
  }
}
