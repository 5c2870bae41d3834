import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import type { OperationVerb } from '../../model/plan.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import { marker, markerGroups, operation, runOne, signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg

beforeEach(async () => {
  org = await startOrg({ groups: [...markerGroups, { name: 'Engineering' }] })
})
afterEach(() => org.close())

const attributes = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', employeeNumber: '1001' }

function create(more: Partial<Extract<OperationVerb, { kind: 'create' }>> = {}): OperationVerb {
  return { kind: 'create', state: 'Enabled', login: 'ada@example.com', attributes, grants: [], ...more }
}

function edit(change: (state: OktaState) => OktaState): void {
  org.tenant.load(change(org.tenant.state()))
}

async function engineering(): Promise<Entitlement> {
  const id = (await org.groupId('Engineering')) as EntitlementId
  return { kind: 'Group', id, name: 'Engineering', privileged: false }
}

describe('a login that somebody else has', () => {
  test('but for its accents is told with who has it', async () => {
    const holder = await org.user('jose@example.com')
    const outcome = await runOne(org.provider(), operation(create({ login: 'José@example.com' })))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect(outcome).toMatchObject({
      message: expect.stringMatching(new RegExp(`${holder}, which is ACTIVE and has the login jose@example\\.com`)),
    })
  })

  test('is told when an account is to be renamed to it, and the rest is written', async () => {
    const holder = await org.user('taken@example.com', { status: 'DEPROVISIONED' })
    const account = await org.user('ada@example.com')
    const login = { from: 'ada@example.com', to: 'Taken@example.com' }
    const verb: OperationVerb = { kind: 'update', set: { title: 'Countess' }, before: { title: null }, login }
    const outcome = await runOne(org.provider(), operation(verb, { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect(outcome).toMatchObject({ message: expect.stringContaining(`account ${holder}, which is DEPROVISIONED`) })
    expect(await org.profile(account)).toMatchObject({ title: 'Countess', login: 'ada@example.com' })
  })

  test('is found by e-mail at once, however far the index is behind', async () => {
    const provider = org.provider()
    await provider.probe(signal)
    org.tenant.turn('lag', true)
    const account = await org.user('late@example.com')
    const [found] = await provider.lookup([{ kind: 'Email', email: 'Late@example.com' }], signal)
    expect(found?.accounts.map(one => one.account.id)).toEqual([account])
  })
})

describe('an attribute that Okta says it does not know', () => {
  const body = {
    errorCode: 'E0000001',
    errorSummary: 'Api validation failed: newUser',
    errorCauses: [{ errorSummary: "Property name 'title' is not defined in profile" }],
  }

  test('is asked about once more, since Okta at times says so of those it knows', async () => {
    org.faults.add({ method: 'POST', path: '/api/v1/users', fault: 'status', status: 400, body, count: 1 })
    const titled = create({ attributes: { ...attributes, title: 'Countess' } })
    const outcome = await runOne(org.provider(), operation(titled))
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome))
    expect(outcome.note).toBeUndefined()
    expect(await org.profile(`${outcome.account}`)).toMatchObject({ title: 'Countess' })
    expect(org.count('POST', '/api/v1/users')).toBe(2)
  })
})

describe('a change that Okta is not ready for', () => {
  test.each([
    [409, 'E0000112'],
    [423, 'E0000239'],
  ])('is sent again after %i %s', async (status, errorCode) => {
    const account = await org.user('ada@example.com')
    org.faults.add({ method: 'POST', path: '/api/v1/users/*', fault: 'status', status, body: { errorCode }, count: 2 })
    const verb: OperationVerb = { kind: 'update', set: { title: 'Countess' }, before: { title: null } }
    expect(await runOne(org.provider(), operation(verb, { account }))).toMatchObject({ kind: 'applied' })
    expect(await org.profile(account)).toMatchObject({ title: 'Countess' })
  })
})

describe('an account whose profile another system masters', () => {
  test('is known as such after the first refusal, though Okta checks its password', async () => {
    const account = await org.user('ada@example.com')
    edit(state => ({
      ...state,
      users: (state.users ?? []).map(user => ({ ...user, profileMaster: 'workday' })),
    }))
    await org.ask('PUT', `/api/v1/groups/${await org.groupId(marker)}/users/${account}`)
    const provider = org.provider()
    const masters = async (incremental = false) => {
      const { accounts } = await provider.snapshot({ bound: [], entitlements: [], incremental }, signal)
      return accounts.get(account)?.masteredBy
    }
    expect(await masters()).toBeUndefined()
    org.clock.advance(600_000)
    const verb: OperationVerb = { kind: 'update', set: { title: 'Countess' }, before: { title: null } }
    expect(await runOne(provider, operation(verb, { account }))).toMatchObject({
      kind: 'failed',
      reason: 'ExternallyMastered',
    })
    expect(await masters(true)).toBe('another system')
    expect(await masters()).toBe('another system')
  })

  test.each(['FEDERATION', 'SOCIAL', 'IMPORT'])('is not one that only signs in through %s', async type => {
    const account = await org.user('ada@example.com')
    edit(state => ({
      ...state,
      users: (state.users ?? []).map(user => ({ ...user, provider: { type, name: type } })),
    }))
    const [found] = await org.provider().lookup([{ kind: 'Id', id: account }], signal)
    expect(found?.accounts[0]?.account.masteredBy).toBeUndefined()
  })
})

describe('a member that a group rule made', () => {
  test('is never taken out, which would put the person on the rule’s list of exceptions', async () => {
    const account = await org.user('ada@example.com')
    const group = await engineering()
    edit(state => ({
      ...state,
      rules: [{ name: 'r', status: 'ACTIVE', expression: 'user.firstName=="Ada"', groups: [group.id] }],
    }))
    const outcome = await runOne(org.provider(), operation({ kind: 'revoke', entitlement: group }, { account }))
    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'EntitlementComputed' })
    expect(org.count('DELETE', '/api/v1/groups/*/users/*')).toBe(0)
    expect(org.tenant.state().rules?.[0]?.excluded ?? []).toEqual([])
  })

  test('is looked for once for many revocations', async () => {
    const provider = org.provider()
    const group = await engineering()
    const account = await org.user('ada@example.com')
    for (const _time of [1, 2, 3])
      await runOne(provider, operation({ kind: 'revoke', entitlement: group }, { account }))
    expect(org.count('GET', '/api/v1/groups/rules')).toBe(1)
  })
})

describe('custom attributes', () => {
  const scopes = (): readonly string[] => [...org.options.scopes, 'okta.schemas.read']
  const extraAttributes = ['badge', 'remote', 'skills', 'size']

  beforeEach(() => {
    edit(state => ({
      ...state,
      attributes: {
        badge: { title: 'Badge', type: 'integer' },
        remote: { title: 'Remote', type: 'boolean' },
        skills: { title: 'Skills', type: 'array', items: { type: 'string' } },
        size: { title: 'Size', type: 'string', enum: ['S', 'M'] },
      },
    }))
  })

  test.each(['with the schema', 'without it'])('are written in their types and read back as text, %s', async how => {
    const provider = org.provider({ extraAttributes, ...(how === 'with the schema' ? { scopes: scopes() } : {}) })
    const account = await org.user('ada@example.com', { profile: { badge: 1, remote: true, skills: ['x'], size: 'S' } })
    const { attributes: known } = await provider.catalog([], signal)
    expect(known?.get('badge')?.type).toBe(how === 'with the schema' ? 'Integer' : undefined)
    if (how === 'without it') await provider.lookup([{ kind: 'Id', id: account }], signal)
    const set = { badge: '7', remote: 'false', skills: '["ts","go"]', size: 'M' }
    const verb: OperationVerb = { kind: 'update', set, before: {} }
    expect(await runOne(provider, operation(verb, { account }))).toMatchObject({ kind: 'applied' })
    expect(await org.profile(account)).toMatchObject({ badge: 7, remote: false, skills: ['ts', 'go'], size: 'M' })
    const [found] = await provider.lookup([{ kind: 'Id', id: account }], signal)
    expect(found?.accounts[0]?.account.attributes).toMatchObject(set)
    expect(org.count('POST', '/api/v1/users/*')).toBe(1)
  })
})
