import { expect } from 'vitest'
import { binds, ref, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const GROUP = 'bbbbbbbb-0000-4000-8000-000000000001'
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`,
    userPrincipalName: `u${index}@example.com`,
  }))
const names = (count: number) => people(count).map(({ userPrincipalName }) => userPrincipalName)
const ids = (count: number) => people(count).map(({ id }) => id)

rule(
  {
    area: 'Limits',
    says: 'an object is in at most 30 administrative units; the next is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const administrativeUnits = Array.from({ length: 31 }, (_, index) => ({
      id: `cccccccc-0000-4000-8000-${String(index).padStart(12, '0')}`,
      displayName: `Unit ${index}`,
      members: index < 29 ? ['u0@example.com'] : [],
    }))
    const { call } = testTenant({ users: people(1), administrativeUnits })
    const add = (index: number) =>
      call(`POST /directory/administrativeUnits/${administrativeUnits[index]?.id}/members/$ref`, ref(ids(1)[0] ?? ''))
    expect((await add(29)).status).toBe(204)
    expect(await add(30)).toMatchObject({ status: 403, code: 'Directory_QuotaExceeded' })
  },
)

rule(
  {
    area: 'Limits',
    says: 'a tenant has at most 100 restricted management administrative units; the next is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const administrativeUnits = Array.from({ length: 99 }, (_, index) => ({
      displayName: `Unit ${index}`,
      isMemberManagementRestricted: true,
    }))
    const { call } = testTenant({ administrativeUnits })
    const create = (restricted: boolean) =>
      call('POST /directory/administrativeUnits', { displayName: 'More', isMemberManagementRestricted: restricted })
    expect((await create(true)).status).toBe(201)
    expect(await create(true)).toMatchObject({ status: 403, code: 'Directory_QuotaExceeded' })
    expect((await create(false)).status).toBe(201)
  },
)

rule(
  {
    area: 'Limits',
    says: "a group has at most 100 owners; more are 403 Directory_QuotaExceeded \"Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link owners.\"",
    source: 'Canvas LMS, Microsoft sync',
  },
  async () => {
    const { call } = testTenant({
      users: people(101),
      groups: [{ id: GROUP, displayName: 'Eng', owners: names(100) }],
    })
    expect(await call(`POST /groups/${GROUP}/owners/$ref`, ref(ids(101)[100] ?? ''))).toMatchObject({
      status: 403,
      code: 'Directory_QuotaExceeded',
      message:
        "Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link owners.",
    })
  },
)

rule(
  {
    area: 'Limits',
    says: 'a tenant has at most 500 role-assignable groups; the next is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const groups = Array.from({ length: 499 }, (_, index) => ({
      displayName: `Role ${index}`,
      isAssignableToRole: true,
    }))
    const permissions = ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']
    const { call } = testTenant({ groups, applications: [{ permissions }] })
    const create = () =>
      call('POST /groups', {
        displayName: 'More',
        mailNickname: 'more',
        mailEnabled: false,
        securityEnabled: true,
        isAssignableToRole: true,
      })
    expect((await create()).status).toBe(201)
    expect(await create()).toMatchObject({ status: 403, code: 'Directory_QuotaExceeded' })
  },
)

rule(
  {
    area: 'Limits',
    says: 'one PATCH binds at most 20 members and owners together; 21 are 400 and nobody is added',
    source: 'Microsoft Graph, Add members',
  },
  async () => {
    const { call } = testTenant({ users: people(21), groups: [{ id: GROUP, displayName: 'Eng' }] })
    const most = await call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': binds(...ids(21)) })
    expect(most.status).toBe(400)
    expect((await call(`GET /groups/${GROUP}/members`)).value).toEqual([])
    expect((await call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': binds(...ids(20)) })).status).toBe(204)
    expect((await call(`GET /groups/${GROUP}/members`)).value).toHaveLength(20)
  },
)
