import type { PaceLane } from '../../http/lane-queue.ts'
import type { RetryPolicy } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'
import { RateLimitError } from '../../model/errors.ts'
import { abortable, allAborted } from './abortable.ts'
import { BATCH_SIZE, batchOf, batchResults, type ItemResult, isBatchable } from './batch-format.ts'
import { costOf, costOfAll } from './cost.ts'
import { RefusedError, TokenRefusedError } from './errors.ts'
import type { GraphAnswer } from './middleware.ts'
import { repeated } from './repeat.ts'
import type { GraphRequest } from './requests.ts'
import type { Transport } from './transport.ts'

interface Waiting {
  readonly request: GraphRequest
  readonly lane: PaceLane
  readonly signal: AbortSignal
  readonly resolve: (answer: GraphAnswer) => void
  readonly reject: (error: unknown) => void
}

export interface BatcherOptions {
  readonly transport: Transport
  readonly retry: RetryPolicy
  readonly time: Time
}

/**
 * Puts requests that come at the same moment into one HTTP call, twenty at most, and gives each its own answer. One that comes
 * alone is sent plainly. Each is repeated by itself, as it may be: what is repeated meets others that are.
 */
export class Batcher {
  readonly #options: BatcherOptions
  #queue: Waiting[] = []

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  /** Like sending it plainly. */
  async send(request: GraphRequest, signal: AbortSignal, lane: PaceLane): Promise<GraphAnswer> {
    const { retry: policy, time } = this.#options
    const call = (): Promise<GraphAnswer> => this.#once(request, signal, lane)
    return await repeated(call, { repeatable: request.repeatable, policy, time, signal })
  }

  async #once(request: GraphRequest, signal: AbortSignal, lane: PaceLane): Promise<GraphAnswer> {
    if (!isBatchable(request)) return await this.#plainly({ request, signal, lane })
    const answer = new Promise<GraphAnswer>((resolve, reject) => {
      if (this.#queue.length === 0) setImmediate(() => this.#flush())
      this.#queue.push({ request, signal, lane, resolve, reject })
    })
    return await abortable(answer, signal)
  }

  #flush(): void {
    const waiting = this.#queue.filter(({ signal }) => !signal.aborted)
    this.#queue = []
    for (const ofLane of Map.groupBy(waiting, ({ lane }) => lane).values()) {
      for (const chunk of chunks(ofLane)) {
        this.#sendChunk(chunk).catch((error: unknown) => {
          for (const one of chunk) one.reject(error)
        })
      }
    }
  }

  async #sendChunk(chunk: readonly Waiting[]): Promise<void> {
    const [alone, second] = chunk
    if (alone !== undefined && second === undefined) return await this.#alone(alone)
    const requests = chunk.map(({ request }) => request)
    const lane = chunk[0]?.lane ?? 'Repair'
    const shared = allAborted(chunk.map(({ signal }) => signal))
    try {
      const cost = costOfAll(requests)
      const outer = await this.#options.transport.once(batchOf(requests), { lane, signal: shared.signal, cost })
      const results = batchResults(requests, outer, this.#options.retry.maxMs)
      for (const [index, result] of results.entries()) this.#settle(chunk[index], result)
    } catch (error) {
      // The batch as such was not taken; its parts may be taken one by one.
      if (!(error instanceof RefusedError)) throw error
      await Promise.all(chunk.map(one => this.#alone(one)))
    } finally {
      shared.release()
    }
  }

  #settle(waiting: Waiting | undefined, result: ItemResult): void {
    if (waiting === undefined) return
    if ('answer' in result) {
      waiting.resolve(result.answer)
      return
    }
    const { error, status, headers } = result
    const waitMs = error instanceof RateLimitError ? error.retryAfterMs : undefined
    if (status === 429) this.#options.transport.pace.hear({ status, headers, cost: costOf(waiting.request), waitMs })
    // Sent plainly, a refused token is replaced.
    if (error instanceof TokenRefusedError) void this.#alone(waiting)
    else waiting.reject(error)
  }

  async #alone(waiting: Waiting): Promise<void> {
    try {
      waiting.resolve(await this.#plainly(waiting))
    } catch (error) {
      waiting.reject(error)
    }
  }

  #plainly({ request, lane, signal }: Pick<Waiting, 'request' | 'lane' | 'signal'>): Promise<GraphAnswer> {
    return this.#options.transport.once(request, { lane, signal, cost: costOf(request) })
  }
}

/** So many of the twenty places a request takes: more than five changes of twenty members each draw 503 from Microsoft Graph. */
const placesOf = ({ request }: Waiting): number => request.places ?? 1

function chunks(waiting: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const all: Waiting[][] = []
  let current: Waiting[] = []
  let taken = 0
  for (const one of waiting) {
    if (taken + placesOf(one) > BATCH_SIZE && current.length > 0) {
      all.push(current)
      current = []
      taken = 0
    }
    current.push(one)
    taken += placesOf(one)
  }
  if (current.length > 0) all.push(current)
  return all
}
