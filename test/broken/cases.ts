import type { Reason } from '../../src/model/origin.ts'

/** What stands at a path: text or bytes, a symbolic link, a file of that many bytes, or a named pipe. */
export type Content =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly bytes: number }
  | { readonly pipe: true }

/** One way manifests can be wrong, and what a person must be told. */
export interface BrokenCase {
  /** Finishes the sentence "is told in one sentence: …". */
  readonly name: string
  /** By path, relative to the folder given. They are written beside `healthy`. */
  readonly files: Readonly<Record<string, Content>>
  readonly reason: Reason
  readonly severity: 'Error' | 'Warning'
  /** Every finding is at such a place: `file:line:column`, relative to the folder given. */
  readonly place: RegExp
  /** Every finding says so: what is wrong, and how to mend it. */
  readonly message: RegExp
  /** How many findings there are: one for each object involved. 1 if absent. */
  readonly findings?: number
  /** Whether absence may still be believed. False if absent. */
  readonly complete?: boolean
  /** Employee numbers that must be left alone. None if absent. */
  readonly untouchable?: readonly string[]
  /** Employees that are declared all the same, beside the healthy ones. None if absent. */
  readonly employees?: readonly string[]
}

/** An Employee, as text; `spec` replaces or adds lines below `spec`. */
function employee(name: string, number: string, spec = ''): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata:
  name: ${name}
spec:
  employeeNumber: "${number}"
  givenName: Some
  familyName: Body
  employment:
    startDate: "2026-01-05"
${spec}`
}

function mapping(employees: string, grant = '{ provider: okta, groups: [Staff] }'): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: GroupMapping
metadata:
  name: broken
spec:
  employees: ${employees}
  grants:
  - ${grant}
`
}

function provider(spec: string): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider
metadata:
  name: broken
spec:
  okta: { orgUrl: "https://broken.okta.com", clientId: 0oa2, privateKey: { env: BROKEN_KEY } }
  ownership: { marker: tenure-managed, owner: acme }
${spec}`
}

/** Manifests that are right. Whatever is wrong beside them, they count. */
export const healthy: Readonly<Record<string, string>> = {
  'healthy/people.yaml': `${employee('grace-hopper', '9001')}---\n${employee('alan-turing', '9002', '  manager: { name: grace-hopper }\n')}`,
  'healthy/mapping.yaml': mapping('{ groups: [staff] }').replace('name: broken', 'name: staff'),
  'healthy/okta.yaml': `apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider
metadata:
  name: okta
spec:
  okta: { orgUrl: "https://acme.okta.com", clientId: 0oa1, privateKey: { env: OKTA_KEY } }
  ownership: { marker: tenure-managed, owner: acme }
`,
}

const invalid = { reason: 'ManifestInvalid', severity: 'Error' } as const
const unreadable = { reason: 'ManifestUnreadable', severity: 'Error' } as const
const unsupported = { reason: 'NotYetSupported', severity: 'Error' } as const
const bad = (content: string): Readonly<Record<string, string>> => ({ 'bad.yaml': content })
const ada = (spec: string): Readonly<Record<string, string>> => bad(employee('ada', '1001', spec))

const bomb = Array.from(
  { length: 12 },
  (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'x' : `*a${level - 1}`)}]`,
).join('\n')

/** Files that are no YAML we can or will read. */
const brokenFiles: readonly BrokenCase[] = [
  {
    name: 'a tab in the indentation',
    files: bad('apiVersion: tenure.dev/v1alpha1\nkind: Employee\nmetadata:\n\tname: ada\n'),
    ...unreadable,
    place: /^bad\.yaml:4:1$/,
    message: /^a tab indents this line, which YAML does not allow; indent with spaces$/,
  },
  {
    name: 'a key that stands twice',
    files: ada('  title: One\n  title: Two\n'),
    ...unreadable,
    place: /^bad\.yaml:12:3$/,
    message: /^the key title stands here twice; remove one of them$/,
  },
  {
    name: 'a quotation mark that is never closed, before other documents of the file',
    files: bad(`kind: "Employee\n---\n${employee('ada', '1001')}`),
    ...unreadable,
    place: /^bad\.yaml:2:1$/,
    message: /^a quotation mark is opened above and never closed; close it$/,
    employees: ['ada'],
  },
  {
    name: 'a list that is never closed, after other documents of the file',
    files: bad(`${employee('ada', '1001')}---\nspec: [1,\n`),
    ...unreadable,
    place: /^bad\.yaml:\d+:\d+$/,
    message: /^is no valid YAML: flow sequence .*; mend the line, or quote the value$/,
    employees: ['ada'],
  },
  {
    name: 'a value with a colon that wants quotes',
    files: ada('  title: Head: Engineering\n'),
    ...unreadable,
    place: /^bad\.yaml:11:\d+$/,
    message: /^is no valid YAML: nested mappings .*; mend the line, or quote the value$/,
  },
  {
    name: 'an empty file, which may be one that was cut off',
    files: bad(''),
    reason: 'ManifestUnreadable',
    severity: 'Warning',
    place: /^bad\.yaml:1:1$/,
    message: /^is empty; fill it in, or remove it$/,
  },
  {
    name: 'a file cut off in its first line',
    files: bad('apiVers'),
    ...invalid,
    place: /^bad\.yaml:1:1$/,
    message: /^is no manifest but a bare value; remove it, or complete the file$/,
  },
  {
    name: 'a file of 50 MB',
    files: { 'bad.yaml': { bytes: 50_000_000 } },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is 48 MiB large and was not read \(at most 8 MiB\); split it into several files$/,
  },
  {
    name: 'an alias bomb',
    files: bad(bomb),
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^refers to its anchors .* so often that it would grow without bound; write the values out instead$/,
  },
  {
    name: 'an alias without its anchor',
    files: ada('  title: *nothing\n'),
    ...unreadable,
    place: /^bad\.yaml:11:10$/,
    message:
      /^\*nothing refers to an anchor that is not set before it; set it with &nothing above, or quote the value$/,
  },
  {
    name: 'endless nesting',
    files: bad('['.repeat(10_000)),
    ...unreadable,
    place: /^bad\.yaml:1:\d+$/,
    message: /^is nested too deeply; a manifest needs only a few levels$/,
  },
  {
    name: 'a flood of empty documents',
    files: bad('---\n'.repeat(30_000)),
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^holds 30000 documents and was not read \(at most 20000\); split it into several files$/,
  },
  {
    name: 'a tag of another program',
    files: ada('  title: !secret boss\n'),
    ...unreadable,
    place: /^bad\.yaml:11:10$/,
    message: /^has an unresolved tag: !secret; write the plain value without it$/,
    employees: ['ada'],
  },
  {
    name: 'a binary file',
    files: { 'bad.yaml': Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]) },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is a binary file, no YAML; move it out of the tree, or rename it$/,
  },
  {
    name: 'text that is not UTF-8',
    files: { 'bad.yaml': Buffer.from('name: ok\ntitle: caf\u00e9\n', 'latin1') },
    ...unreadable,
    place: /^bad\.yaml:2:11$/,
    message: /^holds bytes that are no UTF-8 text; save it as UTF-8$/,
  },
  {
    name: 'text in UTF-16',
    files: { 'bad.yaml': Buffer.from('\uFEFFname: ok\n', 'utf16le') },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is encoded in UTF-16; save it as UTF-8$/,
  },
  {
    name: 'a symbolic link to a folder outside',
    files: { people: { link: '/etc' } },
    ...unreadable,
    place: /^people:1:1$/,
    message: /^is a symbolic link that leads out of the folder given; put the manifests themselves there$/,
  },
  {
    name: 'a symbolic link to a file outside',
    files: { 'bad.yaml': { link: '/etc/hostname' } },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is a symbolic link that leads out of the folder given; put the manifests themselves there$/,
  },
  {
    name: 'a symbolic link that leads nowhere',
    files: { people: { link: 'gone' } },
    ...unreadable,
    place: /^people:1:1$/,
    message: /^does not exist; mend the symbolic link, or remove it$/,
  },
  {
    name: 'a symbolic link to itself',
    files: { 'bad.yaml': { link: 'bad.yaml' } },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is a symbolic link that leads to itself; mend the symbolic link, or remove it$/,
  },
  {
    name: 'a named pipe',
    files: { 'bad.yaml': { pipe: true } },
    ...unreadable,
    place: /^bad\.yaml:1:1$/,
    message: /^is no regular file and was not read; move it out of the tree$/,
  },
]

/** Manifests that are wrong in themselves. */
const brokenManifests: readonly BrokenCase[] = [
  {
    name: 'a kind that does not exist',
    files: bad(employee('ada', '1001').replace('kind: Employee', 'kind: Employe')),
    ...invalid,
    place: /^bad\.yaml:2:7$/,
    message: /^kind "Employe" is unknown; did you mean Employee\?$/,
  },
  {
    name: 'a version that does not exist',
    files: bad(employee('ada', '1001').replace('v1alpha1', 'v1')),
    ...invalid,
    place: /^bad\.yaml:1:13$/,
    message: /^apiVersion "tenure.dev\/v1" is unknown; use tenure.dev\/v1alpha1$/,
  },
  {
    name: 'a misspelt API group',
    files: bad(employee('ada', '1001').replace('tenure.dev', 'tenrue.dev')),
    ...invalid,
    place: /^bad\.yaml:1:13$/,
    message: /^apiVersion "tenrue.dev\/v1alpha1" is unknown; use tenure.dev\/v1alpha1$/,
  },
  {
    name: 'no apiVersion',
    files: bad(employee('ada', '1001').replace(/^apiVersion.*\n/, '')),
    ...invalid,
    place: /^bad\.yaml:1:1$/,
    message: /^has no apiVersion; begin it with apiVersion: tenure.dev\/v1alpha1$/,
  },
  {
    name: 'no name',
    files: bad(employee('ada', '1001').replace('  name: ada', '  labels: { site: x }')),
    ...invalid,
    place: /^bad\.yaml:3:1$/,
    message: /^metadata\.name: is missing; it is required$/,
    untouchable: ['1001'],
  },
  {
    name: 'a name Kubernetes would refuse',
    files: bad(employee('Ada_Lovelace', '1001')),
    ...invalid,
    place: /^bad\.yaml:4:9$/,
    message: /^metadata\.name: must be .*small letters/,
    untouchable: ['1001'],
  },
  {
    name: 'an unknown field',
    files: ada('  titel: Boss\n'),
    ...invalid,
    place: /^bad\.yaml:11:10$/,
    message: /^spec\.titel: unknown field titel; did you mean title\?$/,
    untouchable: ['1001'],
  },
  {
    name: 'a required field that is missing',
    files: bad(employee('ada', '1001').replace('  familyName: Body\n', '')),
    ...invalid,
    place: /^bad\.yaml:5:1$/,
    message: /^spec\.familyName: is missing; it is required$/,
    untouchable: ['1001'],
  },
  {
    name: 'an employee number without quotes',
    files: bad(employee('ada', '1001').replace('"1001"', '1001')),
    ...invalid,
    place: /^bad\.yaml:6:19$/,
    message: /^spec\.employeeNumber: must be a string, not 1001; put it in quotes$/,
    untouchable: ['1001'],
  },
  {
    name: 'an employee number that is too long',
    files: bad(employee('ada', '12345678901234567')),
    ...invalid,
    place: /^bad\.yaml:6:19$/,
    message: /^spec\.employeeNumber: is 17 characters long; at most 16 are allowed$/,
  },
  {
    name: 'a day the calendar does not have',
    files: bad(employee('ada', '1001', '    endDate: "2027-02-30"\n')),
    ...invalid,
    place: /^bad\.yaml:11:14$/,
    message: /^spec\.employment\.endDate: is no day of the calendar/,
    untouchable: ['1001'],
  },
  {
    name: 'a date in the order of another country',
    files: bad(employee('ada', '1001', '    endDate: 31.03.2027\n')),
    ...invalid,
    place: /^bad\.yaml:11:14$/,
    message: /^spec\.employment\.endDate: must be a day, such as "2026-01-31"; got "31.03.2027"$/,
    untouchable: ['1001'],
  },
  {
    name: 'an end before the start',
    files: bad(employee('ada', '1001', '    endDate: "2025-12-31"\n')),
    ...invalid,
    place: /^bad\.yaml:11:14$/,
    message: /^spec\.employment\.endDate: endDate 2025-12-31 is before startDate 2026-01-05$/,
    untouchable: ['1001'],
  },
  {
    name: 'a time zone that does not exist',
    files: bad(employee('ada', '1001', '    timeZone: Europe/Londn\n')),
    ...invalid,
    place: /^bad\.yaml:11:15$/,
    message: /^spec\.employment\.timeZone "Europe\/Londn" is no time zone; use an IANA name such as Europe\/London$/,
    untouchable: ['1001'],
  },
  {
    name: 'an address that is none',
    files: ada('  workEmail: ada at acme\n'),
    ...invalid,
    place: /^bad\.yaml:11:14$/,
    message: /^spec\.workEmail: must be an e-mail address; got "ada at acme"$/,
    untouchable: ['1001'],
  },
  {
    name: 'yes for true',
    files: ada('  suspended: yes\n'),
    ...invalid,
    place: /^bad\.yaml:11:14$/,
    message: /^spec\.suspended: must be true or false, not the string "yes"$/,
    untouchable: ['1001'],
  },
  {
    name: 'Norway without quotes, which kubectl reads as false',
    files: ada('  address: { country: NO }\n'),
    reason: 'ManifestInvalid',
    severity: 'Warning',
    place: /^bad\.yaml:11:23$/,
    message: /^NO without quotes is false to kubectl \(YAML 1\.1\); quote it: "NO"$/,
    complete: true,
    employees: ['ada'],
  },
  {
    name: 'somebody who is their own manager',
    files: ada('  manager: { name: ada }\n'),
    ...invalid,
    place: /^bad\.yaml:11:20$/,
    message: /^spec\.manager\.name: nobody is their own manager$/,
    untouchable: ['1001'],
  },
  {
    name: 'a label that is none',
    files: bad(employee('ada', '1001').replace('  name: ada', '  name: ada\n  labels: { site: "London, UK" }')),
    ...invalid,
    place: /^bad\.yaml:5:19$/,
    message: /^metadata\.labels\.site: label value "London, UK" may hold/,
    untouchable: ['1001'],
  },
  {
    name: 'a mapping without a condition',
    files: bad(mapping('{}')),
    ...invalid,
    place: /^bad\.yaml:6:14$/,
    message:
      /^spec\.employees: give at least one of groups, selector, expression; to mean everyone, write the expression "true"$/,
  },
  {
    name: 'a mapping with an empty selector',
    files: bad(mapping('{ selector: {} }')),
    ...invalid,
    place: /^bad\.yaml:6:26$/,
    message: /^spec\.employees\.selector: is empty; give matchLabels or matchExpressions$/,
  },
  {
    name: 'an expression that is no CEL',
    files: bad(mapping(`{ expression: "employee.title.startsWith('x'" }`)),
    ...invalid,
    place: /^bad\.yaml:6:28$/,
    message: /^spec\.employees\.expression cannot be used, at character \d+: .*; mend the CEL expression$/,
  },
  {
    name: 'an expression that misspells a field',
    files: bad(mapping(`{ expression: "employee.titel == 'x'" }`)),
    ...invalid,
    place: /^bad\.yaml:6:28$/,
    message: /there is no field titel; did you mean title\?; mend the CEL expression$/,
  },
  {
    name: 'an expression that gives no yes or no',
    files: bad(mapping(`{ expression: "employee.title" }`)),
    ...invalid,
    place: /^bad\.yaml:6:28$/,
    message: /the expression must give a bool, but gives string; mend the CEL expression$/,
  },
  {
    name: 'an expression that could take too long',
    files: bad(
      mapping(
        `{ expression: "employee.groups.all(a, employee.groups.all(b, employee.groups.all(c, employee.groups.all(d, a + b + c + d != 'x'))))" }`,
      ),
    ),
    ...invalid,
    place: /^bad\.yaml:6:28$/,
    message: /could take too long.*; make it simpler$/,
  },
  {
    name: 'a provider with two vendors',
    files: bad(
      provider(
        '  entra: { tenantId: 00000000-0000-4000-8000-000000000000, clientId: 00000000-0000-4000-8000-000000000000, credential: { workloadIdentity: {} } }\n',
      ),
    ),
    ...invalid,
    place: /^bad\.yaml:5:1$|^bad\.yaml:6:3$/,
    message: /^spec: give exactly one of okta, entra$/,
  },
  {
    name: 'a secret in the place of its name, without showing it',
    files: bad(provider('').replace('{ env: BROKEN_KEY }', '"-----BEGIN PRIVATE KEY-----"')),
    ...invalid,
    place: /^bad\.yaml:6:\d+$/,
    message: /^spec\.okta\.privateKey: must be a mapping, not a string$/,
  },
  {
    name: 'a guard setting that comes later',
    files: bad(provider('  guard: { window: 1h }\n')),
    ...unsupported,
    place: /^bad\.yaml:8:20$/,
    message: /^spec\.guard\.window is not supported yet; use 24h, or leave it out$/,
  },
]

/** Manifests that are right alone and wrong together. */
const brokenRelations: readonly BrokenCase[] = [
  {
    name: 'two providers at one tenant with one marker',
    files: { 'bad.yaml': `${provider('')}---\n${provider('').replace(/^( *name:) .*$/m, '$1 second')}` },
    reason: 'ManifestInvalid',
    severity: 'Error',
    findings: 2,
    place: /^bad\.yaml:\d+:\d+$/,
    message:
      /^spec\.okta\.orgUrl .* with the marker .* is also that of .*bad\.yaml:\d+:\d+.*; keep one, or give each its own marker$/,
  },
  {
    name: 'two people with one number, on both with the place of the other',
    files: { 'bad.yaml': `${employee('ada', '1001')}---\n${employee('bob', '1001')}` },
    reason: 'DuplicateEmployeeNumber',
    severity: 'Error',
    findings: 2,
    place: /^bad\.yaml:(6|17):19$/,
    message:
      /^spec\.employeeNumber "1001" is also that of (ada|bob) \(.*bad\.yaml:(6|17):19\); give each person their own$/,
    untouchable: ['1001'],
  },
  {
    name: 'a number that somebody else had before',
    files: {
      'bad.yaml': `${employee('ada', '1001', '  previousEmployeeNumbers: ["1002"]\n')}---\n${employee('bob', '1002')}`,
    },
    reason: 'DuplicateEmployeeNumber',
    severity: 'Error',
    findings: 2,
    place: /^bad\.yaml:(11:29|18:19)$/,
    message: /"1002" is also that of (ada|bob) \(.*\); give each person their own$/,
    untouchable: ['1001', '1002'],
  },
  {
    name: 'two people with one address',
    files: {
      'bad.yaml': `${employee('ada', '1001', '  workEmail: one@acme.example\n')}---\n${employee('bob', '1002', '  workEmail: One@ACME.example\n')}`,
    },
    reason: 'DuplicateWorkEmail',
    severity: 'Error',
    findings: 2,
    place: /^bad\.yaml:(11|23):14$/,
    message:
      /^spec\.workEmail "(one@acme|One@ACME)\.example" is also that of (ada|bob) \(.*\); give each person their own$/,
    complete: true,
    employees: ['ada', 'bob'],
  },
  {
    name: 'a file that was copied',
    files: { 'bad.yaml': employee('ada', '1001'), 'copy.yaml': employee('ada', '1001') },
    reason: 'DuplicateName',
    severity: 'Error',
    findings: 2,
    place: /^(bad|copy)\.yaml:4:9$/,
    message: /^metadata\.name ada is also that of the Employee at .*(bad|copy)\.yaml:4:9; rename or remove one$/,
    untouchable: ['1001'],
  },
  {
    name: 'a manager who does not exist',
    files: ada('  manager: { name: grace-hoper }\n'),
    reason: 'ManagerMissing',
    severity: 'Warning',
    place: /^bad\.yaml:11:20$/,
    message: /^the manager grace-hoper is no Employee, so none is set; did you mean grace-hopper\?$/,
    complete: true,
    employees: ['ada'],
  },
  {
    name: 'managers in a circle',
    files: {
      'bad.yaml': `${employee('ada', '1001', '  manager: { name: bob }\n')}---\n${employee('bob', '1002', '  manager: { name: ada }\n')}`,
    },
    reason: 'ManagerCycle',
    severity: 'Warning',
    findings: 2,
    place: /^bad\.yaml:(11|23):20$/,
    message: /^the managers form a circle, (ada → bob → ada|bob → ada → bob), so none is set; change /,
    complete: true,
    employees: ['ada', 'bob'],
  },
  {
    name: 'a person at a provider that does not exist',
    files: ada('  providers: [octa]\n'),
    reason: 'ProviderMissing',
    severity: 'Error',
    place: /^bad\.yaml:11:15$/,
    message: /^there is no IdentityProvider octa; did you mean okta\?$/,
    employees: ['ada'],
  },
  {
    name: 'a grant at a provider that does not exist',
    files: bad(mapping('{ groups: [staff] }', '{ provider: entra, groups: [Staff] }')),
    reason: 'ProviderMissing',
    severity: 'Error',
    place: /^bad\.yaml:8:17$/,
    message: /^there is no IdentityProvider entra; declare it, or take the name out$/,
  },
  {
    name: 'a manifest of another namespace',
    files: {
      ...bad(employee('ada', '1001').replace('  name: ada', '  name: ada\n  namespace: elsewhere')),
      'more.yaml': employee('bob', '1002').replace('  name: bob', '  name: bob\n  namespace: people'),
      'okta2.yaml': (healthy['healthy/okta.yaml'] ?? '')
        .replace('  name: okta', '  name: okta2\n  namespace: people')
        .replace('https://acme.', 'https://acme2.'),
    },
    ...invalid,
    place: /^bad\.yaml:5:14$/,
    message:
      /^metadata\.namespace: is elsewhere, while the rest here is in people; one folder is one organisation: keep each in a folder of its own$/,
    untouchable: ['1001'],
    employees: ['bob'],
  },
]

/** All of them. */
export const brokenCases: readonly BrokenCase[] = [...brokenFiles, ...brokenManifests, ...brokenRelations]
