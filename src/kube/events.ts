import { createHash, randomBytes } from 'node:crypto'
import { type Growth, waitAfter } from './backoff.ts'
import type { KubeClient } from './client.ts'
import { AlreadyExists, Conflict, Forbidden, isTransient, KubeError, NotFound } from './errors.ts'
import { microTime } from './micro-time.ts'
import { type KubeObject, pathOf } from './object.ts'
import { machineTime, paused, type Time } from './time.ts'
import { TokenBuckets } from './token-bucket.ts'

/** An object an event is about. */
export interface Reference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
}

/** Something to tell people about an object. Notes outlive rights: no personal data in them. */
export interface Happening {
  readonly regarding: Reference
  readonly related?: Reference
  readonly type: 'Normal' | 'Warning'
  /** Why, in CamelCase: `UserSuspended`. */
  readonly reason: string
  /** What was done, in CamelCase. */
  readonly action: string
  /** For people; cut to 1024 bytes. */
  readonly note: string
}

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly client: KubeClient
  /** A qualified name: `tenure.dev/operator`. */
  readonly controller: string
  /** Which process, such as the pod's name. */
  readonly instance: string
  /** Where events go whose own namespace is being deleted, so that nothing can be made there. */
  readonly homeNamespace: string
  readonly time?: Time
  readonly now?: () => Date
  /** Numbers in [0, 1). */
  readonly random?: () => number
  /** Events that wait to be sent at most; more are dropped. */
  readonly capacity?: number
  /** Told of every event that could not be sent. */
  readonly onProblem?: (error: unknown) => void
}

/** An event and its repetitions. */
interface Told {
  readonly key: string
  readonly happening: Happening
  readonly first: Date
  namespace: string
  name: string
  /** Of the event as it was written last; empty when it is not there. */
  revision: string
  count: number
  last: Date
  lastAt: number
  isWaiting: boolean
}

const EVENTS = { group: 'events.k8s.io', version: 'v1', plural: 'events' }
/** The same again within that is counted, not told anew. */
const SERIES_MS = 600_000
/** Where the API takes events about objects that have no namespace. */
const CLUSTER_NAMESPACE = 'default'
const NOTE_BYTES = 1024
const NAME_LENGTH = 235
const CAPACITY = 1000
const ALLOWANCE = { burst: 25, everyMs: 300_000 }
const BACKOFF: Growth = { firstMs: 1000, longestMs: 30_000, jitter: 0.5 }
const ATTEMPTS = 5
const FLUSH_MS = 2000

/**
 * Tells people what happens to objects, as events of the cluster. Recording takes no time and never fails: events are sent by
 * `run`, one after the other, and dropped when there are too many or nobody takes them.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #time: Time
  readonly #waiting: Told[] = []
  readonly #told = new Map<string, Told>()
  readonly #buckets = new TokenBuckets(ALLOWANCE)
  #wake: () => void = () => {}
  #dropped = 0

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#time = options.time ?? machineTime
  }

  /** Events that were dropped: too many waited, too many came of one object, or the server did not take them. */
  get dropped(): number {
    return this.#dropped
  }

  /** Events that wait to be sent. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Notes an event. */
  record(happening: Happening): void {
    const key = keyOf(happening)
    const now = this.#time.now()
    const old = this.#told.get(key)
    const isAllowed = this.#buckets.take(holderOf(happening.regarding), now)
    if (old !== undefined && now - old.lastAt < SERIES_MS) {
      old.count += 1
      old.last = this.#today()
      old.lastAt = now
      if (isAllowed) this.#offer(old)
    } else if (isAllowed && this.#waiting.length < this.#capacity) {
      const told = this.#begin(key, happening, now)
      this.#told.set(key, told)
      this.#offer(told)
      this.#prune(now)
    } else {
      this.#dropped += 1
    }
  }

  /** Sends events until the signal is aborted, and then for two seconds, once each, what still waits. */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const late = new AbortController()
    const close = () =>
      void paused(this.#time, FLUSH_MS, over.signal).then(() => late.abort(new Error('shutting down')))
    if (signal.aborted) close()
    signal.addEventListener('abort', close, { once: true })
    while (!signal.aborted) {
      const told = this.#waiting.shift()
      if (told === undefined) await this.#somethingOr(signal)
      else await this.#send(told, signal, late.signal)
    }
    for (let told = this.#waiting.shift(); told !== undefined; told = this.#waiting.shift())
      await this.#send(told, signal, late.signal)
    over.abort()
  }

  get #capacity(): number {
    return this.#options.capacity ?? CAPACITY
  }

  #today(): Date {
    return (this.#options.now ?? (() => new Date()))()
  }

  #begin(key: string, happening: Happening, now: number): Told {
    const today = this.#today()
    const namespace = happening.regarding.namespace ?? CLUSTER_NAMESPACE
    const name = freshName(happening.regarding)
    const counts = { revision: '', count: 1, first: today, last: today, lastAt: now, isWaiting: false }
    return { key, happening, namespace, name, ...counts }
  }

  #offer(told: Told): void {
    if (told.isWaiting) return
    told.isWaiting = true
    this.#waiting.push(told)
    this.#wake()
  }

  async #somethingOr(signal: AbortSignal): Promise<void> {
    await new Promise<void>(resolve => {
      const done = () => {
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Sends one event, again while that may help; once only when the signal is aborted. */
  async #send(told: Told, signal: AbortSignal, late: AbortSignal): Promise<void> {
    told.isWaiting = false
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#write(told, late)
        return
      } catch (error) {
        const isLast = attempt >= ATTEMPTS || signal.aborted || !this.#mends(told, error)
        if (isLast) {
          this.#giveUp(told, error)
          return
        }
        if (isTransient(error)) await paused(this.#time, this.#waitAfter(attempt, error), signal)
      }
    }
  }

  #waitAfter(attempt: number, error: unknown): number {
    const wait = waitAfter(attempt, BACKOFF, (this.#options.random ?? Math.random)())
    return (error instanceof KubeError ? error.retryAfterMs : undefined) ?? wait
  }

  /** Whether sending it again may work, after what had to be changed for that. */
  #mends(told: Told, error: unknown): boolean {
    // The name is nobody else's: the answer to our own attempt was lost. What repeats it needs another.
    if (error instanceof AlreadyExists) {
      told.name = freshName(told.happening.regarding)
      return false
    }
    const isLost = told.revision !== '' && (error instanceof NotFound || error instanceof Conflict)
    if (isLost) {
      told.revision = ''
      told.name = freshName(told.happening.regarding)
      return true
    }
    const { homeNamespace } = this.#options
    if (error instanceof Forbidden && error.isTerminating && told.namespace !== homeNamespace) {
      told.namespace = homeNamespace
      return true
    }
    return isTransient(error)
  }

  #giveUp(told: Told, error: unknown): void {
    if (error instanceof AlreadyExists) return
    this.#dropped += 1
    if (told.revision === '') this.#told.delete(told.key)
    this.#options.onProblem?.(error)
  }

  async #write(told: Told, signal: AbortSignal): Promise<void> {
    const { client } = this.#options
    const { count, last } = told
    const series = count > 1 ? { series: { count, lastObservedTime: microTime(last) } } : {}
    const written = await (told.revision === ''
      ? client.create<KubeObject>(pathOf(EVENTS, told.namespace), { ...this.#eventOf(told), ...series }, { signal })
      : client.mergePatch<KubeObject>(pathOf(EVENTS, told.namespace, told.name), told.revision, series, { signal }))
    told.revision = written.metadata.resourceVersion ?? ''
  }

  #eventOf({ happening, name, namespace, first }: Told): object {
    const { controller, instance } = this.#options
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: microTime(first),
      type: happening.type,
      reason: happening.reason,
      action: happening.action,
      note: cutToBytes(happening.note, NOTE_BYTES),
      regarding: happening.regarding,
      ...(happening.related === undefined ? {} : { related: happening.related }),
      reportingController: controller,
      reportingInstance: instance,
    }
  }

  /** Forgets what is told anew the next time anyway. */
  #prune(now: number): void {
    if (this.#told.size <= this.#capacity) return
    for (const [key, { lastAt, isWaiting }] of this.#told)
      if (!isWaiting && now - lastAt >= SERIES_MS) this.#told.delete(key)
    this.#buckets.prune(now)
    for (const [key, { isWaiting }] of this.#told) {
      if (this.#told.size <= this.#capacity) return
      if (!isWaiting) this.#told.delete(key)
    }
  }
}

const holderOf = ({ uid, namespace, kind, name }: Reference) => uid ?? `${kind} ${namespace ?? ''}/${name}`

function keyOf({ regarding, type, reason, action, note }: Happening): string {
  const parts = JSON.stringify([holderOf(regarding), type, reason, action, note])
  return createHash('sha256').update(parts).digest('base64url')
}

const freshName = ({ name }: Reference) =>
  `${name.slice(0, NAME_LENGTH).replace(/[^a-z0-9]+$/, '')}.${randomBytes(8).toString('hex')}`

/** The beginning of a text that fits, without half a character at its end. */
function cutToBytes(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text)
  if (encoded.length <= bytes) return text
  return new TextDecoder().decode(encoded.subarray(0, bytes), { stream: true })
}
