import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { EVENTUAL, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'cdb555e3-b33e-4fd5-a427-17fadacbdfa7'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const OUTER = 'bbbbbbbb-0000-4000-8000-000000000001'
const INNER = 'bbbbbbbb-0000-4000-8000-000000000002'
const CRM = 'ffffffff-0000-4000-8000-000000000001'
const NONE = '00000000-0000-0000-0000-000000000000'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [{ permissions: ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All', 'User.ReadWrite.All'] }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [
      { id: OUTER, displayName: 'Outer', members: [ADA, INNER] },
      { id: INNER, displayName: 'Inner', members: [BOB] },
    ],
    servicePrincipals: [{ id: CRM, appId: 'eeeeeeee-0000-4000-8000-000000000001', displayName: 'CRM' }],
    ...more,
  })

const grant = (principalId: string): Record<string, string> => ({ principalId, resourceId: CRM, appRoleId: NONE })

rule(
  {
    area: 'App roles',
    says: 'the appRoleAssignments of a user show those of groups that he is a direct member of as well, with principalType Group; members of nested groups get nothing; appRoleAssignedTo shows the group alone',
    source: 'Microsoft Graph, List appRoleAssignments granted to a user',
  },
  async () => {
    const { call } = seeded()
    const made = await call(`POST /servicePrincipals/${CRM}/appRoleAssignedTo`, grant(OUTER))
    const types = async (path: string): Promise<unknown[]> =>
      (await call(`GET ${path}`)).value.map(({ principalId, principalType }) => [principalId, principalType])
    expect(await types(`/users/${ADA}/appRoleAssignments`)).toEqual([[OUTER, 'Group']])
    expect(await types(`/users/${BOB}/appRoleAssignments`)).toEqual([])
    expect(await types(`/groups/${INNER}/appRoleAssignments`)).toEqual([])
    expect(await types(`/servicePrincipals/${CRM}/appRoleAssignedTo`)).toEqual([[OUTER, 'Group']])
    expect((await call(`DELETE /users/${ADA}/appRoleAssignments/${made.body.id}`)).status).toBe(404)
    await call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA))
    expect(await types(`/users/${ADA}/appRoleAssignments`)).toEqual([
      [OUTER, 'Group'],
      [ADA, 'User'],
    ])
  },
)

rule(
  {
    area: 'App roles',
    says: 'the id of an assignment is 43 letters that begin with the bytes of the principal; the answer to POST has no other keys than those of the type',
    source: 'Microsoft Graph, List appRoleAssignments granted for a service principal',
  },
  async () => {
    const { body } = await seeded().call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA))
    expect(String(body.id)).toMatch(/^41W1zT6z1U-kJxf62svfp[\w-]{22}$/)
    expect(Object.keys(body)).toEqual(
      '@odata.context id deletedDateTime appRoleId createdDateTime principalDisplayName principalId principalType resourceDisplayName resourceId'.split(
        ' ',
      ),
    )
  },
)

rule(
  {
    area: 'App roles',
    says: 'lists of assignments come in pages of 100, or of $top up to 999, with @odata.nextLink; $top=1000 is 400',
    source: 'Issues of Microsoft365DSC and of microsoftgraph/microsoft-graph-docs-contrib',
  },
  async () => {
    const users = Array.from({ length: 205 }, (_, index) => ({ userPrincipalName: `u${index}@example.com` }))
    const appRoleAssignments = users.map(user => ({ principal: user.userPrincipalName, resource: CRM }))
    const { call } = seeded({ users, groups: [], appRoleAssignments })
    const path = `/servicePrincipals/${CRM}/appRoleAssignedTo`
    const seen = new Set<unknown>()
    const sizes: number[] = []
    const counts: unknown[] = []
    let next: unknown = `${path}?$count=true&$select=id,principalId`
    while (typeof next === 'string') {
      const { body, value } = await call(`GET ${next}`, undefined, EVENTUAL)
      for (const { principalId } of value) seen.add(principalId)
      sizes.push(value.length)
      counts.push(body['@odata.count'])
      next = body['@odata.nextLink']
      const [last] = value
      if (sizes.length === 1) await call(`DELETE ${path}/${last?.id}`)
    }
    expect([sizes, seen.size, counts]).toEqual([[100, 100, 5], 205, [205, undefined, undefined]])
    expect((await call(`GET ${path}?$top=999`)).value).toHaveLength(204)
    expect((await call(`GET ${path}?$top=1000`)).status).toBe(400)
  },
)

rule(
  {
    area: 'App roles',
    says: 'an assignment to a user whom not every replica has yet is 400 "Not a valid reference update", to be tried again',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call, clock } = seeded({ switches: { lag: true }, lag: { visibleSeconds: 60, staleProbability: 0 } })
    const { body } = await call('POST /users', {
      accountEnabled: true,
      displayName: 'Cyn',
      mailNickname: 'cyn',
      userPrincipalName: 'cyn@example.com',
      passwordProfile: { password: 'Correct-Horse-9' },
    })
    const give = () => call(`POST /servicePrincipals/${CRM}/appRoleAssignedTo`, grant(String(body.id)))
    const early = await give()
    expect([early.status, early.code, early.message]).toEqual([
      400,
      'Request_BadRequest',
      'Not a valid reference update.',
    ])
    clock.advance(60_000)
    expect((await give()).status).toBe(201)
  },
)
