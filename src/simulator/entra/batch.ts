import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { GraphError, json } from './reply.ts'
import type { Switches } from './switches.ts'

const MAX_REQUESTS = 20
const WITH_BODY = new Set(['POST', 'PATCH', 'PUT'])
const METHODS = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])

interface Item {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly dependsOn: readonly string[]
}

interface ItemReply {
  readonly id: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const malformed = (): GraphError => new GraphError(400, 'BadRequest', 'Invalid batch payload format.')

function itemFrom(given: unknown): Item {
  if (typeof given !== 'object' || given === null) throw malformed()
  const { id, method, url, headers = {}, body, dependsOn = [] } = given as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string') throw malformed()
  if (!METHODS.has(method.toUpperCase()) || /^https?:/i.test(url) || !Array.isArray(dependsOn)) throw malformed()
  if (typeof headers !== 'object' || headers === null) throw malformed()
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
  const isBare = WITH_BODY.has(method.toUpperCase()) && (body === undefined || body === null)
  if (isBare || (body !== undefined && lower['content-type'] === undefined)) {
    const message = `Write request id : ${id} does not contain Content-Type header or body.`
    throw new GraphError(400, 'BadRequest', message)
  }
  return { id, method: method.toUpperCase(), url, headers: lower, body, dependsOn: dependsOn.map(String) }
}

function itemsOf(body: Buffer, switches: Switches): readonly Item[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw malformed()
  }
  const requests =
    typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>).requests : undefined
  if (!Array.isArray(requests) || requests.length === 0) throw malformed()
  if (requests.length > MAX_REQUESTS) throw new GraphError(400, 'BadRequest', switches.batchLimitMessage)
  const items = requests.map(itemFrom)
  const ids = items.map(({ id }) => id.toLowerCase())
  if (new Set(ids).size < ids.length)
    throw new GraphError(400, 'BadRequest', 'Request IDs must be unique within a batch.')
  for (const { dependsOn } of items) for (const id of dependsOn) if (!ids.includes(id.toLowerCase())) throw malformed()
  return items
}

function requestFrom(item: Item, outer: SimulatedRequest, version: string): SimulatedRequest {
  const path = item.url.startsWith('/') ? item.url : `/${item.url}`
  const url = new URL(`${outer.url.origin}/${version}${path}`)
  const body =
    item.body === undefined
      ? Buffer.alloc(0)
      : Buffer.from(typeof item.body === 'string' ? item.body : JSON.stringify(item.body))
  const segments = url.pathname
    .split('/')
    .filter(segment => segment !== '')
    .map(segment => {
      try {
        return decodeURIComponent(segment)
      } catch {
        return segment
      }
    })
  const identity = Object.fromEntries(
    Object.entries(outer.headers).filter(([name]) => name === 'authorization' || name === 'client-request-id'),
  )
  return { method: item.method, url, segments, headers: { ...item.headers, ...identity }, body }
}

const SHOWN = /^(?:content-type|cache-control|retry-after|location|odata-version|x-ms-resource-unit|x-ms-throttle-.*)$/i

/** Header names keep the case they are sent with; an answer without body has no Content-Type either. */
function replyOf(item: Item, reply: SimulatedReply): ItemReply {
  const empty = reply.status === 204 || reply.body === undefined
  const shown = reply.headers.filter(([name]) => SHOWN.test(name) && !(empty && name.toLowerCase() === 'content-type'))
  const headers = Object.fromEntries([['Cache-Control', 'no-cache'], ...shown]) as Record<string, string>
  return { id: item.id, status: reply.status, headers, ...(empty ? {} : { body: reply.body }) }
}

function failedDependency(id: string): ItemReply {
  const message = 'The request failed because one of the requests it depends on failed.'
  return {
    id,
    status: 424,
    headers: { 'Content-Type': 'application/json' },
    body: { error: { code: 'FailedDependency', message } },
  }
}

function bindsOf({ body }: Item): number {
  const bound = typeof body === 'object' && body !== null && (body as Record<string, unknown>)['members@odata.bind']
  return Array.isArray(bound) ? bound.length : 0
}

function overloaded(id: string): ItemReply {
  const headers = { 'Content-Type': 'application/json' }
  const error = { code: 'ServiceUnavailable', message: 'The service is temporarily unavailable.' }
  return { id, status: 503, headers, body: { error } }
}

/** POST /$batch: up to twenty requests, each answered for itself; one whose dependency failed is answered 424. */
export function batchReply(
  request: SimulatedRequest,
  switches: Switches,
  answer: (inner: SimulatedRequest) => SimulatedReply,
): SimulatedReply {
  const version = request.segments[0] ?? ''
  const items = itemsOf(request.body, switches)
  const done = new Map<string, ItemReply>()
  let waiting = [...items]
  let bound = 0
  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependsOn }) => dependsOn.every(id => done.has(id.toLowerCase())))
    if (ready.length === 0) throw malformed()
    for (const item of ready) {
      const failed = item.dependsOn.some(id => (done.get(id.toLowerCase())?.status ?? 500) >= 400)
      bound += bindsOf(item)
      const isTooFull = bindsOf(item) > 0 && switches.batchBinds > 0 && bound > switches.batchBinds
      const ask = (): ItemReply =>
        isTooFull ? overloaded(item.id) : replyOf(item, answer(requestFrom(item, request, version)))
      done.set(item.id.toLowerCase(), failed ? failedDependency(item.id) : ask())
    }
    waiting = waiting.filter(item => !ready.includes(item))
  }
  const responses = [...done.values()]
  return json({ responses: switches.batchOrder === 'any' ? responses.reverse() : responses })
}
