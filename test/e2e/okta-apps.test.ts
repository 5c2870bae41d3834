import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Directory, oktaManifest, startTenants, type Tenants } from './stage.ts'

const scopes = [
  'okta.users.read',
  'okta.users.manage',
  'okta.groups.read',
  'okta.groups.manage',
  'okta.apps.read',
  'okta.apps.manage',
]
const description = 'tenure owner=acme-people by=dir-here'

function mapping(apps: string): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: GroupMapping
metadata: { name: engineering }
spec:
  employees: { groups: [engineering] }
  grants: [{ provider: okta, apps: ${apps} }]
`
}

function ada(fields = '', employment = ''): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata: { name: ada }
spec:
  employeeNumber: "1"
  givenName: Ada
  familyName: Lovelace
  workEmail: ada@acme.example
  ${fields}
  employment:
    startDate: "2026-01-05"
    ${employment}
`
}

describe('apps at Okta', () => {
  let tenants: Tenants
  let directory: Directory
  let manifest: string

  beforeAll(async () => {
    const groups = [
      { name: 'tenure-managed', description },
      { name: 'tenure-managed-blocked', description },
      { name: 'Wiki users' },
    ]
    const apps = [
      { scopes, roles: ['SUPER_ADMIN'] },
      { label: 'GitHub' },
      { label: 'Wiki', groups: ['Wiki users'] },
      { label: 'Twin' },
      { label: 'Twin' },
    ]
    tenants = await startTenants({ seed: { okta: { groups, apps } } })
    manifest = oktaManifest.replace('spec:\n  okta: {', `spec:\n  okta: { scopes: [${scopes.join(', ')}],`)
    directory = await tenants.directory({
      'okta.yaml': manifest,
      'mapping.yaml': mapping('[GitHub]'),
      '.tenure/id': 'dir-here\n',
    })
  })
  afterAll(() => tenants.close())

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { orgUrl, apiToken } = tenants.simulator.okta
    const headers = { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${orgUrl}/api/v1${path}`, { method, headers, ...text })
    return response.status === 204 ? undefined : response.json()
  }

  /** How Ada has an app, as a plain request shows it. */
  async function held(label: string): Promise<string | undefined> {
    const [app] = (await ask('GET', `/apps?q=${label}`)) as { id: string }[]
    const { id } = (await ask('GET', '/users/ada@acme.example')) as { id: string }
    return ((await ask('GET', `/apps/${app?.id}/users/${id}`)) as { scope?: string }).scope
  }

  async function become(files: Readonly<Record<string, string>>): Promise<void> {
    await directory.write(files)
    const applied = await directory.run(['apply', '--yes'])
    expect([applied.code, applied.out + applied.err]).toEqual([0, applied.out])
    const after = await directory.run(['plan'])
    expect([after.code, after.out]).toEqual([0, expect.stringContaining('Nothing to do')])
  }

  it('are given to whom a mapping names, put right, and taken again', async () => {
    await become({ 'ada.yaml': ada('groups: [engineering]') })
    expect(await held('GitHub')).toBe('USER')
    await become({ 'mapping.yaml': mapping('[GitHub, Wiki]') })
    expect(await held('Wiki')).toBe('USER')
    await become({ 'ada.yaml': ada() })
    expect([await held('GitHub'), await held('Wiki')]).toEqual([undefined, undefined])
  })

  it('that a group gives already are neither given nor taken', async () => {
    const [group] = (await ask('GET', '/groups?q=Wiki')) as { id: string }[]
    const { id } = (await ask('GET', '/users/ada@acme.example')) as { id: string }
    await ask('PUT', `/groups/${group?.id}/users/${id}`)
    expect(await held('Wiki')).toBe('GROUP')
    await become({ 'ada.yaml': ada('groups: [engineering]') })
    expect([await held('GitHub'), await held('Wiki')]).toEqual(['USER', 'GROUP'])
    await become({ 'ada.yaml': ada() })
    expect([await held('GitHub'), await held('Wiki')]).toEqual([undefined, 'GROUP'])
  })

  it('are taken from a leaver, those too that nobody named', async () => {
    await become({ 'ada.yaml': ada('groups: [engineering]') })
    const [twin] = (await ask('GET', '/apps?q=Twin')) as { id: string }[]
    const { id } = (await ask('GET', '/users/ada@acme.example')) as { id: string }
    await ask('POST', `/apps/${twin?.id}/users`, { id, scope: 'USER' })
    const state = tenants.simulator.tenants.okta.state()
    const users = state.users?.map(user => ({ ...user, status: 'ACTIVE' as const })) ?? []
    tenants.simulator.tenants.okta.load({ ...state, users })
    await become({ 'ada.yaml': ada('groups: [engineering]', 'endDate: "2026-02-27"') })
    expect(((await ask('GET', `/users/${id}`)) as { status: string }).status).toBe('SUSPENDED')
    expect([await held('GitHub'), await held('Twin')]).toEqual([undefined, undefined])
  })

  it('of one name are told apart, or the mapping is refused', async () => {
    await directory.write({ 'mapping.yaml': mapping('[Twin]') })
    const planned = await directory.run(['plan'])
    expect(planned.out + planned.err).toMatch(/Twin/)
    expect(planned.out + planned.err).toMatch(/ambiguous|2 |two|id:/i)
  })
})
