import { afterEach, describe, expect, test } from 'vitest'
import { type ClusterOptions, FakeCluster } from '../../test/kube/fake/cluster.ts'
import { isWrite } from '../../test/kube/fake/faults.ts'
import { clientOf } from '../../test/kube/widgets.ts'
import { HandTime } from '../../test/support/hand-time.ts'
import { EventRecorder, type Happening } from './events.ts'

const START = Date.parse('2026-11-24T10:00:00.123Z')
const MINUTE = 60_000
const stops: AbortController[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort(new Error('the test is over'))
})

interface Written {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly note: string
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
}

function scene(options: { readonly capacity?: number } & Pick<ClusterOptions, 'namespaces'> = {}) {
  const time = new HandTime()
  const cluster = new FakeCluster({ time, namespaces: ['people', 'tenure-system', ...(options.namespaces ?? [])] })
  const problems: unknown[] = []
  const recorder = new EventRecorder({
    client: clientOf(cluster),
    controller: 'tenure.dev/operator',
    instance: 'tenure-0',
    homeNamespace: 'tenure-system',
    time,
    now: () => new Date(START + time.now()),
    random: () => 0.5,
    onProblem: error => problems.push(error),
    ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
  })
  const stop = new AbortController()
  stops.push(stop)
  const run = recorder.run(stop.signal)
  const happening = (changes: Partial<Happening> = {}, name = 'eve'): Happening => ({
    regarding: { apiVersion: 'tenure.dev/v1alpha1', kind: 'Employee', name, namespace: 'people', uid: `uid-${name}` },
    type: 'Normal',
    reason: 'UserSuspended',
    action: 'Suspend',
    note: 'suspended in okta',
    ...changes,
  })
  const events = (namespace = 'people') => {
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
    return cluster.call('GET', path).items as Written[]
  }
  return { time, cluster, recorder, problems, stop, run, happening, events }
}

describe('an event', () => {
  test('is written as the API wants it, in the namespace of what it is about', async () => {
    const it = scene()
    it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events()).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({
          name: expect.stringMatching(/^eve\.[0-9a-f]{16}$/) as string,
          namespace: 'people',
        }) as object,
        eventTime: '2026-11-24T10:00:00.123000Z',
        type: 'Normal',
        reason: 'UserSuspended',
        action: 'Suspend',
        note: 'suspended in okta',
        regarding: expect.objectContaining({ kind: 'Employee', name: 'eve', uid: 'uid-eve' }) as object,
        reportingController: 'tenure.dev/operator',
        reportingInstance: 'tenure-0',
      }),
    ])
    expect(it.problems).toEqual([])
  })

  test('that comes again within ten minutes raises the count of the first, one after that is told anew', async () => {
    const it = scene()
    it.recorder.record(it.happening())
    await it.time.advance(9 * MINUTE)
    it.recorder.record(it.happening())
    await it.time.advance(9 * MINUTE)
    it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events()).toHaveLength(1)
    expect(it.events()[0]?.series).toEqual({ count: 3, lastObservedTime: '2026-11-24T10:18:00.123000Z' })
    await it.time.advance(10 * MINUTE)
    it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events().map(event => event.series?.count)).toHaveLength(2)
  })

  test('that came more than once before it could be sent is sent once, with its count', async () => {
    const it = scene()
    for (let times = 0; times < 3; times += 1) it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events().map(event => event.series?.count)).toEqual([3])
    expect(it.cluster.seen.filter(({ method }) => method !== 'GET')).toHaveLength(1)
  })

  test.each([
    ['reason', { reason: 'UserUpdated' }],
    ['note', { note: 'suspended in entra' }],
    ['type', { type: 'Warning' }],
    [
      'object',
      {
        regarding: {
          apiVersion: 'tenure.dev/v1alpha1',
          kind: 'Employee',
          name: 'eve',
          namespace: 'people',
          uid: 'uid-other',
        },
      },
    ],
  ] as const)('of another %s is another event', async (_, changes) => {
    const it = scene()
    it.recorder.record(it.happening())
    it.recorder.record(it.happening(changes))
    await it.time.advance(0)
    expect(it.events()).toHaveLength(2)
  })

  test('of an object that has had 25 in a short time is only counted, until five minutes gave it another', async () => {
    const it = scene()
    for (let n = 0; n < 40; n += 1) it.recorder.record(it.happening({ note: `note ${n}` }))
    it.recorder.record(it.happening({}, 'adam'))
    await it.time.advance(0)
    expect([it.events().length, it.recorder.dropped]).toEqual([26, 15])
    await it.time.advance(5 * MINUTE)
    it.recorder.record(it.happening({ note: 'later' }))
    it.recorder.record(it.happening({ note: 'too soon' }))
    await it.time.advance(0)
    expect([it.events().length, it.recorder.dropped]).toEqual([27, 16])
  })

  test('that comes all the time is counted, but written no more often than its object may have events', async () => {
    const it = scene()
    for (let times = 0; times < 60; times += 1) {
      it.recorder.record(it.happening())
      await it.time.advance(0)
    }
    expect(it.cluster.seen).toHaveLength(25)
    await it.time.advance(5 * MINUTE)
    it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events().map(event => event.series?.count)).toEqual([61])
  })

  test('has a note of 1024 bytes at most, without half a character', async () => {
    const it = scene()
    it.recorder.record(it.happening({ note: `x${'ä'.repeat(600)}` }))
    await it.time.advance(0)
    expect(it.events()[0]?.note).toBe(`x${'ä'.repeat(511)}`)
  })

  test('about an object with a name of any length has a name that is taken', async () => {
    const it = scene()
    it.recorder.record(it.happening({}, `${'a'.repeat(234)}.b-c`))
    await it.time.advance(0)
    expect(it.events()[0]?.metadata.name.length).toBeLessThanOrEqual(253)
    expect(it.events()[0]?.metadata.name).toMatch(/a\.[0-9a-f]{16}$/)
  })

  test('about an object of a namespace that is being deleted is told at home, one about an object without a namespace in default', async () => {
    const it = scene()
    const { namespace: _, ...cluster } = it.happening().regarding
    it.recorder.record(it.happening({ regarding: { ...cluster, name: 'wide', uid: 'uid-wide' } }))
    it.cluster.call('DELETE', '/api/v1/namespaces/people')
    it.recorder.record(it.happening())
    await it.time.advance(0)
    const told = (namespace: string) => it.events(namespace).map(event => event.metadata.name.split('.')[0])
    expect([told('tenure-system'), told('default'), it.problems]).toEqual([['eve'], ['wide'], []])
  })
})

describe('the recorder', () => {
  test('never waits: what is too much for its queue is dropped and counted', async () => {
    const it = scene({ capacity: 3 })
    it.cluster.faults.plan({ when: isWrite, effect: { kind: 'hang' } })
    it.recorder.record(it.happening({}, 'first'))
    await it.time.advance(0)
    for (const name of ['a', 'b', 'c', 'd', 'e']) it.recorder.record(it.happening({}, name))
    expect([it.recorder.waiting, it.recorder.dropped]).toEqual([3, 2])
  })

  test('forgets what it told: its memory has a limit', async () => {
    const it = scene({ capacity: 5 })
    for (let n = 0; n < 50; n += 1) {
      it.recorder.record(it.happening({}, `person-${n}`))
      await it.time.advance(0)
    }
    it.recorder.record(it.happening({}, 'person-0'))
    await it.time.advance(0)
    expect(it.events().filter(event => event.metadata.name.startsWith('person-0.'))).toHaveLength(2)
  })

  test('tries again when the server is busy, as late as it asks', async () => {
    const it = scene()
    it.cluster.faults.plan({
      when: isWrite,
      effect: { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfter: 7 },
    })
    it.recorder.record(it.happening())
    await it.time.advance(6999)
    expect(it.events()).toHaveLength(0)
    await it.time.advance(1)
    expect([it.events().length, it.problems]).toEqual([1, []])
  })

  test('gives an event up after five attempts and goes on with the next', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWrite, effect: { kind: 'refuse' }, times: 5 })
    it.recorder.record(it.happening({}, 'lost'))
    it.recorder.record(it.happening({}, 'next'))
    await it.time.advance(5 * MINUTE)
    expect(it.events().map(event => event.metadata.name.split('.')[0])).toEqual(['next'])
    expect([it.problems.length, it.recorder.dropped]).toEqual([1, 1])
  })

  test('gives an event up at once that is refused', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWrite, effect: { kind: 'answer', status: 403, reason: 'Forbidden' } })
    it.recorder.record(it.happening())
    it.recorder.record(it.happening({}, 'next'))
    await it.time.advance(0)
    expect([it.events().length, it.problems.length]).toEqual([1, 1])
  })

  test('writes no event twice whose answer was lost', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWrite, effect: { kind: 'lose' } })
    it.recorder.record(it.happening())
    await it.time.advance(MINUTE)
    expect([it.events().length, it.problems, it.recorder.dropped]).toEqual([1, [], 0])
  })

  test('tells an event anew that is gone when it comes again', async () => {
    const it = scene()
    it.recorder.record(it.happening())
    await it.time.advance(0)
    it.cluster.call('DELETE', `/apis/events.k8s.io/v1/namespaces/people/events/${it.events()[0]?.metadata.name}`)
    it.recorder.record(it.happening())
    await it.time.advance(0)
    expect(it.events().map(event => event.series?.count)).toEqual([2])
  })

  test('sends what still waits when it is stopped, and waits two seconds for that at most', async () => {
    const it = scene()
    it.recorder.record(it.happening())
    it.stop.abort(new Error('stopped'))
    await it.run
    expect(it.events()).toHaveLength(1)
    const hung = scene()
    hung.cluster.faults.plan({ when: isWrite, effect: { kind: 'hang' }, times: 9 })
    hung.recorder.record(hung.happening())
    await hung.time.advance(0)
    hung.recorder.record(hung.happening({}, 'second'))
    hung.stop.abort(new Error('stopped'))
    await hung.time.advance(2000)
    await hung.run
    expect([hung.recorder.dropped, hung.recorder.waiting]).toEqual([2, 0])
    hung.cluster.faults.plan({ when: isWrite, effect: { kind: 'hang' } })
    hung.recorder.record(hung.happening({}, 'third'))
    const again = hung.recorder.run(hung.stop.signal)
    await hung.time.advance(2000)
    await again
    expect([hung.recorder.dropped, hung.recorder.waiting]).toEqual([3, 0])
  })
})
