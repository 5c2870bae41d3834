import { stringify } from 'yaml'

/** A state of the manifests, applied once at its time. */
export interface Stage {
  readonly name: StageName
  readonly now: string
  /** Text by file name. */
  readonly files: ReadonlyMap<string, string>
}

export type StageName = 'founding' | 'changes' | 'returns' | 'starting' | 'leaving' | 'erasing' | 'restoring'

/** A company whose history is played stage by stage. */
export interface History {
  readonly stages: readonly Stage[]
}

interface Person {
  readonly number: string
  readonly given: string
  readonly family: string
  readonly title: string
  readonly department: string
  readonly groups: readonly string[]
  readonly site: string
  readonly start: string
  readonly mail?: string
  readonly kind?: string
  readonly manager?: string
  readonly end?: string
  readonly suspended?: boolean
}

const apiVersion = 'tenure.dev/v1alpha1'

function employee(name: string, person: Person): unknown {
  const { number, given, family, title, department, groups, site, kind = 'employee' } = person
  return {
    apiVersion,
    kind: 'Employee',
    metadata: { name, labels: { site, kind } },
    spec: {
      employeeNumber: number,
      givenName: given,
      familyName: family,
      workEmail: person.mail ?? `${name.replace('-', '.')}@acme.example`,
      title,
      department,
      organization: 'Acme',
      ...(person.manager === undefined ? {} : { manager: { name: person.manager } }),
      address: { locality: site, country: 'GB' },
      groups,
      employment: {
        startDate: person.start,
        ...(person.end === undefined ? {} : { endDate: person.end }),
        timeZone: 'Europe/London',
      },
      ...(person.suspended === true ? { suspended: true } : {}),
    },
  }
}

interface Grants {
  readonly okta?: readonly string[]
  readonly entra?: readonly string[]
  readonly units?: readonly string[]
}

function mapping(name: string, employees: unknown, grants: Grants, mode = 'Authoritative'): unknown {
  const { okta, entra, units } = grants
  return {
    apiVersion,
    kind: 'GroupMapping',
    metadata: { name },
    spec: {
      employees,
      mode,
      grants: [
        ...(okta ? [{ provider: 'okta', groups: okta }] : []),
        ...(entra || units
          ? [
              {
                provider: 'entra',
                ...(entra ? { groups: entra } : {}),
                ...(units ? { administrativeUnits: units } : {}),
              },
            ]
          : []),
      ],
    },
  }
}

/** Both providers; their addresses are put in by whoever plays the history. */
function providers(actions: { readonly okta: string; readonly entra: string }): unknown[] {
  const ownership = { marker: 'tenure-managed', owner: 'acme-people', adopt: 'Never' }
  const frame = (name: string): unknown => ({ apiVersion, kind: 'IdentityProvider', metadata: { name } })
  const okta = {
    okta: { orgUrl: 'http://127.0.0.1:1', clientId: 'x', privateKey: { env: 'OKTA_PRIVATE_KEY' } },
    ownership,
    offboarding: { action: actions.okta, graceDays: 30 },
    guard: { protected: ['breakglass@acme.example'] },
  }
  const entra = {
    entra: {
      tenantId: '00000000-0000-4000-8000-000000000000',
      clientId: '00000000-0000-4000-8000-000000000000',
      credential: { clientSecret: { env: 'ENTRA_CLIENT_SECRET' } },
    },
    employeeSelector: { matchExpressions: [{ key: 'kind', operator: 'NotIn', values: ['contractor'] }] },
    ownership,
    offboarding: { action: actions.entra, graceDays: 30 },
    guard: { protected: ['breakglass@acme.example'] },
  }
  return [
    { ...(frame('okta') as object), spec: okta },
    { ...(frame('entra') as object), spec: entra },
  ]
}

const people: Readonly<Record<string, Person>> = {
  'grace-hopper': person('1000', 'Grace', 'Hopper', { title: 'Chief Technology Officer' }),
  'ada-lovelace': person('1001', 'Ada', 'Lovelace', { title: 'Head of Analysis', manager: 'grace-hopper' }),
  'alan-turing': person('1002', 'Alan', 'Turing', { manager: 'ada-lovelace' }),
  'katherine-johnson': person('1003', 'Katherine', 'Johnson', { manager: 'ada-lovelace' }),
  'linus-torvalds': person('1004', 'Linus', 'Torvalds', { manager: 'katherine-johnson', site: 'helsinki' }),
  'peter-drucker': person('1007', 'Peter', 'Drucker', { department: 'People', groups: ['people'] }),
  'estee-lauder': person('1008', 'Estée', 'Lauder', {
    title: 'Head of Sales',
    department: 'Sales',
    groups: ['sales'],
    manager: 'grace-hopper',
  }),
  'john-patterson': person('1009', 'John', 'Patterson', {
    department: 'Sales',
    groups: ['sales'],
    manager: 'estee-lauder',
  }),
  'radia-perlman': person('1010', 'Radia', 'Perlman', { manager: 'linus-torvalds', start: '2026-03-05' }),
  'ida-rhodes': person('2001', 'Ida', 'Rhodes', { kind: 'contractor', manager: 'ada-lovelace' }),
}

function person(number: string, given: string, family: string, more: Partial<Person>): Person {
  const usual = { title: 'Engineer', department: 'Engineering', groups: ['engineering'], site: 'london' }
  return { number, given, family, ...usual, start: '2020-01-06', ...more }
}

const everyone = mapping(
  'everyone',
  { expression: 'true' },
  { okta: ['All Staff'], entra: ['All Staff'], units: ['Staff AU'] },
)
const engineering = mapping(
  'engineering',
  { groups: ['engineering'] },
  { okta: ['Engineering-Core'], entra: ['Eng-Users'], units: ['Product AU'] },
)
const london = mapping(
  'london-office',
  { selector: { matchLabels: { site: 'london' } } },
  { okta: ['London Office'], entra: ['London Office'] },
  'Additive',
)
const leadership = mapping(
  'leadership',
  { expression: "employee.title.startsWith('Chief') || employee.title.startsWith('Head of')" },
  { okta: ['Leadership'], entra: ['Leadership'] },
)

interface Content {
  readonly people: Readonly<Record<string, Person>>
  readonly mappings: readonly unknown[]
  readonly providers: readonly unknown[]
}

function stage(name: StageName, now: string, content: Content): Stage {
  const text = (documents: readonly unknown[]): string => documents.map(one => stringify(one)).join('---\n')
  const files = new Map([
    ['mappings.yaml', text(content.mappings)],
    ['providers.yaml', text(content.providers)],
  ])
  for (const [who, one] of Object.entries(content.people)) files.set(`${who}.yaml`, text([employee(who, one)]))
  return { name, now, files }
}

type Edits = Readonly<Record<string, Partial<Person> | undefined>>

/** People with some of them changed, and those whose edit is undefined left out. */
function edited(before: Readonly<Record<string, Person>>, edits: Edits): Readonly<Record<string, Person>> {
  const after: Record<string, Person> = {}
  for (const [name, one] of Object.entries(before))
    if (!(name in edits) || edits[name] !== undefined) after[name] = { ...one, ...edits[name] }
  return after
}

const blocking = providers({ okta: 'Suspend', entra: 'Disable' })
const mappings = [everyone, engineering, london, leadership]

/** Two joiners, one staged; a mover, a renamed person, a suspended one, two leavers; a mapping is un-named. */
const changed = {
  ...edited(people, {
    'alan-turing': {
      title: 'Sales Engineer',
      department: 'Sales',
      groups: ['sales'],
      site: 'austin',
      manager: 'estee-lauder',
    },
    'estee-lauder': { family: 'Mentzer', mail: 'estee.mentzer@acme.example' },
    'john-patterson': { suspended: true },
    'katherine-johnson': { end: '2026-03-13' },
    'peter-drucker': { end: '2026-03-13' },
    'linus-torvalds': { manager: 'ada-lovelace' },
  }),
  'barbara-liskov': person('1011', 'Barbara', 'Liskov', { start: '2026-03-16', manager: 'grace-hopper' }),
  'frances-allen': person('1012', 'Frances', 'Allen', { start: '2026-03-20', manager: 'barbara-liskov' }),
}

/** A leaver returns, the suspended one too; an Employee is deleted; a contractor is hired; a mapping comes back. */
const returned = edited(changed, {
  'peter-drucker': { end: '2028-12-29', start: '2026-04-13', title: 'Head of People' },
  'john-patterson': { suspended: false },
  'radia-perlman': undefined,
  'ida-rhodes': { kind: 'employee', title: 'Compiler Engineer' },
})

/** The whole life of a company whose leavers are blocked. */
export const company: History = {
  stages: [
    stage('founding', '2026-03-02T09:00:00Z', { people, mappings, providers: blocking }),
    stage('changes', '2026-03-16T09:00:00Z', {
      people: changed,
      mappings: [everyone, engineering, london],
      providers: blocking,
    }),
    stage('returns', '2026-04-20T09:00:00Z', { people: returned, mappings, providers: blocking }),
  ],
}

const deleting = providers({ okta: 'Delete', entra: 'Delete' })
const few = edited(people, {
  'alan-turing': undefined,
  'linus-torvalds': undefined,
  'radia-perlman': undefined,
  'peter-drucker': undefined,
})
const gone = edited(few, { 'katherine-johnson': { end: '2026-03-13' }, 'john-patterson': { end: '2026-03-13' } })

/** One of the two returns: from the bin at one provider, as somebody new at the other. */
const back = edited(gone, { 'john-patterson': { end: '2028-12-29', start: '2026-05-11', title: 'Head of Sales' } })

/** A company whose leavers are deleted when the grace is over. */
export const deletion: History = {
  stages: [
    stage('starting', '2026-03-02T09:00:00Z', { people: few, mappings, providers: deleting }),
    stage('leaving', '2026-03-16T09:00:00Z', { people: gone, mappings, providers: deleting }),
    stage('erasing', '2026-04-27T09:00:00Z', { people: gone, mappings, providers: deleting }),
    stage('restoring', '2026-05-11T09:00:00Z', { people: back, mappings, providers: deleting }),
  ],
}

/** Employee numbers of those who have left at the end of a stage, with the time of the stage in which they did. */
export const leavers: Readonly<Record<StageName, ReadonlyMap<string, string>>> = {
  founding: new Map(),
  changes: new Map([
    ['1003', '2026-03-16T09:00:00Z'],
    ['1007', '2026-03-16T09:00:00Z'],
  ]),
  returns: new Map([
    ['1003', '2026-03-16T09:00:00Z'],
    ['1010', '2026-04-20T09:00:00Z'],
  ]),
  starting: new Map(),
  leaving: new Map([
    ['1003', '2026-03-16T09:00:00Z'],
    ['1009', '2026-03-16T09:00:00Z'],
  ]),
  erasing: new Map(),
  restoring: new Map(),
}
