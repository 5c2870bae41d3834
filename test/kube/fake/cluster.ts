import type { Connection, KubeRequest, KubeResponse, Send } from '../../../src/kube/send.ts'
import { machineTime, type Time } from '../../../src/kube/time.ts'
import { type Answer, asJson, badRequest, gone, type Json, metaOf, notFound, Refusal, textOr } from './answer.ts'
import { cutAfter, type Effect, Faults, inPieces, reset } from './faults.ts'
import { collectGarbage } from './garbage.ts'
import {
  apiVersionOf,
  BUILTIN,
  CRDS,
  idOf,
  type Kind,
  kindsOf,
  NAMESPACES,
  qualified,
  type Route,
  routeOf,
} from './kinds.ts'
import { Namespaces } from './namespaces.ts'
import { selects } from './selector.ts'
import { Store } from './store.ts'
import { Stream } from './stream.ts'
import { watch } from './watch.ts'
import { create, type Ground, patch, remove, replace, type Write } from './writes.ts'

/** What a fake cluster is made of. */
export interface ClusterOptions {
  /** For watches and delays; the machine's unless given. */
  readonly time?: Time
  /** The time of day, in milliseconds since 1970. */
  readonly now?: () => number
  readonly random?: () => number
  /** Definitions of custom resources it begins with. */
  readonly definitions?: readonly object[]
  /** Namespaces it begins with, beside `default` and `kube-system`. */
  readonly namespaces?: readonly string[]
  /** So long after its deletion the content of a namespace is deleted; unless given, only when `sweep` is called. */
  readonly sweepAfterMs?: number
  /** Rules beyond schemas, such as those in CEL: what they have against an object. */
  readonly admit?: Ground['admit']
}

/** A request as a test sees it afterwards. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

interface Continued {
  readonly items: readonly Json[]
  readonly revision: number
}

const encoder = new TextEncoder()

/** An API server in this process: no sockets, no certificates, the semantics of a real one. See http.ts for sockets. */
export class FakeCluster {
  readonly faults = new Faults()
  readonly store = new Store()
  /** Every request that arrived. */
  readonly seen: Seen[] = []
  /** May make any request go wrong; asked after `faults`. */
  trouble: (request: KubeRequest) => Effect | undefined = () => undefined
  readonly #time: Time
  readonly #ground: Ground
  readonly #kinds = new Map<string, Kind>()
  readonly #streams = new Set<Stream>()
  readonly #continued = new Map<string, Continued>()
  readonly #namespaces: Namespaces
  readonly #sweepAfterMs: number | undefined
  #tokens = 0

  constructor(options: ClusterOptions = {}) {
    const { time = machineTime, now = () => Date.now(), random = () => Math.random(), admit = () => [] } = options
    this.#time = time
    this.#sweepAfterMs = options.sweepAfterMs
    this.#ground = { store: this.store, now, random, admit }
    this.#namespaces = new Namespaces(this.#ground, () => this.#kinds.values())
    for (const kind of BUILTIN) this.#kinds.set(idOf(kind), kind)
    for (const name of new Set(['default', 'kube-system', ...(options.namespaces ?? [])]))
      this.call('POST', '/api/v1/namespaces', { metadata: { name } })
    for (const definition of options.definitions ?? [])
      this.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
    this.seen.length = 0
  }

  /** Connections end here: give it to a KubeClient. */
  connection(namespace = 'default'): Connection {
    return { send: this.send, namespace, close: async () => {} }
  }

  /** Answers a request as it would come over a wire. */
  readonly send: Send = async request => {
    request.signal?.throwIfAborted()
    const effect = this.faults.take(request) ?? this.trouble(request)
    this.#note(request)
    if (effect === undefined) return this.#respond(request, this.#answer(request))
    return this.#troubled(request, effect)
  }

  /** What a user does at once, past all faults: gives back the answer's body. @throws Refusal */
  call(method: KubeRequest['method'], path: string, body?: object, contentType = 'application/json'): Json {
    const headers = { 'content-type': contentType, 'user-agent': 'kubectl/1' }
    const request = { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    return this.#done(request).body as Json
  }

  /** Breaks all open streams. */
  cutStreams(): void {
    for (const stream of [...this.#streams]) stream.cut(reset())
  }

  /** Open streams. */
  get streams(): number {
    return this.#streams.size
  }

  /** What changed is forgotten: watches from before and continued lists are answered 410. */
  forget(): void {
    this.store.skip(1)
    this.store.forget()
    this.#continued.clear()
  }

  /** As a server that ends and comes back: streams break, and the revision has moved on. */
  restart(): void {
    this.cutStreams()
    this.forget()
  }

  /** Does what is left to do for namespaces that are being deleted; true when all of them are gone. */
  sweep(): boolean {
    return this.#namespaces.sweep()
  }

  /** Deletes what belonged to objects that are gone, as the garbage collector does; true when nothing is left to collect. */
  collect(): boolean {
    return collectGarbage(this.#ground, [...this.#kinds.values()])
  }

  #note({ method, path, body, headers }: KubeRequest): void {
    this.seen.push({ method, path, headers, body: body === undefined ? undefined : (JSON.parse(body) as unknown) })
  }

  #answer(request: KubeRequest): Answer {
    try {
      return this.#done(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: error.body }
    }
  }

  async #troubled(request: KubeRequest, effect: Effect): Promise<KubeResponse> {
    switch (effect.kind) {
      case 'answer':
        return this.#respond(request, refusalAnswer(effect))
      case 'refuse':
        throw reset()
      case 'lose':
        this.#answer(request)
        throw reset()
      case 'hangAfter':
        this.#answer(request)
        return aborted(request)
      case 'hang':
        return aborted(request)
      case 'delay':
        await this.#time.sleep(effect.ms, request.signal)
        return this.#respond(request, this.#answer(request))
      default:
        return bent(this.#respond(request, this.#answer(request)), effect)
    }
  }

  #respond({ signal }: KubeRequest, { status, headers = {}, body }: Answer): KubeResponse {
    if (!(body instanceof Stream)) return { status, headers, body: once(encoder.encode(JSON.stringify(body))) }
    const abort = () => body.cut(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#streams.add(body)
    body.onEnd(() => {
      this.#streams.delete(body)
      signal?.removeEventListener('abort', abort)
    })
    return { status, headers, body }
  }

  #done(request: KubeRequest): Answer {
    const [path = '', search = ''] = request.path.split('?')
    if (path === '/readyz') return { status: 200, body: { status: 'ok' } }
    if (path === '/version') return { status: 200, body: { major: '1', minor: '37', gitVersion: 'v1.37.1' } }
    const route = routeOf(path)
    const kind = route === undefined ? undefined : this.#kinds.get(idOf(route))
    if (route === undefined || kind === undefined)
      throw new Refusal(404, 'NotFound', 'the server could not find the requested resource')
    if (route.subresource !== undefined && !(route.subresource === 'status' && kind.hasStatus))
      throw new Refusal(404, 'NotFound', 'the server could not find the requested resource')
    const query = new URLSearchParams(search)
    if (request.method !== 'GET') return this.#written(request, route, kind, query)
    if (route.name !== undefined) return { status: 200, body: this.#one(kind, route) }
    if (query.get('watch') === 'true' || query.get('watch') === '1') {
      const { store } = this
      return { status: 200, body: watch({ store, time: this.#time, kind, namespace: route.namespace, query }) }
    }
    return { status: 200, body: this.#list(kind, route, query) }
  }

  #one(kind: Kind, { namespace, name = '' }: Route): Json {
    const stored = this.store.get(kind, namespace, name)
    if (stored === undefined) throw notFound(qualified(kind), name)
    return stored.object
  }

  #list(kind: Kind, { namespace }: Route, query: URLSearchParams): Json {
    const limit = Number(query.get('limit') ?? 0)
    const token = query.get('continue')
    const isSelected = selects(query)
    const begun = token === null ? undefined : this.#continued.get(token)
    if (token !== null && begun === undefined)
      throw gone('The provided continue parameter is too old to display a consistent list result.')
    const { items, revision } = begun ?? {
      items: this.store.list(kind, namespace).filter(isSelected),
      revision: this.store.revision,
    }
    const isWhole = limit === 0 || items.length <= limit
    const metadata: Json = { resourceVersion: String(revision) }
    if (!isWhole) {
      this.#tokens += 1
      metadata.continue = Buffer.from(`c${this.#tokens}`).toString('base64url')
      metadata.remainingItemCount = items.length - limit
      this.#continued.set(textOr(metadata.continue), { items: items.slice(limit), revision })
    }
    const listed = isWhole ? items : items.slice(0, limit)
    return {
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata,
      items: listed.map(item => asItem(kind, item)),
    }
  }

  #written(request: KubeRequest, route: Route, kind: Kind, query: URLSearchParams): Answer {
    const write = writeOf(request, { route, kind, query })
    const status = request.method === 'POST' ? 201 : 200
    const body = this.#effect(request.method, write)
    this.#learn(kind, body)
    this.#namespaces.look()
    if (kind === NAMESPACES && request.method === 'DELETE') this.#sweepLater()
    return { status, body }
  }

  #sweepLater(): void {
    if (this.#sweepAfterMs !== undefined) void this.#time.sleep(this.#sweepAfterMs).then(() => this.sweep())
  }

  #effect(method: KubeRequest['method'], write: Write): Json {
    if (write.name === '' && method !== 'POST')
      throw new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
    switch (method) {
      case 'POST':
        return create(this.#ground, write)
      case 'PUT':
        return replace(this.#ground, write)
      case 'PATCH':
        return patch(this.#ground, write)
      default:
        return remove(this.#ground, write)
    }
  }

  #learn(kind: Kind, definition: Json): void {
    if (kind !== CRDS || definition.kind !== CRDS.kind) return
    for (const declared of kindsOf(definition)) this.#kinds.set(idOf(declared), declared)
  }
}

/** Items of built-in kinds do not say what they are, those of custom resources do. */
function asItem(kind: Kind, item: Json): Json {
  if (kind.schema !== undefined) return item
  const { kind: _, apiVersion: _v, ...rest } = item
  return rest
}

function writeOf(
  { headers, body }: KubeRequest,
  { route, kind, query }: { readonly route: Route; readonly kind: Kind; readonly query: URLSearchParams },
): Write {
  let parsed: unknown
  try {
    parsed = body === undefined || body === '' ? {} : JSON.parse(body)
  } catch {
    throw badRequest('the object provided is unrecognized (must be of type JSON)')
  }
  const name = route.name ?? textOr(metaOf(asJson(parsed)).name)
  return {
    kind,
    name: route.name === undefined ? '' : name,
    isStatus: route.subresource === 'status',
    query,
    contentType: headers['content-type'] ?? 'application/json',
    body: parsed,
    userAgent: headers['user-agent'] ?? 'unknown',
    ...(route.namespace === undefined ? {} : { namespace: route.namespace }),
  }
}

function refusalAnswer({ status, reason, retryAfter }: Effect & { kind: 'answer' }): Answer {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { status, headers, body: new Refusal(status, reason, `planned fault ${status}`).body }
}

function aborted({ signal }: KubeRequest): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason as Error)
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

function bent(response: KubeResponse, effect: Effect): KubeResponse {
  switch (effect.kind) {
    case 'cut':
      return { ...response, body: cutAfter(response.body, effect.afterBytes) }
    case 'pieces':
      return { ...response, body: inPieces(response.body, effect.bytes) }
    case 'line':
      return { ...response, body: withLine(response.body, effect) }
    default:
      return response
  }
}

async function* withLine(body: AsyncIterable<Uint8Array>, { text, isLast }: Effect & { kind: 'line' }) {
  yield encoder.encode(`${text}\n`)
  if (isLast) return
  yield* body
}
