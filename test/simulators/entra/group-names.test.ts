import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const SECURITY = { displayName: 'Ops', mailEnabled: false, mailNickname: 'ops', securityEnabled: true }
const UNIFIED = { ...SECURITY, displayName: 'Team', mailNickname: 'team', mailEnabled: true, groupTypes: ['Unified'] }
const RULE = 'user.department -eq "x"'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { domains: ['example.com'] },
    applications: [{ permissions: ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory', 'User.Read.All'] }],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const taken = (name: string): string =>
  `400 Request_BadRequest Another object with the same value for property ${name} already exists.`

async function deleted({ call }: TestTenant, group: unknown): Promise<string> {
  const { body } = await call('POST /groups', group)
  await call(`DELETE /groups/${body.id}`)
  return String(body.id)
}

rule(
  {
    area: 'Groups: names',
    says: 'security groups may share mailNickname and displayName while they live; a mailNickname is unique among Microsoft 365 groups: 400 with details ObjectConflict',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    expect((await call('POST /groups', SECURITY)).status).toBe(201)
    expect((await call('POST /groups', SECURITY)).status).toBe(201)
    expect((await call('POST /groups', { ...UNIFIED, mailNickname: 'ops' })).status).toBe(201)
    const second = await call('POST /groups', { ...UNIFIED, mailNickname: 'OPS' })
    expect(outcome(second)).toBe(taken('mailNickname'))
    expect(second.body.error).toMatchObject({ details: [{ code: 'ObjectConflict', target: 'mailNickname' }] })
    const other = await call('POST /groups', UNIFIED)
    expect(outcome(await call(`PATCH /groups/${other.body.id}`, { mailNickname: 'ops' }))).toBe(taken('mailNickname'))
    expect((await call(`PATCH /groups/${other.body.id}`, { mailNickname: 'TEAM' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Groups: names',
    says: 'a group in the bin keeps its mailNickname and its displayName, a security group too: 400 "Another object with the same value for property mailNickname already exists."; or only a Microsoft 365 group its mailNickname',
    source: 'A public tenant-seeding module run against a real tenant',
    unconfirmed: 'groupsInBinKeep',
  },
  async () => {
    const strict = seeded()
    const id = await deleted(strict, SECURITY)
    const create = (tenant: TestTenant, names: object, group: object = SECURITY): Promise<Answer> =>
      tenant.call('POST /groups', { ...group, ...names })
    expect(outcome(await create(strict, { displayName: 'New' }))).toBe(taken('mailNickname'))
    expect(outcome(await create(strict, { mailNickname: 'new' }))).toBe(taken('displayName'))
    const other = (await create(strict, { mailNickname: 'new', displayName: 'New' })).body
    expect(outcome(await strict.call(`PATCH /groups/${other.id}`, { displayName: 'OPS' }))).toBe(taken('displayName'))
    expect((await strict.call(`POST /directory/deletedItems/${id}/restore`)).status).toBe(200)
    expect((await create(strict, {})).status).toBe(201)
    const lenient = seeded({ switches: { groupsInBinKeep: 'nickname' } })
    await deleted(lenient, SECURITY)
    await deleted(lenient, UNIFIED)
    expect((await create(lenient, {})).status).toBe(201)
    expect((await create(lenient, { mailNickname: 'team', displayName: 'Team' })).status).toBe(201)
    expect(outcome(await create(lenient, {}, UNIFIED))).toBe(taken('mailNickname'))
  },
)

rule(
  {
    area: 'Groups: names',
    says: 'the names of a group are free once it is purged, or thirty days after it was deleted',
    source: 'A public tenant-seeding module run against a real tenant; Microsoft Graph, Directory (deleted items)',
  },
  async () => {
    const tenant = seeded()
    const id = await deleted(tenant, SECURITY)
    expect((await tenant.call(`DELETE /directory/deletedItems/${id}`)).status).toBe(204)
    await deleted(tenant, SECURITY)
    tenant.clock.advance(30 * 86_400_000)
    expect((await tenant.call('POST /groups', SECURITY)).status).toBe(201)
  },
)

rule(
  {
    area: 'Groups: update',
    says: 'groupTypes make a group dynamic or assigned: PATCH to DynamicMembership needs a membershipRule and no isAssignableToRole; Unified neither comes nor goes',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    const make = async (more: object): Promise<string> =>
      `PATCH /groups/${(await call('POST /groups', { ...SECURITY, ...more })).body.id}`
    const plain = await make({})
    expect((await call(plain, { groupTypes: ['DynamicMembership'] })).status).toBe(400)
    expect((await call(plain, { groupTypes: ['DynamicMembership'], membershipRule: RULE })).status).toBe(204)
    expect((await call(plain, { membershipRule: null })).status).toBe(400)
    expect((await call(plain, { groupTypes: [], membershipRule: null })).status).toBe(204)
    expect((await call(plain, { groupTypes: ['Unified'] })).status).toBe(400)
    const role = await make({ isAssignableToRole: true })
    expect((await call(role, { groupTypes: ['DynamicMembership'], membershipRule: RULE })).status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: read',
    says: 'a list of groups holds 100 unless $top says otherwise, and at most 999; members likewise',
    source: 'Microsoft Graph, List groups',
  },
  async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `G${index}`)
    const groups = names.map(displayName => ({ displayName }))
    const { call } = seeded({ groups: [...groups, { displayName: 'All', members: names }] })
    const [all] = (await call("GET /groups?$filter=displayName eq 'All'")).value
    for (const path of ['/groups', `/groups/${all?.id}/members`]) {
      const first = await call(`GET ${path}?$select=id`)
      expect([first.value.length, typeof first.body['@odata.nextLink']]).toEqual([100, 'string'])
      expect((await call(`GET ${path}?$select=id&$top=999`)).value).toHaveLength(999)
      expect((await call(`GET ${path}?$top=1000`)).status).toBe(400)
    }
  },
)
