import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement, EntitlementKind, EntitlementName } from '../../model/entitlement.ts'
import type { AccountId } from '../../model/ids.ts'
import { entitlementKey } from '../../model/keys.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import type { OktaOptions } from './options.ts'
import { markerGroups, operation, runOne, signal, startOrg, type TestOrg } from './testing/org.ts'

const scopes = ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage'] as const
const appScopes = [...scopes, 'okta.apps.read', 'okta.apps.manage']
let org: TestOrg

type Role = NonNullable<NonNullable<OktaState['apps']>[number]['roles']>[number]

function ourApp(more: { readonly scopes?: readonly string[]; readonly roles?: readonly Role[] } = {}) {
  return { id: org.tenant.clientId, scopes: appScopes, roles: ['SUPER_ADMIN'], ...more }
}

async function load(apps: NonNullable<OktaState['apps']>, own = ourApp()): Promise<void> {
  const { apps: _before, ...state } = org.tenant.state()
  org.tenant.load({ ...state, apps: [own, ...apps] })
}

beforeEach(async () => {
  org = await startOrg({ groups: [...markerGroups, { name: 'Engineering' }] })
  await org.user('ada@example.com')
  await org.user('bob@example.com')
  await load([
    { label: 'GitHub', users: ['ada@example.com'] },
    { label: 'GitHub Enterprise' },
    { label: 'Twin' },
    { label: 'Twin' },
    { label: 'Retired', status: 'INACTIVE' },
  ])
})
afterEach(() => org.close())

const provider = (changes: Partial<OktaOptions> = {}) => org.provider({ scopes: appScopes, ...changes })

async function resolve(name: string, changes: Partial<OktaOptions> = {}) {
  const wanted: EntitlementName = { kind: 'App', name }
  return (await provider(changes).catalog([wanted], signal)).entitlements.get(entitlementKey(wanted))
}

async function app(name: string): Promise<Entitlement> {
  const found = await resolve(name)
  if (found?.kind !== 'Found') throw new Error(`${name} is ${found?.kind}`)
  return found.entitlement
}

async function id(login: string): Promise<AccountId> {
  return ((await org.ask('GET', `/api/v1/users/${login}`)) as { id: AccountId }).id
}

/** How somebody has an app, seen from outside. */
async function held(entitlement: Entitlement, account: AccountId): Promise<string | undefined> {
  const found = (await org.ask('GET', `/api/v1/apps/${entitlement.id}/users/${account}`)) as { scope?: string }
  return found.scope
}

/** Gives the app to the group Engineering, and puts somebody into it. */
async function throughGroup(entitlement: Entitlement, account: AccountId): Promise<void> {
  const group = await org.groupId('Engineering')
  await org.ask('PUT', `/api/v1/groups/${group}/users/${account}`)
  await org.ask('PUT', `/api/v1/apps/${entitlement.id}/groups/${group}`, {})
}

describe('the name of an app', () => {
  test('is its exact label, or its id', async () => {
    const github = await resolve('GitHub')
    expect(github).toMatchObject({ kind: 'Found', entitlement: { kind: 'App', name: 'GitHub', privileged: false } })
    const { id: appId } = (github as { entitlement: Entitlement }).entitlement
    expect(await resolve(`id:${appId}`)).toEqual(github)
    expect(await resolve('github')).toEqual({ kind: 'Missing' })
    expect(await resolve('id:0oanone')).toEqual({ kind: 'Missing' })
  })

  test('that two apps have is ambiguous, and names both', async () => {
    expect(await resolve('Twin')).toMatchObject({ kind: 'Ambiguous', ids: { length: 2 } })
  })

  test('of an app that is not active is refused, and says so', async () => {
    expect(await resolve('Retired')).toMatchObject({ kind: 'Unsupported', why: expect.stringMatching(/not active/) })
  })

  test('needs scopes that are asked for only then, and says which', async () => {
    const without = await resolve('GitHub', { scopes })
    expect(without).toMatchObject({
      kind: 'Unsupported',
      why: expect.stringMatching(/okta\.apps\.read and okta\.apps\.manage/),
    })
    const problems = async (...kinds: EntitlementKind[]) =>
      (await org.provider({ scopes }).probe(signal, { kinds: new Set(kinds) })).problems.map(({ missing }) => missing)
    expect(await problems('Group')).toEqual([])
    expect(await problems('Group', 'App')).toEqual(['okta.apps.read', 'okta.apps.manage'])
  })
})

describe('who has an app', () => {
  test('is read whole, those who have it through a group apart', async () => {
    const github = await app('GitHub')
    await throughGroup(github, await id('bob@example.com'))
    const { members, inherited } = await provider().snapshot({ bound: [], entitlements: [github] }, signal)
    expect(members.get(github.id)).toEqual(new Set([await id('ada@example.com')]))
    expect(inherited?.get(github.id)).toEqual(new Set([await id('bob@example.com')]))
  })

  test('is listed anew for a few apps at a time by incremental reads, and where we wrote, and always by a whole one', async () => {
    const labels = Array.from({ length: 12 }, (_, index) => `App ${index}`)
    await load(labels.map(label => ({ label, users: ['ada@example.com'] })))
    const one = provider()
    const names = labels.map(name => ({ kind: 'App', name }) as const)
    const { entitlements } = await one.catalog(names, signal)
    expect(org.count('GET', '/api/v1/apps')).toBe(1)
    const apps = [...entitlements.values()].flatMap(found => (found.kind === 'Found' ? [found.entitlement] : []))
    expect(apps).toHaveLength(12)
    const scope = { bound: [], entitlements: apps }
    const lists = '/api/v1/apps/*/users'
    await one.snapshot(scope, signal)
    const account = await id('bob@example.com')
    const last = apps[11] as Entitlement
    await runOne(one, operation({ kind: 'grant', entitlement: last, mappings: ['m'] }, { account }))
    org.forgetRequests()
    const { members } = await one.snapshot({ ...scope, incremental: true }, signal)
    expect(org.count('GET', lists)).toBe(6)
    expect(members.get(last.id)?.has(account)).toBe(true)
    for (const app of apps) await org.ask('POST', `/api/v1/apps/${app.id}/users`, { id: account, scope: 'USER' })
    const seen = new Set<string>()
    for (const _time of [1, 2, 3]) {
      org.clock.advance(60_000)
      const read = await one.snapshot({ ...scope, incremental: true }, signal)
      for (const [app, holders] of read.members) if (holders.has(account)) seen.add(app)
    }
    expect(seen.size).toBe(12)
    org.forgetRequests()
    await one.snapshot(scope, signal)
    expect(org.count('GET', lists)).toBe(12)
  })

  test('is not a deactivated account any more, whenever that was listed', async () => {
    const github = await app('GitHub')
    const ada = await id('ada@example.com')
    const scope = { bound: [ada], entitlements: [github] }
    const one = provider()
    await one.snapshot(scope, signal)
    await org.ask('POST', `/api/v1/users/${ada}/lifecycle/deactivate`)
    expect((await one.snapshot({ ...scope, incremental: true }, signal)).members.get(github.id)).toEqual(new Set())
  })

  test('is listed again by an incremental read, since Okta does not tell when it changes', async () => {
    const github = await app('GitHub')
    const one = provider()
    const scope = { bound: [], entitlements: [github] }
    await one.snapshot(scope, signal)
    const bob = await id('bob@example.com')
    await org.ask('POST', `/api/v1/apps/${github.id}/users`, { id: bob, scope: 'USER' })
    expect((await one.snapshot({ ...scope, incremental: true }, signal)).members.get(github.id)?.has(bob)).toBe(true)
  })

  test('is more than one page', async () => {
    const users = Array.from({ length: 520 }, (_, index) => `u${index}@example.com`)
    const profiles = users.map(login => ({ profile: { firstName: 'A', lastName: 'B', login, email: login } }))
    org.tenant.load({ users: profiles, groups: markerGroups, apps: [ourApp(), { label: 'Wide', users }] })
    const wide = await app('Wide')
    const { members } = await provider().snapshot({ bound: [], entitlements: [wide] }, signal)
    expect(members.get(wide.id)?.size).toBe(520)
  })

  test('shows in a direct read of a person, as far as it is theirs alone', async () => {
    const [github, enterprise] = [await app('GitHub'), await app('GitHub Enterprise')]
    const ada = await id('ada@example.com')
    await throughGroup(enterprise, ada)
    const [found] = await provider().lookup([{ kind: 'Id', id: ada }], signal)
    const names = found?.accounts[0]?.held?.filter(({ kind }) => kind === 'App').map(({ name }) => name)
    expect(names).toEqual([github.name])
  })
})

describe('an app', () => {
  test('is given and taken, and again without effect', async () => {
    const github = await app('GitHub')
    const account = await id('bob@example.com')
    const one = provider()
    for (const _time of [1, 2]) {
      expect(
        await runOne(one, operation({ kind: 'grant', entitlement: github, mappings: ['m'] }, { account })),
      ).toMatchObject({ kind: 'applied' })
      expect(await held(github, account)).toBe('USER')
    }
    for (const _time of [1, 2]) {
      expect(await runOne(one, operation({ kind: 'revoke', entitlement: github }, { account }))).toMatchObject({
        kind: 'applied',
      })
      expect(await held(github, account)).toBeUndefined()
    }
  })

  test('is given in one call, and taken in one', async () => {
    const github = await app('GitHub')
    const account = await id('bob@example.com')
    org.forgetRequests()
    const one = provider()
    await runOne(one, operation({ kind: 'grant', entitlement: github, mappings: [] }, { account }))
    await runOne(one, operation({ kind: 'revoke', entitlement: github }, { account }))
    expect(org.countAll()).toBe(3) // the token is one
  })

  test('that is assigned already is fine where Okta refuses to assign it twice', async () => {
    const github = await app('GitHub')
    const account = await id('ada@example.com')
    const state = org.tenant.state()
    org.tenant.load({ ...state, switches: { ...state.switches, appUserReassign: 'E0000062' } })
    const outcome = await runOne(
      provider(),
      operation({ kind: 'grant', entitlement: github, mappings: ['m'] }, { account }),
    )
    expect(outcome).toMatchObject({ kind: 'applied', note: expect.stringMatching(/had the app already/) })
  })

  test('that a group gives is not taken, and says so', async () => {
    const github = await app('GitHub')
    const account = await id('bob@example.com')
    await throughGroup(github, account)
    const outcome = await runOne(provider(), operation({ kind: 'revoke', entitlement: github }, { account }))
    expect(outcome).toMatchObject({
      kind: 'skipped',
      reason: 'EntitlementComputed',
      message: expect.stringMatching(/through a group.*out of that group/),
    })
  })

  test('that a group gives too is left to the group', async () => {
    const github = await app('GitHub')
    const account = await id('ada@example.com')
    await throughGroup(github, account)
    expect(await held(github, account)).toBe('USER')
    const outcome = await runOne(provider(), operation({ kind: 'revoke', entitlement: github }, { account }))
    expect(outcome).toMatchObject({ kind: 'applied', note: expect.stringMatching(/through a group/) })
    expect(await held(github, account)).toBe('GROUP')
  })

  test('waits for an account that is deactivated, and says why', async () => {
    const github = await app('GitHub')
    const account = await id('bob@example.com')
    await org.ask('POST', `/api/v1/users/${account}/lifecycle/deactivate`)
    const outcome = await runOne(
      provider(),
      operation({ kind: 'grant', entitlement: github, mappings: ['m'] }, { account }),
    )
    expect(outcome).toMatchObject({ kind: 'skipped', message: expect.stringMatching(/not active/) })
  })

  test('that is gone is missing when it is given, and no trouble when it is taken', async () => {
    const gone: Entitlement = { ...(await app('GitHub')), id: '0oagone' as Entitlement['id'] }
    const account = await id('bob@example.com')
    const grant = operation({ kind: 'grant', entitlement: gone, mappings: ['m'] }, { account })
    expect(await runOne(provider(), grant)).toMatchObject({ kind: 'failed', reason: 'EntitlementMissing' })
    const revoke = operation({ kind: 'revoke', entitlement: gone }, { account })
    expect(await runOne(provider(), revoke)).toMatchObject({ kind: 'applied' })
  })

  test('is refused by a role that may not assign it, with what it lacks', async () => {
    const github = await app('GitHub')
    const account = await id('bob@example.com')
    const { apps = [] } = org.tenant.state()
    const others = apps.filter(other => other.id !== org.tenant.clientId)
    await load(others, ourApp({ roles: [{ permissions: ['okta.users.read', 'okta.apps.read', 'okta.groups.read'] }] }))
    const outcome = await runOne(
      provider(),
      operation({ kind: 'grant', entitlement: github, mappings: ['m'] }, { account }),
    )
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'PermissionMissing',
      message: expect.stringMatching(/okta\.apps\.assignment\.manage and okta\.users\.appAssignment\.manage/),
    })
  })

  test('is given with a new account, which is there before it', async () => {
    const github = await app('GitHub')
    const attributes = { email: 'eve@example.com', firstName: 'Eve', lastName: 'E' }
    const verb = { kind: 'create', state: 'Enabled', login: 'eve@example.com', attributes, grants: [github] } as const
    const outcome = await runOne(provider(), operation(verb))
    if (outcome.kind !== 'applied' || outcome.account === undefined) throw new Error(JSON.stringify(outcome))
    expect(outcome.note).toBeUndefined()
    expect(await held(github, outcome.account)).toBe('USER')
  })
})
