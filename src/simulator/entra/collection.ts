import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { parseFilter } from './filter.ts'
import { GraphError, json } from './reply.ts'

/** An entity that is no directory object, as its JSON. */
export type Body = Readonly<Record<string, unknown>>

function reader(body: Body): (path: string) => unknown {
  return path =>
    path
      .split('/')
      .reduce<unknown>(
        (value, name) => (typeof value === 'object' && value !== null ? (value as Body)[name] : undefined),
        body,
      )
}

function option(call: Call, name: string): string | null {
  const { searchParams } = call.request.url
  return searchParams.get(`$${name}`) ?? searchParams.get(name)
}

function selected(call: Call, body: Body): Body {
  const select = option(call, 'select')
    ?.split(',')
    .map(name => name.trim())
  if (select === undefined) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => select.includes(name) || name.startsWith('@')))
}

/** The names after `$expand`. */
export function expandedNames(call: Call): readonly string[] {
  const names = option(call, 'expand')?.split(',') ?? []
  return names.map(name => name.replace(/\(.*$/, '').trim())
}

/** The 400 for an unknown navigation property in `$expand`. */
export function unknownExpansion(name: string, type: string): GraphError {
  const what = `Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`
  return new GraphError(400, 'BadRequest', `Parsing OData Select and Expand failed: ${what}`)
}

/** A whole list on one page: filtered by `$filter`, each entity cut to `$select`. `context` stands behind `$metadata#`. */
export function bodiesReply(call: Call, context: string, bodies: readonly Body[]): SimulatedReply {
  const filter = option(call, 'filter')
  const found = filter === null ? bodies : bodies.filter(body => parseFilter(filter).matches(reader(body)))
  // Without the header a count is not refused, it is not there ("Advanced query capabilities").
  const counted = option(call, 'count') === 'true' && call.request.headers.consistencylevel === 'eventual'
  const count = counted ? { '@odata.count': found.length } : {}
  const value = found.map(body => selected(call, body))
  return json({ '@odata.context': `${call.base}/$metadata#${context}`, ...count, value })
}

/** One entity, cut to `$select`. `context` stands behind `$metadata#`. */
export function bodyReply(call: Call, context: string, body: Body, status = 200): SimulatedReply {
  return json({ '@odata.context': `${call.base}/$metadata#${context}/$entity`, ...selected(call, body) }, status)
}
