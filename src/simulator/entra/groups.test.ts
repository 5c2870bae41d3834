import { describe, expect, it } from 'vitest'
import type { EntraState, ObjectState } from './index.ts'
import { binds, ref, testTenant } from './testkit.ts'

const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const GROUP = id(0xaaa)
const PATH = `/groups/${GROUP}`
const NOBODY = id(0xfff)
const PEOPLE = Array.from({ length: 30 }, (_, index) => ({
  id: id(index + 1),
  userPrincipalName: `u${index + 1}@example.com`,
}))

function withGroup(group: Partial<ObjectState> = {}, more: EntraState = {}) {
  return testTenant({ users: PEOPLE, groups: [{ id: GROUP, displayName: 'Eng', members: [id(1)], ...group }], ...more })
}

async function memberIds(call: ReturnType<typeof withGroup>['call']): Promise<unknown[]> {
  return (await call(`GET ${PATH}/members?$select=id&$top=999`)).value.map(member => member.id)
}

describe('adding members', () => {
  it('adds one by reference, whatever the host and the collection in it', async () => {
    const { call } = withGroup()
    expect((await call(`POST ${PATH}/members/$ref`, ref(id(2)))).status).toBe(204)
    expect(
      (await call(`POST ${PATH}/members/$ref`, { '@odata.id': `https://localhost:9/v1.0/users/${id(3)}` })).status,
    ).toBe(204)
    expect(await memberIds(call)).toEqual([id(1), id(2), id(3)])
  })

  it('adds twenty by one PATCH, and refuses twenty-one', async () => {
    const { call } = withGroup({ members: [] })
    const twenty = PEOPLE.slice(0, 20).map(person => person.id)
    expect((await call(`PATCH ${PATH}`, { 'members@odata.bind': binds(...twenty, id(21)) })).status).toBe(400)
    expect(await memberIds(call)).toEqual([])
    expect((await call(`PATCH ${PATH}`, { 'members@odata.bind': binds(...twenty) })).status).toBe(204)
    expect(await memberIds(call)).toEqual(twenty)
  })

  const DUPLICATE =
    "One or more added object references already exist for the following modified properties: 'members'."

  it('refuses who is a member already', async () => {
    const { status, code, message } = await withGroup().call(`POST ${PATH}/members/$ref`, ref(id(1)))
    expect([status, code, message]).toEqual([400, 'Request_BadRequest', DUPLICATE])
  })

  it('adds nobody when one of a PATCH is a member already', async () => {
    const { call } = withGroup()
    expect((await call(`PATCH ${PATH}`, { 'members@odata.bind': binds(id(2), id(1), id(3)) })).message).toBe(DUPLICATE)
    expect(await memberIds(call)).toEqual([id(1)])
  })

  it('names the first id of a PATCH that does not exist and adds nobody', async () => {
    const { call } = withGroup()
    const { status, code, message } = await call(`PATCH ${PATH}`, {
      'members@odata.bind': binds(id(2), NOBODY, id(0xffe)),
    })
    const missing = `Resource '${NOBODY}' does not exist or one of its queried reference-property objects are not present.`
    expect([status, code, message]).toEqual([404, 'Request_ResourceNotFound', missing])
    expect(await memberIds(call)).toEqual([id(1)])
  })

  it('answers 404 for a group that does not exist', async () => {
    expect((await withGroup().call(`POST /groups/${NOBODY}/members/$ref`, ref(id(1)))).message).toContain(NOBODY)
  })

  it('refuses the undocumented bulk routes unless switched on', async () => {
    const body = { 'members@odata.bind': binds(id(2)) }
    expect((await withGroup().call(`POST ${PATH}/members`, body)).status).toBe(400)
    expect(
      (await withGroup({}, { switches: { bulkMemberRoutes: true } }).call(`PATCH ${PATH}/members`, body)).status,
    ).toBe(204)
  })
})

describe('removing members', () => {
  it('removes one by its reference and leaves the user', async () => {
    const { call } = withGroup()
    expect((await call(`DELETE ${PATH}/members/${id(1)}/$ref`)).status).toBe(204)
    expect(await memberIds(call)).toEqual([])
    expect((await call(`GET /users/${id(1)}`)).status).toBe(200)
  })

  it('deletes the user itself without /$ref', async () => {
    const { call } = withGroup()
    expect((await call(`DELETE ${PATH}/members/${id(1)}`)).status).toBe(204)
    expect((await call(`GET /users/${id(1)}`)).status).toBe(404)
  })

  it('answers 404 for one who is no member, or 400 where switched so', async () => {
    const first = await withGroup().call(`DELETE ${PATH}/members/${id(2)}/$ref`)
    expect([first.status, first.code]).toEqual([404, 'Request_ResourceNotFound'])
    const second = await withGroup({}, { switches: { removeNonMemberStatus: 400 } }).call(
      `DELETE ${PATH}/members/${id(2)}/$ref`,
    )
    expect([second.status, second.message]).toEqual([
      400,
      "One or more removed object references do not exist for the following modified properties: 'members'.",
    ])
  })
})

const REFUSALS: readonly (readonly [string, Partial<ObjectState>, number, string, string])[] = [
  [
    'a rule-managed group',
    { groupTypes: ['DynamicMembership'], membershipRule: 'true' },
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
  [
    'a role-assignable group',
    { isAssignableToRole: true },
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
  [
    'a mail-enabled security group',
    { mailEnabled: true },
    400,
    'Request_BadRequest',
    'Cannot Update a mail-enabled security groups and or distribution list.',
  ],
  [
    'a group synced from a local directory',
    { onPremisesSyncEnabled: true },
    400,
    'Request_BadRequest',
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  ],
]

describe('groups that cannot be changed by hand', () => {
  it.each(REFUSALS)('refuses every way of changing members of %s', async (_what, group, ...refusal) => {
    const { call } = withGroup(group)
    const answers = [
      await call(`POST ${PATH}/members/$ref`, ref(id(2))),
      await call(`PATCH ${PATH}`, { 'members@odata.bind': binds(id(2)) }),
      await call(`DELETE ${PATH}/members/${id(1)}/$ref`),
    ]
    for (const { status, code, message } of answers) expect([status, code, message]).toEqual(refusal)
    expect(await memberIds(call)).toEqual([id(1)])
  })

  it('lets an application with the permission change a role-assignable group', async () => {
    const permissions = ['GroupMember.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']
    const { call } = withGroup({ isAssignableToRole: true }, { applications: [{ permissions }] })
    expect((await call(`POST ${PATH}/members/$ref`, ref(id(2)))).status).toBe(204)
  })
})

describe('creating and deleting groups', () => {
  const NEW = { displayName: 'New', mailEnabled: false, mailNickname: 'new', securityEnabled: true }

  it('creates one with members and owners', async () => {
    const { call } = withGroup()
    const { status, body } = await call('POST /groups', {
      ...NEW,
      'members@odata.bind': binds(id(2)),
      'owners@odata.bind': binds(id(3)),
    })
    expect([status, body.displayName]).toEqual([201, 'New'])
    expect((await call(`GET /groups/${body.id}/members`)).value).toHaveLength(1)
    expect((await call(`GET /groups/${body.id}/owners`)).value.map(owner => owner.id)).toEqual([id(3)])
  })

  it('refuses an owner listed twice', async () => {
    const { message } = await withGroup().call('POST /groups', { ...NEW, 'owners@odata.bind': binds(id(3), id(3)) })
    expect(message).toBe('Request contains a property with duplicate values')
  })

  it.each<[string, object, number]>([
    ['a distribution list', { mailEnabled: true }, 400],
    ['a group that is neither security nor Microsoft 365', { securityEnabled: false }, 400],
    ['a rule-managed group without rule', { groupTypes: ['DynamicMembership'] }, 400],
    ['hidden membership of a security group', { visibility: 'HiddenMembership' }, 400],
    ['a role-assignable group without the permission', { isAssignableToRole: true }, 403],
    ['an unknown property', { colour: 'red' }, 400],
  ])('refuses %s', async (_what, extra, status) => {
    expect((await withGroup().call('POST /groups', { ...NEW, ...extra })).status).toBe(status)
  })

  it('keeps at least one owner of a Microsoft 365 group, and only users in it', async () => {
    const { call } = withGroup({ groupTypes: ['Unified'], mailEnabled: true, mailNickname: 'eng', owners: [id(1)] }, {})
    expect((await call(`DELETE ${PATH}/owners/${id(1)}/$ref`)).message).toBe(
      'The group must have at least one owner, hence this owner cannot be removed.',
    )
    const other = (await call('POST /groups', NEW)).body.id
    expect((await call(`POST ${PATH}/members/$ref`, ref(String(other)))).status).toBe(400)
  })

  it('puts a deleted group into the bin with its members, or removes it where switched so', async () => {
    const { call } = withGroup()
    await call(`DELETE ${PATH}`)
    expect((await call(`GET ${PATH}`)).status).toBe(404)
    await call(`POST /directory/deletedItems/${GROUP}/restore`)
    expect(await memberIds(call)).toEqual([id(1)])
    const hard = withGroup({}, { switches: { securityGroupsToBin: false } })
    await hard.call(`DELETE ${PATH}`)
    expect((await hard.call(`GET /directory/deletedItems/${GROUP}`)).status).toBe(404)
  })

  it('limits owners to a hundred', async () => {
    const users = Array.from({ length: 101 }, (_, index) => ({
      id: id(0x1000 + index),
      userPrincipalName: `o${index}@example.com`,
    }))
    const owners = users.slice(0, 100).map(user => user.id)
    const { call } = testTenant({ users, groups: [{ id: GROUP, displayName: 'Eng', owners }] })
    const { status, code, message } = await call(`POST ${PATH}/owners/$ref`, ref(id(0x1000 + 100)))
    expect([status, code, message]).toEqual([
      403,
      'Directory_QuotaExceeded',
      "Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link owners.",
    ])
  })
})

describe('listing members', () => {
  it('shows mixed kinds by type, casts to users, and leaves service principals to beta', async () => {
    const { tenant, call } = withGroup()
    const app = String(tenant.state().applications?.[0]?.servicePrincipalId)
    tenant.load({
      ...tenant.state(),
      groups: [
        { id: GROUP, displayName: 'Eng', members: [id(1), 'Inner', app] },
        { displayName: 'Inner', members: [id(2)] },
      ],
    })
    expect((await call(`GET ${PATH}/members`)).value.map(member => member['@odata.type'])).toEqual([
      '#microsoft.graph.user',
      '#microsoft.graph.group',
    ])
    expect((await call(`GET /beta${PATH}/members`)).value).toHaveLength(3)
    expect(
      (await call(`GET ${PATH}/members/microsoft.graph.user?$expand=manager($select=id)`)).value.map(
        member => member.id,
      ),
    ).toEqual([id(1)])
    expect((await call(`GET ${PATH}/members/$ref`)).value[0]).toEqual({
      '@odata.id': `https://localhost:8443/v1.0/directoryObjects/${id(1)}`,
    })
    expect((await call(`GET ${PATH}/transitiveMembers?$select=id`)).value).toHaveLength(3)
  })

  it('expands managers only of members that are cast to users, unless switched on', async () => {
    const path = `GET ${PATH}/members?$expand=manager($select=id)`
    expect((await withGroup().call(path)).code).toBe('BadRequest')
    expect((await withGroup({}, { switches: { expandOnMixedMembers: true } }).call(path)).status).toBe(200)
  })

  it('hides a hidden membership from who may not read it', async () => {
    const hidden = { groupTypes: ['Unified'], visibility: 'HiddenMembership' }
    expect((await withGroup(hidden).call(`GET ${PATH}/members`)).status).toBe(403)
    const permissions = ['Member.Read.Hidden', 'GroupMember.Read.All']
    expect((await withGroup(hidden, { applications: [{ permissions }] }).call(`GET ${PATH}/members`)).status).toBe(200)
  })

  it('finds one member by id', async () => {
    const { call } = withGroup()
    expect((await call(`GET ${PATH}/members?$filter=id eq '${id(1)}'`)).value).toHaveLength(1)
    expect((await call(`GET ${PATH}/members?$filter=id eq '${id(2)}'`)).value).toHaveLength(0)
    expect((await call(`GET ${PATH}/members?$filter=startsWith(displayName,'u')`)).code).toBe(
      'Request_UnsupportedQuery',
    )
  })
})
