import { afterEach, describe, expect, test } from 'vitest'
import { FakeCluster } from '../../test/kube/fake/cluster.ts'
import { type Effect, isWrite } from '../../test/kube/fake/faults.ts'
import { HandTime } from '../../test/support/hand-time.ts'
import { KubeClient } from './client.ts'
import { Elector, type TermEnd } from './elector.ts'
import { kubeLease } from './lease.ts'
import type { KubeRequest } from './send.ts'

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/default/leases/tenure'
const START = Date.parse('2026-11-24T10:00:00.123Z')

const stops: AbortController[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort(new Error('the test is over'))
})

/** A process that wants to lead, over a network of its own. */
function scene() {
  const time = new HandTime()
  const cluster = new FakeCluster({ time })
  const begun: string[] = []
  const candidates: { readonly elector: Elector }[] = []

  const candidate = (identity: string) => {
    const network: { effect: Effect | undefined } = { effect: undefined }
    const requests: KubeRequest[] = []
    const connection = {
      ...cluster.connection(),
      send: (request: KubeRequest) => {
        requests.push(request)
        if (network.effect !== undefined)
          cluster.faults.plan({ when: other => other === request, effect: network.effect })
        return cluster.send(request)
      },
    }
    const problems: unknown[] = []
    // Its own clock: a process that is stopped sees nothing of the time that goes by, but the clock goes on.
    const clock = { skew: 0 }
    const elector = new Elector({
      identity,
      lease: kubeLease(new KubeClient(connection, { version: '0' }), 'default', 'tenure'),
      time: { now: () => time.now() + clock.skew, sleep: (ms, signal) => time.sleep(ms, signal) },
      now: () => new Date(START + time.now()),
      random: () => 0,
      onProblem: error => problems.push(error),
    })
    const stop = new AbortController()
    stops.push(stop)
    const work = { end: () => {}, aborted: false, lasts: Promise.resolve() }
    const lead = async (signal: AbortSignal) => {
      begun.push(identity)
      await new Promise<void>(resolve => {
        work.end = resolve
        signal.addEventListener('abort', () => {
          work.aborted = true
          resolve()
        })
      })
      await work.lasts
    }
    const outcome: { end?: TermEnd } = {}
    const start = async () => {
      void elector.run(stop.signal, lead).then(end => {
        outcome.end = end
      })
      await time.advance(0)
    }
    const made = { elector, network, requests, problems, clock, stop, work, outcome, start }
    candidates.push(made)
    return made
  }
  /** Moves on in small steps, and sees to it that never two lead. */
  const advance = async (ms: number) => {
    for (let done = 0; done < ms; done += 100) {
      await time.advance(100)
      expect(candidates.filter(({ elector }) => elector.leading).length).toBeLessThanOrEqual(1)
    }
  }
  const lease = () => cluster.call('GET', LEASE).spec as Record<string, unknown>
  return { time, cluster, candidate, advance, begun, lease }
}

describe('an elector', () => {
  test('takes a lease that is not there, with times of six digits, and renews it by one request every two seconds', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    expect(one.elector.leading).toBe(true)
    expect(it.lease()).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-24T10:00:00.123000Z',
      renewTime: '2026-11-24T10:00:00.123000Z',
      leaseTransitions: 0,
    })
    one.requests.length = 0
    await it.advance(20_000)
    expect(one.requests.map(({ method }) => method)).toEqual(Array(10).fill('PUT'))
    expect(it.lease()).toMatchObject({
      acquireTime: '2026-11-24T10:00:00.123000Z',
      renewTime: '2026-11-24T10:00:20.123000Z',
    })
    expect(it.begun).toEqual(['one'])
  })

  test('writes in the name of tenure-leases', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    expect(one.requests.filter(isWrite).map(({ path }) => path.includes('fieldManager=tenure-leases'))).toEqual([true])
  })

  test('waits while another leads, and leads when that one is gone for as long as its lease lasts, by its own clock', async () => {
    const it = scene()
    const [one, two] = [it.candidate('one'), it.candidate('two')]
    await one.start()
    await it.advance(5000)
    await two.start()
    one.network.effect = { kind: 'hang' }
    await it.advance(14_000)
    expect(two.elector.leading).toBe(false)
    await it.advance(4000)
    expect([one.elector.leading, two.elector.leading, it.lease().leaseTransitions]).toEqual([false, true, 1])
    expect([one.outcome.end, one.work.aborted, it.begun]).toEqual(['lost', true, ['one', 'two']])
  })

  test('does not believe the times in a lease: one that looks long expired is respected for its duration', async () => {
    const it = scene()
    const spec = { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' }
    it.cluster.call('POST', LEASE.replace('/tenure', ''), { metadata: { name: 'tenure' }, spec })
    const one = it.candidate('one')
    await one.start()
    await it.advance(14_900)
    expect(one.elector.leading).toBe(false)
    await it.advance(2000)
    expect(one.elector.leading).toBe(true)
  })

  test('takes a free lease at once, and one without a duration for 15 s', async () => {
    const it = scene()
    it.cluster.call('POST', LEASE.replace('/tenure', ''), {
      metadata: { name: 'tenure' },
      spec: { holderIdentity: '' },
    })
    const one = it.candidate('one')
    await one.start()
    expect(one.elector.leading).toBe(true)
    const other = scene()
    other.cluster.call('POST', LEASE.replace('/tenure', ''), {
      metadata: { name: 'tenure' },
      spec: { holderIdentity: 'x' },
    })
    const two = other.candidate('two')
    await two.start()
    await other.advance(14_900)
    expect(two.elector.leading).toBe(false)
    await other.advance(1200)
    expect(two.elector.leading).toBe(true)
  })

  test('counts its deadline from the last success, whatever failed since: errors first and a hang then make no second leader', async () => {
    const it = scene()
    const [one, two] = [it.candidate('one'), it.candidate('two')]
    await one.start()
    await it.advance(1000)
    await two.start()
    one.network.effect = { kind: 'refuse' }
    await it.advance(8000)
    expect(one.elector.leading).toBe(true)
    one.network.effect = { kind: 'hang' }
    await it.advance(2500)
    expect([one.elector.leading, one.outcome.end]).toEqual([false, 'lost'])
    await it.advance(10_000)
    expect(two.elector.leading).toBe(true)
  })

  test('counts from when it sent a renewal, not from when the answer came', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    await it.advance(1900)
    one.network.effect = { kind: 'delay', ms: 3000 }
    await it.advance(200)
    one.network.effect = { kind: 'hang' }
    await it.advance(9800)
    expect(one.elector.leading).toBe(true)
    await it.advance(200)
    expect(one.elector.leading).toBe(false)
  })

  test('knows at once that it no longer leads when its process was stopped and goes on', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    expect(one.elector.leading).toBe(true)
    one.clock.skew = 25_000
    expect(one.elector.leading).toBe(false)
    await it.advance(2000)
    expect(one.outcome.end).toBe('lost')
  })

  test('keeps the lead through errors that pass in time', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    one.network.effect = { kind: 'answer', status: 503 }
    await it.advance(9600)
    one.network.effect = undefined
    await it.advance(20_000)
    expect([one.elector.leading, it.begun]).toEqual([true, ['one']])
    expect(one.problems.length).toBeGreaterThan(0)
  })

  test('keeps the lead when the answer to a renewal was lost', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    it.cluster.faults.plan({ when: isWrite, effect: { kind: 'lose' } })
    await it.advance(20_000)
    expect([one.elector.leading, it.begun, one.problems.length]).toEqual([true, ['one'], 1])
  })

  test('loses at once to who took the lease by force', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    it.cluster.call('PATCH', LEASE, { spec: { holderIdentity: 'usurper' } }, 'application/merge-patch+json')
    await it.advance(2100)
    expect([one.elector.leading, one.elector.holder, one.outcome.end]).toEqual([false, 'usurper', 'lost'])
  })

  test('gives the lease back when it is stopped, so that the next one leads within its pause', async () => {
    const it = scene()
    const [one, two] = [it.candidate('one'), it.candidate('two')]
    await one.start()
    await two.start()
    await it.advance(500)
    one.stop.abort(new Error('SIGTERM'))
    await it.advance(100)
    expect([one.outcome.end, it.lease().holderIdentity, one.elector.leading]).toEqual(['stopped', '', false])
    await it.advance(1500)
    expect(two.elector.leading).toBe(true)
  })

  test('releases no lease that is another’s', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    it.cluster.call('PATCH', LEASE, { spec: { holderIdentity: 'usurper' } }, 'application/merge-patch+json')
    one.stop.abort(new Error('SIGTERM'))
    await it.advance(100)
    expect([one.outcome.end, it.lease().holderIdentity]).toEqual(['stopped', 'usurper'])
  })

  test('goes on renewing until the work it was stopped in has ended', async () => {
    const it = scene()
    const [one, two] = [it.candidate('one'), it.candidate('two')]
    let finish = () => {}
    one.work.lasts = new Promise<void>(resolve => {
      finish = resolve
    })
    await one.start()
    await two.start()
    one.stop.abort(new Error('SIGTERM'))
    await it.advance(30_000)
    expect([one.work.aborted, one.elector.leading, two.elector.leading]).toEqual([true, true, false])
    finish()
    await it.advance(2500)
    expect([one.outcome.end, two.elector.leading]).toEqual(['stopped', true])
  })

  test('gives the lease back when the work ends, also by an error, which it passes on', async () => {
    const it = scene()
    const one = it.candidate('one')
    await one.start()
    one.work.end()
    await it.advance(100)
    expect([one.outcome.end, it.lease().holderIdentity]).toEqual(['done', ''])
    const two = it.candidate('two')
    const failing = two.elector.run(two.stop.signal, () => {
      throw new Error('bad start')
    })
    await expect(failing).rejects.toThrow('bad start')
    expect(it.lease().holderIdentity).toBe('')
  })

  test('of two that want the lease at once lets one lead', async () => {
    const it = scene()
    const all = ['one', 'two', 'three'].map(identity => it.candidate(identity))
    await Promise.all(all.map(each => each.start()))
    await it.advance(30_000)
    expect(all.filter(({ elector }) => elector.leading)).toHaveLength(1)
    expect(it.begun).toHaveLength(1)
    expect(all.flatMap(({ problems }) => problems)).toEqual([])
  })

  test('says what keeps it from the lease, and tries on', async () => {
    const it = scene()
    const one = it.candidate('one')
    one.network.effect = { kind: 'answer', status: 403, reason: 'Forbidden' }
    await one.start()
    await it.advance(4500)
    expect(one.problems.map(String)[0]).toContain('the API server answered 403')
    one.network.effect = undefined
    await it.advance(2000)
    expect(one.elector.leading).toBe(true)
  })

  test('is not made with times under which two could lead', () => {
    const lease = kubeLease(new KubeClient(new FakeCluster().connection(), { version: '0' }), 'default', 'tenure')
    const timing = { durationMs: 10_000, deadlineMs: 10_000, retryMs: 2000 }
    expect(() => new Elector({ identity: 'one', lease, timing })).toThrow(RangeError)
  })
})
