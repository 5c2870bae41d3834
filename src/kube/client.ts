import { errorOf, Gone, KubeError, unanswered } from './errors.ts'
import type { KubeObject } from './object.ts'
import { type Connection, type KubeRequest, type KubeResponse, textOf } from './send.ts'

/** Which objects of a list are meant. */
export interface ListOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Objects in one answer; 500 unless given. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Revision of the whole list; a watch goes on from here. */
  readonly resourceVersion: string
}

/** A whole list. */
export interface List<T> extends Page<T> {}

/** What a watch asks for. */
export interface WatchOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion: string
  /** After that the server ends the stream; whole seconds. */
  readonly timeoutSeconds: number
  readonly signal?: AbortSignal
}

/** An object with the status to write, as it was read: its revision guards the write. */
export interface StatusBody extends KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly status: object
}

/** What an object must be for its deletion to be done. */
export interface RemoveOptions {
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
  readonly signal?: AbortSignal
}

/** How an object is written. */
export interface WriteOptions {
  /** In whose name; the first word of the user agent unless given. */
  readonly fieldManager?: string
  readonly signal?: AbortSignal
}

/** Field manager of everything written to `/status`. */
const STATUS_MANAGER = 'tenure-status'
const PAGE_SIZE = 500
const JSON_TYPE = 'application/json'

type Query = Readonly<Record<string, string | undefined>>

/**
 * The API server, by resource path. Knows content types, field managers and validation, and turns every failure into one of
 * errors.ts. It does not repeat calls by itself.
 */
export class KubeClient {
  readonly #connection: Connection
  readonly #userAgent: string

  constructor(connection: Connection, options: { readonly version: string }) {
    this.#connection = connection
    this.#userAgent = `tenure/${options.version}`
  }

  /** The namespace of the connection's context. */
  get namespace(): string {
    return this.#connection.namespace
  }

  /** Reads one object. */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#call<T>({ method: 'GET', path, ...given(signal) })
  }

  /** The parts of a list, as they come. @throws Gone when the list became too old between two parts: start again */
  async *pages<T>(path: string, options: ListOptions = {}): AsyncGenerator<Page<T>> {
    const { labelSelector, fieldSelector, limit = PAGE_SIZE, signal } = options
    let next: string | undefined
    do {
      const query = { labelSelector, fieldSelector, limit: String(limit), continue: next }
      const page: RawList<T> = await this.#call({ method: 'GET', path: withQuery(path, query), ...given(signal) })
      next = page.metadata.continue === '' ? undefined : page.metadata.continue
      yield { items: typed(page), resourceVersion: page.metadata.resourceVersion }
    } while (next !== undefined)
  }

  /** A whole list; begun once more if it became too old on the way. */
  async list<T>(path: string, options: ListOptions = {}): Promise<List<T>> {
    try {
      return await this.#collect<T>(path, options)
    } catch (error) {
      if (error instanceof Gone) return this.#collect<T>(path, options)
      throw error
    }
  }

  async #collect<T>(path: string, options: ListOptions): Promise<List<T>> {
    const items: T[] = []
    let resourceVersion = ''
    for await (const page of this.pages<T>(path, options)) {
      items.push(...page.items)
      resourceVersion = page.resourceVersion
    }
    return { items, resourceVersion }
  }

  /** Opens a watch: one JSON event a line. It ends when the server or the signal ends it. */
  async watch(path: string, options: WatchOptions): Promise<AsyncIterable<Uint8Array>> {
    const { timeoutSeconds, signal, ...query } = options
    const asked = { ...query, watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(timeoutSeconds) }
    const request = { method: 'GET', path: withQuery(path, asked), isStream: true, ...given(signal) } as const
    return (await this.#send(request)).body
  }

  /** Makes an object; the path is that of the list. @throws AlreadyExists */
  async create<T>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return this.#write<T>('POST', strict(path, options), body, { type: JSON_TYPE, signal: options.signal })
  }

  /** Writes a whole object in place of the one its resourceVersion names. @throws Conflict when that is another by now */
  async replace<T>(path: string, body: KubeObject, options: WriteOptions = {}): Promise<T> {
    return this.#write<T>('PUT', strict(path, options), body, { type: JSON_TYPE, signal: options.signal })
  }

  /**
   * Changes parts of the object that is at this revision; null takes a member away, a list replaces the whole list.
   *
   * @throws Conflict when the object is at another revision
   */
  async mergePatch<T>(
    path: string,
    resourceVersion: string,
    patch: { readonly metadata?: object; readonly [member: string]: unknown },
    { fieldManager, signal }: WriteOptions = {},
  ): Promise<T> {
    const body = { ...patch, metadata: { ...patch.metadata, resourceVersion } }
    const type = 'application/merge-patch+json'
    return this.#write<T>('PATCH', withQuery(path, { fieldManager }), body, { type, signal })
  }

  /**
   * Writes the whole status that is ours (server-side apply to `/status`): what we wrote before and is missing now goes away,
   * null members are left out. A uid would protect nothing there, so the body carries the revision it was computed from.
   *
   * @throws Conflict when the object is at another revision; NotFound
   */
  async applyStatus<T>(path: string, body: StatusBody, signal?: AbortSignal): Promise<T> {
    const { name, namespace, resourceVersion } = body.metadata
    if (resourceVersion === undefined) throw new TypeError(`the status of ${name} has no resourceVersion to guard it`)
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), resourceVersion }
    const applied = { apiVersion: body.apiVersion, kind: body.kind, metadata, status: withoutNulls(body.status) }
    const query = { fieldManager: STATUS_MANAGER, force: 'true', fieldValidation: 'Strict' }
    return this.#write<T>('PATCH', withQuery(`${path}/status`, query), applied, {
      type: 'application/apply-patch+yaml',
      signal,
    })
  }

  /** Asks for an object's deletion. @throws NotFound; Conflict when it is not the one meant */
  async remove(path: string, options: RemoveOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagation = 'Background', signal } = options
    const preconditions = { uid, resourceVersion }
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: propagation, preconditions }
    await this.#write('DELETE', path, body, { type: JSON_TYPE, signal })
  }

  /** Lets open calls end and gives all sockets back. */
  async close(): Promise<void> {
    await this.#connection.close()
  }

  async #write<T>(
    method: KubeRequest['method'],
    path: string,
    body: object,
    { type, signal }: { readonly type: string; readonly signal: AbortSignal | undefined },
  ): Promise<T> {
    const headers = { 'content-type': type }
    return this.#call<T>({ method, path, body: JSON.stringify(body), headers, ...given(signal) })
  }

  /** The answer's content; a failure to read it to its end is a missing answer. */
  async #call<T>(request: Asked): Promise<T> {
    const { body } = await this.#send(request)
    try {
      return JSON.parse(await textOf(body)) as T
    } catch (error) {
      throw failureOf(request, error)
    }
  }

  async #send(request: Asked): Promise<KubeResponse> {
    const headers = { accept: JSON_TYPE, ...request.headers, 'user-agent': this.#userAgent }
    let answer: KubeResponse
    let text: string
    try {
      answer = await this.#connection.send({ ...request, headers })
      if (answer.status < 300) return answer
      text = await textOf(answer.body)
    } catch (error) {
      throw failureOf(request, error)
    }
    const retryAfter = answer.headers['retry-after']
    throw errorOf({
      status: answer.status,
      body: parsed(text),
      call: callOf(request),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    })
  }
}

type Asked = Omit<KubeRequest, 'headers'> & { readonly headers?: KubeRequest['headers'] }

interface RawList<T> {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items?: readonly T[] | null
}

/** The items of a list. Those of built-in kinds do not say what they are; the list does. */
function typed<T>({ apiVersion, kind, items }: RawList<T>): readonly T[] {
  if (apiVersion === undefined || kind === undefined || !kind.endsWith('List')) return items ?? []
  return (items ?? []).map(item => ({ apiVersion, kind: kind.slice(0, -'List'.length), ...item }))
}

function withQuery(path: string, query: Query): string {
  const set = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return set.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(set)}`
}

const strict = (path: string, { fieldManager }: WriteOptions) =>
  withQuery(path, { fieldManager, fieldValidation: 'Strict' })

const given = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })

const callOf = ({ method, path }: Asked) => `${method} ${path.split('?')[0]}`

/** An abortion keeps its reason; whatever else breaks a call is a missing answer. */
function failureOf(request: Asked, error: unknown): unknown {
  if (request.signal?.aborted) return request.signal.reason
  return error instanceof KubeError ? error : unanswered(callOf(request), error)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** The same without members that are null. Items of lists stay as they are in number. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]))
}
