import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { CustomResourceDefinition } from '../../../src/api/crd.ts'
import { Gone, Unanswered } from '../../../src/kube/errors.ts'
import { linesOf } from '../../../src/kube/lines.ts'
import { pathOf } from '../../../src/kube/object.ts'
import { textOf } from '../../../src/kube/send.ts'
import { readCases } from '../../control-plane/cases.ts'
import { HandTime } from '../../support/hand-time.ts'
import { clientOf, WIDGET_DEFINITION, type Widget, widget, widgetPath } from '../widgets.ts'
import { asJson, type Json, metaOf, Refusal } from './answer.ts'
import { type ClusterOptions, FakeCluster } from './cluster.ts'
import { isList, isWatch, isWrite } from './faults.ts'
import { rulesOf } from './rules.ts'

// What a real API server does as well is in conformance-cases.ts; here is what only a fake one can be asked for.

function scene(options: ClusterOptions = {}) {
  const time = new HandTime()
  const cluster = new FakeCluster({ time, definitions: [WIDGET_DEFINITION], namespaces: ['people'], ...options })
  const client = clientOf(cluster)
  return { time, cluster, client }
}

const crds = join(import.meta.dirname, '../../../crds')
const definitions = ['employees', 'groupmappings', 'identityproviders'].map(
  kind => parse(readFileSync(join(crds, `${kind}.tenure.dev.yaml`), 'utf8')) as CustomResourceDefinition,
)
const admit = rulesOf(definitions)

/** What is said of a strict write of an object after others; the last word counts. */
function verdict(objects: readonly Json[]): string {
  const { namespace = 'default' } = metaOf(objects[0] ?? {}) as { namespace?: string }
  const cluster = new FakeCluster({ definitions, admit, namespaces: [namespace] })
  const plural = `${String(objects[0]?.kind).toLowerCase()}s`
  const path = pathOf({ group: 'tenure.dev', version: 'v1alpha1', plural }, namespace)
  const strict = '?fieldValidation=Strict'
  try {
    for (const [at, object] of objects.entries())
      if (at === 0) cluster.call('POST', `${path}${strict}`, object)
      else {
        const { name } = metaOf(object)
        const { resourceVersion } = metaOf(cluster.call('GET', `${path}/${name}`))
        const next = { ...object, metadata: { ...metaOf(object), resourceVersion } }
        cluster.call('PUT', `${path}/${name}${strict}`, next)
      }
    return 'taken'
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

describe('our own definitions', () => {
  const named = (kind: 'valid' | 'invalid' | 'transition') =>
    readCases(kind).map(each => [each.name, each.objects.map(asJson), each] as const)
  // Unknown members of metadata are decoded leniently here; a status in a new object is dropped unseen.
  const lenient = ['employee-metadata-unknown', 'employee-status-unknown']

  test.each(named('valid'))('take %s', (_, objects) => {
    expect(verdict(objects.slice(0, 1))).toBe('taken')
  })

  test.each(named('invalid').filter(([name]) => !lenient.includes(name)))('refuse %s', (_, objects) => {
    expect(verdict(objects)).not.toBe('taken')
  })

  test.each(named('transition'))('judge the change %s', (_, objects, { expect: refusal }) => {
    const said = verdict(objects)
    if (refusal === undefined) expect(said).toBe('taken')
    else expect(said).toContain(refusal)
  })

  test('refuse what a rule beyond schemas is against, when one is given', () => {
    const unlucky: ClusterOptions['admit'] = (kind, object) =>
      kind.plural === 'widgets' && asJson(object.spec).size === 13
        ? [{ field: 'spec.size', message: 'brings bad luck' }]
        : []
    const { cluster } = scene({ admit: unlucky })
    cluster.call('POST', widgetPath(), widget('a', { size: 12 }))
    expect(() => cluster.call('POST', widgetPath(), widget('b', { size: 13 }))).toThrow('spec.size: brings bad luck')
  })
})

describe('a planned fault', () => {
  test('hits as often as it was planned, and only what it is for', async () => {
    const { cluster, client } = scene()
    cluster.faults.plan({ when: isList, effect: { kind: 'answer', status: 503 }, times: 2 })
    await client.create(widgetPath(), widget('a'))
    const outcomes = [1, 2, 3].map(() =>
      client.list(widgetPath()).then(
        () => 'ok',
        () => 'failed',
      ),
    )
    expect(await Promise.all(outcomes)).toEqual(['failed', 'failed', 'ok'])
  })

  test('before the effect leaves nothing done, after it leaves it done', async () => {
    const { cluster, client } = scene()
    cluster.faults.plan({ when: isWrite, effect: { kind: 'refuse' } }, { when: isWrite, effect: { kind: 'lose' } })
    await expect(client.create(widgetPath(), widget('a'))).rejects.toThrow(Unanswered)
    await expect(client.create(widgetPath(), widget('b'))).rejects.toThrow(Unanswered)
    expect((await client.list<Widget>(widgetPath())).items.map(item => item.metadata.name)).toEqual(['b'])
  })

  test('that hangs ends with the caller’s patience; one that delays, with its time', async () => {
    const { time, cluster, client } = scene()
    cluster.faults.plan(
      { when: isWrite, effect: { kind: 'hangAfter' } },
      { when: isWrite, effect: { kind: 'delay', ms: 500 } },
    )
    const stop = new AbortController()
    const hung = client.create(widgetPath(), widget('a'), { signal: stop.signal })
    const late = client.create<Widget>(widgetPath(), widget('b'))
    await time.advance(499)
    expect((await client.list<Widget>(widgetPath())).items.map(item => item.metadata.name)).toEqual(['a'])
    await time.advance(1)
    expect((await late).metadata.name).toBe('b')
    stop.abort(new Error('enough'))
    await expect(hung).rejects.toThrow('enough')
  })

  test('can be decided for each request, as a campaign does by chance', async () => {
    const { cluster, client } = scene()
    cluster.trouble = ({ path }) =>
      path.includes('people') ? { kind: 'answer', status: 403, reason: 'Forbidden' } : undefined
    await expect(client.list(widgetPath('people'))).rejects.toThrow('403')
    await client.list(widgetPath())
  })
})

describe('a restart of the server', () => {
  test('breaks watches, forgets what changed and expires continued lists', async () => {
    const { cluster, client } = scene()
    for (const name of ['a', 'b', 'c']) await client.create(widgetPath(), widget(name))
    const before = String(cluster.store.revision)
    const body = await client.watch(widgetPath(), { resourceVersion: before, timeoutSeconds: 300 })
    const pages = client.pages(widgetPath(), { limit: 1 })
    await pages.next()
    const broken = expect(textOf(body)).rejects.toThrow('ECONNRESET')
    cluster.restart()
    await broken
    await expect(pages.next()).rejects.toThrow(Gone)
    const again = await client.watch(widgetPath(), { resourceVersion: before, timeoutSeconds: 300 })
    expect(await textOf(again)).toContain('"code":410')
  })
})

describe('a namespace that is deleted', () => {
  const hold = { finalizers: ['test.tenure.dev/hold'] }

  test('loses its secrets in the sweep while what has finalizers is only marked, and ends with the last of these', async () => {
    const { cluster, client } = scene()
    cluster.call('POST', '/api/v1/namespaces/people/secrets', { metadata: { name: 'token' } })
    await client.create(widgetPath('people'), widget('held', {}, hold))
    await client.remove('/api/v1/namespaces/people')
    expect(cluster.call('GET', '/api/v1/namespaces/people/secrets').items).toHaveLength(1)
    expect(cluster.sweep()).toBe(false)
    expect(cluster.call('GET', '/api/v1/namespaces/people/secrets').items).toHaveLength(0)
    const held = await client.get<Widget>(widgetPath('people', 'held'))
    expect(held.metadata.deletionTimestamp).toBeDefined()
    const { resourceVersion = '' } = held.metadata
    await client.mergePatch(widgetPath('people', 'held'), resourceVersion, { metadata: { finalizers: [] } })
    await expect(client.get('/api/v1/namespaces/people')).rejects.toThrow('404')
  })

  test('is swept by itself after the time it is given', async () => {
    const { time, cluster, client } = scene({ sweepAfterMs: 3000 })
    const made = new FakeCluster({ time, namespaces: ['people'], sweepAfterMs: 3000 })
    await clientOf(made).remove('/api/v1/namespaces/people')
    await time.advance(2999)
    expect(made.call('GET', '/api/v1/namespaces/people').status).toEqual({ phase: 'Terminating' })
    await time.advance(1)
    await expect(clientOf(made).get('/api/v1/namespaces/people')).rejects.toThrow('404')
    expect([cluster.sweep(), client.namespace]).toEqual([true, 'default'])
  })

  test('is swept in an order that chance decides', async () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 20; seed += 1) {
      let turn = seed
      const random = () => {
        turn = (turn * 7919 + 13) % 101
        return turn / 101
      }
      const { cluster } = scene({ random })
      cluster.call('POST', '/api/v1/namespaces/people/secrets', { metadata: { name: 's' } })
      cluster.call('POST', widgetPath('people'), widget('w'))
      cluster.call('DELETE', '/api/v1/namespaces/people')
      const before = cluster.store.revision
      cluster.sweep()
      const secrets = {
        group: '',
        version: 'v1',
        kind: 'Secret',
        plural: 'secrets',
        isNamespaced: true,
        hasStatus: false,
      }
      orders.add(cluster.store.since(secrets, before)[0]?.revision === before + 1 ? 'secret first' : 'widget first')
    }
    expect(orders).toEqual(new Set(['secret first', 'widget first']))
  })
})

test('what is owned goes when the last of its owners is gone and garbage is collected', async () => {
  const { cluster, client } = scene()
  const own = async (name: string) => {
    const { apiVersion, kind, metadata } = await client.create<Widget>(widgetPath(), widget(name))
    return { apiVersion, kind, name, uid: metadata.uid }
  }
  const ownerReferences = [await own('a'), await own('b')]
  cluster.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'owned', ownerReferences } })
  await client.remove(widgetPath('default', 'a'))
  expect(cluster.collect()).toBe(true)
  await client.remove(widgetPath('default', 'b'))
  expect([cluster.collect(), cluster.collect()]).toEqual([false, true])
  expect(cluster.call('GET', '/api/v1/namespaces/default/secrets').items).toEqual([])
})

describe('a watch', () => {
  test('has a bookmark every minute', async () => {
    const { time, client } = scene()
    const stop = new AbortController()
    const body = await client.watch(widgetPath(), { resourceVersion: '1', timeoutSeconds: 600, signal: stop.signal })
    const types: string[] = []
    const read = (async () => {
      for await (const line of linesOf(body)) types.push((JSON.parse(line) as { type: string }).type)
    })()
    await time.advance(179_000)
    expect(types).toEqual(['BOOKMARK', 'BOOKMARK'])
    stop.abort(new Error('over'))
    await expect(read).rejects.toThrow('over')
  })

  test('that selects tells what falls out of the selection as deleted', async () => {
    const { cluster, client } = scene()
    const made = await client.create<Widget>(widgetPath(), widget('a', {}, { labels: { team: 'x' } }))
    const stop = new AbortController()
    const from = String(cluster.store.revision)
    const body = await client.watch(widgetPath(), {
      resourceVersion: from,
      labelSelector: 'team in (x, y)',
      timeoutSeconds: 60,
      signal: stop.signal,
    })
    await client.mergePatch(widgetPath('default', 'a'), made.metadata.resourceVersion ?? '', {
      metadata: { labels: { team: 'z' } },
    })
    for await (const line of linesOf(body)) {
      expect(JSON.parse(line)).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'a' } } })
      break
    }
    expect(cluster.streams).toBe(0)
  })
})

test('what arrived can be looked at afterwards', async () => {
  const { cluster, client } = scene()
  await client.list(widgetPath())
  expect(cluster.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${widgetPath()}?limit=500`])
  expect(isWatch({ method: 'GET', path: '/x?watch=true', headers: {} })).toBe(true)
})
