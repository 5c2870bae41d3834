import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../model/entitlement.ts'
import type { OperationVerb } from '../../model/plan.ts'
import { marker, markerGroups, operation, run, runOne, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg

beforeEach(async () => {
  org = await startOrg({ groups: [...markerGroups, { name: 'Engineering' }, { name: 'Imported', type: 'APP_GROUP' }] })
})
afterEach(() => org.close())

const login = 'ada@example.com'
const attributes = { email: login, firstName: 'Ada', lastName: 'Lovelace', employeeNumber: '1001' }

function create(more: Partial<Extract<OperationVerb, { kind: 'create' }>> = {}): OperationVerb {
  return { kind: 'create', state: 'Enabled', login, attributes, grants: [], ...more }
}

async function group(name: string): Promise<Entitlement> {
  return { kind: 'Group', id: (await org.groupId(name)) as Entitlement['id'], name, privileged: false }
}

const creations = (): number => org.count('POST', '/api/v1/users')

describe('creating', () => {
  test.each([
    ['Enabled', 'PROVISIONED', [marker, 'Engineering']],
    ['Staged', 'STAGED', [marker, `${marker}-blocked`, 'Engineering']],
  ] as const)('%s makes it %s, with marks and groups, in one call', async (state, status, groups) => {
    const outcome = await runOne(org.provider(), operation(create({ state, grants: [await group('Engineering')] })))
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome))
    expect(outcome).toMatchObject({ login, requestId: expect.any(String) })
    const id = `${outcome.account}`
    expect(await org.status(id)).toBe(status)
    expect([...(await org.groupsOf(id))].sort()).toEqual([...groups].sort())
    expect(creations()).toBe(1)
    expect(org.count('PUT', '/api/v1/groups/*/users/*')).toBe(0)
  })

  test('carries twenty groups, marks included', async () => {
    org.tenant.load({
      groups: [...markerGroups, ...Array.from({ length: 18 }, (_, index) => ({ name: `Team ${index}` }))],
    })
    const grants = await Promise.all(Array.from({ length: 18 }, (_, index) => group(`Team ${index}`)))
    const outcome = await runOne(org.provider(), operation(create({ state: 'Staged', grants })))
    expect(outcome).toMatchObject({ kind: 'applied' })
    expect(outcome).not.toHaveProperty('note')
  })

  test('leaves out one bad attribute and names it, and nothing else', async () => {
    const outcome = await runOne(
      org.provider(),
      operation(create({ attributes: { ...attributes, title: 'Analyst', shoe: '3', secondEmail: 'none' } })),
    )
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome))
    expect(outcome.note).toMatch(/shoe was not set.*secondEmail was not set/)
    expect(await org.profile(`${outcome.account}`)).toMatchObject({ title: 'Analyst', employeeNumber: '1001' })
    expect(await org.groupsOf(`${outcome.account}`)).toEqual([marker])
  })

  test('leaves out a group that cannot be given, and says so', async () => {
    const grants = [await group('Engineering'), await group('Imported')]
    const outcome = await runOne(org.provider(), operation(create({ grants })))
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome))
    expect(outcome.note).toContain(grants[1]?.id)
    expect([...(await org.groupsOf(`${outcome.account}`))].sort()).toEqual(['Engineering', marker].sort())
  })

  test('says which value keeps an account from being made at all', async () => {
    const outcome = await runOne(org.provider(), operation(create({ attributes: { ...attributes, firstName: '' } })))
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'AttributeUnknown',
      message: expect.stringContaining('firstName'),
    })
  })

  test.each(['ACTIVE', 'DEPROVISIONED'])(
    'over a login that somebody %s has is refused, with who it is',
    async status => {
      const holder = await org.user(login.toUpperCase(), { status })
      const outcome = await runOne(org.provider(), operation(create()))
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: 'LoginTaken',
        message: expect.stringMatching(`${holder}.*${status}`),
      })
      expect(creations()).toBe(1)
    },
  )

  test.each(['resetAfter', 'malformed'] as const)(
    'whose answer is lost (%s) is unknown, and made once',
    async fault => {
      org.faults.add({ method: 'POST', path: '/api/v1/users', fault })
      expect(await runOne(org.provider(), operation(create()))).toMatchObject({ kind: 'unknown' })
      expect(creations()).toBe(1)
    },
  )

  test('is not tried without both marks', async () => {
    org.tenant.load({ groups: [markerGroups[0]] })
    const outcome = await runOne(org.provider(), operation(create()))
    expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining(`${marker}-blocked`) })
    expect(creations()).toBe(0)
  })

  test('stops for everybody once the credential is rejected, without asking again and again', async () => {
    const many = Array.from({ length: 100 }, (_, index) => operation(create({ login: `p${index}@example.com` })))
    org.tenant.load({ ...org.tenant.state(), apps: [] })
    const outcomes = await run(org.provider(), ...many)
    expect(outcomes).toHaveLength(100)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'skipped', reason: 'CredentialsRejected' })
    expect(org.count('POST', '/oauth2/v1/token')).toBeLessThanOrEqual(10)
  })
})

describe('updating', () => {
  const update = (set: Readonly<Record<string, string | null>>, more = {}): OperationVerb => ({
    kind: 'update',
    set,
    before: {},
    ...more,
  })

  test('sends only what is named, in one call', async () => {
    const account = await org.user(login, { profile: { title: 'Analyst', city: 'London', division: 'Product' } })
    const outcome = await runOne(org.provider(), operation(update({ title: null, city: 'Paris' }), { account }))
    expect(outcome).toMatchObject({ kind: 'applied' })
    const profile = await org.profile(account)
    expect(profile).toMatchObject({ city: 'Paris', division: 'Product' })
    expect(profile).not.toHaveProperty('title')
    expect(org.count('POST', '/api/v1/users/*')).toBe(1)
  })

  test('writes what Okta takes and names what it does not', async () => {
    const attributes = { badge: { title: 'Badge', type: 'string', mutability: 'READ_ONLY' } } as const
    org.tenant.load({ ...org.tenant.state(), attributes })
    const account = await org.user(login)
    const set = { title: 'Analyst', badge: '7', countryCode: 'GB', shoe: '3' }
    const outcome = await runOne(org.provider(), operation(update(set), { account }))
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'AttributeUnknown',
      message: expect.stringMatching(/badge.*shoe.*others were written/),
    })
    expect(await org.profile(account)).toMatchObject({ title: 'Analyst', countryCode: 'GB' })
  })

  test('of a login that somebody has leaves the login and writes the rest', async () => {
    await org.user('grace@example.com', { status: 'DEPROVISIONED' })
    const account = await org.user(login)
    const rename = { login: { from: login, to: 'grace@example.com' } }
    const outcome = await runOne(org.provider(), operation(update({ title: 'Analyst' }, rename), { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect(await org.profile(account)).toMatchObject({ login, title: 'Analyst' })
  })

  test('keeps the id and the name of a manager together, and clears both', async () => {
    const [account, managerAccount] = [await org.user(login), await org.user('grace@example.com')]
    const manager = { number: '2' as never, id: managerAccount, displayName: 'Grace Hopper' }
    await runOne(org.provider(), operation({ kind: 'set-manager', manager }, { account, managerAccount }))
    expect(await org.profile(account)).toMatchObject({ managerId: managerAccount, manager: 'Grace Hopper' })
    await runOne(org.provider(), operation({ kind: 'set-manager', manager: undefined }, { account }))
    expect(await org.profile(account)).not.toHaveProperty('managerId')
  })
})

describe('membership', () => {
  test.each(['E0000006', 'E0000060'] as const)(
    'of a group that an app owns cannot be written (%s)',
    async readOnlyGroupRefusal => {
      org.tenant.load({ ...org.tenant.state(), switches: { readOnlyGroupRefusal } })
      const account = await org.user(login)
      const entitlement = await group('Imported')
      const outcome = await runOne(org.provider(), operation({ kind: 'grant', entitlement, mappings: [] }, { account }))
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: 'PermissionMissing',
        message: expect.stringContaining('Imported'),
      })
    },
  )

  test('of a marker that was made anew is written to the new one', async () => {
    const account = await org.user(login)
    const provider = org.provider()
    await runOne(provider, operation({ kind: 'mark', marker: 'Managed' }, { account }))
    await org.ask('DELETE', `/api/v1/groups/${await org.groupId(marker)}`)
    await org.ask('POST', '/api/v1/groups', { profile: markerGroups[0] })
    expect(await runOne(provider, operation({ kind: 'mark', marker: 'Managed' }, { account }))).toMatchObject({
      kind: 'applied',
    })
    expect(await org.groupsOf(account)).toEqual([marker])
  })
})
