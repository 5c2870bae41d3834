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
  /** Headers that go with it, such as `Location`. */
  headers: readonly (readonly [name: string, value: string])[] = []

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

const SAME_KEY = 'Request_MultipleObjectsWithSameKeyValue'

/**
 * An object in the way: administrative units, role assignments and restore say it in these words. One code of them,
 * `Request_MultipleObjectsWithSameKeyValue`, comes as 409 with details.
 */
export const conflictingObject = (code = 'Request_BadRequest'): GraphError =>
  new GraphError(
    code === SAME_KEY ? 409 : 400,
    code,
    'A conflicting object with one or more of the specified property values is present in the directory.',
    code === SAME_KEY ? [{ code: 'ConflictingObjects' }] : [],
  )

/** A reference that is there already; `link` is the property that holds it. */
export const alreadyThere = (link: string): GraphError =>
  badRequest(`One or more added object references already exist for the following modified properties: '${link}'.`)

/** A reference that was to be removed and is not there. */
export const notThere = (link: string): GraphError =>
  badRequest(`One or more removed object references do not exist for the following modified properties: '${link}'.`)

/** 403: the tenant, or one object in it, has as many of something as it may. */
export const quotaExceeded = (
  message = 'The directory object quota limit for the Tenant has been exceeded. Please ask your administrator to increase the quota limit or delete objects to reduce the used quota.',
): GraphError => new GraphError(403, 'Directory_QuotaExceeded', message)

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
  const body = { error: { code, message, ...(details.length > 0 ? { details } : {}), innerError } }
  return { ...json(body, status), headers: error.headers }
}

/** What the rate limits say of a request. */
export interface QuotaFigures {
  /** What it cost in resource units. */
  units: number
  /** Share of the limit that is used, once it is above 0.8. */
  percentage: string | undefined
}

const DIAGNOSTICS = JSON.stringify({
  ServerInfo: { DataCenter: 'Simulated', Slice: 'E', Ring: '1', ScaleUnit: '001', RoleInstance: 'localhost' },
})

/** The reply with the headers that every answer of Microsoft Graph carries; one without body has no Content-Type. */
export function withGraphHeaders(reply: SimulatedReply, ids: RequestIds, figures: QuotaFigures): SimulatedReply {
  const untyped = reply.body !== undefined && !reply.headers.some(([name]) => name.toLowerCase() === 'content-type')
  return {
    ...reply,
    headers: [
      ['request-id', ids.requestId],
      ['client-request-id', ids.clientRequestId],
      ['x-ms-ags-diagnostic', DIAGNOSTICS],
      ['x-ms-resource-unit', String(figures.units)],
      ...(figures.percentage === undefined
        ? []
        : ([['x-ms-throttle-limit-percentage', figures.percentage]] as [string, string][])),
      ['Date', new Date(ids.now).toUTCString()],
      ['OData-Version', '4.0'],
      ...(untyped ? ([['Content-Type', JSON_TYPE]] as [string, string][]) : []),
      ...reply.headers,
    ],
  }
}
