import { describe, expect, it } from 'vitest'
import { userStatuses } from './objects.ts'
import { type Bench, bench } from './testing/ask.ts'

type Status = (typeof userStatuses)[number]

const login = 'ada@example.com'
const profile = { firstName: 'Ada', lastName: 'Lovelace', login, email: login }

function benchWith(status: Status, more: Readonly<Record<string, unknown>> = {}): Bench {
  return bench({ users: [{ id: 'u1', profile, status, ...more }] })
}

async function statusNow(from: Bench): Promise<unknown> {
  return (await from.ask('GET', '/api/v1/users/u1')).body.at('status')
}

/** What an operation does in each status: the status it leads to, or the refusal. */
type Row = Readonly<Record<Status, Status | readonly [status: number, code: string]>>

const notNow = [403, 'E0000038'] as const
const notActive = [400, 'E0000001'] as const

const machine: Readonly<Record<string, Row>> = {
  activate: {
    STAGED: 'PROVISIONED',
    PROVISIONED: [403, 'E0000016'],
    ACTIVE: [403, 'E0000016'],
    RECOVERY: [403, 'E0000016'],
    PASSWORD_EXPIRED: [403, 'E0000016'],
    LOCKED_OUT: [403, 'E0000016'],
    SUSPENDED: [403, 'E0000016'],
    DEPROVISIONED: 'PROVISIONED',
  },
  reactivate: {
    STAGED: notNow,
    PROVISIONED: 'PROVISIONED',
    ACTIVE: notNow,
    RECOVERY: 'RECOVERY',
    PASSWORD_EXPIRED: notNow,
    LOCKED_OUT: notNow,
    SUSPENDED: notNow,
    DEPROVISIONED: notNow,
  },
  suspend: {
    STAGED: notActive,
    PROVISIONED: notActive,
    ACTIVE: 'SUSPENDED',
    RECOVERY: notActive,
    PASSWORD_EXPIRED: notActive,
    LOCKED_OUT: notActive,
    SUSPENDED: notActive,
    DEPROVISIONED: notActive,
  },
  unsuspend: {
    STAGED: notActive,
    PROVISIONED: notActive,
    ACTIVE: notActive,
    RECOVERY: notActive,
    PASSWORD_EXPIRED: notActive,
    LOCKED_OUT: notActive,
    SUSPENDED: 'ACTIVE',
    DEPROVISIONED: notActive,
  },
  deactivate: {
    STAGED: 'DEPROVISIONED',
    PROVISIONED: 'DEPROVISIONED',
    ACTIVE: 'DEPROVISIONED',
    RECOVERY: 'DEPROVISIONED',
    PASSWORD_EXPIRED: 'DEPROVISIONED',
    LOCKED_OUT: 'DEPROVISIONED',
    SUSPENDED: 'DEPROVISIONED',
    DEPROVISIONED: [404, 'E0000007'],
  },
  unlock: {
    STAGED: [403, 'E0000032'],
    PROVISIONED: [403, 'E0000032'],
    ACTIVE: [403, 'E0000032'],
    RECOVERY: [403, 'E0000032'],
    PASSWORD_EXPIRED: [403, 'E0000032'],
    LOCKED_OUT: 'ACTIVE',
    SUSPENDED: [403, 'E0000032'],
    DEPROVISIONED: [403, 'E0000032'],
  },
  expire_password: {
    STAGED: notNow,
    PROVISIONED: notNow,
    ACTIVE: 'PASSWORD_EXPIRED',
    RECOVERY: notNow,
    PASSWORD_EXPIRED: 'PASSWORD_EXPIRED',
    LOCKED_OUT: notNow,
    SUSPENDED: notNow,
    DEPROVISIONED: notNow,
  },
  reset_password: {
    STAGED: notNow,
    PROVISIONED: 'RECOVERY',
    ACTIVE: 'RECOVERY',
    RECOVERY: 'RECOVERY',
    PASSWORD_EXPIRED: 'RECOVERY',
    LOCKED_OUT: 'RECOVERY',
    SUSPENDED: notNow,
    DEPROVISIONED: notNow,
  },
}

const rows = Object.entries(machine).flatMap(([operation, row]) =>
  userStatuses.map(from => ({ operation, from, to: row[from] })),
)

describe('the status machine of a user', () => {
  it.each(rows)('answers $operation of a user who is $from with $to', async ({ operation, from, to }) => {
    const org = benchWith(from)
    const reply = await org.ask('POST', `/api/v1/users/${login}/lifecycle/${operation}`)
    if (typeof to === 'string') {
      expect(reply.status).toBe(200)
      expect(await statusNow(org)).toBe(to)
    } else {
      expect([reply.status, reply.code]).toEqual(to)
      expect(await statusNow(org)).toBe(from)
    }
  })

  it.each(Object.keys(machine))('answers %s of an unknown user with 404', async operation => {
    const reply = await bench().ask('POST', `/api/v1/users/nobody/lifecycle/${operation}`)
    expect([reply.status, reply.texts]).toEqual([404, ['Not found: Resource not found: nobody (User)']])
  })

  it('words the refusals of suspend, unsuspend and unlock as a real org does', async () => {
    const org = benchWith('PROVISIONED')
    const texts = async (operation: string) => (await org.ask('POST', `/api/v1/users/u1/lifecycle/${operation}`)).texts
    expect(await texts('suspend')).toEqual([
      'Api validation failed: suspendUser',
      'Cannot suspend a user that is not active',
    ])
    expect(await texts('unsuspend')).toEqual([
      'Api validation failed: suspendUser',
      'Cannot unsuspend a user that is not suspended',
    ])
    expect(await texts('unlock')).toEqual(['Unlock is not allowed for this user.', 'The user is not locked out.'])
    expect(await texts('activate')).toEqual(['Activation failed because the user is already active'])
  })

  it('activates a staged user who has a password straight to ACTIVE', async () => {
    const org = benchWith('STAGED', { password: true })
    expect((await org.ask('POST', '/api/v1/users/u1/lifecycle/activate')).body.value).toEqual({})
    expect(await statusNow(org)).toBe('ACTIVE')
  })

  it('hands out the activation link when no email is to be sent', async () => {
    const reply = await benchWith('STAGED').ask('POST', '/api/v1/users/u1/lifecycle/activate?sendEmail=false')
    const token = String(reply.body.at('activationToken'))
    expect(reply.body.at('activationUrl')).toBe(`http://acme.test/tokens/${token}/verify`)
  })

  it('forgets the password of a deactivated user unless the switch says it survives', async () => {
    for (const [survives, status] of [
      [false, 'PROVISIONED'],
      [true, 'ACTIVE'],
    ] as const) {
      const org = bench({ switches: { passwordSurvivesDeactivation: survives }, users: [{ id: 'u1', profile }] })
      await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
      await org.ask('POST', '/api/v1/users/u1/lifecycle/activate')
      expect(await statusNow(org)).toBe(status)
    }
  })

  it('suspends from other statuses where the switch allows it', async () => {
    const org = bench({
      switches: { suspendFrom: ['ACTIVE', 'PROVISIONED'] },
      users: [{ id: 'u1', profile, status: 'PROVISIONED' }],
    })
    expect((await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')).status).toBe(200)
  })

  it('deactivates with the first DELETE, erases with the second and answers 404 to the third', async () => {
    const org = benchWith('ACTIVE')
    expect((await org.ask('DELETE', '/api/v1/users/u1')).status).toBe(204)
    expect(await statusNow(org)).toBe('DEPROVISIONED')
    expect((await org.ask('DELETE', '/api/v1/users/u1')).status).toBe(204)
    const third = await org.ask('DELETE', '/api/v1/users/u1')
    expect([third.status, third.code]).toEqual([404, 'E0000007'])
  })

  it('frees a login only when the user is erased', async () => {
    const org = benchWith('DEPROVISIONED')
    const create = () => org.ask('POST', '/api/v1/users', { body: { profile } })
    expect((await create()).code).toBe('E0000001')
    await org.ask('DELETE', '/api/v1/users/u1')
    expect((await create()).status).toBe(200)
  })

  it('revokes roles and sessions of a deactivated user and keeps his groups', async () => {
    const org = bench({
      users: [{ id: 'u1', profile, roles: ['HELP_DESK_ADMIN'], sessions: 2 }],
      groups: [{ id: 'g1', name: 'Engineering', members: ['u1'] }],
    })
    await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
    const [user] = org.tenant.state().users ?? []
    expect([user?.roles, user?.sessions]).toEqual([[], 0])
    const groups = (await org.ask('GET', '/api/v1/users/u1/groups')).body.list.map(group => group.at('profile', 'name'))
    expect(groups).toEqual(['Everyone', 'Engineering'])
  })

  it('ends sessions with 204 as often as one asks', async () => {
    const org = benchWith('ACTIVE', { sessions: 3 })
    for (let time = 0; time < 2; time += 1) {
      expect((await org.ask('DELETE', '/api/v1/users/u1/sessions?oauthTokens=true')).status).toBe(204)
    }
    expect(org.tenant.state().users?.[0]?.sessions).toBe(0)
    expect((await org.ask('DELETE', '/api/v1/users/nobody/sessions')).status).toBe(404)
  })

  it('announces a slow deactivation, refuses nothing meanwhile and completes it by the clock', async () => {
    const org = bench({ switches: { asyncSeconds: 30, asyncStatus: 202 }, users: [{ id: 'u1', profile }] })
    const reply = await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate', {
      headers: { prefer: 'respond-async' },
    })
    expect(reply.status).toBe(202)
    const between = await org.ask('GET', '/api/v1/users/u1')
    expect([between.body.at('status'), between.body.at('transitioningToStatus')]).toEqual(['ACTIVE', 'DEPROVISIONED'])
    org.clock.advance(31)
    const after = await org.ask('GET', '/api/v1/users/u1')
    expect([after.body.at('status'), after.body.at('transitioningToStatus')]).toEqual(['DEPROVISIONED', undefined])
  })

  it('moves lastUpdated and statusChanged with a change of status, in whole seconds', async () => {
    const org = benchWith('ACTIVE')
    org.clock.advance(61.7)
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')
    const user = await org.ask('GET', '/api/v1/users/u1')
    const times = ['created', 'statusChanged', 'lastUpdated'].map(name => user.body.at(name))
    expect(times).toEqual(['2026-03-02T09:00:00.000Z', '2026-03-02T09:01:01.000Z', '2026-03-02T09:01:01.000Z'])
  })

  const links: Readonly<Record<string, readonly string[]>> = {
    STAGED: ['activate', 'schema', 'self', 'type'],
    PROVISIONED: ['suspend', 'schema', 'resetPassword', 'reactivate', 'self', 'type', 'deactivate'],
    SUSPENDED: ['deactivate', 'resetFactors', 'schema', 'self', 'type', 'unsuspend'],
    DEPROVISIONED: ['schema', 'activate', 'self', 'type', 'delete'],
  }

  it.each(Object.entries(links))('offers the links of a %s user', async (status, names) => {
    const org = bench({ users: [{ id: 'u1', profile, status: status as Status }] })
    expect(Object.keys(Object((await org.ask('GET', '/api/v1/users/u1')).body.at('_links')))).toEqual(names)
  })
})
