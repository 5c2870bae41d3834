import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KubeClient } from '../../src/kube/client.ts'
import { Elector } from '../../src/kube/elector.ts'
import { AlreadyExists, Conflict, Forbidden, Gone, Invalid, KubeError, NotFound } from '../../src/kube/errors.ts'
import { EventRecorder } from '../../src/kube/events.ts'
import { kubeLease } from '../../src/kube/lease.ts'
import { linesOf } from '../../src/kube/lines.ts'
import { type KubeObject, pathOf } from '../../src/kube/object.ts'
import { Reflector } from '../../src/kube/reflector.ts'
import { type Connection, textOf } from '../../src/kube/send.ts'
import { WIDGET_DEFINITION, type Widget, widget, widgetPath } from './widgets.ts'

/** An API server the suite is run against. */
export interface Target {
  readonly connection: Connection
  close(): Promise<void>
}

interface Answered {
  readonly status: number

  readonly body: { readonly [name: string]: unknown }
}

interface Event {
  readonly type: string
  readonly object: Widget & { readonly code?: number; readonly reason?: string }
}

const NAMESPACES = '/api/v1/namespaces'
const SSA = 'application/apply-patch+yaml'
const MERGE = 'application/merge-patch+json'

/** What of the behaviour of an API server Tenure relies on; the same assertions for a fake one and a real one. */
export function conformance(open: () => Promise<Target>): void {
  let target: Target
  let client: KubeClient
  let namespace = ''
  let count = 0

  const raw = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<Answered> => {
    const headers = { 'content-type': type, accept: 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await target.connection.send({ method, path, headers, ...content })
    return { status: answer.status, body: JSON.parse(await textOf(answer.body)) as Answered['body'] }
  }
  const fresh = () => {
    count += 1
    return `w${count}`
  }
  const make = (spec: Widget['spec'] = {}, metadata: object = {}) =>
    client.create<Widget>(widgetPath(namespace), widget(fresh(), spec, metadata))
  const at = (object: Widget) => widgetPath(namespace, object.metadata.name)
  const read = (object: Widget) => client.get<Widget>(at(object))
  const rv = (object: Widget) => object.metadata.resourceVersion ?? ''
  const bodyFor = (object: Widget, status: Widget['status'] & object, metadata: object = {}) => ({
    apiVersion: 'test.tenure.dev/v1',
    kind: 'Widget',
    metadata: { name: object.metadata.name, namespace, ...metadata },
    status,
  })
  const apply = (object: Widget, status: object, { manager = 'tenure-status', force = true, metadata = {} } = {}) =>
    raw(
      'PATCH',
      `${at(object)}/status?fieldManager=${manager}&force=${force}&fieldValidation=Strict`,
      bodyFor(object, status, metadata),
      SSA,
    )
  /** The events of a watch until so many of the named types came. */
  const watched = async (
    revision: string,
    wanted: number,
    act: () => Promise<void> = async () => {},
  ): Promise<Event[]> => {
    const stop = new AbortController()
    const body = await client.watch(widgetPath(namespace), {
      resourceVersion: revision,
      timeoutSeconds: 5,
      signal: stop.signal,
    })
    await act()
    const events: Event[] = []
    for await (const line of linesOf(body)) {
      const event = JSON.parse(line) as Event
      if (event.type !== 'BOOKMARK') events.push(event)
      if (events.length >= wanted) break
    }
    stop.abort(new Error('seen enough'))
    return events
  }
  const told = (events: readonly Event[]) => events.map(({ type, object }) => `${type} ${object.metadata.name}`)
  const revisionNow = async () => (await client.list(widgetPath(namespace))).resourceVersion

  beforeAll(async () => {
    target = await open()
    client = new KubeClient(target.connection, { version: '0.0.0-test' })
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    await client.create(definitions, WIDGET_DEFINITION).catch((error: unknown) => {
      if (!(error instanceof AlreadyExists)) throw error
    })
    namespace = `conformance-${randomUUID().slice(0, 8)}`
    await client.create(NAMESPACES, { metadata: { name: namespace } })
    const isServed = () =>
      client.list(widgetPath(namespace)).then(
        () => true,
        () => false,
      )
    for (let tries = 0; tries < 100 && !(await isServed()); tries += 1)
      await new Promise(resolve => setTimeout(resolve, 100))
  }, 30_000)
  afterAll(async () => {
    await client.remove(`${NAMESPACES}/${namespace}`).catch(() => {})
    await target.close()
  })

  describe('writing an object', () => {
    test('fills in defaults, a uid, generation 1 and drops the status', async () => {
      const made = await client.create<Widget>(widgetPath(namespace), {
        ...widget(fresh()),
        status: { phase: 'Ready' },
      })
      expect(made.spec).toEqual({ size: 1 })
      expect(made.status).toEqual({ observedGeneration: -1 })
      expect(made.metadata).toMatchObject({ namespace, generation: 1, uid: expect.any(String) as string })
    })

    test('under a name that is taken is AlreadyExists, also while the namesake is being deleted', async () => {
      const made = await make({}, { finalizers: ['test.tenure.dev/hold'] })
      await expect(client.create(widgetPath(namespace), widget(made.metadata.name))).rejects.toThrow(AlreadyExists)
      await client.remove(at(made))
      await expect(client.create(widgetPath(namespace), widget(made.metadata.name))).rejects.toThrow(AlreadyExists)
      await client.mergePatch(at(made), rv(await read(made)), { metadata: { finalizers: [] } })
      await expect(read(made)).rejects.toThrow(NotFound)
    })

    test('into a namespace that is not there is NotFound', async () => {
      await expect(client.create(widgetPath('nowhere'), widget('x'))).rejects.toThrow(NotFound)
    })

    test('drops nulls that are not allowed without a word, and keeps those that are', async () => {
      const answer = await raw('POST', widgetPath(namespace), widget(fresh(), { note: null, colour: null } as never))
      expect(answer.status).toBe(201)
      expect(answer.body.spec).toEqual({ size: 1, note: null })
    })

    test('drops members nobody declared, and refuses them when validation is strict', async () => {
      const body = { ...widget(fresh()), spec: { hat: 'tall' } }
      expect((await raw('POST', widgetPath(namespace), body)).body.spec).toEqual({ size: 1 })
      const strict = client.create(widgetPath(namespace), { ...body, metadata: { name: fresh() } })
      await expect(strict).rejects.toThrow(/strict decoding error: unknown field "spec\.hat"/)
    })

    test('that the schema forbids is Invalid and names the fields', async () => {
      const error = await make({ colour: 'pink', size: 101 }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Invalid)
      expect((error as Invalid).causes.map(cause => cause.field).sort()).toEqual(['spec.colour', 'spec.size'])
    })

    test('makes a name where only its beginning is given', async () => {
      const made = await client.create<Widget>(widgetPath(namespace), {
        ...widget(''),
        metadata: { generateName: 'some-' },
      })
      expect(made.metadata.name).toMatch(/^some-[a-z0-9]{5}$/)
    })
  })

  describe('the generation', () => {
    test('rises with the spec, not with labels, the status or a write that changes nothing', async () => {
      const made = await make()
      const labelled = await client.mergePatch<Widget>(at(made), rv(made), { metadata: { labels: { a: 'b' } } })
      expect(labelled.metadata.generation).toBe(1)
      const sized = await client.mergePatch<Widget>(at(made), rv(labelled), { spec: { size: 2 } })
      expect(sized.metadata.generation).toBe(2)
      const same = await client.mergePatch<Widget>(at(made), rv(sized), { spec: { size: 2 } })
      expect(rv(same)).toBe(rv(sized))
      await apply(made, { phase: 'Ready' })
      expect((await read(made)).metadata.generation).toBe(2)
    })

    test('rises when a deletion begins, and again with the spec of an object that is being deleted', async () => {
      const made = await make({}, { finalizers: ['test.tenure.dev/hold'] })
      await client.remove(at(made))
      const dying = await read(made)
      expect(dying.metadata.generation).toBe(2)
      const edited = await client.mergePatch<Widget>(at(made), rv(dying), { spec: { size: 9 } })
      expect(edited.metadata.generation).toBe(3)
      await client.mergePatch(at(made), rv(edited), { metadata: { finalizers: [] } })
    })
  })

  describe('replacing', () => {
    test('needs the revision that is there, and the uid if one is given', async () => {
      const made = await make()
      const next = await client.replace<Widget>(at(made), { ...made, spec: { size: 3 } } as Widget)
      expect(next.spec.size).toBe(3)
      await expect(client.replace(at(made), { ...made, spec: { size: 4 } } as Widget)).rejects.toThrow(Conflict)
      const other = { ...next, metadata: { ...next.metadata, uid: randomUUID() } }
      await expect(client.replace(at(made), other)).rejects.toThrow(Conflict)
      const bare = { ...widget(made.metadata.name) }
      await expect(client.replace(at(made), bare)).rejects.toThrow(Invalid)
    })

    test('leaves the status alone, and replacing the status leaves the rest alone', async () => {
      const made = await make({ size: 2 })
      await client.replace(at(made), { ...made, spec: { size: 3 }, status: { phase: 'Broken' } } as Widget)
      const read1 = await read(made)
      expect(read1.status).toEqual({ observedGeneration: -1 })
      const answer = await raw('PUT', `${at(made)}/status`, {
        ...read1,
        spec: { size: 50 },
        status: { phase: 'Ready' },
      })
      expect(answer.status).toBe(200)
      const read2 = await read(made)
      expect([read2.spec.size, read2.status?.phase, read2.metadata.generation]).toEqual([3, 'Ready', 2])
    })
  })

  describe('patching', () => {
    test('merges members, takes away what is null and replaces lists', async () => {
      const made = await make({ colour: 'red', parts: ['a', 'b'] })
      const patched = await client.mergePatch<Widget>(at(made), rv(made), {
        spec: { colour: null, parts: ['c'] },
      })
      expect(patched.spec).toEqual({ size: 1, parts: ['c'] })
    })

    test('with a stale revision is a Conflict', async () => {
      const made = await make()
      await client.mergePatch(at(made), rv(made), { metadata: { labels: { a: '1' } } })
      const stale = client.mergePatch(at(made), rv(made), { metadata: { finalizers: ['test.tenure.dev/x'] } })
      await expect(stale).rejects.toThrow(Conflict)
    })

    test('by merge of an unknown member is Invalid under Strict, and our error quotes no object', async () => {
      const made = await make({ note: 'private words' })
      const call = `${at(made)}?fieldValidation=Strict`
      const refused = await raw('PATCH', call, { spec: { hat: 1 } }, MERGE)
      expect(refused.status).toBe(422)
      expect(JSON.stringify(refused.body)).toContain('private words')
      const error = await client.mergePatch(call, rv(made), { spec: { hat: 1 } }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Invalid)
      expect(String(error) + JSON.stringify((error as Invalid).causes)).not.toContain('private words')
      expect(String(error)).toContain('strict decoding error: unknown field "spec.hat"')
    })

    test('by JSON patch that does not fit is Invalid without details', async () => {
      const made = await make({ colour: 'red' })
      const type = 'application/json-patch+json'
      const good = await raw(
        'PATCH',
        at(made),
        [
          { op: 'test', path: '/spec/colour', value: 'red' },
          { op: 'replace', path: '/spec/colour', value: 'blue' },
        ],
        type,
      )
      expect(good.body.spec).toEqual({ size: 1, colour: 'blue' })
      for (const operation of [
        { op: 'test', path: '/spec/colour', value: 'red' },
        { op: 'remove', path: '/spec/nothing' },
      ]) {
        const bad = await raw('PATCH', at(made), [operation], type)
        expect([bad.status, bad.body.reason, (bad.body.details as { causes?: unknown } | undefined)?.causes]).toEqual([
          422,
          'Invalid',
          undefined,
        ])
      }
    })

    test('of an unknown type is refused', async () => {
      const made = await make()
      expect((await raw('PATCH', at(made), {}, 'application/strategic-merge-patch+json')).status).toBe(415)
    })
  })

  describe('applying a status', () => {
    test('keeps the generation, writes nothing when nothing changes, and ignores everything but the status', async () => {
      const made = await make()
      const first = await client.applyStatus<Widget>(at(made), {
        ...bodyFor(made, { phase: 'New' }),
        metadata: made.metadata,
      })
      expect(first.status).toEqual({ observedGeneration: -1, phase: 'New' })
      const again = await apply(made, { phase: 'New' })
      expect((again.body.metadata as Widget['metadata']).resourceVersion).toBe(rv(first))
      const more = { ...bodyFor(made, { phase: 'New' }), spec: { size: 77 } }
      const beside = await raw('PATCH', `${at(made)}/status?fieldManager=tenure-status&force=true`, more, SSA)
      expect(beside.status).toBe(200)
      expect((await read(made)).spec.size).toBe(1)
    })

    test('with a stale revision is a Conflict; a wrong uid protects nothing', async () => {
      const made = await make()
      await apply(made, { phase: 'New' })
      const stale = client.applyStatus(at(made), { ...bodyFor(made, { phase: 'Ready' }), metadata: made.metadata })
      await expect(stale).rejects.toThrow(Conflict)
      expect((await apply(made, { phase: 'Ready' }, { metadata: { uid: randomUUID() } })).status).toBe(200)
      expect((await read(made)).status?.phase).toBe('Ready')
    })

    test('of an object that is gone is NotFound', async () => {
      const made = await make()
      await client.remove(at(made))
      const late = client.applyStatus(at(made), { ...bodyFor(made, { phase: 'Ready' }), metadata: made.metadata })
      await expect(late).rejects.toThrow(NotFound)
    })

    test('takes away what we applied before and leave out now', async () => {
      const made = await make()
      await apply(made, { phase: 'New', accounts: [{ provider: 'okta', phase: 'Active' }, { provider: 'entra' }] })
      await apply(made, { accounts: [{ provider: 'entra' }] })
      expect((await read(made)).status).toEqual({ observedGeneration: -1, accounts: [{ provider: 'entra' }] })
    })

    test('over the field of another is a Conflict that names it, unless forced', async () => {
      const made = await make()
      await apply(made, { phase: 'New', accounts: [{ provider: 'okta', phase: 'Active' }] }, { manager: 'other' })
      const refused = await apply(made, { accounts: [{ provider: 'okta', phase: 'Gone' }] }, { force: false })
      expect(refused.status).toBe(409)
      expect((refused.body.details as { causes: unknown }).causes).toEqual([
        expect.objectContaining({ reason: 'FieldManagerConflict', field: '.status.accounts[provider="okta"].phase' }),
      ])
      await apply(made, { accounts: [{ provider: 'okta', phase: 'Gone' }] })
      expect((await read(made)).status).toMatchObject({ phase: 'New', accounts: [{ provider: 'okta', phase: 'Gone' }] })
    })

    test('lets two managers each have items of a keyed list', async () => {
      const made = await make()
      await apply(made, { accounts: [{ provider: 'okta' }] }, { manager: 'other' })
      await apply(made, { accounts: [{ provider: 'entra' }] })
      expect((await read(made)).status?.accounts?.map(account => account.provider).sort()).toEqual(['entra', 'okta'])
      await apply(made, { accounts: [] })
      expect((await read(made)).status?.accounts).toEqual([{ provider: 'okta' }])
    })

    test('with a field nobody declared, a wrong type or a key twice is 500 without a reason', async () => {
      const made = await make()
      for (const status of [
        { hat: 1 },
        { phase: 7 },
        { accounts: [{ provider: 'a' }, { provider: 'a' }] },
        { accounts: [{ phase: 'x' }] },
      ]) {
        const answer = await apply(made, status)
        expect([answer.status, answer.body.reason]).toEqual([500, undefined])
      }
    })

    test('with a null that is not allowed, or a value outside the enumeration, is Invalid', async () => {
      const made = await make()
      expect((await apply(made, { phase: null })).status).toBe(422)
      expect((await apply(made, { phase: 'Odd' })).status).toBe(422)
    })

    test('needs a manager and no managedFields', async () => {
      const made = await make()
      expect((await raw('PATCH', `${at(made)}/status`, bodyFor(made, {}), SSA)).status).toBe(422)
      const withManagers = bodyFor(
        made,
        {},
        { managedFields: [{ manager: 'x', operation: 'Apply', apiVersion: 'test.tenure.dev/v1' }] },
      )
      expect((await raw('PATCH', `${at(made)}/status?fieldManager=x`, withManagers, SSA)).status).toBe(400)
    })
  })

  describe('deleting', () => {
    test('keeps to its preconditions', async () => {
      const made = await make()
      await expect(client.remove(at(made), { uid: randomUUID() })).rejects.toThrow(Conflict)
      await expect(client.remove(at(made), { resourceVersion: '1' })).rejects.toThrow(Conflict)
      await client.remove(at(made), { uid: made.metadata.uid ?? '', resourceVersion: rv(made) })
      await expect(read(made)).rejects.toThrow(NotFound)
      await expect(client.remove(at(made))).rejects.toThrow(NotFound)
    })

    test('waits for finalizers, takes no new ones, and ends with the last', async () => {
      const made = await make({}, { finalizers: ['test.tenure.dev/a', 'test.tenure.dev/b'] })
      await client.remove(at(made))
      await client.remove(at(made))
      const dying = await read(made)
      expect(dying.metadata.deletionTimestamp).toEqual(expect.any(String))
      const more = { metadata: { finalizers: ['test.tenure.dev/a', 'test.tenure.dev/c'] } }
      await expect(client.mergePatch(at(made), rv(dying), more)).rejects.toThrow(Invalid)
      const one = await client.mergePatch<Widget>(at(made), rv(dying), {
        metadata: { finalizers: ['test.tenure.dev/b'] },
      })
      expect((await apply(made, { phase: 'Ready' })).status).toBe(200)
      await client.mergePatch(at(made), rv(await read(one)), { metadata: { finalizers: null } })
      await expect(read(made)).rejects.toThrow(NotFound)
    })
  })

  describe('lists', () => {
    test('come in pages of one revision, whatever is written meanwhile', async () => {
      const names = ['p1', 'p2', 'p3', 'p4', 'p5']
      const metadata = { labels: { list: 'pages' } }
      for (const name of names) await client.create(widgetPath(namespace), widget(name, {}, metadata))
      const seen: string[] = []
      const revisions = new Set<string>()
      for await (const page of client.pages<Widget>(widgetPath(namespace), { limit: 2, labelSelector: 'list=pages' })) {
        seen.push(...page.items.map(item => item.metadata.name))
        revisions.add(page.resourceVersion)
        await client.create(widgetPath(namespace), widget(`${seen.at(-1)}-x`, {}, metadata))
      }
      expect(seen).toEqual(names)
      expect(revisions.size).toBe(1)
    })

    test('with a continuation that is unknown or too old are refused', async () => {
      const answer = await raw('GET', `${widgetPath(namespace)}?limit=1&continue=bm9uc2Vuc2U`)
      expect([400, 410]).toContain(answer.status)
    })

    test('can be narrowed by labels and by fields', async () => {
      const red = await make({ colour: 'red' }, { labels: { kind: 'a' } })
      await make({ colour: 'blue' }, { labels: { kind: 'a' } })
      const listed = await client.list<Widget>(widgetPath(namespace), {
        labelSelector: 'kind=a',
        fieldSelector: 'spec.colour=red',
      })
      expect(listed.items.map(item => item.metadata.name)).toEqual([red.metadata.name])
      const named = await client.list<Widget>(widgetPath(namespace), {
        fieldSelector: `metadata.name=${red.metadata.name}`,
      })
      expect(named.items).toHaveLength(1)
    })

    test('of built-in kinds say what their items are only as a whole; our client says it for each', async () => {
      const listed = await client.list<Widget>(NAMESPACES)
      expect(new Set(listed.items.map(item => `${item.apiVersion} ${item.kind}`))).toEqual(new Set(['v1 Namespace']))
    })
  })

  describe('watches', () => {
    test('tell of every change after their revision, the end of an object with its last revision', async () => {
      const before = await revisionNow()
      const made = await make({ size: 5 })
      await client.mergePatch(at(made), rv(made), { spec: { size: 6 } })
      await client.remove(at(made))
      const events = await watched(before, 3)
      const { name } = made.metadata
      expect(told(events)).toEqual([`ADDED ${name}`, `MODIFIED ${name}`, `DELETED ${name}`])
      const revisions = events.map(event => Number(event.object.metadata.resourceVersion))
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b))
      expect(new Set(revisions).size).toBe(3)
    })

    test('tell of what happens while they are open', async () => {
      let made: Widget | undefined
      const events = await watched(await revisionNow(), 1, async () => {
        made = await make()
      })
      expect(told(events)).toEqual([`ADDED ${made?.metadata.name}`])
    })

    test('hear nothing of a write that changes nothing', async () => {
      const made = await make({ size: 1 })
      const sized = await client.mergePatch<Widget>(at(made), rv(made), { spec: { size: 2 } })
      const before = await revisionNow()
      await client.mergePatch(at(made), rv(sized), { spec: { size: 2 } })
      const next = await make()
      expect(told(await watched(before, 1))).toEqual([`ADDED ${next.metadata.name}`])
    })

    test('hear of the first write to an object whose status was filled in by default, as that is stored then', async () => {
      const made = await make({ size: 2 })
      const before = await revisionNow()
      await client.mergePatch(at(made), rv(made), { spec: { size: 2 } })
      expect(told(await watched(before, 1))).toEqual([`MODIFIED ${made.metadata.name}`])
    })

    test('from a revision that is forgotten end with an ERROR event 410', async () => {
      const [event] = await watched('1', 1)
      expect([event?.type, event?.object.code, event?.object.reason]).toEqual(['ERROR', 410, 'Expired'])
    })

    test('from the future are silent, and end when their time is over', async () => {
      const future = String(Number(await revisionNow()) + 1_000_000)
      const body = await client.watch(widgetPath(namespace), { resourceVersion: future, timeoutSeconds: 1 })
      await make()
      expect(await textOf(body)).toBe('')
    })

    test('end when their time is over, with a bookmark as far as they came', async () => {
      const made = await make()
      const body = await client.watch(widgetPath(namespace), { resourceVersion: rv(made), timeoutSeconds: 1 })
      const events: Event[] = []
      for await (const line of linesOf(body)) events.push(JSON.parse(line) as Event)
      expect(events.every(event => event.type === 'BOOKMARK')).toBe(true)
      for (const event of events)
        expect(Number(event.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(rv(made)))
    })
  })

  describe('leases', () => {
    const lease = (spec: object) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: fresh() },
      spec,
    })
    const leases = () => pathOf({ group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }, namespace)

    test('take times of six digits and may be free', async () => {
      const time = '2026-11-24T10:00:00.123456Z'
      expect(
        (await raw('POST', leases(), lease({ holderIdentity: 'a', leaseDurationSeconds: 15, renewTime: time }))).status,
      ).toBe(201)
      expect((await raw('POST', leases(), lease({}))).status).toBe(201)
    })

    test('of no duration are refused', async () => {
      expect((await raw('POST', leases(), lease({ leaseDurationSeconds: 0 }))).status).toBe(422)
    })

    test('are updated only from the revision that is there', async () => {
      const made = await client.create<Widget>(leases(), lease({ holderIdentity: 'a', leaseDurationSeconds: 15 }))
      const path = `${leases()}/${made.metadata.name}`
      await client.replace(path, { ...made, spec: { holderIdentity: 'b', leaseDurationSeconds: 15 } } as never)
      await expect(client.replace(path, made)).rejects.toThrow(Conflict)
    })
  })

  describe('events', () => {
    const events = (home = namespace) => pathOf({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, home)
    const event = (changes: object = {}) => ({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${fresh()}.${randomUUID().slice(0, 8)}` },
      eventTime: '2026-11-24T10:00:00.123456Z',
      type: 'Normal',
      reason: 'Made',
      action: 'Make',
      note: 'made',
      reportingController: 'tenure.dev/test',
      reportingInstance: 'test-1',
      regarding: { apiVersion: 'test.tenure.dev/v1', kind: 'Widget', name: 'w', namespace, uid: randomUUID() },
      ...changes,
    })

    test('are taken as they should be, also about an object of another namespace', async () => {
      expect((await raw('POST', events(), event())).status).toBe(201)
      expect((await raw('POST', events('default'), event())).status).toBe(201)
    })

    test('need a time of six digits', async () => {
      expect((await raw('POST', events(), event({ eventTime: '2026-11-24T10:00:00.123Z' }))).status).toBe(400)
    })

    test.each([
      ['no action', { action: '' }],
      ['a reason that is too long', { reason: 'x'.repeat(129) }],
      ['a note of more than 1024 bytes', { note: 'ä'.repeat(513) }],
      ['another type', { type: 'Bad' }],
      ['a series of one', { series: { count: 1, lastObservedTime: '2026-11-24T10:00:00.123456Z' } }],
    ])('with %s are Invalid', async (_, changes) => {
      expect((await raw('POST', events(), event(changes))).status).toBe(422)
    })

    test('can be counted on as a series, but not changed otherwise', async () => {
      const made = await client.create<Widget>(events(), event())
      const path = `${events()}/${made.metadata.name}`
      const series = { count: 2, lastObservedTime: '2026-11-24T10:00:00.123456Z' }
      expect((await raw('PATCH', path, { series }, MERGE)).status).toBe(200)
      expect((await raw('PATCH', path, { note: 'other' }, MERGE)).status).toBe(422)
    })
  })

  describe('a namespace that is being deleted', () => {
    test('takes nothing new, but lets what is there be changed', async () => {
      const home = `${namespace}-end`
      await client.create(NAMESPACES, { metadata: { name: home } })
      const held = await client.create<Widget>(
        widgetPath(home),
        widget('held', {}, { finalizers: ['test.tenure.dev/hold'] }),
      )
      await client.remove(`${NAMESPACES}/${home}`)
      const refused = await client.create(widgetPath(home), widget('late')).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Forbidden)
      expect((refused as Forbidden).isTerminating).toBe(true)
      const path = widgetPath(home, 'held')
      const status = { ...bodyFor(held, { phase: 'Ready' }), metadata: { ...held.metadata } }
      const applied = await client.applyStatus<Widget>(path, status)
      expect(applied.status?.phase).toBe('Ready')
      await client.mergePatch(path, rv(applied), { metadata: { finalizers: null } })
    })
  })

  describe('what is built on it', () => {
    const until = async (holds: () => boolean | Promise<boolean>) => {
      for (let tries = 0; tries < 500 && !(await holds()); tries += 1)
        await new Promise(resolve => setTimeout(resolve, 10))
      expect(await holds()).toBe(true)
    }

    test('a reflector has all there is in pages and follows every change, deletion and namesake', async () => {
      const changes: string[] = []
      const labels = { labels: { part: 'reflected' } }
      const first = await make({}, labels)
      await make({}, labels)
      await make({}, labels)
      const reflector = new Reflector<Widget>({
        client,
        path: widgetPath(namespace),
        labelSelector: 'part=reflected',
        pageSize: 2,
        listeners: [({ type, object }) => void changes.push(`${type} ${object.metadata.name} ${object.spec.size}`)],
      })
      const stop = new AbortController()
      const run = reflector.run(stop.signal)
      await reflector.synced
      expect(reflector.store.size).toBe(3)
      changes.length = 0
      await client.mergePatch(at(first), rv(first), { spec: { size: 8 } })
      await client.remove(at(first))
      const again = await client.create<Widget>(widgetPath(namespace), widget(first.metadata.name, { size: 9 }, labels))
      await until(() => changes.length >= 3)
      const { name } = first.metadata
      expect(changes).toEqual([`update ${name} 8`, `delete ${name} 8`, `add ${name} 9`])
      expect(reflector.store.get(`${namespace}/${name}`)?.metadata.uid).toBe(again.metadata.uid)
      expect(reflector.store.get(`${namespace}/${name}`)?.metadata).not.toHaveProperty('managedFields')
      stop.abort(new Error('over'))
      await run
    })

    test('of two electors one leads; the other does as soon as the lease is given back', async () => {
      const lease = kubeLease(client, namespace, fresh())
      const timing = { durationMs: 3000, deadlineMs: 2000, retryMs: 100 }
      const begun: string[] = []
      const candidate = (identity: string) => {
        const stop = new AbortController()
        const elector = new Elector({ identity, lease, timing })
        const ended = elector.run(stop.signal, async signal => {
          begun.push(identity)
          await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        })
        return { stop, elector, ended }
      }
      const one = candidate('one')
      await until(() => one.elector.leading)
      const two = candidate('two')
      await until(() => two.elector.holder === 'one')
      one.stop.abort(new Error('SIGTERM'))
      expect(await one.ended).toBe('stopped')
      await until(() => two.elector.leading)
      expect([begun, one.elector.leading]).toEqual([['one', 'two'], false])
      two.stop.abort(new Error('SIGTERM'))
      await two.ended
      expect((await lease.read(AbortSignal.timeout(5000)))?.holder).toBe('')
    })

    test('a recorder writes an event and counts its repetitions', async () => {
      const made = await make()
      const problems: unknown[] = []
      const recorder = new EventRecorder({
        client,
        controller: 'tenure.dev/operator',
        instance: 'conformance',
        homeNamespace: 'default',
        onProblem: problem => problems.push(problem),
      })
      const stop = new AbortController()
      const run = recorder.run(stop.signal)
      const { name, uid = '' } = made.metadata
      const regarding = { apiVersion: 'test.tenure.dev/v1', kind: 'Widget', name, namespace, uid }
      const happening = { regarding, type: 'Normal', reason: 'Made', action: 'Make', note: 'made' } as const
      const path = pathOf({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, namespace)
      const counts = async () =>
        (await client.list<KubeObject & { readonly series?: { readonly count: number } }>(path)).items
          .filter(item => item.metadata.name.startsWith(`${name}.`))
          .map(item => item.series?.count)
      recorder.record(happening)
      await until(async () => (await counts()).length === 1)
      recorder.record(happening)
      recorder.record(happening)
      await until(async () => (await counts())[0] === 3)
      stop.abort(new Error('over'))
      await run
      expect([await counts(), problems]).toEqual([[3], []])
    })
  })

  test('a path nobody serves is NotFound, and every failure is a Status', async () => {
    await expect(client.get('/apis/test.tenure.dev/v1/nothings')).rejects.toThrow(NotFound)
    const error = await client.get(widgetPath(namespace, 'nobody')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KubeError)
    expect(error).not.toBeInstanceOf(Gone)
    expect((error as KubeError).reason).toBe('NotFound')
  })
}
