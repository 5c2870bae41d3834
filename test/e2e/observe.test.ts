import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Directory, entraManifest, oktaManifest, startTenants, type Tenants } from './stage.ts'

const reader = { permissions: ['okta.users.read', 'okta.groups.read'] }
const scopes = ['okta.users.read', 'okta.groups.read']
const permissions = ['User.Read.All', 'GroupMember.Read.All', 'RoleManagement.Read.Directory']
const clientSecret = 'a-secret-of-the-reader'

const ada = `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata: { name: ada }
spec:
  employeeNumber: "1"
  givenName: Ada
  familyName: Lovelace
  workEmail: ada@acme.example
  employment: { startDate: "2026-01-05" }
`

describe('credentials that can only read', () => {
  let tenants: Tenants
  let observed: Directory
  let enforced: Directory

  beforeAll(async () => {
    const markers = ['tenure-managed', 'tenure-managed-blocked']
    const description = 'tenure owner=acme-people by=dir-elsewhere'
    const okta = { groups: markers.map(name => ({ name, description })), apps: [{ scopes, roles: [reader] }] }
    const groups = markers.map(displayName => ({ displayName, description }))
    const entra = {
      tenant: { domains: ['acme.example'] },
      groups,
      applications: [{ permissions, secrets: [clientSecret] }],
    }
    tenants = await startTenants({ seed: { okta, entra } })
    const providers = { 'okta.yaml': oktaManifest, 'entra.yaml': entraManifest }
    const observing = Object.entries(providers).map(([name, text]) => [name, `${text}  mode: Observe\n`])
    observed = await tenants.directory({ ...Object.fromEntries(observing), 'ada.yaml': ada })
    enforced = await tenants.directory({ ...providers, 'ada.yaml': ada })
  })
  afterAll(() => tenants.close())

  const secrets = (directory: Directory): Record<string, string> => ({
    ...directory.env,
    ENTRA_CLIENT_SECRET: clientSecret,
  })

  /** What was asked for but reads; the requests inside a batch are listed by themselves. */
  const writes = () =>
    tenants.simulator.requests().filter(one => one.method !== 'GET' && !/token$|\$batch$/.test(one.path))

  it('are enough to observe: the plan shows what would be done, and apply does nothing', async () => {
    const plan = await observed.run(['plan'], secrets(observed))
    expect(plan.out).toMatch(/only reported[\s\S]*account ada@acme.example, enabled/)
    const before = writes()
    const apply = await observed.run(['apply', '--yes'], secrets(observed))
    expect([plan.code, apply.code]).toEqual([0, 0])
    expect(writes()).toEqual(before)
  })

  it('stop a provider that is to be enforced, and say which right is missing', async () => {
    const plan = await enforced.run(['plan'], secrets(enforced))
    expect(plan.code).toBe(1)
    expect(plan.out + plan.err).toMatch(/okta\.users\.manage|okta\.groups\.manage/)
    expect(plan.out + plan.err).toMatch(/GroupMember\.ReadWrite\.All/)
  })
})
