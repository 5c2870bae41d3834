import { afterEach, expect, test } from 'vitest'
import { EntraScene } from '../../../test/support/entra-scene.ts'
import { entraTenant } from '../../../test/support/entra-tenant.ts'
import type { ReadScope, Snapshot } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { EntraState } from '../../simulator/entra/index.ts'

const signal = new AbortController().signal
let scene: EntraScene
let scope: ReadScope

afterEach(async () => {
  await scene.tenant.close()
})

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    userPrincipalName: `p${index}@example.com`,
    displayName: `P ${index}`,
  }))

/** A tenant of which 50 people are managed, one group and one unit are in scope, and everything was read once. */
async function start(state: EntraState = {}): Promise<void> {
  const users = people(60)
  const members = users.slice(0, 50).map(user => user.userPrincipalName)
  scene = new EntraScene(
    await entraTenant({
      users,
      administrativeUnits: [{ displayName: 'West', members: ['p1@example.com'] }],
      ...state,
      groups: [
        { displayName: 'tenure-managed', members },
        { displayName: 'tenure-managed-blocked' },
        { displayName: 'Eng', members: ['p1@example.com', 'p55@example.com'] },
      ],
    }),
  )
  scope = { bound: [], entitlements: [entitlement('Group', 'Eng'), entitlement('AdministrativeUnit', 'West')] }
  await scene.provider.snapshot(scope, signal)
  scene.tenant.simulator.forgetRequests()
}

const ids = { Group: 'groups', AdministrativeUnit: 'administrativeUnits' } as const

function entitlement(kind: keyof typeof ids, name: string): Entitlement {
  const found = scene.tenant.state[ids[kind]]?.find(one => one.displayName === name)
  return { kind, id: String(found?.id) as EntitlementId, name, privileged: false }
}

const idOf = (name: string): AccountId =>
  String(
    scene.tenant.state.users?.find(user => String(user.userPrincipalName).endsWith(`${name}@example.com`))?.id,
  ) as AccountId

const whole = (): number => scene.tenant.requests('GET', /^\/v1\.0\/users$/)
const everything = (): number => scene.tenant.simulator.requests().reduce((sum, row) => sum + row.count, 0)

/** A request by hand, so that the tenant tells of it as of any other change. */
async function byHand(method: string, path: string, body?: unknown): Promise<void> {
  const { tenants, entra } = scene.tenant.simulator
  const form = `grant_type=client_credentials&client_id=${entra.clientId}&client_secret=${encodeURIComponent(entra.clientSecret)}&scope=${encodeURIComponent('https://graph.microsoft.com/.default')}`
  const ask = async (verb: string, at: string, headers: Record<string, string>, text: string) => {
    const url = new URL(`${entra.graphUrl}${at}`)
    const segments = url.pathname.split('/').filter(one => one !== '')
    return await tenants.entra.handle({ method: verb, url, segments, headers, body: Buffer.from(text) })
  }
  const type = 'application/x-www-form-urlencoded'
  const token = await ask('POST', `/${entra.tenantId}/oauth2/v2.0/token`, { 'content-type': type }, form)
  const { access_token: given } = token.body as { readonly access_token: string }
  const headers = { authorization: `Bearer ${given}`, 'content-type': 'application/json' }
  const answer = await ask(method, `/v1.0${path}`, headers, body === undefined ? '' : JSON.stringify(body))
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })

const again = (): Promise<Snapshot> => scene.provider.snapshot({ ...scope, incremental: true }, signal)

/** What another provider reads, which has nothing to start from. */
async function anew(): Promise<Snapshot> {
  return await scene.tenant.provider().snapshot(scope, signal)
}

function shape({ accounts, members }: Snapshot) {
  const byKey = <T>(entries: Iterable<readonly [string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  return { accounts: byKey(accounts), members: byKey([...members].map(([id, set]) => [id, [...set].sort()] as const)) }
}

test('a quiet pass takes a handful of requests and says the same', async () => {
  await start()
  const snapshot = await again()
  expect([whole(), everything() <= 5]).toEqual([0, true])
  expect(shape(snapshot)).toEqual(shape(await anew()))
})

test('what others changed since is seen without reading everything: properties, manager, members, marks', async () => {
  await start()
  const [p1, p2, p3, p51] = ['p1', 'p2', 'p3', 'p51'].map(idOf)
  await byHand('PATCH', `/users/${p1}`, { jobTitle: 'Analyst', accountEnabled: false })
  await byHand('PUT', `/users/${p2}/manager/$ref`, reference(String(p1)))
  await byHand('POST', `/groups/${entitlement('Group', 'Eng').id}/members/$ref`, reference(String(p3)))
  await byHand('DELETE', `/groups/${entitlement('Group', 'Eng').id}/members/${p1}/$ref`)
  const unit = `/directory/administrativeUnits/${entitlement('AdministrativeUnit', 'West').id}`
  await byHand('POST', `${unit}/members/$ref`, reference(String(p2)))
  await byHand('POST', `/groups/${entitlement('Group', 'tenure-managed').id}/members/$ref`, reference(String(p51)))
  await byHand('DELETE', `/groups/${entitlement('Group', 'tenure-managed').id}/members/${p3}/$ref`)
  scene.tenant.simulator.forgetRequests()
  const snapshot = await again()
  expect(whole()).toBe(0)
  expect(snapshot.accounts.get(p1 as AccountId)).toMatchObject({
    state: 'Blocked',
    attributes: { jobTitle: 'Analyst' },
  })
  expect(snapshot.accounts.get(p2 as AccountId)?.manager).toBe(p1)
  expect(snapshot.accounts.get(p51 as AccountId)?.marked).toBe(true)
  expect(snapshot.accounts.has(p3 as AccountId)).toBe(false)
  expect(shape(snapshot)).toEqual(shape(await anew()))
})

test('a cleared attribute and a removed manager are seen', async () => {
  await start({
    users: people(60).map(user => ({
      ...user,
      jobTitle: 'X',
      ...(user.userPrincipalName === 'p0@example.com' ? {} : { manager: 'p0@example.com' }),
    })),
  })
  await byHand('PATCH', `/users/${idOf('p1')}`, { jobTitle: null })
  await byHand('DELETE', `/users/${idOf('p2')}/manager/$ref`)
  const { accounts } = await again()
  expect(accounts.get(idOf('p1'))?.attributes).not.toHaveProperty('jobTitle')
  expect(accounts.get(idOf('p1'))?.manager).toBe(idOf('p0'))
  expect(accounts.get(idOf('p2'))).not.toHaveProperty('manager')
})

test('whoever went to the bin is gone from accounts and members, and whoever came back makes everything be read', async () => {
  await start()
  const p1 = idOf('p1')
  await byHand('DELETE', `/users/${p1}`)
  const without = await again()
  expect([without.accounts.has(p1), without.members.get(entitlement('Group', 'Eng').id)?.has(p1)]).toEqual([
    false,
    false,
  ])
  expect(whole()).toBe(0)
  await byHand('POST', `/directory/deletedItems/${p1}/restore`)
  const back = await again()
  expect([back.accounts.has(p1), back.members.get(entitlement('Group', 'Eng').id)?.has(p1)]).toEqual([true, true])
  expect(whole()).toBe(1)
})

test.each(['syncStateNotFound', 'gone'] as const)(
  'a token that has run out (%s) makes everything be read, once',
  async deltaExpired => {
    await start({ switches: { deltaExpired } })
    scene.tenant.simulator.clock.advance(8 * 86_400_000)
    await byHand('PATCH', `/users/${idOf('p1')}`, { jobTitle: 'Analyst' })
    expect((await again()).accounts.get(idOf('p1'))?.attributes.jobTitle).toBe('Analyst')
    expect(whole()).toBe(1)
    await again()
    expect(whole()).toBe(1)
  },
)

test.each([
  ['told twice', { deltaReplays: true }],
  ['on many pages, of which some are empty', { emptyPages: true, deltaPageSize: 2 }],
])('changes that are %s do no harm', async (_how, switches) => {
  await start({ switches })
  const eng = entitlement('Group', 'Eng').id
  for (const name of ['p2', 'p3', 'p4', 'p5', 'p6']) {
    await byHand('POST', `/groups/${eng}/members/$ref`, reference(idOf(name)))
    await byHand('PATCH', `/users/${idOf(name)}`, { jobTitle: name })
    await again()
  }
  await byHand('DELETE', `/groups/${eng}/members/${idOf('p6')}/$ref`)
  expect(shape(await again())).toEqual(shape(await anew()))
})

test('a group that came into scope, a group that was deleted, or a tenant without deltas: everything is read', async () => {
  await start()
  const more = scene.entitlement('Group', { displayName: 'Ops' })
  await scene.provider.snapshot({ bound: [], entitlements: [...scope.entitlements, more], incremental: true }, signal)
  expect(whole()).toBe(1)
  await byHand('DELETE', `/groups/${more.id}`)
  await scene.provider.snapshot({ ...scope, incremental: true }, signal)
  expect(whole()).toBe(2)
  const body = { error: { code: 'Request_BadRequest', message: 'no' } }
  scene.tenant.simulator.faults.add({ path: '/v1.0/groups/delta', fault: 'status', status: 400, body })
  await again()
  await again()
  expect(whole()).toBe(4)
})

test('without leave, everything is read anew', async () => {
  await start()
  await scene.provider.snapshot(scope, signal)
  expect(whole()).toBe(1)
})
