import type { SimulatedReply } from '../kernel.ts'

/** One entry of an error's `details`. */
export interface ErrorDetail {
  readonly code: string
  readonly target?: string
  readonly message?: string
}

/** A refusal as Microsoft Graph words it; the router makes the error envelope of it. */
export class GraphError extends Error {
  override name = 'GraphError'
  readonly status: number
  readonly code: string
  readonly details: readonly ErrorDetail[]

  constructor(status: number, code: string, message: string, details: readonly ErrorDetail[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** 400 `Request_BadRequest`. */
export const badRequest = (message: string, details: readonly ErrorDetail[] = []): GraphError =>
  new GraphError(400, 'Request_BadRequest', message, details)

/** 400 `Request_UnsupportedQuery`. */
export const unsupportedQuery = (message: string): GraphError =>
  new GraphError(400, 'Request_UnsupportedQuery', message)

/** 403: the same words for a missing permission, a rule-managed group and a protected target. */
export const denied = (): GraphError =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

/** 404 that names the id, as Microsoft Graph does for the object and for a referenced one alike. */
export const notFound = (id: string): GraphError =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

/** A body or property that the service does not understand. */
export const invalidValues = (): GraphError => badRequest('One or more properties contains invalid values.')

/** An object in the way: administrative units, role assignments and restore say it in these words. */
export const conflictingObject = (code = 'Request_BadRequest'): GraphError =>
  new GraphError(
    400,
    code,
    'A conflicting object with one or more of the specified property values is present in the directory.',
  )

/** A write to an object that a local directory masters. */
export const synced = (): GraphError =>
  badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  )

/** A reply with a JSON body. */
export const json = (body: unknown, status = 200): SimulatedReply => ({ status, headers: [], body })

/** 204 without type and body. */
export const noContent = (): SimulatedReply => ({ status: 204, headers: [] })

/** What identifies a request in headers and error bodies. */
export interface RequestIds {
  readonly requestId: string
  readonly clientRequestId: string
  /** Milliseconds since 1970. */
  readonly now: number
}

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

/** The error envelope. */
export function errorReply(error: GraphError, ids: RequestIds): SimulatedReply {
  const { code, message, details, status } = error
  const innerError = {
    date: new Date(ids.now).toISOString().slice(0, 19),
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
  }
  return json({ error: { code, message, ...(details.length > 0 ? { details } : {}), innerError } }, status)
}

/** The reply with the headers that every answer of Microsoft Graph carries. `cost` in resource units. */
export function withGraphHeaders(reply: SimulatedReply, ids: RequestIds, cost: number): SimulatedReply {
  const diagnostics = { ServerInfo: { DataCenter: 'Simulated', Slice: 'E', Ring: '1', RoleInstance: 'localhost' } }
  const typed = reply.headers.some(([name]) => name.toLowerCase() === 'content-type')
  return {
    ...reply,
    headers: [
      ['request-id', ids.requestId],
      ['client-request-id', ids.clientRequestId],
      ['x-ms-ags-diagnostic', JSON.stringify(diagnostics)],
      ['x-ms-resource-unit', String(cost)],
      ['Date', new Date(ids.now).toUTCString()],
      ...(reply.body === undefined
        ? []
        : ([['OData-Version', '4.0'], ...(typed ? [] : [['Content-Type', JSON_TYPE]])] as [string, string][])),
      ...reply.headers,
    ],
  }
}
