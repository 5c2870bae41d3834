import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Directory, oktaManifest, startTenants, type Tenants } from './stage.ts'

/** What most guides give a service app, with the four scopes that an IdentityProvider asks for by default. */
const role = {
  permissions: [
    'okta.users.create',
    'okta.users.read',
    'okta.users.userprofile.manage',
    'okta.users.lifecycle.suspend',
    'okta.users.lifecycle.unsuspend',
    'okta.users.groupMembership.manage',
    'okta.groups.read',
    'okta.groups.members.manage',
  ],
}
const scopes = ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage']
const description = 'tenure owner=acme-people by=dir-here'

const mapping = `apiVersion: tenure.dev/v1alpha1
kind: GroupMapping
metadata: { name: engineering }
spec:
  employees: { groups: [engineering] }
  grants: [{ provider: okta, groups: [Engineering] }]
`

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

interface Seen {
  readonly status: string
  readonly title: unknown
  readonly groups: readonly string[]
}

describe('the least role that most guides give, with the four default scopes', () => {
  let tenants: Tenants
  let directory: Directory

  beforeAll(async () => {
    const groups = [
      { name: 'tenure-managed', description },
      { name: 'tenure-managed-blocked', description },
      { name: 'Engineering' },
    ]
    tenants = await startTenants({ seed: { okta: { groups, apps: [{ scopes, roles: [role] }] } } })
    directory = await tenants.directory({
      'okta.yaml': oktaManifest,
      'mapping.yaml': mapping,
      '.tenure/id': 'dir-here\n',
    })
  })
  afterAll(() => tenants.close())

  /** Ada as a plain request shows her. */
  async function seen(): Promise<Seen> {
    const { orgUrl, apiToken } = tenants.simulator.okta
    const read = async (path: string): Promise<unknown> =>
      (
        await fetch(`${orgUrl}/api/v1/users/ada@acme.example${path}`, {
          headers: { authorization: `SSWS ${apiToken}` },
        })
      ).json()
    const { status, profile } = (await read('')) as { status: string; profile: Record<string, unknown> }
    const groups = (await read('/groups')) as { profile: { name: string } }[]
    return {
      status,
      title: profile.title,
      groups: groups.map(group => group.profile.name).filter(name => name !== 'Everyone'),
    }
  }

  /** Applies Ada's manifest; the plan after it must be empty. */
  async function become(manifest: string): Promise<Seen> {
    await directory.write({ 'ada.yaml': manifest })
    const applied = await directory.run(['apply', '--yes'])
    expect([applied.code, applied.out + applied.err]).toEqual([0, applied.out])
    const after = await directory.run(['plan'])
    expect([after.code, after.out]).toEqual([0, expect.stringContaining('Nothing to do')])
    return seen()
  }

  it('is enough for a joiner, a mover, a suspension and its end, and a leaver who is ACTIVE', async () => {
    const joined = await become(ada('groups: [engineering]'))
    expect(joined).toMatchObject({ status: 'PROVISIONED', groups: ['tenure-managed', 'Engineering'] })
    const moved = await become(ada('title: Countess'))
    expect(moved).toMatchObject({ title: 'Countess', groups: ['tenure-managed'] })

    const { orgUrl, apiToken } = tenants.simulator.okta
    const password = JSON.stringify({ credentials: { password: { value: 'Correct-horse-7-battery' } } })
    const headers = { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' }
    await fetch(`${orgUrl}/api/v1/users/ada@acme.example`, { method: 'POST', headers, body: password })
    const state = tenants.simulator.tenants.okta.state()
    tenants.simulator.tenants.okta.load({
      ...state,
      users: state.users?.map(user => ({ ...user, status: 'ACTIVE' as const })) ?? [],
    })

    expect(await become(ada('suspended: true'))).toMatchObject({ status: 'SUSPENDED' })
    expect(await become(ada())).toMatchObject({ status: 'ACTIVE', groups: ['tenure-managed'] })
    const left = await become(ada('groups: [engineering]', 'endDate: "2026-02-27"'))
    expect(left).toMatchObject({ status: 'SUSPENDED', groups: ['tenure-managed', 'tenure-managed-blocked'] })
  })
})
