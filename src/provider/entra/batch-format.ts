import { TransientError } from '../../model/errors.ts'
import { errorFrom } from './errors.ts'
import type { GraphAnswer } from './middleware.ts'
import type { GraphRequest } from './requests.ts'

/** Most requests in one batch ("Combine multiple HTTP requests using JSON batching"). */
export const BATCH_SIZE = 20

/** Whether a request may stand in a batch: a paging link is absolute and may not. */
export const isBatchable = ({ path }: GraphRequest): boolean => path.startsWith('/')

/** One request for several: each is counted and answered for itself. Only sent once, since its parts differ in what may be repeated. */
export function batchOf(requests: readonly GraphRequest[]): GraphRequest {
  return {
    method: 'POST',
    path: '/$batch',
    repeatable: 'Once',
    body: { requests: requests.map((request, index) => ({ id: String(index + 1), ...itemOf(request) })) },
  }
}

function itemOf({ method, path, headers, body }: GraphRequest): Readonly<Record<string, unknown>> {
  // A body needs its type, and a POST without content still needs both.
  const sent = body ?? (method === 'POST' ? {} : undefined)
  const all = { ...headers, ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }) }
  return {
    method,
    url: path,
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
    ...(sent === undefined ? {} : { body: sent }),
  }
}

/** What became of one request of a batch. */
export type ItemResult = { readonly headers: Headers; readonly status: number } & (
  | { readonly answer: GraphAnswer }
  | { readonly error: Error }
)

/** What became of each request of a batch, in the order in which they were given. */
export function batchResults(
  requests: readonly GraphRequest[],
  outer: GraphAnswer,
  maxWaitMs: number,
): readonly ItemResult[] {
  const responses = fieldOf(outer.body, 'responses')
  const byId = new Map<string, unknown>()
  if (Array.isArray(responses)) for (const one of responses) byId.set(String(fieldOf(one, 'id')), one)
  return requests.map((request, index) => itemResult(request, byId.get(String(index + 1)), { outer, maxWaitMs }))
}

interface Around {
  readonly outer: GraphAnswer
  readonly maxWaitMs: number
}

function itemResult(request: GraphRequest, item: unknown, { outer, maxWaitMs }: Around): ItemResult {
  const status = Number(fieldOf(item, 'status'))
  const headers = headersOf(fieldOf(item, 'headers'))
  if (!Number.isInteger(status) || status < 100) {
    const error = new TransientError('Microsoft Graph left one request of a batch without an answer.', false)
    return { status: 0, headers, error }
  }
  const body = fieldOf(item, 'body')
  if (status < 200 || status > 299) {
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? null)
    return { status, headers, error: errorFrom({ status, method: request.method, headers, body: text, maxWaitMs }) }
  }
  const requestId = headers.get('request-id') ?? outer.requestId
  return { status, headers, answer: { body: body === '' ? undefined : body, requestId, date: outer.date } }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function headersOf(value: unknown): Headers {
  const headers = new Headers()
  if (typeof value !== 'object' || value === null) return headers
  for (const [name, one] of Object.entries(value)) {
    try {
      headers.set(name, String(one))
    } catch {
      // A header that no HTTP answer could carry says nothing to us.
    }
  }
  return headers
}
