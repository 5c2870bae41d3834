import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, EVENTUAL, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const OPS = 'bbbbbbbb-0000-4000-8000-000000000002'
const TEAM = 'bbbbbbbb-0000-4000-8000-000000000003'
const CREW = 'bbbbbbbb-0000-4000-8000-000000000004'
const SUE = 'cccccccc-0000-4000-8000-000000000001'
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'
const UNIFIED = { mailEnabled: true, groupTypes: ['Unified'] }

const seeded = (permissions: readonly string[] = [], more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [{ permissions: ['GroupMember.ReadWrite.All', ...permissions] }],
    users: [{ id: ADA, userPrincipalName: 'ada@example.com' }],
    groups: [
      { id: ENG, displayName: 'Eng' },
      { id: OPS, displayName: 'Ops', members: ['Eng'] },
      { id: TEAM, displayName: 'Team', mailNickname: 'team', ...UNIFIED },
      { id: CREW, displayName: 'Crew', mailNickname: 'crew', ...UNIFIED },
    ],
    contacts: [{ id: SUE, displayName: 'Sue', companyName: 'Partner', mail: 'sue@partner.example' }],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Group members',
    says: 'a Microsoft 365 group is no member of a security group: 400, by POST and PATCH; the message is unconfirmed',
    source: 'Microsoft Entra service limits and restrictions; Microsoft Graph, Add members',
    unconfirmed: 'nestedUnifiedMessage',
  },
  async () => {
    const { call } = seeded()
    const refused = await call(`POST /groups/${ENG}/members/$ref`, ref(TEAM))
    expect(outcome(refused)).toBe(
      '400 Request_BadRequest Unified Groups cannot be added to Security Groups. paramName: Members, paramValue: , objectType: Microsoft.Online.DirectoryServices.Group',
    )
    expect((await call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(ADA, TEAM) })).status).toBe(400)
    expect((await call(`GET /groups/${ENG}/members`)).value).toEqual([])
    const worded = seeded([], { switches: { nestedUnifiedMessage: 'No.' } })
    expect((await worded.call(`POST /groups/${ENG}/members/$ref`, ref(TEAM))).message).toBe('No.')
  },
)

rule(
  {
    area: 'Group members',
    says: 'a Microsoft 365 group in another is 400 "Unified Groups cannot be added to Unified Groups. paramName: Members, …" with details InvalidValue',
    source: 'microsoft-graph-docs, issue 11629',
  },
  async () => {
    const refused = await seeded().call(`POST /groups/${TEAM}/members/$ref`, ref(CREW))
    expect(outcome(refused)).toBe(
      '400 Request_BadRequest Unified Groups cannot be added to Unified Groups. paramName: Members, paramValue: , objectType: Microsoft.Online.DirectoryServices.Group',
    )
    expect(refused.body.error).toMatchObject({ details: [{ code: 'InvalidValue' }] })
  },
)

rule(
  {
    area: 'Group members',
    says: 'a contact is a member of a security group, with OrgContact.Read.All besides, else 403, to be removed likewise; it is listed as #microsoft.graph.orgContact',
    source: 'Microsoft Graph, Add members',
  },
  async () => {
    const add = `POST /groups/${ENG}/members/$ref`
    expect(outcome(await seeded().call(add, ref(SUE)))).toBe(DENIED)
    const { call } = seeded(['OrgContact.Read.All'])
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/contacts/${SUE}` }
    expect((await call(add, reference)).status).toBe(204)
    expect((await call(`GET /groups/${ENG}/members?$select=id,displayName`)).value).toEqual([
      { '@odata.type': '#microsoft.graph.orgContact', id: SUE, displayName: 'Sue' },
    ])
    expect((await call(`GET /groups/${ENG}/members/microsoft.graph.orgContact`)).value).toMatchObject([{ id: SUE }])
    expect((await call(`GET /groups/${ENG}/members/microsoft.graph.user`)).value).toEqual([])
    expect((await call(`GET /contacts/${SUE}/memberOf`)).value).toMatchObject([{ id: ENG }])
    const [eng, contacts] = [{ id: ENG, displayName: 'Eng', members: [SUE] }, [{ id: SUE, displayName: 'Sue' }]]
    const remove = `DELETE /groups/${ENG}/members/${SUE}/$ref`
    expect(outcome(await seeded([], { groups: [eng], contacts }).call(remove))).toBe(DENIED)
    expect((await call(remove)).status).toBe(204)
    expect((await call(`POST /groups/${TEAM}/members/$ref`, ref(SUE))).status).toBe(400)
  },
)

rule(
  {
    area: 'Contacts',
    says: 'contacts are read only, with OrgContact.Read.All: listed, filtered, counted and read by id; writing is 405',
    source: 'Microsoft Graph, orgContact resource type',
  },
  async () => {
    expect(outcome(await seeded().call('GET /contacts'))).toBe(DENIED)
    const { call } = seeded(['OrgContact.Read.All'])
    const { body } = await call('GET /contacts')
    expect(body['@odata.context']).toBe('https://localhost:8443/v1.0/$metadata#contacts')
    expect((await call("GET /contacts?$filter=displayName eq 'Sue'")).value).toMatchObject([
      { id: SUE, companyName: 'Partner', mail: 'sue@partner.example', phones: [], proxyAddresses: [] },
    ])
    expect((await call('GET /contacts/$count', undefined, EVENTUAL)).status).toBe(200)
    expect((await call(`GET /contacts/${SUE}?$select=mail`)).body.mail).toBe('sue@partner.example')
    expect((await call(`GET /contacts/${ADA}`)).code).toBe('Request_ResourceNotFound')
    expect((await call('POST /contacts', { displayName: 'x' })).status).toBe(405)
    expect((await call(`DELETE /contacts/${SUE}`)).status).toBe(405)
  },
)

rule(
  {
    area: 'Group members',
    says: 'more than twenty references in one request are 400, members and owners together; "A resource cannot contain more than 20 link changes."',
    source: 'microsoft-graph-docs, issue 6016',
    unconfirmed: 'bindLimitMessage',
  },
  async () => {
    const ids = Array.from({ length: 21 }, (_, index) => `${ADA.slice(0, -2)}${10 + index}`)
    const patch = { 'members@odata.bind': binds(...ids) }
    const { call } = seeded()
    expect(outcome(await call(`PATCH /groups/${ENG}`, patch))).toBe(
      '400 Request_BadRequest A resource cannot contain more than 20 link changes.',
    )
    const worded = seeded([], { switches: { bindLimitMessage: 'Too many.' } })
    expect((await worded.call(`PATCH /groups/${ENG}`, patch)).message).toBe('Too many.')
  },
)

rule(
  {
    area: 'Group members',
    says: 'POST /groups/{id}/members is 400 BadRequest "Write requests are only supported on contained entities", PATCH members/$ref 400 BadRequest "The request is currently not supported on the targeted entity set"',
    source: 'microsoft-graph-docs, issues 7795 and 13747',
    unconfirmed: 'bulkMemberRoutes',
  },
  async () => {
    const { call } = seeded()
    const patch = { 'members@odata.bind': binds(ADA) }
    expect(outcome(await call(`POST /groups/${ENG}/members`, patch))).toBe(
      '400 BadRequest Write requests are only supported on contained entities',
    )
    expect(outcome(await call(`PATCH /groups/${ENG}/members/$ref`, patch))).toBe(
      '400 BadRequest The request is currently not supported on the targeted entity set',
    )
  },
)

rule(
  {
    area: 'Group members',
    says: 'DELETE members/{id} without /$ref deletes a nested group itself, if the application may write groups, else 403',
    source: 'Microsoft Graph, Remove member',
  },
  async () => {
    const path = `DELETE /groups/${OPS}/members/${ENG}`
    expect(outcome(await seeded().call(path))).toBe(DENIED)
    const { call } = seeded(['Group.ReadWrite.All'])
    expect((await call(path)).status).toBe(204)
    expect((await call(`GET /groups/${ENG}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Group members',
    says: 'checkMemberGroups tells which of up to twenty groups somebody is in, directly or through groups',
    source: 'Microsoft Graph, Check group memberships',
  },
  async () => {
    const { call } = seeded(['User.Read.All'])
    await call(`POST /groups/${ENG}/members/$ref`, ref(ADA))
    const asked = await call(`POST /users/${ADA}/checkMemberGroups`, { groupIds: [OPS, ENG, TEAM] })
    expect([asked.status, asked.body.value]).toEqual([200, [OPS, ENG]])
    const many = Array.from({ length: 21 }, () => ENG)
    expect((await call(`POST /users/${ADA}/checkMemberGroups`, { groupIds: many })).status).toBe(400)
  },
)
