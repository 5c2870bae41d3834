import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OktaState } from '../../simulator/okta/index.ts'
import type { OktaOptions } from './options.ts'
import { markerGroups, signal, startOrg, type TestOrg } from './testing/org.ts'

/** What most guides give a service app. */
const least = [
  'okta.users.create',
  'okta.users.read',
  'okta.users.userprofile.manage',
  'okta.users.lifecycle.suspend',
  'okta.users.lifecycle.unsuspend',
  'okta.users.groupMembership.manage',
  'okta.groups.read',
  'okta.groups.members.manage',
]
const all = [...least, 'okta.users.lifecycle.manage', 'okta.groups.manage']
let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
  await org.user('somebody@example.com')
})
afterEach(() => org.close())

type App = NonNullable<OktaState['apps']>[number]

/** Everything a thorough probe says, as severity and what is missing, for an app with these permissions. */
async function missing(
  permissions: readonly string[],
  more: {
    readonly app?: Partial<App>
    readonly options?: Partial<OktaOptions>
    readonly groups?: OktaState['groups']
  } = {},
) {
  const { apps: _before, ...state } = org.tenant.state()
  const scopes = [...(more.options?.scopes ?? org.options.scopes)]
  const app = { id: org.tenant.clientId, scopes, roles: [{ permissions }], ...more.app }
  org.tenant.load({ ...state, ...(more.groups ? { groups: more.groups } : {}), apps: [app] })
  const before = JSON.stringify(org.tenant.state())
  const { problems } = await org.provider(more.options).probe(signal, { thorough: true })
  expect(JSON.stringify(org.tenant.state())).toBe(before)
  return problems.map(problem => `${problem.severity} ${problem.missing}`)
}

describe('a thorough probe', () => {
  test('finds nothing wrong where the role allows everything', async () => {
    expect(await missing(all, { options: { offboardingAction: 'Delete' } })).toEqual([])
  })

  test('says of the least role what goes without it, and calls nothing that is needed missing', async () => {
    expect(await missing(least)).toEqual([
      'Warning okta.users.lifecycle.deactivate',
      'Warning okta.users.lifecycle.activate',
      'Warning okta.users.lifecycle.clearSessions',
    ])
  })

  test('calls missing what the offboarding needs', async () => {
    expect(await missing(least, { options: { offboardingAction: 'Delete' } })).toEqual(
      expect.arrayContaining(['Error okta.users.lifecycle.deactivate', 'Error okta.users.lifecycle.delete']),
    )
    expect(await missing(least, { options: { offboardingAction: 'Deactivate' } })).toEqual(
      expect.arrayContaining(['Error okta.users.lifecycle.deactivate']),
    )
  })

  test.each([
    ['okta.users.create', 'Error okta.users.create'],
    ['okta.users.userprofile.manage', 'Error okta.users.userprofile.manage'],
    ['okta.users.lifecycle.suspend', 'Error okta.users.lifecycle.suspend'],
    ['okta.users.lifecycle.unsuspend', 'Error okta.users.lifecycle.unsuspend'],
    ['okta.groups.members.manage', 'Error okta.groups.members.manage and okta.users.groupMembership.manage'],
  ])('notices that %s alone is missing', async (permission, problem) => {
    const found = await missing(least.filter(one => one !== permission))
    expect(found.filter(one => one.startsWith('Error'))).toEqual([problem])
  })

  test('says what for, and how to grant it', async () => {
    await missing(least.filter(one => one !== 'okta.users.create'))
    const { problems } = await org.provider().probe(signal, { thorough: true })
    const problem = problems.find(({ severity }) => severity === 'Error')
    expect(problem?.message).toMatch(/joiners get no account; assign the app an admin role.*tab "Admin roles"/)
    expect(problem?.writing).toBe(true)
  })

  test('asks about making groups only while the markers are not there', async () => {
    const without = await missing(least, { groups: [{ name: 'Engineering' }] })
    expect(without).toEqual(expect.arrayContaining(['Warning okta.groups.create', 'Warning okta.groups.manage']))
    expect(await missing(least, { groups: [...markerGroups] })).not.toContain('Warning okta.groups.create')
  })

  test('works for a role that is confined to some groups', async () => {
    const seen = [...markerGroups, { name: 'Engineering', members: ['somebody@example.com'] }]
    const groups = seen.map((group, index) => ({ ...group, id: `00gconfined${index}aaaaaaaa` }))
    const confined = { permissions: all, groups: groups.map(({ id }) => id) }
    const found = await missing(all, { groups, app: { roles: [confined] } })
    expect(found.filter(one => one.startsWith('Error'))).toEqual([])
    const lacking = { ...confined, permissions: least.filter(one => one !== 'okta.users.create') }
    const without = await missing(least, { groups, app: { roles: [lacking] } })
    expect(without.filter(one => one.startsWith('Error'))).toEqual(['Error okta.users.create'])
  })

  test('tells a scope that is missing from a permission that is', async () => {
    const found = await missing(all, { app: { scopes: ['okta.users.read', 'okta.groups.read', 'okta.groups.manage'] } })
    expect(found).toEqual(['Error okta.users.manage'])
  })

  test('looks at apps, the schema and roles only where their scopes are asked for', async () => {
    const scopes = [...org.options.scopes, 'okta.apps.read', 'okta.apps.manage', 'okta.schemas.read', 'okta.roles.read']
    expect(await missing(all, { options: { scopes } })).toEqual([
      'Warning a role that may view the user schema',
      'Warning a role that may view administrators',
      'Warning okta.apps.read',
      'Error okta.apps.assignment.manage and okta.users.appAssignment.manage',
    ])
    const roles = ['SUPER_ADMIN']
    expect(await missing([], { options: { scopes }, app: { roles } })).toEqual([])
  })

  test('is what a run does not do: a probe alone writes nothing at all', async () => {
    await org.provider().probe(signal)
    expect(org.count('POST', '/api/v1/users')).toBe(0)
  })
})
