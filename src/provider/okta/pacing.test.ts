import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { FastTime } from '../../../test/support/fast-time.ts'
import type { AccountKey } from '../../model/account.ts'
import type { AccountId } from '../../model/ids.ts'
import { SimulatedClock } from '../../simulator/clock.ts'
import { Faults } from '../../simulator/faults.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import { oktaClient } from './client.ts'
import { readGroup, readUser, searchUsers } from './requests.ts'
import { defaultRetry, markerGroups, operation, run, signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg
let clock: SimulatedClock
let time: FastTime

async function start(quota: OktaState['quota']): Promise<void> {
  clock = new SimulatedClock({ running: false })
  time = new FastTime(clock)
  org = await startOrg({ groups: [...markerGroups], quota: { enforced: true, ...quota } }, new Faults(), clock)
}
afterEach(() => org.close())

/** What a provider is told so that it lives in the org's fast time. */
function fast(quotaPercent = 50) {
  return { time, now: () => clock.now(), retry: defaultRetry, quotaPercent }
}

function idKeys(id: AccountId, count: number): readonly AccountKey[] {
  return Array.from({ length: count }, () => ({ kind: 'Id', id }))
}

describe('pacing', () => {
  test('keeps within the whole of every limit, with no answer that asks to wait, and hardly below it', async () => {
    await start({ share: 1, limits: { 'users-read': 40 } })
    const id = await org.user('ada@example.com')
    const client = oktaClient({ ...org.options, ...fast(100) })
    try {
      await client.send(readGroup(await org.groupId(markerGroups[0].name)), signal)
      const begun = time.now()
      await Promise.all(Array.from({ length: 160 }, () => client.send(readUser(id), signal)))
      const windows = (time.now() - begun) / 60_000
      expect(org.countStatus(429)).toBe(0)
      expect(org.count('GET', '/api/v1/users/*')).toBe(160)
      // Four windows of 40, of which the last need not end.
      expect(windows).toBeGreaterThan(2.9)
      expect(windows).toBeLessThan(3 / 0.85)
    } finally {
      await client.close()
    }
  })

  test('looks many people up, in several buckets at once, without meeting a limit', async () => {
    await start({ share: 1, limits: { 'users-read': 40, users: 45, groups: 40 } })
    const id = await org.user('ada@example.com')
    const results = await org.provider(fast(100)).lookup(idKeys(id, 100), signal)
    expect(results.every(({ accounts }) => accounts.length === 1)).toBe(true)
    expect(org.countStatus(429)).toBe(0)
  })

  test('leaves to others what is not its share', async () => {
    await start({ share: 1, limits: { 'users-read': 40 } })
    const id = await org.user('ada@example.com')
    const client = oktaClient({ ...org.options, ...fast(25) })
    try {
      const begun = time.now()
      await Promise.all(Array.from({ length: 20 }, () => client.send(readUser(id), signal)))
      expect(time.now() - begun).toBeGreaterThan(55_000)
      expect(org.countStatus(429)).toBe(0)
    } finally {
      await client.close()
    }
  })

  test('writes in waves without meeting a limit', async () => {
    await start({ share: 1, limits: { 'users-write': 30, users: 60 } })
    const account = await org.user('ada@example.com')
    const updates = Array.from({ length: 90 }, (_, index) =>
      operation({ kind: 'update', set: { title: `${index}` }, before: { title: null } }, { account }),
    )
    const outcomes = await run(org.provider(fast(90)), ...updates)
    expect(outcomes.every(outcome => outcome.kind === 'applied')).toBe(true)
    expect(org.countStatus(429)).toBe(0)
  })

  test('does not let a bucket that is used up hold up another', async () => {
    await start({ share: 1, limits: { 'users-read': 10, 'groups-id': 500 } })
    const id = await org.user('ada@example.com')
    const group = await org.groupId(markerGroups[0].name)
    const client = oktaClient({ ...org.options, ...fast(100) })
    try {
      const slow = Promise.all(Array.from({ length: 25 }, () => client.send(readUser(id), signal)))
      const begun = time.now()
      await Promise.all(Array.from({ length: 50 }, () => client.send(readGroup(group), signal)))
      expect(time.now() - begun).toBeLessThan(50_000)
      await slow
      expect(org.countStatus(429)).toBe(0)
    } finally {
      await client.close()
    }
  })

  test('sends a leaver before whoever came earlier and is less urgent', async () => {
    await start({ share: 1, limits: { 'users-read': 5 } })
    const id = await org.user('ada@example.com')
    const client = oktaClient({ ...org.options, ...fast(100) })
    try {
      const order: string[] = []
      const sweep = client.inLane('Sweep')
      const reads = Array.from({ length: 10 }, () => sweep.send(readUser(id), signal).then(() => order.push('sweep')))
      while (order.length < 5) await time.sleep(100)
      const leaver = client
        .inLane('Leaver')
        .send(readUser(id), signal)
        .then(() => order.push('leaver'))
      await Promise.all([...reads, leaver])
      expect(order.indexOf('leaver')).toBeLessThan(8)
    } finally {
      await client.close()
    }
  })

  test('goes on although every answer of a while was lost', async () => {
    await start({ share: 1, limits: { 'users-read': 50 } })
    const id = await org.user('ada@example.com')
    const client = oktaClient({ ...org.options, ...fast(100), retry: { ...defaultRetry, tries: 1 } })
    try {
      org.faults.add({ method: 'GET', path: '/api/v1/users/*', fault: 'resetAfter', count: 20 })
      const lost = await Promise.allSettled(Array.from({ length: 20 }, () => client.send(readUser(id), signal)))
      expect(lost.every(({ status }) => status === 'rejected')).toBe(true)
      await Promise.all(Array.from({ length: 60 }, () => client.send(readUser(id), signal)))
      expect(org.countStatus(429)).toBe(0)
    } finally {
      await client.close()
    }
  })

  test('gives up a call that waits when it is told to, and when it is closed', async () => {
    await start({ share: 1, limits: { users: 2 } })
    const client = oktaClient({ ...org.options, now: () => clock.now() })
    const search = searchUsers('profile.login eq "x"')
    await client.send(search, signal)
    const stop = new AbortController()
    const stopped = client.send(search, stop.signal)
    const closed = client.send(search, signal)
    const ends = [expect(stopped).rejects.toThrow('enough'), expect(closed).rejects.toThrow(/closed/)]
    stop.abort(new Error('enough'))
    await ends[0]
    await client.close()
    await ends[1]
  })

  test('waits as long as it is told after a refusal, for too many at once as well', async () => {
    await start({ share: 1 })
    const id = await org.user('ada@example.com')
    for (const limit of ['600', '0']) {
      org.forgetRequests()
      const reset = `${Math.floor(clock.now() / 1000) + 20}`
      const headers = { 'x-rate-limit-limit': limit, 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }
      const refusal = { ...headers, date: new Date(clock.now()).toUTCString() }
      org.faults.add({ path: '/api/v1/users/*', fault: 'status', status: 429, count: 1, headers: refusal })
      const client = oktaClient({ ...org.options, ...fast() })
      await client.send(readUser(id), signal)
      expect(clock.now() / 1000).toBeGreaterThanOrEqual(Number(reset))
      expect(org.countStatus(429)).toBe(1)
      await client.close()
    }
  })
})

describe('calls in flight', () => {
  test('are never more than allowed, token requests included', async () => {
    await start({})
    let [now, most] = [0, 0]
    const server = createServer((_request, response) => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
        response.writeHead(200, {
          'x-rate-limit-limit': '10000',
          'x-rate-limit-remaining': '9000',
          'x-rate-limit-reset': '9999999999',
        })
        response.end('{"access_token":"t","expires_in":3600}')
      }, 2)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = oktaClient({ ...org.options, orgUrl: `http://127.0.0.1:${port}`, concurrency: 4 })
    try {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) => client.send(index % 2 === 0 ? readUser('x') : readGroup('y'), signal)),
      )
    } finally {
      await client.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
    expect(most).toBe(4)
  })
})
