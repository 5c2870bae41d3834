import { stringify } from 'yaml'
import { seededRandom } from '../../src/simulator/index.ts'

/** A generated person, as declared. */
export interface Person {
  readonly name: string
  readonly number: string
  readonly givenName: string
  readonly familyName: string
  readonly email: string
  readonly department: string
  readonly zone: string
  readonly title: string
  readonly manager: string | undefined
  readonly groups: readonly string[]
  readonly contractor: boolean
  /** Fields of the spec beyond those above. */
  readonly rest: Readonly<Record<string, unknown>>
  readonly employment: Readonly<Record<string, unknown>>
}

const givenNames =
  'Zoë Łukasz Søren Estée José Ngọc Ümit Øyvind Grażyna Françoise Ada Grace Alan Mary Björn Chloé Dvořák Eoin Fiadh Håkon'.split(
    ' ',
  )
const familyNames =
  "Müller-Lüdenscheidt O'Brien Núñez Dąbrowski Åström Nguyễn Yıldız Kovács Smith Jensen García Hopper Strauß Çelik Lindqvist".split(
    ' ',
  )
const departments = ['Engineering', 'Sales', 'Finance', 'People', 'Operations'] as const
const zones = ['Europe/London', 'America/Chicago', 'Asia/Tokyo', 'Pacific/Auckland', 'America/Los_Angeles', 'UTC']
const places: Readonly<
  Record<string, readonly [locality: string, region: string, postalCode: string, country: string]>
> = {
  'Europe/London': ['London', 'Greater London', 'SW1Y 4JH', 'GB'],
  'America/Chicago': ['Austin', 'TX', '78701', 'US'],
  'Asia/Tokyo': ['東京', '東京都', '100-0001', 'JP'],
  'Pacific/Auckland': ['Tāmaki Makaurau', 'Auckland', '1010', 'NZ'],
  'America/Los_Angeles': ['San José', 'CA', '95110', 'US'],
  UTC: ['Reykjavík', 'Höfuðborgarsvæðið', '101', 'IS'],
}

/** Letters that an address can hold. */
function plainLetters(text: string): string {
  const base = text.replace(/[łøßı]/gi, letter => ({ ł: 'l', ø: 'o', ß: 'ss', ı: 'i' })[letter.toLowerCase()] ?? '')
  return base
    .normalize('NFD')
    .replace(/[^a-zA-Z-]/g, '')
    .toLowerCase()
}

/**
 * So many people, always the same for a seed: one at the top, a head of each department, managers of five below them; in several zones;
 * four contractors, one who starts on 5 March 2026 and one on leave from the first of that month.
 */
export function companyOf(size: number, seed: number): readonly Person[] {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const people: Person[] = []
  for (let index = 0; index < size; index += 1) {
    const [givenName, familyName] = [pick(givenNames), pick(familyNames)]
    const number = String(1000 + index)
    const name = `${plainLetters(givenName)}-${plainLetters(familyName)}-${number}`
    const department = index === 0 ? 'People' : (departments[(index - 1) % departments.length] ?? 'People')
    const contractor = index > 50 && index <= 54
    const zone = pick(zones)
    people.push({
      name,
      number,
      givenName,
      familyName,
      email: `${plainLetters(givenName)}.${plainLetters(familyName)}.${number}@acme.example`,
      department,
      zone,
      title:
        index === 0
          ? 'Chief Executive'
          : index <= 5
            ? `Head of ${department}`
            : pick(['Analyst', 'Engineer', 'Associé']),
      manager: managerOf(index, people),
      groups: [department.toLowerCase(), ...(index % 4 === 0 ? ['on-call'] : [])],
      contractor,
      rest: index % 3 === 0 ? extrasOf(index, zone) : {},
      employment: { startDate: '2024-01-15', timeZone: zone, ...exceptionsOf(index) },
    })
  }
  return people
}

function managerOf(index: number, people: readonly Person[]): string | undefined {
  if (index === 0) return undefined
  if (index <= 5) return people[0]?.name
  const head = ((index - 1) % 5) + 1
  return people[index <= 30 ? head : index - 25]?.name
}

function exceptionsOf(index: number): Readonly<Record<string, unknown>> {
  if (index === 56) return { startDate: '2026-03-05' }
  if (index === 57) return { leaves: [{ from: '2026-03-01', until: '2026-04-30', access: 'Block' }] }
  return {}
}

function extrasOf(index: number, zone: string): Readonly<Record<string, unknown>> {
  const [locality, region, postalCode, country] = places[zone] ?? ['', '', '', '']
  return {
    personalEmail: `home${index}@mail.example`,
    phone: {
      work: `+44 20 7946 ${String(index).padStart(4, '0')}`,
      mobile: `+44 7700 900${String(index).padStart(3, '0')}`,
    },
    division: 'Prödukt',
    organization: 'Acme',
    costCenter: `CC-${index}`,
    employeeType: 'Employee',
    address: { street: `${index} Straße`, locality, region, postalCode, country },
    preferredLanguage: 'en-GB',
  }
}

/** A person's manifest; `more` goes over what is declared, employment over employment. */
export function manifestOf(
  person: Person,
  more: { readonly suspended?: true; readonly employment?: object } = {},
): string {
  const { name, number, givenName, familyName, email, department, title, manager, groups, contractor, rest } = person
  return stringify({
    apiVersion: 'tenure.dev/v1alpha1',
    kind: 'Employee',
    metadata: { name, labels: { kind: contractor ? 'contractor' : 'employee' } },
    spec: {
      employeeNumber: number,
      givenName,
      familyName,
      workEmail: email,
      title,
      department,
      ...(manager === undefined ? {} : { manager: { name: manager } }),
      groups: [...groups],
      ...rest,
      ...(rest.address === undefined ? { address: { country: 'GB' } } : {}),
      employment: { ...person.employment, ...more.employment },
      ...(more.suspended ? { suspended: true } : {}),
    },
  })
}

/** A GroupMapping for `spec.groups`. */
export function mappingOf(name: string, employees: object, grants: readonly object[], mode = 'Authoritative'): string {
  return stringify({
    apiVersion: 'tenure.dev/v1alpha1',
    kind: 'GroupMapping',
    metadata: { name },
    spec: { employees, mode, grants },
  })
}
