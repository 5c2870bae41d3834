import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import { FakeCluster } from '../../test/kube/fake/cluster.ts'
import { type Effect, isList, isWatch } from '../../test/kube/fake/faults.ts'
import { clientOf, WIDGET_DEFINITION, type Widget, widget, widgetPath } from '../../test/kube/widgets.ts'
import { HandTime } from '../../test/support/hand-time.ts'
import { KubeClient } from './client.ts'
import { type Change, type Problem, Reflector, type ReflectorOptions } from './reflector.ts'

const stops: AbortController[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort(new Error('the test is over'))
})

function scene(options: Partial<ReflectorOptions<Widget>> = {}) {
  const time = new HandTime()
  const cluster = new FakeCluster({ time, definitions: [WIDGET_DEFINITION] })
  const changes: string[] = []
  const full: Change<Widget>[] = []
  const problems: Problem[] = []
  const follow = (change: Change<Widget>) => {
    full.push(change)
    changes.push(`${change.type} ${change.object.metadata.name}`)
  }
  const reflector = new Reflector<Widget>({
    client: clientOf(cluster),
    path: widgetPath(),
    listeners: [follow],
    onProblem: problem => problems.push(problem),
    time,
    random: () => 0.5,
    ...options,
  })
  const stop = new AbortController()
  stops.push(stop)
  const start = async () => {
    void reflector.run(stop.signal)
    await time.advance(0)
  }
  const make = (name: string, spec: Widget['spec'] = {}) => {
    cluster.call('POST', widgetPath(), widget(name, spec))
  }
  const edit = (name: string, size: number) => {
    cluster.call('PATCH', widgetPath('default', name), { spec: { size } }, 'application/merge-patch+json')
  }
  const drop = (name: string) => {
    cluster.call('DELETE', widgetPath('default', name))
  }
  const requests = (kind: typeof isList) =>
    cluster.seen.filter(({ method, path }) => kind({ method, path, headers: {} } as Parameters<typeof isList>[0]))
      .length
  const asked = () => `${requests(isList)} lists, ${requests(isWatch)} watches`
  const answer = (status: number, reason: string, retryAfter?: number): Effect => ({
    kind: 'answer',
    status,
    reason,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })
  return { time, cluster, reflector, changes, full, problems, start, stop, make, edit, drop, asked, answer }
}

const told = ({ problems }: { readonly problems: readonly Problem[] }) =>
  problems.map(({ during, error }) => `${during}: ${(error as Error).message}`)

describe('a reflector', () => {
  test('has everything after its first list, in pages, and then follows every change with the old object', async () => {
    const it = scene({ pageSize: 2 })
    for (const name of ['a', 'b', 'c']) it.make(name)
    await it.start()
    await it.reflector.synced
    expect(it.reflector.store.keys()).toEqual(['default/a', 'default/b', 'default/c'])
    it.edit('a', 7)
    it.drop('b')
    it.make('d')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a', 'add b', 'add c', 'update a', 'delete b', 'add d'])
    const update = it.full[3]
    expect(update?.type === 'update' && [update.old.spec.size, update.object.spec.size]).toEqual([1, 7])
    expect(it.asked()).toBe('2 lists, 1 watches')
  })

  test('is synced only after the first list that succeeds; a list that fails is tried again', async () => {
    const it = scene()
    it.make('a')
    it.cluster.faults.plan({ when: isList, effect: it.answer(500, 'InternalError'), times: 2 })
    await it.start()
    expect(it.reflector.isSynced).toBe(false)
    await it.time.advance(800)
    expect(it.reflector.isSynced).toBe(false)
    await it.time.advance(1600)
    await it.reflector.synced
    expect(it.changes).toEqual(['add a'])
    expect(it.problems).toHaveLength(2)
  })

  test('watches again from where it was when a watch cannot be opened or is reset', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: it.answer(500, 'InternalError') })
    await it.start()
    it.make('a')
    await it.time.advance(1000)
    expect(it.changes).toEqual(['add a'])
    it.cluster.cutStreams()
    it.make('b')
    await it.time.advance(1000)
    expect(it.changes).toEqual(['add a', 'add b'])
    expect(it.asked()).toBe('1 lists, 3 watches')
  })

  test('goes on from the revision of a bookmark, which a quiet kind would not have otherwise', async () => {
    const it = scene()
    await it.start()
    it.cluster.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'other' } })
    await it.time.advance(60_000)
    it.cluster.store.forget()
    it.cluster.cutStreams()
    await it.time.advance(1000)
    it.make('a')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a'])
    expect(it.asked()).toBe('1 lists, 2 watches')
  })

  test('opens no new connection every 30 s: a quiet watch lives as long as it asked for', async () => {
    const it = scene()
    await it.start()
    await it.time.advance(449_999)
    expect(it.asked()).toBe('1 lists, 1 watches')
    await it.time.advance(1)
    it.make('a')
    await it.time.advance(0)
    expect(it.asked()).toBe('1 lists, 2 watches')
    expect([it.changes, it.problems]).toEqual([['add a'], []])
  })

  test('does not stay blind when the server ends watches in good order over and over', async () => {
    const it = scene()
    await it.start()
    for (let round = 0; round < 5; round += 1) await it.time.advance(450_000)
    it.make('a')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a'])
  })

  test.each([
    [
      'as an ERROR event',
      {
        kind: 'line',
        text: '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}',
        isLast: true,
      },
    ],
    [
      'as an ERROR event with the connection left open',
      { kind: 'line', text: '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}' },
    ],
    ['as a status', { kind: 'answer', status: 410, reason: 'Expired' }],
  ] as const)('lists anew at once when its revision is gone, told %s', async (_, effect) => {
    const it = scene()
    it.make('a')
    it.cluster.faults.plan({ when: isWatch, effect })
    await it.start()
    expect(it.asked()).toBe('2 lists, 2 watches')
    it.make('b')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a', 'add b'])
  })

  test('after a second 410 in a row waits, and longer each time', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: it.answer(410, 'Expired'), times: 5 })
    await it.start()
    expect(it.asked()).toBe('2 lists, 2 watches')
    await it.time.advance(799)
    expect(it.asked()).toBe('2 lists, 2 watches')
    await it.time.advance(1)
    expect(it.asked()).toBe('3 lists, 3 watches')
    await it.time.advance(1600)
    expect(it.asked()).toBe('4 lists, 4 watches')
  })

  test('waits before it lists again when the continuation of a list is gone', async () => {
    const it = scene({ pageSize: 1 })
    it.make('a')
    it.make('b')
    it.cluster.faults.plan({ when: ({ path }) => path.includes('continue='), effect: it.answer(410, 'Expired') })
    await it.start()
    expect([it.changes, it.reflector.isSynced]).toEqual([[], false])
    await it.time.advance(800)
    expect(it.changes).toEqual(['add a', 'add b'])
  })

  test('after a restart of the server needs one list and misses nothing', async () => {
    const it = scene()
    it.make('a')
    await it.start()
    it.edit('a', 2)
    await it.time.advance(0)
    it.cluster.restart()
    it.drop('a')
    it.make('b')
    it.cluster.faults.plan(
      { when: isWatch, effect: it.answer(503, 'ServiceUnavailable', 5) },
      { when: isWatch, effect: it.answer(429, 'TooManyRequests', 1) },
    )
    await it.time.advance(800 + 5000 + 1000)
    expect(it.changes).toEqual(['add a', 'update a', 'delete a', 'add b'])
    expect(it.asked()).toBe('2 lists, 5 watches')
  })

  test('heeds Retry-After, and any other ERROR event', async () => {
    const it = scene()
    const text = '{"type":"ERROR","object":{"code":429,"reason":"TooManyRequests","details":{"retryAfterSeconds":9}}}'
    it.cluster.faults.plan({ when: isWatch, effect: { kind: 'line', text, isLast: true } })
    await it.start()
    await it.time.advance(8999)
    expect(it.asked()).toBe('1 lists, 1 watches')
    await it.time.advance(1)
    expect(it.asked()).toBe('1 lists, 2 watches')
  })

  test('waits longer with every failure up to half a minute, give or take a half, and short again once a watch has worked', async () => {
    const it = scene({ random: () => 1 })
    await it.start()
    it.cluster.faults.plan({ when: () => true, effect: { kind: 'refuse' }, times: 7 })
    it.cluster.cutStreams()
    await it.time.advance(0)
    for (const wait of [1200, 2400, 4800, 9600, 19_200, 38_400, 45_000]) {
      const before = it.cluster.seen.length
      await it.time.advance(wait - 1)
      expect(it.cluster.seen.length).toBe(before)
      await it.time.advance(1)
      expect(it.cluster.seen.length).toBe(before + 1)
    }
    await it.time.advance(45_000)
    it.make('a')
    await it.time.advance(0)
    const worked = it.cluster.seen.length
    it.cluster.cutStreams()
    await it.time.advance(1199)
    expect(it.cluster.seen.length).toBe(worked)
    await it.time.advance(1)
    expect(it.cluster.seen.length).toBe(worked + 1)
  })

  test('gives up a watch without a sign of life after 90 s and lists anew: a restored backup is watched in silence', async () => {
    const it = scene()
    it.make('a')
    await it.start()
    const [backup, revision] = [it.cluster.store.snapshot(), it.cluster.store.revision]
    it.edit('a', 9)
    it.make('lost')
    for (let n = 0; n < 50; n += 1) it.edit('a', n)
    await it.time.advance(0)
    it.cluster.store.restore(backup, revision)
    it.cluster.cutStreams()
    await it.time.advance(1000)
    expect(it.reflector.store.get('default/lost')).toBeDefined()
    await it.time.advance(90_000)
    expect(it.reflector.store.list().map(object => [object.metadata.name, object.spec.size])).toEqual([['a', 1]])
    expect(it.changes.slice(-2)).toEqual(['delete lost', 'update a'])
    expect(told(it)).toContain(`watch: watch ${widgetPath()}: nothing came for too long`)
  })

  test('after half a minute without the server lists anew: a restored backup may have caught up with the old revision', async () => {
    const it = scene()
    it.make('a')
    await it.start()
    const [backup, revision] = [it.cluster.store.snapshot(), it.cluster.store.revision]
    it.make('lost')
    await it.time.advance(0)
    it.cluster.faults.plan({ when: () => true, effect: { kind: 'refuse' }, times: 6 })
    it.cluster.store.restore(backup, revision)
    it.cluster.store.skip(1)
    it.cluster.cutStreams()
    await it.time.advance(100_000)
    expect(it.reflector.store.keys()).toEqual(['default/a'])
    expect(it.changes).toEqual(['add a', 'add lost', 'delete lost'])
  })

  test('sees after a restored backup that the same revision is now of another content', async () => {
    const it = scene()
    it.make('a')
    await it.start()
    const [backup, revision] = [it.cluster.store.snapshot(), it.cluster.store.revision]
    it.edit('a', 9)
    await it.time.advance(0)
    it.cluster.store.restore(backup, revision)
    it.edit('a', 5)
    it.cluster.restart()
    await it.time.advance(100_000)
    expect(it.reflector.store.get('default/a')?.spec.size).toBe(5)
  })

  test('counts any byte as a sign of life, not only whole lines', async () => {
    const time = new HandTime()
    const encoder = new TextEncoder()
    const idle = { lists: 0 }
    const client = new KubeClient(
      {
        namespace: 'default',
        close: async () => {},
        send: async ({ isStream, signal }) => {
          async function* drip() {
            for (const byte of ['{', '"', 't', 'y']) {
              await time.sleep(60_000, signal)
              yield encoder.encode(byte)
            }
            await time.sleep(10 ** 9, signal)
          }
          async function* list() {
            idle.lists += 1
            yield encoder.encode(
              '{"kind":"WidgetList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}',
            )
          }
          return { status: 200, headers: {}, body: isStream ? drip() : list() }
        },
      },
      { version: '0' },
    )
    const reflector = new Reflector<Widget>({ client, path: '/x', time })
    const stop = new AbortController()
    stops.push(stop)
    void reflector.run(stop.signal)
    await time.advance(4 * 60_000 + 89_000)
    expect(idle.lists).toBe(1)
    await time.advance(2000)
    expect(idle.lists).toBe(2)
  })

  test('tells of an object that was made anew while it did not look as of two', async () => {
    const it = scene()
    it.make('a')
    it.make('z')
    await it.start()
    const first = it.reflector.store.get('default/a')?.metadata.uid
    it.cluster.cutStreams()
    it.drop('z')
    it.drop('a')
    it.make('a')
    it.cluster.forget()
    await it.time.advance(1000)
    expect(it.changes.slice(2)).toEqual(['delete z', 'delete a', 'add a'])
    expect(it.full[3]?.object.metadata.uid).toBe(first)
    expect(it.full[4]?.object.metadata.uid).not.toBe(first)
  })

  test('does not take the end of a namesake for that of the object it has', async () => {
    const it = scene()
    it.make('a')
    const metadata = { name: 'a', namespace: 'default', uid: 'of-another', resourceVersion: '1' }
    const text = JSON.stringify({ type: 'DELETED', object: { metadata } })
    it.cluster.faults.plan({ when: isWatch, effect: { kind: 'line', text } })
    await it.start()
    expect([it.changes, it.reflector.store.size]).toEqual([['add a'], 1])
  })

  test('lets no listener that fails keep anything from the others or from itself', async () => {
    const calls: string[] = []
    const broken = (change: Change<Widget>) => {
      calls.push(change.object.metadata.name)
      throw new Error(`no ${change.object.metadata.name}`)
    }
    const rejecting = async () => Promise.reject(new Error('later'))
    const it = scene({
      listeners: [broken, rejecting, change => void calls.push(`then ${change.object.metadata.name}`)],
    })
    it.make('a')
    await it.start()
    it.make('b')
    await it.time.advance(0)
    expect(calls).toEqual(['a', 'then a', 'b', 'then b'])
    expect(told(it)).toEqual(['listener: no a', 'listener: later', 'listener: no b', 'listener: later'])
    expect(it.asked()).toBe('1 lists, 1 watches')
  })

  test('makes no request after it was stopped, not even while it waits, and says so to who waits for it', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isList, effect: it.answer(500, 'InternalError') })
    await it.start()
    it.stop.abort(new Error('stopped'))
    await it.time.advance(600_000)
    expect([it.asked(), told(it).length]).toEqual(['1 lists, 0 watches', 1])
    await expect(it.reflector.synced).rejects.toThrow('stopped')
  })

  test('cannot be started twice, and goes on undisturbed when somebody tries', async () => {
    const it = scene()
    await it.start()
    await expect(it.reflector.run(it.stop.signal)).rejects.toThrow('runs already')
    it.make('a')
    await it.time.advance(0)
    expect([it.changes, it.asked(), it.problems]).toEqual([['add a'], '1 lists, 1 watches', []])
  })

  test('ends its open watch when it is stopped, without a word', async () => {
    const it = scene()
    await it.start()
    expect(it.cluster.streams).toBe(1)
    it.stop.abort(new Error('stopped'))
    await it.time.advance(0)
    it.make('late')
    await it.time.advance(600_000)
    expect([it.cluster.streams, it.changes, it.problems]).toEqual([0, [], []])
  })

  test('understands events whose lines and characters are cut anywhere', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: { kind: 'pieces', bytes: 1 } })
    await it.start()
    it.make('a', { note: 'Zoë 👩‍🚀 øre' })
    it.make('b')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a', 'add b'])
    expect(it.reflector.store.get('default/a')?.spec.note).toBe('Zoë 👩‍🚀 øre')
  })

  test('takes an event that was cut off from the next watch', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: { kind: 'cut', afterBytes: 100 } })
    await it.start()
    it.make('a')
    await it.time.advance(1000)
    expect(it.changes).toEqual(['add a'])
  })

  test('survives a line that is no JSON', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: { kind: 'line', text: '<html>bad gateway</html>' } })
    await it.start()
    it.make('a')
    await it.time.advance(1000)
    expect(it.changes).toEqual(['add a'])
  })

  test('lists anew when the kind was not there', async () => {
    const it = scene()
    it.cluster.faults.plan({ when: isWatch, effect: it.answer(404, 'NotFound') })
    await it.start()
    await it.time.advance(1000)
    expect(it.asked()).toBe('2 lists, 2 watches')
  })

  test('finds objects by an index that follows them, and by none that throws', async () => {
    const it = scene({
      indexers: {
        colour: object => (object.spec.colour === undefined ? [] : [object.spec.colour]),
        broken: () => {
          throw new Error('bad index')
        },
      },
    })
    it.make('a', { colour: 'red' })
    it.make('b', { colour: 'red' })
    await it.start()
    const named = (colour: string) => it.reflector.store.by('colour', colour).map(object => object.metadata.name)
    expect([named('red'), named('blue')]).toEqual([['a', 'b'], []])
    it.cluster.call('PATCH', widgetPath('default', 'a'), { spec: { colour: 'blue' } }, 'application/merge-patch+json')
    it.drop('b')
    await it.time.advance(0)
    expect([named('red'), named('blue')]).toEqual([[], ['a']])
    expect(it.reflector.store.by('broken', 'x')).toEqual([])
    expect(told(it)[0]).toBe('index: bad index')
    expect(() => it.reflector.store.by('hat', 'x')).toThrow('no index hat')
  })

  test('lets every object come by again every ten hours, give or take an hour', async () => {
    const it = scene({ random: () => 0 })
    it.make('a')
    await it.start()
    await it.time.advance(9 * 3_600_000)
    expect(it.changes).toEqual(['add a', 'resync a'])
  })

  test('follows only what its selectors mean', async () => {
    const it = scene({ fieldSelector: 'spec.colour=red' })
    it.make('a', { colour: 'red' })
    it.make('b', { colour: 'blue' })
    await it.start()
    it.cluster.call('PATCH', widgetPath('default', 'a'), { spec: { colour: 'blue' } }, 'application/merge-patch+json')
    it.cluster.call('PATCH', widgetPath('default', 'b'), { spec: { colour: 'red' } }, 'application/merge-patch+json')
    await it.time.advance(0)
    expect(it.changes).toEqual(['add a', 'delete a', 'add b'])
  })

  test('keeps nothing of managedFields, and ten thousand objects in 2.1 kB each', async () => {
    const accounts = (n: number) =>
      ['okta', 'entra'].map(provider => ({
        provider,
        phase: 'Active',
        id: `00u${n}${provider}abcdefghij`,
        login: `person.${n}@acme.example`,
      }))
    const managedFields = [
      {
        manager: 'kubectl',
        operation: 'Apply',
        fieldsV1: Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f:member-${at}`, {}])),
      },
    ]
    const items = (from: number) =>
      Array.from({ length: 500 }, (_, at) => ({
        apiVersion: 'tenure.dev/v1alpha1',
        kind: 'Employee',
        metadata: {
          name: `person-${from + at}`,
          namespace: 'people',
          uid: crypto.randomUUID(),
          resourceVersion: String(from + at),
          generation: 1,
          creationTimestamp: '2026-11-24T10:00:00Z',
          finalizers: ['tenure.dev/offboard'],
          managedFields,
        },
        spec: {
          employeeNumber: String(from + at),
          firstName: 'Some',
          lastName: `Person ${from + at}`,
          workEmail: `person.${from + at}@acme.example`,
          department: 'Engineering',
          manager: { name: `person-${at % 50}` },
          employment: { startDate: '2024-02-01' },
        },
        status: {
          observedGeneration: 1,
          phase: 'Active',
          accounts: accounts(from + at),
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'InSync',
              message: 'all accounts are as they should be',
              observedGeneration: 1,
              lastTransitionTime: '2026-11-24T10:00:00Z',
            },
          ],
        },
      }))
    const client = new KubeClient(
      {
        namespace: 'people',
        close: async () => {},
        send: async ({ path, isStream, signal }) => {
          async function* body() {
            if (isStream) {
              await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
              return
            }
            const from = Number(new URLSearchParams(path.split('?')[1]).get('continue') ?? 0)
            const next = from + 500 < 10_000 ? { continue: String(from + 500) } : {}
            yield new TextEncoder().encode(
              JSON.stringify({
                apiVersion: 'tenure.dev/v1alpha1',
                kind: 'EmployeeList',
                metadata: { resourceVersion: '9', ...next },
                items: items(from),
              }),
            )
          }
          return { status: 200, headers: {}, body: body() }
        },
      },
      { version: '0' },
    )
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const used = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = used()
    const reflector = new Reflector<Widget>({ client, path: '/employees' })
    const stop = new AbortController()
    stops.push(stop)
    void reflector.run(stop.signal)
    await reflector.synced
    const each = (used() - before) / reflector.store.size
    expect(reflector.store.size).toBe(10_000)
    expect(reflector.store.get('people/person-9999')?.metadata).not.toHaveProperty('managedFields')
    expect(each).toBeLessThan(2100)
  })
})
