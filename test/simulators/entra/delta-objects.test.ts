import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const USER_ADMIN = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const HELPDESK = '729827e3-9c14-49f7-bb1b-9608f156bbb8'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [
      {
        permissions: [
          'Application.ReadWrite.All',
          'Directory.Read.All',
          'RoleManagement.ReadWrite.Directory',
          'User.ReadWrite.All',
        ],
      },
    ],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    ...more,
  })

interface Round {
  readonly value: readonly Record<string, unknown>[]
  readonly link: string
}

async function round({ call }: TestTenant, path: string): Promise<Round> {
  const { status, body, value } = await call(`GET ${path}`)
  expect(status).toBe(200)
  return { value, link: String(body['@odata.deltaLink']) }
}

rule(
  {
    area: 'Delta',
    says: 'the delta function is there for applications, directory roles, contacts and OAuth2 permission grants too, under either name; there are no grants here',
    source: 'Microsoft Graph metadata, v1.0',
  },
  async () => {
    const tenant = seeded({ contacts: [{ displayName: 'Printer', mail: 'printer@partner.example' }] })
    for (const root of ['/applications', '/directoryRoles', '/contacts', '/oauth2PermissionGrants'])
      for (const name of ['delta', 'microsoft.graph.delta()']) {
        const { body } = await tenant.call(`GET ${root}/${name}`)
        expect(String(body['@odata.context'])).toMatch(new RegExp(`\\$metadata#${root.slice(1)}$`))
        expect(String(body['@odata.deltaLink'])).toContain('$deltatoken=')
      }
    expect((await round(tenant, '/oauth2PermissionGrants/delta?$select=id')).value).toEqual([])
    const contacts = await round(tenant, '/contacts/delta?$select=displayName')
    expect(contacts.value.map(({ displayName }) => displayName)).toEqual(['Printer'])
  },
)

rule(
  {
    area: 'Delta',
    says: 'the delta of applications shows who is new, changed or gone',
    source: 'Microsoft Graph, application: delta',
  },
  async () => {
    const tenant = seeded()
    const first = await round(tenant, '/applications/delta?$select=displayName')
    const { body } = await tenant.call('POST /applications', { displayName: 'HR' })
    const made = await round(tenant, first.link)
    expect(made.value).toEqual([{ id: body.id, displayName: 'HR' }])
    await tenant.call(`PATCH /applications/${body.id}`, { displayName: 'People' })
    const changed = await round(tenant, made.link)
    expect(changed.value).toEqual([{ id: body.id, displayName: 'People' }])
    await tenant.call(`DELETE /applications/${body.id}`)
    expect((await round(tenant, changed.link)).value).toEqual([{ id: body.id, '@removed': { reason: 'changed' } }])
  },
)

rule(
  {
    area: 'Delta: links',
    says: 'the delta of directory roles shows the activated ones with description, displayName, roleTemplateId and members@delta: who got the role over the whole tenant, and who lost it with @removed',
    source: 'Microsoft Graph, directoryRole: delta',
  },
  async () => {
    const roleAssignments = [{ role: USER_ADMIN, principal: ADA }]
    const tenant = seeded({ roleAssignments, administrativeUnits: [{ displayName: 'Emea' }] })
    const first = await round(tenant, '/directoryRoles/delta')
    const user = (id: string) => ({ '@odata.type': '#microsoft.graph.user', id })
    const roles = (await tenant.call('GET /directoryRoles')).value.slice(1)
    expect(first.value).toMatchObject([{ displayName: 'Global Administrator' }, { displayName: 'User Administrator' }])
    expect(first.value.slice(1)).toEqual([
      {
        id: roles[0]?.id,
        description: 'User Administrator',
        displayName: 'User Administrator',
        roleTemplateId: USER_ADMIN,
        'members@delta': [user(ADA)],
      },
    ])
    await tenant.call(`POST /directoryRoles/${roles[0]?.id}/members/$ref`, ref(BOB))
    await tenant.call(`DELETE /directoryRoles/${roles[0]?.id}/members/${ADA}/$ref`)
    const changed = await round(tenant, first.link)
    expect(changed.value.map(item => item['members@delta'])).toEqual([
      [user(BOB), { ...user(ADA), '@removed': { reason: 'deleted' } }],
    ])
    const [unit] = (await tenant.call('GET /directory/administrativeUnits')).value
    for (const directoryScopeId of ['/', `/administrativeUnits/${unit?.id}`])
      await tenant.call('POST /roleManagement/directory/roleAssignments', {
        roleDefinitionId: HELPDESK,
        principalId: ADA,
        directoryScopeId,
      })
    const activated = await round(tenant, changed.link)
    expect(activated.value).toMatchObject([{ roleTemplateId: HELPDESK, 'members@delta': [user(ADA)] }])
    expect((await round(tenant, activated.link)).value).toEqual([])
    expect((await round(tenant, '/directoryRoles/delta?$select=displayName&$deltatoken=latest')).value).toEqual([])
  },
)

rule(
  {
    area: 'Delta',
    says: 'the order of what changed is arbitrary: by switch, the last of a page comes first',
    source: 'Microsoft Graph, Use delta query',
    unconfirmed: 'deltaOrder',
  },
  async () => {
    for (const deltaOrder of ['made', 'any'] as const) {
      const tenant = seeded({ switches: { deltaOrder } })
      const { link } = await round(tenant, '/users/delta?$select=jobTitle')
      for (const id of [ADA, BOB]) await tenant.call(`PATCH /users/${id}`, { jobTitle: 'Chief' })
      const ids = (await round(tenant, link)).value.map(({ id }) => id)
      expect(ids).toEqual(deltaOrder === 'made' ? [ADA, BOB] : [BOB, ADA])
    }
  },
)

rule(
  {
    area: 'Delta',
    says: '$top, $orderby and $expand are not supported; by switch they are ignored where otherwise they are 400 Request_UnsupportedQuery',
    source: 'Microsoft Graph, Use delta query',
    unconfirmed: 'deltaOptions',
  },
  async () => {
    for (const option of ['$top=1', '$orderby=displayName desc', '$expand=manager']) {
      const refused = await seeded().call(`GET /users/delta?$select=displayName&${option}`)
      expect([refused.status, refused.code]).toEqual([400, 'Request_UnsupportedQuery'])
      const tenant = seeded({ switches: { deltaOptions: 'ignored' } })
      const { value } = await round(tenant, `/users/delta?$select=displayName&${option}`)
      expect(value).toEqual([
        { id: ADA, displayName: 'Ada' },
        { id: BOB, displayName: 'Bob' },
      ])
    }
  },
)

rule(
  {
    area: 'Delta',
    says: 'User.ReadBasic.All does not read the delta of users, and each other delta takes the permission to read its objects',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const allowed = async (permissions: readonly string[], root: string): Promise<number> =>
      (await seeded({ applications: [{ permissions }] }).call(`GET /${root}/delta`)).status
    expect(await allowed(['User.ReadBasic.All'], 'users')).toBe(403)
    const least = {
      users: 'User.Read.All',
      groups: 'Group.ReadBasic.All',
      'directory/administrativeUnits': 'AdministrativeUnit.Read.All',
      applications: 'Application.Read.All',
      servicePrincipals: 'Application.Read.All',
      directoryRoles: 'RoleManagement.Read.Directory',
      contacts: 'OrgContact.Read.All',
    }
    for (const [root, permission] of Object.entries(least)) {
      expect(await allowed([permission], root)).toBe(200)
      expect(await allowed(['Domain.Read.All'], root)).toBe(403)
    }
  },
)

rule(
  {
    area: 'Delta: tokens',
    says: 'a 410 has the code resyncRequired and the same envelope as any error',
    source: 'Microsoft Graph, Use delta query',
    unconfirmed: 'deltaExpired',
  },
  async () => {
    const tenant = seeded({ switches: { deltaExpired: 'gone' } })
    const { link } = await round(tenant, '/users/delta?$select=id')
    tenant.clock.advance(7 * 86_400_000 + 1)
    const { status, code, body } = await tenant.call(`GET ${link}`)
    expect([status, code]).toEqual([410, 'resyncRequired'])
    expect(Object.keys(body.error as object)).toEqual(['code', 'message', 'innerError'])
  },
)
