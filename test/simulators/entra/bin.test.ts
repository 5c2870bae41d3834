import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, EVENTUAL, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const DELETED = '/directory/deletedItems'
const DAY = 86_400_000

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada', mail: 'ada@example.com' },
      { userPrincipalName: 'bob@example.com', displayName: 'Bob', manager: 'ada@example.com' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', members: ['ada@example.com'] }],
    administrativeUnits: [{ id: UNIT, displayName: 'Emea', members: ['ada@example.com'] }],
    ...more,
  })

const NEW = {
  accountEnabled: true,
  displayName: 'New Ada',
  mailNickname: 'ada',
  userPrincipalName: 'ada@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3' },
}
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Deleted items',
    says: 'DELETE of a user is 204 and soft: 404 under /users, listed under deletedItems/microsoft.graph.user with the same id and a deletedDateTime',
    source: 'Microsoft Graph, Delete a user',
  },
  async () => {
    const { call } = seeded()
    const answer = await call(`DELETE /users/${ADA}`)
    expect([answer.status, answer.body]).toEqual([204, {}])
    expect((await call(`GET /users/${ADA}`)).status).toBe(404)
    const path = `GET ${DELETED}/microsoft.graph.user?$select=id,deletedDateTime`
    expect((await call(path)).value).toEqual([{ id: ADA, deletedDateTime: '2026-03-02T09:00:00Z' }])
    expect((await call(`GET ${DELETED}/${ADA}`)).body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id: ADA,
    })
    const counted = await call(`GET ${DELETED}/microsoft.graph.user/$count`, undefined, EVENTUAL)
    expect(counted.status).toBe(200)
  },
)

rule(
  {
    area: 'Deleted items',
    says: 'the userPrincipalName of a deleted user is its id without dashes and the original, which frees the name',
    source: 'A public tenant-seeding module run against a real tenant',
  },
  async () => {
    const { call } = seeded()
    await call(`DELETE /users/${ADA}`)
    const { body } = await call(`GET ${DELETED}/${ADA}?$select=userPrincipalName`)
    expect(body.userPrincipalName).toBe(`${ADA.replaceAll('-', '')}ada@example.com`)
    expect((await call('POST /users', NEW)).status).toBe(201)
  },
)

rule(
  {
    area: 'Deleted items',
    says: 'memberships of a deleted user are not seen, and come back with the restore',
    source: 'Microsoft Graph, Restore deleted directory object item',
  },
  async () => {
    const { call } = seeded()
    await call(`DELETE /users/${ADA}`)
    expect((await call(`GET /groups/${ENG}/members`)).value).toEqual([])
    const { status, body } = await call(`POST ${DELETED}/${ADA}/restore`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      '@odata.context': 'https://localhost:8443/v1.0/$metadata#directoryObjects/$entity',
      '@odata.type': '#microsoft.graph.user',
      id: ADA,
      userPrincipalName: 'ada@example.com',
    })
    expect((await call(`GET /groups/${ENG}/members`)).value).toMatchObject([{ id: ADA }])
    expect((await call(`GET /directory/administrativeUnits/${UNIT}/members`)).value).toMatchObject([{ id: ADA }])
    expect((await call('GET /users/bob@example.com/manager')).body.id).toBe(ADA)
    expect((await call(`GET ${DELETED}/microsoft.graph.user`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Deleted items',
    says: 'groups and administrative units are listed and restored likewise',
    source: 'Microsoft Graph, List deletedItems',
  },
  async () => {
    const { call } = seeded()
    await call(`DELETE /groups/${ENG}`)
    await call(`DELETE /directory/administrativeUnits/${UNIT}`)
    expect((await call(`GET ${DELETED}/microsoft.graph.group`)).value).toMatchObject([{ id: ENG }])
    expect((await call(`GET ${DELETED}/microsoft.graph.administrativeUnit`)).value).toMatchObject([{ id: UNIT }])
    for (const id of [ENG, UNIT]) expect((await call(`POST ${DELETED}/${id}/restore`)).status).toBe(200)
    expect((await call(`GET /groups/${ENG}/members`)).value).toMatchObject([{ id: ADA }])
  },
)

rule(
  {
    area: 'Deleted items',
    says: 'a restore into a taken name is 400 "A conflicting object with one or more of the specified property values is present in the directory."; newUserPrincipalName and autoReconcileProxyConflict lead around it',
    source: 'Metadata of Microsoft Graph v1.0',
    unconfirmed: 'restoreOptions',
  },
  async () => {
    const clash = async (more: EntraState = {}): Promise<TestTenant> => {
      const tenant = seeded(more)
      await tenant.call(`DELETE /users/${ADA}`)
      await tenant.call('POST /users', { ...NEW, mail: 'ada@example.com' })
      return tenant
    }
    const { call } = await clash()
    const path = `POST ${DELETED}/${ADA}/restore`
    const conflict =
      '400 Request_BadRequest A conflicting object with one or more of the specified property values is present in the directory.'
    expect(outcome(await call(path))).toBe(conflict)
    const options = { newUserPrincipalName: 'ada2@example.com' }
    expect(outcome(await call(path, options))).toBe(conflict)
    const restored = await call(path, { ...options, autoReconcileProxyConflict: true })
    expect([restored.status, restored.body.userPrincipalName]).toEqual([200, 'ada2@example.com'])
    const old = await clash({ switches: { restoreOptions: false } })
    expect(outcome(await old.call(path, { ...options, autoReconcileProxyConflict: true }))).toBe(conflict)
  },
)

rule(
  {
    area: 'Deleted items',
    says: 'DELETE deletedItems/{id} is 204 and final; without it an object is gone after thirty days',
    source: 'Microsoft Graph, Permanently delete an item',
  },
  async () => {
    const { call, clock } = seeded()
    await call(`DELETE /users/${ADA}`)
    expect((await call(`DELETE ${DELETED}/${ADA}`)).status).toBe(204)
    expect((await call(`POST ${DELETED}/${ADA}/restore`)).status).toBe(404)
    await call(`DELETE /groups/${ENG}`)
    clock.advance(30 * DAY - 1000)
    expect((await call(`GET ${DELETED}/${ENG}`)).status).toBe(200)
    clock.advance(1000)
    expect((await call(`GET ${DELETED}/${ENG}`)).status).toBe(404)
  },
)
