import type { SimulatedRequest } from '../kernel.ts'
import { invalidValues } from './reply.ts'
import type { Application, World } from './world.ts'

/** One authenticated request to Microsoft Graph, on its way through a route. */
export interface Call {
  readonly world: World
  readonly request: SimulatedRequest
  /** Origin and version as the client addressed them: `https://localhost:8443/v1.0`. */
  readonly base: string
  /** What the route's `{}` segments matched. */
  readonly params: readonly string[]
  readonly application: Application
  /** Permissions in the caller's token. */
  readonly permissions: ReadonlySet<string>
}

/** A JSON object as it came. */
export type Fields = Readonly<Record<string, unknown>>

/** The `index`th id in the path. */
export function param(call: Call, index = 0): string {
  return call.params[index] ?? ''
}

/** The JSON object in the body; throws the 400 of Microsoft Graph for anything else. */
export function bodyFields(call: Call): Fields {
  let parsed: unknown
  try {
    parsed = JSON.parse(call.request.body.toString('utf8')) as unknown
  } catch {
    throw invalidValues()
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalidValues()
  return parsed as Fields
}

const ANNOTATIONS = new Set(['@odata.type', '@odata.context', '@odata.etag'])

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !ANNOTATIONS.has(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAnnotations(inner)]))
}

/** The JSON object in the body without the OData annotations that say nothing new; `…@odata.bind` stays. */
export function writtenFields(call: Call): Fields {
  return withoutAnnotations(bodyFields(call)) as Fields
}

/** The fields of a PATCH of one object; its own `id` may stand among them and says nothing. */
export function patchedFields(call: Call, { id }: { readonly id: string }): Fields {
  const { id: named, ...others } = writtenFields(call)
  const isOwn = named === undefined || (typeof named === 'string' && named.toLowerCase() === id)
  return isOwn ? others : { id: named, ...others }
}
