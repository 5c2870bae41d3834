import { type Filter, parseFilter } from './filter.ts'
import { badRequest, GraphError, unsupportedQuery } from './reply.ts'
import { type Kind, SCHEMAS, SHAREPOINT_PROPERTIES } from './schema.ts'
import { type SearchTest, searching } from './search.ts'

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
  readonly search: SearchTest | undefined
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
/** A page holds no more when `signInActivity` is selected. */
const SIGN_IN_TOP = 120
/** Most objects that a delta may be narrowed down to. */
const MAX_DELTA_IDS = 50
const UNFILTERABLE = new Set(
  'aboutMe passwordProfile isManagementRestricted signInSessionsValidFromDateTime lastPasswordChangeDateTime'.split(
    ' ',
  ),
)
const OPERATORS: Readonly<Record<string, string>> = {
  ne: 'Not Equal Match',
  not: 'Not',
  endswith: 'EndsWith',
  count: 'Count',
}

const SEARCH_NEEDS_HEADER =
  "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"

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

/** The size of a page that `$top` asks for; throws 400 for none between 1 and 999. */
export function pageSize(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP
  const top = Number(text)
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw unsupportedQuery(`Invalid page size specified: '${text}'. Must be between 1 and 999 inclusive.`)
  }
  return top
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
      throw unsupportedQuery('The specified filter to the reference property query is currently not supported.')
  }
}

/** Reads and checks the query options of a list. Advanced queries need `ConsistencyLevel: eventual` and `$count=true`. */
export function listQuery(url: URL, headers: Readonly<Record<string, string>>, rules: QueryRules): Query {
  const given = options(url)
  const eventual = headers.consistencylevel?.toLowerCase() === 'eventual'
  const counted = given.get('count')?.toLowerCase() === 'true'
  const continued = given.get('skiptoken') !== undefined
  const advanced = eventual && counted
  const text = given.get('filter')
  const filter = text === undefined ? undefined : parseFilter(text)
  if (filter !== undefined) checkFilter(filter, rules, advanced)
  const search = searching(given.get('search'))
  const searchAllowed = rules.searchNeedsCount ? advanced : eventual
  if (search !== undefined && !eventual) throw unsupportedQuery(SEARCH_NEEDS_HEADER)
  if (search !== undefined && !searchAllowed) throw needsMore("'$search'")
  const orderBy = ordering(given.get('orderby'), rules.kinds)
  if (orderBy.length > 0 && (filter !== undefined || rules.relation) && !advanced) {
    throw unsupportedQuery('Sorting not supported for current query.')
  }
  const expand = expansions(given.get('expand'))
  const select = selection(given.get('select'), rules.kinds, true)
  if (expand.length > 0 && eventual && counted) throw unsupportedQuery('$expand is not supported in advanced queries.')
  return {
    select,
    expand,
    filter,
    search,
    orderBy,
    top: Math.min(pageSize(given.get('top')), select?.includes('signInActivity') === true ? SIGN_IN_TOP : MAX_TOP),
    count: eventual && counted && !continued,
    skipToken: given.get('skiptoken'),
  }
}

/** Reads `$select` and `$expand` of one object. */
export function objectQuery(url: URL, kinds: readonly Kind[]): Pick<Query, 'select' | 'expand'> {
  const given = options(url)
  return { select: selection(given.get('select'), kinds, false), expand: expansions(given.get('expand')) }
}

/** The query options of a delta function. */
export interface DeltaOptions {
  readonly select: readonly string[] | undefined
  readonly ids: readonly string[] | undefined
  /** Kinds in `isof(…)`. */
  readonly kinds: readonly Kind[] | undefined
  /** `$skiptoken` or `$deltatoken`; undefined to start. */
  readonly token: string | undefined
  /** A `$deltatoken`: a round of changes begins. */
  readonly begins: boolean
  /** `$deltatoken=latest`. */
  readonly latest: boolean
}

function deltaSelection(
  text: string | undefined,
  { kinds, relations }: { readonly kinds: readonly Kind[]; readonly relations: readonly string[] },
): readonly string[] | undefined {
  if (text === undefined) return undefined
  const names = text.split(',').map(name => name.trim())
  if (kinds.length > 0) selection(names.filter(name => !relations.includes(name)).join(','), kinds, true)
  return names
}

function deltaFilter(text: string): Pick<DeltaOptions, 'ids' | 'kinds'> {
  const clauses = text.trim().split(/\s+or\s+/)
  const ids = clauses.map(clause => /^id eq '([^']+)'$/.exec(clause)?.[1]?.toLowerCase() ?? '')
  if (ids.every(id => id !== '')) {
    if (ids.length > MAX_DELTA_IDS)
      throw unsupportedQuery(`The filter of a delta query may name at most ${MAX_DELTA_IDS} objects: ${ids.length}.`)
    return { ids, kinds: undefined }
  }
  const kinds = clauses.map(clause => /^isof\('(?:microsoft\.graph\.)?(\w+)'\)$/i.exec(clause)?.[1] ?? '')
  const isKind = (name: string): name is Kind => name in SCHEMAS
  if (kinds.every(isKind)) return { ids: undefined, kinds }
  throw unsupportedQuery("The filter of a delta query supports only id eq '{id}', joined by or.")
}

/** Reads and checks the query options of a delta function; with a token, those of the first call go on. */
export function deltaOptions(
  url: URL,
  rules: { readonly kinds: readonly Kind[]; readonly relations: readonly string[]; readonly refusing: boolean },
): DeltaOptions {
  const given = options(url)
  const delta = given.get('deltatoken')
  const token = given.get('skiptoken') ?? (delta === '' || delta?.toLowerCase() === 'latest' ? undefined : delta)
  const latest = token === undefined && delta?.toLowerCase() === 'latest'
  const begins = !given.has('skiptoken')
  if (token !== undefined) return { select: undefined, ids: undefined, kinds: undefined, token, begins, latest }
  for (const name of ['expand', 'top', 'orderby', 'search'])
    if (rules.refusing && given.has(name))
      throw unsupportedQuery(`The query option '$${name}' is not supported in a delta query.`)
  const filter = given.get('filter')
  const scope = filter === undefined ? { ids: undefined, kinds: undefined } : deltaFilter(filter)
  return { select: deltaSelection(given.get('select'), rules), ...scope, token, begins, latest }
}

/** Whether `/$count` may be asked: it needs `ConsistencyLevel: eventual`. */
export function checkCount(headers: Readonly<Record<string, string>>): void {
  if (headers.consistencylevel?.toLowerCase() !== 'eventual') throw badRequest('$count is not currently supported.')
}
