import { describe, expect, test } from 'vitest'
import type { Manifests, RawManifest } from '../model/manifests.ts'
import { manifestsOf } from './manifests.ts'
import { parseManifests } from './parse.ts'
import { placeText } from './place.ts'

function parse(...documents: readonly string[]): Manifests {
  const read = manifestsOf(documents.join('---\n'), 'all.yaml')
  return parseManifests({
    manifests: read.manifests.map(found => found.raw),
    findings: read.findings,
    complete: read.findings.length === 0,
  })
}

const told = (manifests: Manifests): readonly string[] =>
  manifests.findings.map(each => `${each.severity} ${each.reason} ${each.subject.name}: ${each.message}`)

interface Person {
  readonly number?: string
  readonly spec?: string
  readonly metadata?: string
}
const employee = (name: string, { number = '1', spec = '', metadata = '' }: Person = {}): string =>
  `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata: { name: ${name}${metadata} }
spec:
  employeeNumber: "${number}"
  givenName: Ada
  familyName: Lovelace
  employment: { startDate: "2026-01-05" }
${spec}`

const mapping = (name: string, spec: string, metadata = ''): string =>
  `apiVersion: tenure.dev/v1alpha1\nkind: GroupMapping\nmetadata: { name: ${name}${metadata} }\nspec:\n${spec}`

const provider = (name: string, spec = '', metadata = ''): string =>
  `apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider
metadata: { name: ${name}${metadata} }
spec:
  okta: { orgUrl: "https://acme.okta.com", clientId: 0oa1, privateKey: { env: KEY } }
  ownership: { marker: tenure-managed, owner: acme }
${spec}`

describe('an Employee', () => {
  test('comes with defaults set and days cut', () => {
    const [ada] = parse(
      employee('ada', {
        number: '1001',
        metadata: ', labels: { site: london }, annotations: { tenure.dev/unblock: "2026-02-01T00:00:00Z" }',
        spec: `  previousEmployeeNumbers: ["7"]
  phone: { work: "+44 20" }
  manager: { name: ada2 }
  address: { country: GB }
  attributes: { shirt: M }
`,
      }).replace(
        '{ startDate: "2026-01-05" }',
        '{ startDate: 2026-01-05T00:00:00Z, endDate: "2027-03-31", leaves: [{ from: "2026-07-01", until: "2026-07-02" }] }',
      ),
      employee('ada2', { number: '2' }),
    ).employees
    expect(ada).toMatchObject({
      name: 'ada',
      namespace: 'default',
      origin: { file: 'all.yaml', line: 1, column: 1 },
      labels: { site: 'london' },
      number: '1001',
      previousNumbers: ['7'],
      manager: 'ada2',
      startDate: '2026-01-05',
      endDate: '2027-03-31',
      timeZone: 'UTC',
      leaves: [{ from: '2026-07-01', until: '2026-07-02', access: 'Block' }],
      suspended: false,
      retain: false,
      orphan: false,
      groups: [],
      unblockBefore: Date.UTC(2026, 1, 1),
    })
    expect(ada?.fields).toEqual({
      employeeNumber: '1001',
      givenName: 'Ada',
      familyName: 'Lovelace',
      displayName: 'Ada Lovelace',
      'phone.work': '+44 20',
      'address.country': 'GB',
      'employment.startDate': '2026-01-05',
      'employment.endDate': '2027-03-31',
      'employment.timeZone': 'UTC',
    })
    expect(ada?.declared).toMatchObject({
      attributes: { shirt: 'M' },
      suspended: false,
      employment: { timeZone: 'UTC' },
    })
    expect(ada).not.toHaveProperty('providers')
  })

  test('that is wrong is left out, and its numbers are not to be touched', () => {
    const manifests = parse(
      employee('ada', { number: '1001', spec: '  previousEmployeeNumbers: ["7"]\n  titel: x\n' }),
      employee('bob', { number: '2' }),
      employee('cleo').replace('"1"', '1003'),
    )
    expect(manifests.employees.map(each => each.name)).toEqual(['bob'])
    expect([...manifests.untouchable].sort()).toEqual(['1001', '1003', '7'])
    expect(manifests.complete).toBe(false)
    expect(told(manifests)).toEqual([
      'Error ManifestInvalid ada: spec.titel: unknown field titel; did you mean title?',
      'Error ManifestInvalid cleo: spec.employeeNumber: must be a string, not 1003; put it in quotes',
    ])
  })

  test('needs a time zone that exists', () => {
    const manifests = parse(employee('ada').replace('"2026-01-05"', '"2026-01-05", timeZone: Europe/Londn'))
    expect(told(manifests)).toEqual([
      'Error ManifestInvalid ada: spec.employment.timeZone "Europe/Londn" is no time zone; use an IANA name such as Europe/London',
    ])
    expect(manifests.untouchable).toContain('1')
  })

  test('with a wrong annotation is used all the same', () => {
    const manifests = parse(employee('ada', { metadata: ', annotations: { tenure.dev/unblock: "now" }' }))
    expect(manifests.employees).toHaveLength(1)
    expect(manifests.complete).toBe(true)
    expect(told(manifests)).toEqual([
      expect.stringContaining('Warning ManifestInvalid ada: the annotation tenure.dev/unblock'),
    ])
  })

  test('is told once what is wrong at one place', () => {
    expect(told(parse(employee('ada', { spec: '  suspended: yes\n' })))).toEqual([
      'Error ManifestInvalid ada: spec.suspended: must be true or false, not the string "yes"',
    ])
  })
})

describe('a GroupMapping and an IdentityProvider', () => {
  test('come with defaults set', () => {
    const { mappings, providers, findings } = parse(
      provider(
        'okta',
        '  employeeSelector: { matchExpressions: [{ key: site, operator: Exists }] }\n  fullReadEvery: 1h30m\n',
      ),
      mapping(
        'm',
        `  employees: { groups: [eng], expression: "employee.title == 'x'" }\n  validFrom: "2026-01-01T00:00:00Z"\n  grants: [{ provider: okta, groups: [Eng, "id:00g1"], administrativeUnits: [AU] }]\n`,
      ),
    )
    expect(findings).toEqual([])
    expect(mappings[0]).toEqual({
      name: 'm',
      namespace: 'default',
      origin: { kind: 'File', file: 'all.yaml', line: 10, column: 1 },
      groups: ['eng'],
      expression: "employee.title == 'x'",
      mode: 'Authoritative',
      onDelete: 'Revoke',
      allowPrivileged: false,
      validFrom: '2026-01-01',
      grants: [
        {
          provider: 'okta',
          entitlements: [
            { kind: 'Group', name: 'Eng' },
            { kind: 'Group', name: 'id:00g1' },
            { kind: 'AdministrativeUnit', name: 'AU' },
          ],
        },
      ],
    })
    expect(providers[0]).toMatchObject({
      baseDir: '.',
      connection: {
        okta: { scopes: ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage'] },
      },
      policy: {
        name: 'okta',
        employeeSelector: { matchLabels: {}, matchExpressions: [{ key: 'site', operator: 'Exists', values: [] }] },
        onUnmatched: 'Retain',
        marker: 'tenure-managed',
        owner: 'acme',
        adopt: 'Never',
        lifecycle: { create: true, update: true, offboard: true, stageBeforeDays: 7 },
        offboarding: { delete: false, graceDays: 30, revokeSessions: true, revokeGrants: true },
        attributes: [],
        mode: 'Enforce',
        fullReadEveryMs: 5_400_000,
        paused: false,
        guard: {
          limits: {
            leave: { percent: 10, atLeast: 10 },
            block: { percent: 2, atLeast: 2, atMost: 25 },
            revoke: { percent: 5, atLeast: 20, perEntitlementPercent: 25 },
            enable: { percent: 2, atLeast: 3, atMost: 50 },
            rename: { percent: 2, atLeast: 3, atMost: 50 },
          },
          protected: [],
          approved: [],
        },
      },
    })
  })

  test('says what deletes', () => {
    const { providers } = parse(provider('okta', '  offboarding: { action: Delete }\n'))
    expect(providers[0]?.policy.offboarding.delete).toBe(true)
  })

  test('are refused where they ask for what does not exist yet', () => {
    const manifests = parse(provider('okta', `  guard: { window: 12h, rejected: ["sha256:${'a'.repeat(64)}"] }\n`))
    expect(told(manifests).map(each => each.replace(/;.*/, ''))).toEqual([
      'Error NotYetSupported okta: spec.guard.rejected is not supported yet',
      'Error NotYetSupported okta: spec.guard.window is not supported yet',
    ])
    expect(manifests.providers).toEqual([])
    expect(manifests.complete).toBe(false)
  })

  test('never show a secret that was put where its name belongs', () => {
    const manifests = parse(
      provider('a').replace('{ env: KEY }', '"-----BEGIN PRIVATE KEY----- SECRET"'),
      provider('b').replace('KEY', '"SECRET with spaces"').replace('marker: ', 'marker: other-'),
    )
    expect(manifests.findings).toHaveLength(2)
    expect(JSON.stringify(manifests.findings)).not.toContain('SECRET')
  })
})

describe('manifests among each other', () => {
  test('two people with one number are both left alone, and both told where the other is', () => {
    const manifests = parse(
      employee('ada', { number: 'A1' }),
      employee('bob', { number: 'a1' }),
      employee('cleo', { number: '3', spec: '  previousEmployeeNumbers: ["9"]\n' }),
      employee('dora', { number: '9' }),
      employee('eve', { number: '5' }),
    )
    expect(manifests.employees.map(each => each.name)).toEqual(['eve'])
    expect([...manifests.untouchable].sort()).toEqual(['3', '9', 'A1', 'a1'])
    expect(manifests.complete).toBe(false)
    expect(told(manifests)).toEqual([
      'Error DuplicateEmployeeNumber ada: spec.employeeNumber "A1" is also that of bob (all.yaml:14:19); give each person their own',
      'Error DuplicateEmployeeNumber bob: spec.employeeNumber "a1" is also that of ada (all.yaml:5:19); give each person their own',
      'Error DuplicateEmployeeNumber cleo: spec.previousEmployeeNumbers: "9" is also that of dora (all.yaml:33:19); give each person their own',
      'Error DuplicateEmployeeNumber dora: spec.employeeNumber "9" is also that of cleo (all.yaml:27:29); give each person their own',
    ])
  })

  test('a number is taken even when the manifest that has it is wrong', () => {
    const manifests = parse(employee('ada', { spec: '  x: y\n' }), employee('bob'))
    expect(manifests.employees).toEqual([])
    expect(manifests.findings.map(each => each.reason)).toEqual([
      'ManifestInvalid',
      'DuplicateEmployeeNumber',
      'DuplicateEmployeeNumber',
    ])
  })

  test('a file that was copied is reported for its name alone', () => {
    const manifests = parse(
      employee('ada'),
      employee('ada'),
      mapping('ada', '  employees: { groups: [x] }\n  grants: [{ provider: okta, groups: [Eng] }]\n'),
    )
    expect(manifests.employees).toEqual([])
    expect(manifests.untouchable).toContain('1')
    expect(told(manifests).slice(0, 2)).toEqual([
      'Error DuplicateName ada: metadata.name ada is also that of the Employee at all.yaml:12:19; rename or remove one',
      'Error DuplicateName ada: metadata.name ada is also that of the Employee at all.yaml:3:19; rename or remove one',
    ])
  })

  test('one address for two is an error, but both stay declared', () => {
    const manifests = parse(
      employee('ada', { number: '1', spec: '  workEmail: A@acme.example\n' }),
      employee('bob', { number: '2', spec: '  workEmail: a@ACME.example\n' }),
    )
    expect(manifests.employees).toHaveLength(2)
    expect(manifests.complete).toBe(true)
    expect(manifests.findings.map(each => [each.reason, each.severity])).toEqual([
      ['DuplicateWorkEmail', 'Error'],
      ['DuplicateWorkEmail', 'Error'],
    ])
  })

  test('a manager nobody declared is a warning; one whose manifest is wrong is not called missing', () => {
    const manifests = parse(
      employee('ada', { number: '1', spec: '  manager: { name: grace }\n' }),
      employee('bob', { number: '2', spec: '  manager: { name: cleo }\n' }),
      employee('cleo', { number: '3', spec: '  x: y\n' }),
      employee('gracie', { number: '4' }),
    )
    expect(told(manifests).filter(each => each.includes('Manager'))).toEqual([
      'Warning ManagerMissing ada: the manager grace is no Employee, so none is set; did you mean gracie?',
    ])
    expect(manifests.employees.map(each => each.name)).toEqual(['ada', 'bob', 'gracie'])
  })

  test('a circle of managers is a warning on each of them, and on nobody below', () => {
    const manifests = parse(
      employee('ada', { number: '1', spec: '  manager: { name: bob }\n' }),
      employee('bob', { number: '2', spec: '  manager: { name: cleo }\n' }),
      employee('cleo', { number: '3', spec: '  manager: { name: ada }\n' }),
      employee('dora', { number: '4', spec: '  manager: { name: ada }\n' }),
    )
    expect(manifests.findings.map(each => [each.reason, each.severity, each.subject.name])).toEqual([
      ['ManagerCycle', 'Warning', 'ada'],
      ['ManagerCycle', 'Warning', 'bob'],
      ['ManagerCycle', 'Warning', 'cleo'],
    ])
    expect(manifests.findings[1]?.message).toContain('bob → cleo → ada → bob')
    expect(manifests.employees.map(each => each.manager)).toEqual([undefined, undefined, undefined, 'ada'])
    expect(manifests.complete).toBe(true)
  })

  test('an unknown provider is an error that proves absence of nothing; one that is wrong is not unknown', () => {
    const manifests = parse(
      provider('okta'),
      provider('entra', '  x: y\n'),
      employee('ada', { spec: '  providers: [okta, okt, entra]\n' }),
      mapping(
        'm',
        '  employees: { groups: [x] }\n  grants: [{ provider: okta, groups: [Eng] }, { provider: azure, groups: [Eng] }]\n',
      ),
    )
    expect(told(manifests).filter(each => each.includes('ProviderMissing'))).toEqual([
      'Error ProviderMissing ada: there is no IdentityProvider okt; did you mean okta?',
      'Error ProviderMissing m: there is no IdentityProvider azure; declare it, or take the name out',
    ])
    expect(manifests.employees[0]?.providers).toEqual(['okta', 'entra'])
    expect(manifests.mappings[0]?.grants.map(each => each.provider)).toEqual(['okta'])
    expect(manifests.complete).toBe(false)
  })

  test('what names no namespace belongs to that of the IdentityProviders, and what names another is refused', () => {
    const manifests = parse(
      provider('okta', '', ', namespace: people'),
      employee('ada', { number: '1' }),
      employee('bob', { number: '2', metadata: ', namespace: people' }),
      employee('cleo', { number: '3', metadata: ', namespace: other' }),
    )
    expect(manifests.employees.map(each => [each.name, each.namespace])).toEqual([
      ['ada', 'people'],
      ['bob', 'people'],
    ])
    expect([...manifests.untouchable]).toEqual(['3'])
    expect(told(manifests)).toEqual([
      expect.stringContaining('metadata.namespace: is other, while the rest here is in people'),
    ])
  })

  test('IdentityProviders in two namespaces are both refused', () => {
    const manifests = parse(provider('a', '', ', namespace: x'), provider('b', '', ', namespace: y'))
    expect(manifests.providers).toEqual([])
    expect(manifests.findings).toHaveLength(2)
    expect(manifests.complete).toBe(false)
  })

  test('an expression is refused with the place where it fails', () => {
    const manifests = parse(
      provider('okta', '  attributes: [{ to: department, from: "employee.departmnt" }]\n'),
      mapping(
        'm',
        `  employees: { expression: "employee.title.startsWith('x'" }\n  grants: [{ provider: okta, groups: [Eng] }]\n`,
      ),
    )
    expect(manifests.findings.map(each => each.origin && placeText(each.origin))).toEqual([
      'all.yaml:7:40',
      'all.yaml:13:28',
    ])
    expect(told(manifests)[0]).toMatch(
      /spec.attributes\[0\].from cannot be used, at character \d+: there is no field departmnt; did you mean department/,
    )
    expect(manifests.mappings).toEqual([])
  })

  test('the order of documents decides nothing', () => {
    const documents = [
      provider('okta'),
      employee('ada', { number: '1', spec: '  manager: { name: bob }\n' }),
      employee('bob', { number: '2', spec: '  manager: { name: ada }\n' }),
      employee('cleo', { number: '2' }),
      employee('dora', { number: '4', spec: '  providers: [x]\n' }),
    ]
    const facts = (manifests: Manifests): unknown => ({
      names: manifests.employees.map(each => each.name).sort(),
      untouchable: [...manifests.untouchable].sort(),
      reasons: manifests.findings.map(each => `${each.reason} ${each.subject.name}`).sort(),
    })
    expect(facts(parse(...documents.toReversed()))).toEqual(facts(parse(...documents)))
  })

  test('objects of a cluster are parsed all the same', () => {
    const origin = { kind: 'Object', namespace: 'people', name: 'ada', uid: 'u1' } as const
    const object = {
      apiVersion: 'tenure.dev/v1alpha1',
      kind: 'Employee',
      metadata: { name: 'ada', namespace: 'people' },
      spec: { employeeNumber: '1', givenName: 'A', familyName: 'L', employment: { startDate: '2026-01-05' }, x: 1 },
    }
    const raw: RawManifest = { object, origin, locate: () => origin }
    const manifests = parseManifests({ manifests: [raw], findings: [], complete: true })
    expect(manifests.findings).toHaveLength(1)
    expect(manifests.findings[0]?.origin).toEqual(origin)
  })
})
