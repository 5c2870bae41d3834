import { randomUUID } from 'node:crypto'

/** A JSON object as the API server stores it. */
export type Thing = Readonly<Record<string, unknown>>

/** Kinds that the policies are about. */
export type Resource = 'employees' | 'groupmappings' | 'identityproviders' | 'namespaces' | 'customresourcedefinitions'

/** One request and what becomes of it. */
export interface PolicyCase {
  readonly title: string
  readonly resource: Resource
  /** Rights beyond reading and writing, as `verb resource`. */
  readonly rights?: readonly string[]
  /** What is stored; absent when the object is created. */
  readonly before?: Thing
  /** What is to be stored; absent when the object is deleted. */
  readonly after?: Thing
  /** Part of the message where the request is refused; absent where it passes. */
  readonly refused?: string
}

const annotated = (annotations: Thing, labels: Thing = {}) => ({ annotations, labels })

const employee = (metadata: Thing = {}, spec: Thing = {}): Thing => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'Employee',
  metadata: { name: 'ada', ...metadata },
  spec: {
    employeeNumber: '1001',
    givenName: 'Ada',
    familyName: 'Lovelace',
    employment: { startDate: '2026-01-05' },
    ...spec,
  },
})

const mapping = (spec: Thing = {}, metadata: Thing = {}): Thing => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'GroupMapping',
  metadata: { name: 'admins', ...metadata },
  spec: { employees: { groups: ['admins'] }, grants: [{ provider: 'entra', directoryRoles: ['Reader'] }], ...spec },
})

const provider = (spec: Thing = {}, metadata: Thing = {}): Thing => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'IdentityProvider',
  metadata: { name: 'okta', ...metadata },
  spec: {
    okta: {
      orgUrl: 'https://acme.okta.com',
      clientId: '0oa1',
      privateKey: { secretRef: { name: 'okta-api', key: 'private-key' } },
    },
    ownership: { marker: 'tenure-managed', owner: 'acme' },
    ...spec,
  },
})

/** A namespace that the cases protect; new in every run, since one that was deleted may linger. */
const protectedNamespace = `tenure-policies-${randomUUID().slice(0, 8)}`

const namespace = (metadata: Thing): Thing => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: protectedNamespace, ...metadata },
})

const definition = (metadata: Thing): Thing => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'papers.policies.tenure.dev', ...metadata },
  spec: {
    group: 'policies.tenure.dev',
    scope: 'Namespaced',
    names: { kind: 'Paper', plural: 'papers', singular: 'paper', listKind: 'PaperList' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: {} } } },
    ],
  },
})

const kept = { 'tenure.dev/deletion-protection': 'true' }
const keep = 'take the annotation tenure.dev/deletion-protection off'
const unprotect = (what: string) => `needs the verb unprotect on ${what}`

const deletionCases: readonly PolicyCase[] = [
  ...(['employees', 'groupmappings', 'identityproviders'] as const).flatMap((resource): readonly PolicyCase[] => {
    const make = { employees: employee, groupmappings: mapping, identityproviders: provider }[resource]
    const object = make()
    const metadata = { ...(object.metadata as Thing), ...annotated(kept) }
    const held = { ...object, metadata }
    const free = `unprotect ${resource}`
    return [
      { title: `protected ${resource} are not deleted`, resource, before: held, refused: keep },
      {
        title: `whoever may unprotect ${resource} does not delete a protected one`,
        resource,
        rights: [free],
        before: held,
        refused: keep,
      },
      { title: `${resource} without protection are deleted`, resource, before: object },
      {
        title: `the protection of ${resource} is not taken off`,
        resource,
        before: held,
        after: object,
        refused: unprotect(`${resource}.tenure.dev`),
      },
      {
        title: `the protection of ${resource} is taken off with the verb`,
        resource,
        rights: [free],
        before: held,
        after: object,
      },
      { title: `protection of ${resource} is put on by anyone`, resource, before: object, after: held },
    ]
  }),
  {
    title: 'a protection that says something else than true is none',
    resource: 'employees',
    before: employee(annotated({ 'tenure.dev/deletion-protection': 'no' })),
  },
  {
    title: 'a protection is not turned into another word',
    resource: 'employees',
    before: employee(annotated(kept)),
    after: employee(annotated({ 'tenure.dev/deletion-protection': 'false' })),
    refused: unprotect('employees.tenure.dev'),
  },
  {
    title: 'a protected Employee is otherwise written as before',
    resource: 'employees',
    before: employee(annotated(kept)),
    after: employee(annotated(kept), { title: 'Engineer' }),
  },
  {
    title: 'a protected namespace is not deleted',
    resource: 'namespaces',
    before: namespace(annotated(kept)),
    refused: keep,
  },
  { title: 'another namespace is deleted', resource: 'namespaces', before: namespace({}) },
  {
    title: 'the protection of a namespace is not taken off',
    resource: 'namespaces',
    before: namespace(annotated(kept)),
    after: namespace({}),
    refused: unprotect('namespaces'),
  },
  {
    title: 'the protection of a namespace is taken off with the verb',
    resource: 'namespaces',
    rights: ['unprotect namespaces'],
    before: namespace(annotated(kept)),
    after: namespace({}),
  },
  {
    title: 'a protected definition is not deleted',
    resource: 'customresourcedefinitions',
    before: definition(annotated(kept)),
    refused: keep,
  },
  {
    title: 'the protection of a definition is not taken off',
    resource: 'customresourcedefinitions',
    before: definition(annotated(kept)),
    after: definition({}),
    refused: unprotect('customresourcedefinitions'),
  },
]

const grantPrivileged = 'needs the verb grant-privileged on groupmappings.tenure.dev'
const mayGrant = ['grant-privileged groupmappings']
const allowing = { allowPrivileged: true }

const mappingCases: readonly PolicyCase[] = (
  [
    { title: 'a mapping that allows nothing privileged is made', after: mapping() },
    { title: 'a mapping that says so is made', after: mapping({ allowPrivileged: false }) },
    { title: 'a privileged mapping is not made', after: mapping(allowing), refused: grantPrivileged },
    { title: 'a privileged mapping is made with the verb', rights: mayGrant, after: mapping(allowing) },
    {
      title: 'a mapping does not become privileged',
      before: mapping(),
      after: mapping(allowing),
      refused: grantPrivileged,
    },
    {
      title: 'a mapping becomes privileged with the verb',
      rights: mayGrant,
      before: mapping(),
      after: mapping(allowing),
    },
    {
      title: 'a privileged mapping does not get another target',
      before: mapping(allowing),
      after: mapping({ ...allowing, grants: [{ provider: 'entra', directoryRoles: ['Global Administrator'] }] }),
      refused: grantPrivileged,
    },
    {
      title: 'a privileged mapping does not get other people',
      before: mapping(allowing),
      after: mapping({ ...allowing, employees: { expression: 'true' } }),
      refused: grantPrivileged,
    },
    { title: 'a mapping stops being privileged', before: mapping(allowing), after: mapping() },
    { title: 'a privileged mapping is deleted', before: mapping(allowing) },
    {
      title: 'a label of a privileged mapping is changed',
      before: mapping(allowing),
      after: mapping(allowing, { labels: { team: 'identity' } }),
    },
    {
      title: 'another verb does not make a mapping privileged',
      rights: ['loosen groupmappings', 'grant-privileged employees'],
      after: mapping(allowing),
      refused: grantPrivileged,
    },
  ] satisfies readonly Omit<PolicyCase, 'resource'>[]
).map(one => ({ ...one, resource: 'groupmappings' as const }))

const hash = (digit: string) => `sha256:${digit.repeat(64)}`
const decide = 'needs the verb decide on identityproviders.tenure.dev'
const decidedCases: readonly PolicyCase[] = (
  [
    {
      title: 'nobody approves',
      before: provider(),
      after: provider({ guard: { approved: [hash('a')] } }),
      refused: decide,
    },
    {
      title: 'nobody rejects',
      before: provider(),
      after: provider({ guard: { rejected: [hash('a')] } }),
      refused: decide,
    },
    {
      title: 'whoever may decide approves',
      rights: ['decide identityproviders'],
      before: provider(),
      after: provider({ guard: { approved: [hash('a')] } }),
    },
    {
      title: 'whoever may loosen does not approve',
      rights: ['loosen identityproviders'],
      before: provider(),
      after: provider({ guard: { approved: [hash('a')] } }),
      refused: decide,
    },
    {
      title: 'an approval is not taken back',
      before: provider({ guard: { approved: [hash('a')] } }),
      after: provider(),
      refused: decide,
    },
    {
      title: 'approvals change places',
      before: provider({ guard: { approved: [hash('a'), hash('b')] } }),
      after: provider({ guard: { approved: [hash('b'), hash('a')] } }),
    },
    {
      title: 'a new IdentityProvider brings no approval',
      after: provider({ guard: { approved: [hash('a')] } }),
      refused: decide,
    },
    {
      title: 'a new IdentityProvider brings an approval with the verb',
      rights: ['decide identityproviders'],
      after: provider({ guard: { approved: [hash('a')] } }),
    },
  ] satisfies readonly Omit<PolicyCase, 'resource'>[]
).map(one => ({ ...one, resource: 'identityproviders' as const }))

const annotationCases: readonly PolicyCase[] = (
  [
    ['employees', employee, 'orphan', 'true'],
    ['employees', employee, 'unblock', '2026-02-01T00:00:00Z'],
    ['identityproviders', (metadata: Thing) => provider({}, metadata), 'release', 'true'],
  ] as const
).flatMap(([resource, make, word, value]): readonly PolicyCase[] => {
  const name = `tenure.dev/${word}`
  const refused = `needs the verb ${word} on ${resource}.tenure.dev`
  const rights = [`${word} ${resource}`]
  const [plain, set] = [make({}), make(annotated({ [name]: value }))]
  return [
    { title: `${name} is not set`, resource, before: plain, after: set, refused },
    { title: `${name} is not set on creation`, resource, after: set, refused },
    { title: `${name} is set with the verb`, resource, rights, before: plain, after: set },
    { title: `${name} is set on creation with the verb`, resource, rights, after: set },
    {
      title: `${name} is not changed`,
      resource,
      before: make(annotated({ [name]: '2026-01-01' })),
      after: set,
      refused,
    },
    { title: `${name} is taken off`, resource, before: set, after: plain },
    {
      title: `${name} stays while another annotation comes`,
      resource,
      before: set,
      after: make(annotated({ [name]: value, note: 'x' })),
    },
    { title: `an object with ${name} is deleted`, resource, before: set },
  ]
})

const finalizers = ['tenure.dev/offboard']
const finalizerCases: readonly PolicyCase[] = [
  {
    title: 'the finalizer is not taken off',
    resource: 'employees',
    before: employee({ finalizers }),
    after: employee(),
    refused: 'needs update on employees/finalizers.tenure.dev',
  },
  {
    title: 'whoever may orphan does not take the finalizer off',
    resource: 'employees',
    rights: ['orphan employees'],
    before: employee({ finalizers }),
    after: employee(),
    refused: 'needs update on employees/finalizers.tenure.dev',
  },
  {
    title: 'the finalizer is taken off by the operator',
    resource: 'employees',
    rights: ['update employees/finalizers'],
    before: employee({ finalizers }),
    after: employee(),
  },
  {
    title: 'the finalizer of an IdentityProvider is not taken off',
    resource: 'identityproviders',
    before: provider({}, { finalizers }),
    after: provider(),
    refused: 'needs update on identityproviders/finalizers.tenure.dev',
  },
  {
    title: 'another finalizer is taken off',
    resource: 'employees',
    before: employee({ finalizers: [...finalizers, 'acme.example/payroll'] }),
    after: employee({ finalizers }),
  },
  { title: 'the finalizer is put on', resource: 'employees', before: employee(), after: employee({ finalizers }) },
  {
    title: 'an object with the finalizer is written as before',
    resource: 'employees',
    before: employee({ finalizers }),
    after: employee({ finalizers }, { title: 'Engineer' }),
  },
]

export {
  annotationCases,
  decidedCases,
  deletionCases,
  employee,
  finalizerCases,
  mapping,
  mappingCases,
  protectedNamespace,
  provider,
}
