import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { type Filter, parseFilter } from './filter.ts'
import { nextLink } from './page.ts'
import { decodePageToken } from './page-token.ts'
import { pageSize } from './query.ts'
import { GraphError, json, unsupportedQuery } from './reply.ts'

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

/** How far a list of entities can be filtered: by these properties, with `eq` and `in` alone. */
export interface FilterRules {
  /** Name of the type without namespace, for the words of refusals. */
  readonly type: string
  readonly properties: readonly string[]
}

function checkUses(filter: Filter, { type, properties }: FilterRules): void {
  for (const { property, operator } of filter.uses) {
    if (properties.includes(property) && (operator === 'eq' || operator === 'in')) continue
    throw unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${property}' of resource '${type}'.`,
    )
  }
}

function filtered(call: Call, bodies: readonly Body[], rules: FilterRules | undefined): readonly Body[] {
  const text = option(call, 'filter')
  if (text === null) return bodies
  const filter = parseFilter(text)
  if (rules !== undefined) checkUses(filter, rules)
  return bodies.filter(body => filter.matches(reader(body)))
}

/** A whole list on one page: filtered by `$filter`, each entity cut to `$select`. `context` stands behind `$metadata#`. */
export function bodiesReply(call: Call, context: string, bodies: readonly Body[], rules?: FilterRules): SimulatedReply {
  const found = filtered(call, bodies, rules)
  // Without the header a count is not refused, it is not there ("Advanced query capabilities").
  const isFirst = option(call, 'skiptoken') === null
  const counted = isFirst && option(call, 'count') === 'true' && call.request.headers.consistencylevel === 'eventual'
  const count = counted ? { '@odata.count': found.length } : {}
  const value = found.map(body => selected(call, body))
  return json({ '@odata.context': `${call.base}/$metadata#${context}`, ...count, value })
}

/** The same list in pages of 100, or of `$top` up to 999. */
export function pagedBodiesReply(
  call: Call,
  context: string,
  bodies: readonly Body[],
  rules?: FilterRules,
): SimulatedReply {
  const reply = bodiesReply(call, context, bodies, rules)
  const { value, ...rest } = reply.body as { readonly value: readonly Body[] }
  const { ids, start } = startIn(call, filtered(call, bodies, undefined))
  const top = pageSize(option(call, 'top') ?? undefined)
  const isEmpty = call.world.switches.emptyPages && option(call, 'skiptoken') === null
  const end = isEmpty ? start : Math.min(start + top, ids.length)
  const token = { offset: end, after: ids[end - 1] ?? '', ordinal: 0, issuedAt: call.world.clock.now() }
  const link = end < ids.length ? { '@odata.nextLink': nextLink(call, token) } : {}
  return json({ ...rest, ...link, value: value.slice(start, end) })
}

/** Where a page starts: behind the last entity of the page before, wherever that stands now. */
function startIn(call: Call, bodies: readonly Body[]): { readonly ids: readonly string[]; readonly start: number } {
  const ids = bodies.map(({ id }) => String(id))
  const text = option(call, 'skiptoken')
  if (text === null) return { ids, start: 0 }
  const { offset, after } = decodePageToken(text, call.world)
  const at = ids[offset - 1] === after ? offset - 1 : ids.indexOf(after)
  return { ids, start: at === -1 ? Math.min(offset, ids.length) : at + 1 }
}

/** One entity, cut to `$select`. `context` stands behind `$metadata#`. */
export function bodyReply(call: Call, context: string, body: Body, status = 200): SimulatedReply {
  return json({ '@odata.context': `${call.base}/$metadata#${context}/$entity`, ...selected(call, body) }, status)
}
