import { type Filter, parseFilter } from './filter.ts'
import { badRequest, GraphError, unsupportedQuery } from './reply.ts'
import { type Kind, SCHEMAS, SHAREPOINT_PROPERTIES } from './schema.ts'

/** `$expand` of one navigation property. */
export interface Expansion {
  readonly name: string
  readonly select: readonly string[] | undefined
}

/** One key of `$orderby`. */
export interface Ordering {
  readonly property: string
  readonly descending: boolean
}

/** The query options of a request, checked. */
export interface Query {
  readonly select: readonly string[] | undefined
  readonly expand: readonly Expansion[]
  readonly filter: Filter | undefined
  readonly search: ((read: (property: string) => unknown) => boolean) | undefined
  readonly orderBy: readonly Ordering[]
  readonly top: number
  /** `@odata.count` is asked for and granted. */
  readonly count: boolean
  readonly skipToken: string | undefined
}

/** What a collection lets one ask. */
export interface QueryRules {
  /** Kinds of objects the collection may hold; property names are checked against them. */
  readonly kinds: readonly Kind[]
  /** Filtering a relationship needs an advanced query, except for `id eq`. */
  readonly relation: boolean
  readonly searchNeedsCount: boolean
}

const KNOWN = new Set('select expand filter search orderby top count skiptoken deltatoken format'.split(' '))
const MAX_TOP = 999
const DEFAULT_TOP = 100
const SEARCHABLE = new Set('displayName mail userPrincipalName givenName surname description mailNickname'.split(' '))
const UNFILTERABLE = new Set(
  'aboutMe passwordProfile isManagementRestricted signInSessionsValidFromDateTime lastPasswordChangeDateTime'.split(
    ' ',
  ),
)
const OPERATORS: Readonly<Record<string, string>> = {
  ne: 'Not Equal Match',
  not: 'Not',
  endswith: 'EndsWith',
}

function options(url: URL): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    const option = name.replace(/^\$/, '').toLowerCase()
    if (option === 'skip') throw unsupportedQuery("'$skip' is not supported by the service.")
    if (KNOWN.has(option)) given.set(option, value)
    else if (name.startsWith('$')) throw badRequest(`The query parameter '${name}' is not supported.`)
  }
  return given
}

function known(kinds: readonly Kind[], path: string): boolean {
  const [name = ''] = path.split('/')
  return kinds.some(kind => SCHEMAS[kind][name] !== undefined)
}

function selection(text: string | undefined, kinds: readonly Kind[], list: boolean): readonly string[] | undefined {
  if (text === undefined || text.trim() === '' || text.trim() === '*') return undefined
  const names = text.split(',').map(name => name.trim())
  for (const name of names) {
    if (!known(kinds, name)) {
      const message = `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${kinds[0] ?? 'directoryObject'}'.`
      throw new GraphError(400, 'BadRequest', message)
    }
    if (list && SHAREPOINT_PROPERTIES.has(name) && kinds.includes('user')) {
      throw new GraphError(501, 'NotImplemented', `Property '${name}' cannot be selected on a list of users.`)
    }
  }
  return names
}

function topLevelParts(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at <= text.length; at += 1) {
    const letter = text[at]
    if (letter === '(') depth += 1
    if (letter === ')') depth -= 1
    if (letter === undefined || (letter === ',' && depth === 0)) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return parts.filter(part => part !== '')
}

function expansions(text: string | undefined): readonly Expansion[] {
  return topLevelParts(text ?? '').map(part => {
    const match = /^(\w+)(?:\((.*)\))?$/.exec(part)
    if (match === null) throw new GraphError(400, 'BadRequest', `Parsing OData Select and Expand failed: '${part}'.`)
    const inner = /^\$?select=([\w,]+)$/.exec(match[2] ?? '')
    if (match[2] !== undefined && inner === null) {
      throw new GraphError(400, 'BadRequest', `Parsing OData Select and Expand failed: '${match[2]}'.`)
    }
    return { name: match[1] ?? '', select: inner?.[1]?.split(',') }
  })
}

function ordering(text: string | undefined, kinds: readonly Kind[]): readonly Ordering[] {
  return (text ?? '')
    .split(',')
    .filter(part => part.trim() !== '')
    .map(part => {
      const [property = '', direction = 'asc'] = part.trim().split(/\s+/)
      if (!known(kinds, property) || !['asc', 'desc'].includes(direction)) {
        throw new GraphError(400, 'BadRequest', `Invalid orderby clause '${part}'.`)
      }
      return { property, descending: direction === 'desc' }
    })
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP
  const top = Number(text)
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw unsupportedQuery(`Invalid page size specified: '${text}'. Must be between 1 and 999 inclusive.`)
  }
  return top
}

type SearchTest = NonNullable<Query['search']>

function searchClause(clause: string): SearchTest {
  const match = /^"([^":]+):([^"]*)"$/.exec(clause.trim())
  const [, property = '', value = ''] = match ?? []
  if (match === null || !SEARCHABLE.has(property)) {
    throw badRequest(`Syntax error: the $search clause '${clause}' must be of the form "property:value".`)
  }
  const wanted = value.toLowerCase().split(/\s+/)
  return read => {
    const held = String(read(property) ?? '').toLowerCase()
    return wanted.every(word => held.includes(word))
  }
}

function searching(text: string | undefined): SearchTest | undefined {
  if (text === undefined) return undefined
  const alternatives = text.split(/\s+OR\s+/).map(part => part.split(/\s+AND\s+/).map(searchClause))
  return read => alternatives.some(clauses => clauses.every(test => test(read)))
}

function needsMore(feature: string): GraphError {
  return unsupportedQuery(
    `${feature} is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
  )
}

function checkFilter(filter: Filter, rules: QueryRules, advanced: boolean): void {
  for (const { property, operator } of filter.uses) {
    const [name = ''] = property.split('/')
    if (!known(rules.kinds, name)) {
      const message = `Invalid filter clause: Could not find a property named '${name}' on type 'microsoft.graph.${rules.kinds[0] ?? 'directoryObject'}'.`
      throw new GraphError(400, 'BadRequest', message)
    }
    if (UNFILTERABLE.has(name)) {
      throw unsupportedQuery(`Unsupported or invalid query filter clause specified for property '${name}' of resource.`)
    }
    const wording = OPERATORS[operator]
    if (wording !== undefined && !advanced) throw needsMore(`Operator '${wording}'`)
    if (rules.relation && !advanced && !(name === 'id' && operator === 'eq'))
      throw needsMore('The specified filter to the reference property query')
  }
}

/** Reads and checks the query options of a list. Advanced queries need `ConsistencyLevel: eventual` and `$count=true`. */
export function listQuery(url: URL, headers: Readonly<Record<string, string>>, rules: QueryRules): Query {
  const given = options(url)
  const eventual = headers.consistencylevel?.toLowerCase() === 'eventual'
  const counted = given.get('count')?.toLowerCase() === 'true'
  const continued = given.get('skiptoken') !== undefined
  const advanced = (eventual && counted) || continued
  const text = given.get('filter')
  const filter = text === undefined ? undefined : parseFilter(text)
  if (filter !== undefined) checkFilter(filter, rules, advanced)
  const search = searching(given.get('search'))
  const searchAllowed = rules.searchNeedsCount ? advanced : eventual || continued
  if (search !== undefined && !searchAllowed) throw needsMore("'$search'")
  const orderBy = ordering(given.get('orderby'), rules.kinds)
  if (orderBy.length > 0 && (filter !== undefined || rules.relation) && !advanced) {
    throw unsupportedQuery('Sorting not supported for current query.')
  }
  const expand = expansions(given.get('expand'))
  if (expand.length > 0 && eventual && counted) throw unsupportedQuery('$expand is not supported in advanced queries.')
  return {
    select: selection(given.get('select'), rules.kinds, true),
    expand,
    filter,
    search,
    orderBy,
    top: pageSize(given.get('top')),
    count: eventual && counted && !continued,
    skipToken: given.get('skiptoken'),
  }
}

/** Reads `$select` and `$expand` of one object. */
export function objectQuery(url: URL, kinds: readonly Kind[]): Pick<Query, 'select' | 'expand'> {
  const given = options(url)
  return { select: selection(given.get('select'), kinds, false), expand: expansions(given.get('expand')) }
}

/** Whether `/$count` may be asked: it needs `ConsistencyLevel: eventual`. */
export function checkCount(headers: Readonly<Record<string, string>>): void {
  if (headers.consistencylevel?.toLowerCase() !== 'eventual') throw badRequest('$count is not currently supported.')
}
