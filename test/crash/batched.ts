import type { SimulatedReply, SimulatedRequest } from '../../src/simulator/kernel.ts'

/** One request as a tenant was asked, those inside of a batch by themselves. */
export interface Single {
  readonly method: string
  readonly path: string
  readonly status: number
}

interface Inner {
  readonly id: string
  readonly method: string
  readonly url: string
}

/** What one request asks: itself, or each of the requests of a batch, with the status that its answer gives it (0 without one). */
export function singlesOf({ method, url, body }: SimulatedRequest, reply?: SimulatedReply): readonly Single[] {
  const path = url.pathname
  if (!path.endsWith('/$batch')) return [{ method, path, status: reply?.status ?? 0 }]
  const { requests } = JSON.parse(body.toString('utf8')) as { readonly requests: readonly Inner[] }
  const { responses = [] } = (reply?.body ?? {}) as { readonly responses?: readonly { id: string; status: number }[] }
  return requests.map(one => ({
    method: one.method,
    path: `/v1.0${one.url.replace(/\?.*/, '')}`,
    status: responses.find(({ id }) => id === one.id)?.status ?? reply?.status ?? 0,
  }))
}

/** Neither a read nor a request for a token. */
export function isChange({ method, path }: Pick<Single, 'method' | 'path'>): boolean {
  return method !== 'GET' && !path.endsWith('/token') && !path.endsWith('/getByIds')
}
