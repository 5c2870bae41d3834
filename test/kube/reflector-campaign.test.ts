import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Change, Reflector } from '../../src/kube/reflector.ts'
import { HandTime } from '../support/hand-time.ts'
import { FakeCluster } from './fake/cluster.ts'
import { type Effect, isList, isWatch } from './fake/faults.ts'
import { clientOf, WIDGET_DEFINITION, type Widget, widget, widgetPath } from './widgets.ts'

type Step =
  | { readonly do: 'make' | 'drop' | 'finish'; readonly name: string }
  | { readonly do: 'edit'; readonly name: string; readonly size: number }
  | { readonly do: 'cut' | 'restart' | 'forget' | 'backup' | 'restore' }
  | { readonly do: 'fault'; readonly on: 'list' | 'watch'; readonly effect: Effect }
  | { readonly do: 'wait'; readonly ms: number }

const name = fc.constantFrom('a', 'b', 'c', 'd')
const effect = fc.constantFrom<Effect[]>(
  { kind: 'answer', status: 500, reason: 'InternalError' },
  { kind: 'answer', status: 410, reason: 'Expired' },
  { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfter: 1 },
  { kind: 'refuse' },
  { kind: 'cut', afterBytes: 300 },
  { kind: 'pieces', bytes: 7 },
  { kind: 'line', text: 'no json' },
  { kind: 'line', text: '{"type":"ERROR","object":{"code":410,"reason":"Expired"}}', isLast: true },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('make' as const, 'drop' as const, 'finish' as const), name }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('edit' as const), name, size: fc.nat({ max: 99 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cut' as const, 'restart' as const, 'forget' as const, 'backup' as const, 'restore' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      on: fc.constantFrom('list' as const, 'watch' as const),
      effect,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 0, 900, 5000, 61_000) }),
  },
)

class World {
  readonly time = new HandTime()
  readonly cluster = new FakeCluster({ time: this.time, definitions: [WIDGET_DEFINITION] })
  readonly changes: Change<Widget>[] = []
  readonly reflector: Reflector<Widget>
  #backup = { objects: this.cluster.store.snapshot(), revision: this.cluster.store.revision }

  constructor(random: () => number) {
    this.reflector = new Reflector<Widget>({
      client: clientOf(this.cluster),
      path: widgetPath(),
      pageSize: 2,
      listeners: [change => void this.changes.push(change)],
      time: this.time,
      random,
    })
  }

  get truth(): Widget[] {
    return this.cluster.call('GET', widgetPath()).items as Widget[]
  }

  async take(step: Step): Promise<void> {
    const has = 'name' in step && this.truth.some(({ metadata }) => metadata.name === step.name)
    const { store } = this.cluster
    switch (step.do) {
      case 'make':
        if (!has)
          this.cluster.call('POST', widgetPath(), widget(step.name, {}, { finalizers: ['test.tenure.dev/hold'] }))
        break
      case 'drop':
        if (has) this.cluster.call('DELETE', widgetPath('default', step.name))
        break
      case 'finish':
        if (has) this.#patch(step.name, { metadata: { finalizers: null } })
        break
      case 'edit':
        if (has) this.#patch(step.name, { spec: { size: step.size } })
        break
      case 'cut':
        this.cluster.cutStreams()
        break
      case 'restart':
        this.cluster.restart()
        break
      case 'forget':
        this.cluster.forget()
        break
      case 'backup':
        this.#backup = { objects: store.snapshot(), revision: store.revision }
        break
      case 'restore':
        // Nobody restores a backup in less than half a minute.
        this.cluster.faults.clear()
        this.cluster.faults.plan({ when: () => true, effect: { kind: 'refuse' }, times: 1000 })
        await this.time.advance(0)
        this.cluster.cutStreams()
        await this.time.advance(40_000)
        store.restore(this.#backup.objects, this.#backup.revision)
        this.cluster.faults.clear()
        break
      case 'fault':
        this.cluster.faults.plan({ when: step.on === 'list' ? isList : isWatch, effect: step.effect })
        break
      case 'wait':
        await this.time.advance(step.ms)
    }
  }

  #patch(named: string, patch: object): void {
    this.cluster.call('PATCH', widgetPath('default', named), patch, 'application/merge-patch+json')
  }
}

/** Each object is told of as added once, then updated from what was told last, then deleted once. */
function expectLawful(changes: readonly Change<Widget>[]): void {
  const known = new Map<string, Widget>()
  for (const change of changes) {
    const { name: key, uid } = change.object.metadata
    const before = known.get(key)
    if (change.type === 'add') expect(before).toBeUndefined()
    else expect(before?.metadata.uid).toBe(uid)
    if (change.type === 'update') expect(change.old).toBe(before)
    if (change.type === 'delete') known.delete(key)
    else known.set(key, change.object)
  }
}

const RUNS = Number(process.env.FAULT_RUNS ?? 300)

test('whatever happens to the server and to the way there, a reflector ends up with what is there, and tells it lawfully', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (steps, chance) => {
        const world = new World(() => chance)
        const stop = new AbortController()
        const run = world.reflector.run(stop.signal)
        for (const each of steps) await world.take(each)
        world.cluster.faults.clear()
        await world.time.advance(150_000)
        const settled = world.changes.length
        await world.time.advance(60_000)
        stop.abort(new Error('over'))
        await run
        const plain = ({ metadata, spec }: Widget) => ({
          uid: metadata.uid,
          revision: metadata.resourceVersion,
          size: spec.size,
        })
        const sorted = world.reflector.store.list().sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
        expect(sorted.map(plain)).toEqual(world.truth.map(plain))
        expect(world.changes.length).toBe(settled)
        expectLawful(world.changes)
      },
    ),
    { numRuns: RUNS },
  )
})
