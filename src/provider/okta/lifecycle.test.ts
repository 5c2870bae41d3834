import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import type { BlockReason, OperationVerb } from '../../model/plan.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import { marker, markerGroups, operation, runOne, startOrg, type TestOrg } from './testing/org.ts'

/** What most guides give a service app: everything a joiner, a mover and an active leaver need, and nothing more. */
const leastPermissions = [
  'okta.users.create',
  'okta.users.read',
  'okta.users.userprofile.manage',
  'okta.users.lifecycle.suspend',
  'okta.users.lifecycle.unsuspend',
  'okta.users.groupMembership.manage',
  'okta.groups.read',
  'okta.groups.members.manage',
]
const blocked = `${marker}-blocked`
const leave: OperationVerb = { kind: 'block', why: 'Departure' }
let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

function withRole(role: NonNullable<NonNullable<OktaState['apps']>[number]['roles']>[number]): void {
  const state = org.tenant.state()
  org.tenant.load({ ...state, apps: [{ id: org.tenant.clientId, scopes: [...org.options.scopes], roles: [role] }] })
}

const cases: readonly (readonly [
  status: string,
  why: BlockReason,
  action: 'Suspend' | 'Delete',
  after: string,
  marked: boolean,
])[] = [
  ['ACTIVE', 'Departure', 'Suspend', 'SUSPENDED', true],
  ['ACTIVE', 'Departure', 'Delete', 'DEPROVISIONED', true],
  ['ACTIVE', 'Suspension', 'Delete', 'SUSPENDED', true],
  ['ACTIVE', 'Leave', 'Delete', 'SUSPENDED', true],
  ['PROVISIONED', 'Departure', 'Suspend', 'DEPROVISIONED', true],
  ['LOCKED_OUT', 'Departure', 'Suspend', 'DEPROVISIONED', true],
  ['PASSWORD_EXPIRED', 'Leave', 'Suspend', 'DEPROVISIONED', true],
  ['RECOVERY', 'Departure', 'Delete', 'DEPROVISIONED', true],
  ['STAGED', 'Departure', 'Suspend', 'STAGED', false],
  ['STAGED', 'Departure', 'Delete', 'DEPROVISIONED', true],
  ['SUSPENDED', 'Departure', 'Delete', 'DEPROVISIONED', true],
]

describe('a block', () => {
  test.each(cases)('of %s for %s under %s leaves it %s', async (...row) => {
    const [status, why, offboardingAction, after, marked] = row
    const account = await org.user('ada@example.com', { status })
    const outcome = await runOne(org.provider({ offboardingAction }), operation({ kind: 'block', why }, { account }))
    expect(outcome).toMatchObject({ kind: 'applied', account })
    expect(await org.status(account)).toBe(after)
    expect((await org.groupsOf(account)).includes(blocked)).toBe(marked)
  })

  test('by somebody else is not claimed, and one of ours is', async () => {
    const account = await org.user('ada@example.com', { status: 'SUSPENDED' })
    const provider = org.provider()
    expect(await runOne(provider, operation(leave, { account }))).toMatchObject({
      kind: 'skipped',
      reason: 'BlockedElsewhere',
    })
    expect(await org.groupsOf(account)).toEqual([])
    await org.ask('PUT', `/api/v1/groups/${await org.groupId(blocked)}/users/${account}`)
    expect(await runOne(provider, operation(leave, { account }))).toMatchObject({ kind: 'applied' })
  })

  test('works with the least role for somebody who is ACTIVE', async () => {
    const account = await org.user('ada@example.com')
    withRole({ permissions: leastPermissions })
    expect(await runOne(org.provider(), operation(leave, { account }))).toMatchObject({ kind: 'applied' })
    expect(await org.status(account)).toBe('SUSPENDED')
  })

  test('says loudly that a leaver stays in when the role cannot do what the status needs', async () => {
    const account = await org.user('ada@example.com', { status: 'PROVISIONED' })
    withRole({ permissions: leastPermissions })
    const outcome = await runOne(org.provider(), operation(leave, { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LeaverNotBlocked' })
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/still PROVISIONED.*E0000006.*okta\.users\.lifecycle\.deactivate/),
    })
  })

  test('says loudly that an administrator stays in, whom a custom role may not touch', async () => {
    const account = await org.user('root@example.com')
    const state = org.tenant.state()
    org.tenant.load({ ...state, users: state.users?.map(user => ({ ...user, roles: ['SUPER_ADMIN'] })) ?? [] })
    withRole({ permissions: [...leastPermissions, 'okta.users.lifecycle.manage'] })
    expect(await runOne(org.provider(), operation(leave, { account }))).toMatchObject({
      kind: 'failed',
      reason: 'LeaverNotBlocked',
    })
    expect(await org.status(account)).toBe('ACTIVE')
  })

  test('goes through although its mark cannot be written, and says so', async () => {
    const account = await org.user('ada@example.com')
    org.faults.add({ method: 'PUT', path: '/api/v1/groups/*/users/*', fault: 'status', status: 503 })
    const outcome = await runOne(org.provider(), operation(leave, { account }))
    expect(outcome).toMatchObject({ kind: 'applied', note: expect.stringContaining('block mark') })
    expect(await org.status(account)).toBe('SUSPENDED')
  })

  test('does not wait for a mark that gets no answer', async () => {
    const account = await org.user('ada@example.com')
    org.faults.add({ method: 'PUT', path: '/api/v1/groups/*/users/*', fault: 'hang' })
    const start = performance.now()
    const blocking = runOne(org.provider({ requestTimeoutMs: 1_500 }), operation(leave, { account }))
    while ((await org.status(account)) !== 'SUSPENDED' && performance.now() - start < 1_400) await setImmediate()
    expect(await org.status(account)).toBe('SUSPENDED')
    org.faults.clear()
    expect(await blocking).toMatchObject({ kind: 'applied' })
    expect(await org.groupsOf(account)).toEqual([blocked])
  })

  test('sets its mark afterwards when it could not at once', async () => {
    const account = await org.user('ada@example.com')
    const reset = `${Math.floor(Date.now() / 1000) + 1}`
    const headers = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }
    org.faults.add({ method: 'PUT', path: '/api/v1/groups/*/users/*', fault: 'status', status: 429, headers, count: 1 })
    const outcome = await runOne(org.provider(), operation(leave, { account }))
    expect(outcome).toEqual(expect.not.objectContaining({ note: expect.anything() }))
    expect(await org.groupsOf(account)).toEqual([blocked])
  })

  test.each(['resetAfter', 'status'] as const)('whose answer is lost (%s) is proven by a direct read', async fault => {
    const account = await org.user('ada@example.com')
    org.faults.add({
      method: 'POST',
      path: '/api/v1/users/*/lifecycle/suspend',
      fault,
      ...(fault === 'status' ? { status: 502, applied: true } : {}),
    })
    expect(await runOne(org.provider(), operation(leave, { account }))).toMatchObject({ kind: 'applied' })
    expect(await org.status(account)).toBe('SUSPENDED')
  })

  test('that never took place is not claimed', async () => {
    const account = await org.user('ada@example.com')
    org.faults.add({
      method: 'POST',
      path: '/api/v1/users/*/lifecycle/suspend',
      fault: 'status',
      status: 200,
      body: {},
    })
    expect(await runOne(org.provider(), operation(leave, { account }))).toMatchObject({
      kind: 'failed',
      reason: 'Unconfirmed',
    })
  })
})

describe('enabling', () => {
  test.each([
    ['STAGED', 'ACTIVE'],
    ['SUSPENDED', 'ACTIVE'],
    ['ACTIVE', 'ACTIVE'],
    ['LOCKED_OUT', 'LOCKED_OUT'],
  ])('%s leaves it %s', async (status, after) => {
    const account = await org.user('ada@example.com', { status })
    expect(await runOne(org.provider(), operation({ kind: 'enable', first: true }, { account }))).toMatchObject({
      kind: 'applied',
    })
    expect(await org.status(account)).toBe(after)
  })

  test('whose answer is lost is proven by a direct read', async () => {
    const account = await org.user('ada@example.com', { status: 'STAGED' })
    org.faults.add({ method: 'POST', path: '/api/v1/users/*/lifecycle/activate', fault: 'resetAfter' })
    expect(await runOne(org.provider(), operation({ kind: 'enable', first: true }, { account }))).toMatchObject({
      kind: 'applied',
    })
  })

  test('without the permission is a missing permission, and the block mark stays', async () => {
    const account = await org.user('ada@example.com', { status: 'STAGED' })
    await org.ask('PUT', `/api/v1/groups/${await org.groupId(blocked)}/users/${account}`)
    withRole({ permissions: leastPermissions })
    const outcome = await runOne(org.provider(), operation({ kind: 'enable', first: true }, { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'PermissionMissing' })
    expect(await org.groupsOf(account)).toEqual([blocked])
  })
})

describe('ending sessions', () => {
  test('goes without the tokens of apps where those are refused, and says so', async () => {
    const account = await org.user('ada@example.com')
    const body = { errorCode: 'E0000001', errorSummary: 'no', errorCauses: [] }
    org.faults.add({ method: 'DELETE', path: '/api/v1/users/*/sessions', fault: 'status', status: 400, body, count: 1 })
    const outcome = await runOne(org.provider(), operation({ kind: 'end-sessions' }, { account }))
    expect(outcome).toMatchObject({ kind: 'applied', note: expect.stringContaining('Tokens of apps') })
  })

  test('is done by the block itself where the role may not clear sessions, and refused while the account is not blocked', async () => {
    const account = await org.user('ada@example.com')
    withRole({ permissions: leastPermissions })
    const end = operation({ kind: 'end-sessions' }, { account })
    expect(await runOne(org.provider(), end)).toMatchObject({ kind: 'failed', reason: 'PermissionMissing' })
    expect(await runOne(org.provider(), operation(leave, { account }))).toMatchObject({ kind: 'applied' })
    expect(await runOne(org.provider(), end)).toMatchObject({
      kind: 'applied',
      note: expect.stringContaining('The block (SUSPENDED) ended its sessions'),
    })
  })
})

describe('deleting', () => {
  const erase: OperationVerb = { kind: 'delete' }
  const deletions = (): number => org.count('DELETE', '/api/v1/users/*')

  test.each(['ACTIVE', 'SUSPENDED', 'STAGED', 'PROVISIONED'])('never touches an account that is %s', async status => {
    const account = await org.user('ada@example.com', { status })
    const outcome = await runOne(org.provider({ offboardingAction: 'Delete' }), operation(erase, { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'Unconfirmed' })
    expect(await org.status(account)).toBe(status)
    expect(deletions()).toBe(0)
  })

  test.each(['resetAfter', 'resetBefore', 'status'] as const)(
    'sends one DELETE even when no answer comes (%s)',
    async fault => {
      const account = await org.user('ada@example.com', { status: 'DEPROVISIONED' })
      org.faults.add({
        method: 'DELETE',
        path: '/api/v1/users/*',
        fault,
        ...(fault === 'status' ? { status: 503 } : {}),
      })
      expect(await runOne(org.provider(), operation(erase, { account }))).toMatchObject({ kind: 'unknown' })
      expect(deletions()).toBe(1)
    },
  )

  test('is confirmed by a direct read', async () => {
    const account = await org.user('ada@example.com', { status: 'DEPROVISIONED' })
    org.faults.add({ method: 'DELETE', path: '/api/v1/users/*', fault: 'status', status: 204, count: 1 })
    const provider = org.provider()
    expect(await runOne(provider, operation(erase, { account }))).toMatchObject({
      kind: 'failed',
      reason: 'Unconfirmed',
    })
    expect(await runOne(provider, operation(erase, { account }))).toMatchObject({ kind: 'applied' })
    expect(await org.status(account)).toBeUndefined()
  })

  test('of nobody sends nothing', async () => {
    const outcome = await runOne(org.provider(), operation(erase, { account: '00ugone' as AccountId }))
    expect(outcome).toMatchObject({ kind: 'applied' })
    expect(deletions()).toBe(0)
  })
})

describe('a DEPROVISIONED account', () => {
  test.each<OperationVerb>([
    { kind: 'mark', marker: 'Blocked' },
    { kind: 'update', set: { title: 'x' }, before: { title: null } },
    {
      kind: 'grant',
      entitlement: { kind: 'Group', id: '' as never, name: 'Engineering', privileged: false },
      mappings: [],
    },
  ])('is skipped, with the reason, by $kind', async verb => {
    org.tenant.load({ groups: [...markerGroups, { name: 'Engineering' }] })
    const account = await org.user('ada@example.com', { status: 'DEPROVISIONED' })
    const id = (await org.groupId('Engineering')) as never
    const whole = verb.kind === 'grant' ? { ...verb, entitlement: { ...verb.entitlement, id } } : verb
    const outcome = await runOne(org.provider(), operation(whole, { account }))
    expect(outcome).toMatchObject({ kind: 'skipped', message: expect.stringContaining('DEPROVISIONED') })
  })

  test('that is marked already counts as marked', async () => {
    const account = await org.user('ada@example.com')
    await org.ask('PUT', `/api/v1/groups/${await org.groupId(blocked)}/users/${account}`)
    await org.ask('POST', `/api/v1/users/${account}/lifecycle/deactivate`)
    const outcome = await runOne(org.provider(), operation({ kind: 'mark', marker: 'Blocked' }, { account }))
    expect(outcome).toMatchObject({ kind: 'applied' })
  })

  test('is not adopted', async () => {
    const account = await org.user('ada@example.com', { status: 'DEPROVISIONED' })
    const outcome = await runOne(org.provider(), operation({ kind: 'adopt', how: 'Adoption' }, { account }))
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'AdoptionRefused' })
  })
})
