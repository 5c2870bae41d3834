import { describe, expect, test } from 'vitest'
import { FakeCluster } from '../../test/kube/fake/cluster.ts'
import { isList, isWrite } from '../../test/kube/fake/faults.ts'
import { clientOf, WIDGET_DEFINITION, type Widget, widget, widgetPath } from '../../test/kube/widgets.ts'
import { KubeClient } from './client.ts'
import { AlreadyExists, Conflict, Gone, NotFound, TooManyRequests, Unanswered } from './errors.ts'

function scene() {
  const cluster = new FakeCluster({ definitions: [WIDGET_DEFINITION] })
  const client = clientOf(cluster)
  const make = (name: string, spec: Widget['spec'] = {}) => client.create<Widget>(widgetPath(), widget(name, spec))
  return { cluster, client, make }
}

const names = (items: readonly Widget[]) => items.map(item => item.metadata.name)

describe('the client', () => {
  test('says who it is in every request, watches included', async () => {
    const { cluster, client, make } = scene()
    await make('a')
    await client.list(widgetPath())
    const stop = new AbortController()
    await client.watch(widgetPath(), { resourceVersion: '1', timeoutSeconds: 300, signal: stop.signal })
    stop.abort()
    expect(cluster.seen.map(({ headers }) => headers['user-agent'])).toEqual(Array(3).fill('tenure/0.0.0-test'))
  })

  test('asks for bookmarks and an end of the stream in every watch', async () => {
    const { cluster, client } = scene()
    const stop = new AbortController()
    await client.watch(widgetPath(), { resourceVersion: '7', timeoutSeconds: 300, signal: stop.signal })
    stop.abort()
    const query = new URLSearchParams(cluster.seen[0]?.path.split('?')[1])
    expect(Object.fromEntries(query)).toEqual({
      resourceVersion: '7',
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
    })
  })

  test('reads a list of more than one page to its end', async () => {
    const { client, make } = scene()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await make(name)
    expect(names((await client.list<Widget>(widgetPath(), { limit: 2 })).items)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('begins a list anew when it became too old between two pages, but not for ever', async () => {
    const { cluster, client, make } = scene()
    for (const name of ['a', 'b', 'c']) await make(name)
    const onContinue = (times: number) => {
      cluster.faults.plan({
        when: ({ path }) => path.includes('continue='),
        effect: { kind: 'answer', status: 410, reason: 'Expired' },
        times,
      })
    }
    onContinue(1)
    expect(names((await client.list<Widget>(widgetPath(), { limit: 2 })).items)).toEqual(['a', 'b', 'c'])
    onContinue(2)
    await expect(client.list(widgetPath(), { limit: 2 })).rejects.toThrow(Gone)
  })

  test('sends a merge patch as one, with the revision in it', async () => {
    const { cluster, client, make } = scene()
    const made = await make('a')
    const finalizers = ['tenure.dev/offboard']
    await client.mergePatch(widgetPath('default', 'a'), made.metadata.resourceVersion ?? '', {
      metadata: { finalizers },
    })
    expect(cluster.seen.at(-1)).toMatchObject({
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { finalizers, resourceVersion: made.metadata.resourceVersion } },
    })
  })

  test('applies a status with our manager, forced, strict, guarded by the revision and without nulls', async () => {
    const { cluster, client, make } = scene()
    const made = await make('a', { colour: 'red' })
    const status = { phase: 'Ready', accounts: [{ provider: 'okta', phase: null }], observedGeneration: null }
    const { apiVersion = '', kind = '' } = made
    const written = await client.applyStatus<Widget>(widgetPath('default', 'a'), { ...made, apiVersion, kind, status })
    expect(cluster.seen.at(-1)).toEqual({
      method: 'PATCH',
      path: '/apis/test.tenure.dev/v1/namespaces/default/widgets/a/status?fieldManager=tenure-status&force=true&fieldValidation=Strict',
      headers: expect.objectContaining({ 'content-type': 'application/apply-patch+yaml' }) as object,
      body: {
        apiVersion: 'test.tenure.dev/v1',
        kind: 'Widget',
        metadata: { name: 'a', namespace: 'default', resourceVersion: made.metadata.resourceVersion },
        status: { phase: 'Ready', accounts: [{ provider: 'okta' }] },
      },
    })
    expect(written.status?.phase).toBe('Ready')
  })

  test('applies no status without a revision to guard it', async () => {
    const { client } = scene()
    const body = { apiVersion: 'test.tenure.dev/v1', kind: 'Widget', metadata: { name: 'a' }, status: {} }
    await expect(client.applyStatus(widgetPath('default', 'a'), body)).rejects.toThrow(/no resourceVersion/)
  })

  test('deletes only what its preconditions mean', async () => {
    const { cluster, client, make } = scene()
    const made = await make('a')
    await expect(client.remove(widgetPath('default', 'a'), { uid: 'other' })).rejects.toThrow(Conflict)
    await client.remove(widgetPath('default', 'a'), { uid: made.metadata.uid ?? '', propagation: 'Foreground' })
    expect(cluster.seen.at(-1)?.body).toMatchObject({
      propagationPolicy: 'Foreground',
      preconditions: { uid: made.metadata.uid },
    })
    await expect(client.get(widgetPath('default', 'a'))).rejects.toThrow(NotFound)
  })

  test('tells an object that exists from one that changed, though both are 409', async () => {
    const { client, make } = scene()
    const made = await make('a')
    await expect(make('a')).rejects.toThrow(AlreadyExists)
    const stale = client.mergePatch(widgetPath('default', 'a'), '1', { metadata: { labels: {} } })
    await expect(stale).rejects.toThrow(Conflict)
    expect(made.metadata.name).toBe('a')
  })

  test('passes on how long a busy server asks to wait', async () => {
    const { cluster, client } = scene()
    cluster.faults.plan({
      when: isList,
      effect: { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfter: 7 },
    })
    const error = await client.list(widgetPath()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TooManyRequests)
    expect((error as TooManyRequests).retryAfterMs).toBe(7000)
  })

  test('says that a write whose answer was lost may have taken place', async () => {
    const { cluster, client, make } = scene()
    cluster.faults.plan({ when: isWrite, effect: { kind: 'lose' } })
    await expect(make('a')).rejects.toThrow(Unanswered)
    expect((await client.get<Widget>(widgetPath('default', 'a'))).metadata.name).toBe('a')
  })

  test('takes an answer that breaks off for none', async () => {
    const { cluster, client, make } = scene()
    await make('a')
    cluster.faults.plan({ when: ({ method }) => method === 'GET', effect: { kind: 'cut', afterBytes: 10 } })
    await expect(client.get(widgetPath('default', 'a'))).rejects.toThrow(Unanswered)
  })

  test('ends with the reason of the signal when it is aborted', async () => {
    const { cluster, client } = scene()
    cluster.faults.plan({ when: isList, effect: { kind: 'hang' } })
    const stop = new AbortController()
    const listed = client.list(widgetPath(), { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(listed).rejects.toThrow(/^enough$/)
  })

  test('gives its connection back', async () => {
    let isClosed = false
    const close = async () => {
      isClosed = true
    }
    const connection = { send: new FakeCluster().send, namespace: 'here', close }
    const client = new KubeClient(connection, { version: '1' })
    expect(client.namespace).toBe('here')
    await client.close()
    expect(isClosed).toBe(true)
  })
})
