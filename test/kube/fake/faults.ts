import type { KubeRequest } from '../../../src/kube/send.ts'

/** What goes wrong with one request. */
export type Effect =
  /** The server answers this instead of doing it; the body is a Status of that reason. */
  | { readonly kind: 'answer'; readonly status: number; readonly reason?: string; readonly retryAfter?: number }
  /** The connection breaks before anything was done. */
  | { readonly kind: 'refuse' }
  /** It is done, but the connection breaks before the answer. */
  | { readonly kind: 'lose' }
  /** Nothing is done and nothing comes, until the caller gives up. */
  | { readonly kind: 'hang' }
  /** It is done, but the answer never comes. */
  | { readonly kind: 'hangAfter' }
  /** It is done after so many milliseconds. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The body breaks off after so many bytes. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The body comes in pieces of so many bytes. */
  | { readonly kind: 'pieces'; readonly bytes: number }
  /** Of a watch: this line stands in it first, and it ends there if asked. */
  | { readonly kind: 'line'; readonly text: string; readonly isLast?: boolean }

/** A fault that waits for its request. */
export interface Fault {
  readonly when: (request: KubeRequest) => boolean
  readonly effect: Effect
  /** How many requests it hits; 1 unless given. */
  readonly times?: number
}

/** Faults in the order they were planned; a request is hit by the first that waits for it. */
export class Faults {
  readonly #planned: { readonly fault: Fault; left: number }[] = []

  plan(...faults: readonly Fault[]): void {
    for (const fault of faults) this.#planned.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#planned.length = 0
  }

  /** The effect on a request, used up by it. */
  take(request: KubeRequest): Effect | undefined {
    const hit = this.#planned.find(({ fault, left }) => left > 0 && fault.when(request))
    if (hit === undefined) return undefined
    hit.left -= 1
    if (hit.left === 0) this.#planned.splice(this.#planned.indexOf(hit), 1)
    return hit.fault.effect
  }
}

export const isWatch = ({ path }: KubeRequest) => path.includes('watch=true')
export const isList = (request: KubeRequest) =>
  request.method === 'GET' && !isWatch(request) && request.path.includes('?')
export const isWrite = ({ method }: KubeRequest) => method !== 'GET'

/** What a connection that is reset throws. */
export const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

/** The body in pieces of so many bytes. */
export async function* inPieces(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes)
}

/** The body until it breaks off. */
export async function* cutAfter(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of body) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left)
      throw reset()
    }
    left -= chunk.length
    yield chunk
  }
}
