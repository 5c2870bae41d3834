/** Any object as JSON has it. */
export type Json = Record<string, unknown>

/** What the fake API server answers. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Json | AsyncIterable<Uint8Array>
}

/** A request that cannot be done, as the Status object the server would answer. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: string | undefined
  readonly details: Json
  constructor(status: number, reason: string | undefined, message: string, details: Json = {}) {
    super(message)
    this.status = status
    this.reason = reason
    this.details = details
  }

  get body(): Json {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: this.details }),
      code: this.status,
    }
  }
}

export interface FieldFault {
  readonly field: string
  readonly message: string
  readonly reason?: string
}

export const notFound = (plural: string, name: string) =>
  new Refusal(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural })

export const conflict = (plural: string, name: string, why: string) =>
  new Refusal(409, 'Conflict', `Operation cannot be fulfilled on ${plural} "${name}": ${why}`, { name, kind: plural })

export const badRequest = (message: string) => new Refusal(400, 'BadRequest', message)

export const gone = (message: string) => new Refusal(410, 'Expired', message)

export function invalid(kind: string, name: string, faults: readonly FieldFault[]): Refusal {
  const causes = faults.map(({ field, message, reason = 'FieldValueInvalid' }) => ({ reason, message, field }))
  const said = faults.map(({ field, message }) => `${field}: ${message}`).join(', ')
  return new Refusal(422, 'Invalid', `${kind} "${name}" is invalid: ${said}`, { name, kind, causes })
}

/** Members of a JSON value that may be no object. */
export const asJson = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const metaOf = (object: Json): Json => asJson(object.metadata)

export const textOr = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)

export const listOr = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
