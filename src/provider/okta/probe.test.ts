import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OktaState } from '../../simulator/okta/index.ts'
import { marker, markerGroups, signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

function app(change: Partial<NonNullable<OktaState['apps']>[number]>): OktaState {
  const scopes = [...org.options.scopes]
  return { groups: markerGroups, apps: [{ id: org.tenant.clientId, scopes, roles: ['SUPER_ADMIN'], ...change }] }
}

describe('a probe', () => {
  test('finds nothing wrong where nothing is, and tells owner and clock', async () => {
    await org.user('admin@example.com')
    const { problems, marker: state, clock, identity } = await org.provider().probe(signal)
    expect(problems).toEqual([])
    expect(state).toEqual({ kind: 'Found', owner: 'acme', by: 'test' })
    expect(Math.abs((clock?.theirs ?? 0) - (clock?.ours ?? 0))).toBeLessThan(2_000)
    expect(identity).toBe(org.tenant.clientId)
  })

  test('notices that an app has scopes and no admin role, which Okta answers with empty lists', async () => {
    org.tenant.load(app({ roles: [] }))
    const { problems } = await org.provider().probe(signal)
    expect(problems).toMatchObject([{ severity: 'Error', missing: 'okta.groups.read' }])
    expect(problems[0]?.message).toMatch(/admin role.*tab "Admin roles"/)
  })

  test('notices a role that sees groups and no users', async () => {
    org.tenant.load(app({ roles: [{ permissions: ['okta.groups.manage'] }] }))
    await org.user('somebody@example.com')
    const { problems } = await org.provider().probe(signal)
    expect(problems).toMatchObject([{ severity: 'Error', missing: 'okta.users.read' }])
  })

  test('names every scope that was not granted, and what it is for', async () => {
    org.tenant.load(app({ scopes: ['okta.users.read', 'okta.groups.read', 'okta.groups.manage'] }))
    const { problems } = await org.provider({ scopes: [...org.options.scopes, 'okta.schemas.read'] }).probe(signal)
    expect(problems.map(({ severity, missing }) => [severity, missing])).toEqual([
      ['Error', 'okta.users.manage'],
      ['Warning', 'okta.schemas.read'],
    ])
    expect(problems[0]?.message).toContain('accounts cannot be created, changed or blocked')
  })

  test('says everything at once when groups cannot be read', async () => {
    org.tenant.load(app({ scopes: ['okta.users.read'] }))
    const { problems, marker: state } = await org.provider().probe(signal)
    expect(problems.map(({ missing }) => missing)).toEqual([
      'okta.users.manage',
      'okta.groups.read',
      'okta.groups.manage',
    ])
    expect(state).toMatchObject({ kind: 'Unwritable', why: expect.stringContaining('okta.groups.read') })
  })

  test.each([
    ['of another type', { ...markerGroups[0], type: 'APP_GROUP' } as const, undefined, /APP_GROUP/],
    [
      'filled by a rule',
      markerGroups[0],
      { name: 'r', status: 'ACTIVE', expression: 'user.title=="x"', groups: [marker] } as const,
      /group rule/,
    ],
  ])('does not take a marker %s', async (_what, group, rule, why) => {
    org.tenant.load({ groups: [group, markerGroups[1]], rules: rule === undefined ? [] : [rule] })
    const { marker: state } = await org.provider().probe(signal)
    expect(state).toMatchObject({ kind: 'Unwritable', name: marker, why: expect.stringMatching(why) })
  })

  test('does not take a group whose name only differs in case for the marker', async () => {
    org.tenant.load({ groups: [{ name: marker.toUpperCase() }, markerGroups[1]] })
    expect((await org.provider().probe(signal)).marker).toMatchObject({ kind: 'Missing', names: [marker] })
  })
})

describe('a claim', () => {
  test('where the app may not make groups says so, in Okta’s words', async () => {
    org.tenant.load({ ...app({ roles: [{ permissions: ['okta.groups.read', 'okta.users.read'] }] }), groups: [] })
    const state = await org.provider().claim({ owner: 'acme', by: 'me' }, signal)
    expect(state).toMatchObject({ kind: 'Unwritable', name: marker, why: expect.stringContaining('E0000006') })
  })

  test('makes one of each, however often it is made', async () => {
    org.tenant.load({ groups: [] })
    for (const by of ['first', 'second', 'second']) {
      const state = await org.provider().claim({ owner: 'acme', by }, signal)
      expect(state).toEqual({ kind: 'Found', owner: 'acme', by })
    }
    const groups = (await org.ask('GET', '/api/v1/groups')) as { profile: { name: string; description: string } }[]
    const ours = groups.filter(({ profile }) => profile.name.startsWith(marker))
    expect(ours.map(({ profile }) => profile.description)).toEqual(Array(2).fill('tenure owner=acme by=second'))
  })
})
