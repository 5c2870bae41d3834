import { GraphError } from './reply.ts'
import { ROUTES, type Route } from './routes.ts'

/** A route with what its `{}` segments matched. */
export interface Match {
  readonly route: Route
  readonly params: readonly string[]
}

interface Found {
  readonly params: readonly string[]
  /** Path with ids as `*`. */
  readonly pattern: string
}

/** Stands before a segment that was quoted, so that one like `$x` is taken for a key. */
const QUOTED = '\u0001'
const VERSION = /^(?:v1\.0|beta)$/i
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Splits `users('id')` into two segments, leaves out a tenant id that follows the version, and leaves the others. */
export function plainSegments(segments: readonly string[]): readonly string[] {
  const [version = '', tenant = '', ...rest] = segments
  const named = VERSION.test(version) && GUID.test(tenant) && rest.length > 0
  return (named ? [version, ...rest] : segments).flatMap(segment => {
    if (segment.endsWith('()')) return [segment.slice(0, -2)]
    const keyed = /^([A-Za-z]+)\((.+)\)$/.exec(segment)
    if (keyed === null) return [segment]
    const [, name = '', key = ''] = keyed
    const quoted = /^'(.*)'$/.exec(key)?.[1]
    return [name, quoted === undefined ? key : `${QUOTED}${quoted.replaceAll("''", "'")}`]
  })
}

/** The same path where a userPrincipalName that begins with `$` may stand in it without quotes. */
export function withDollarNames(segments: readonly string[]): readonly string[] {
  const [collection = '', name = '', ...rest] = segments
  const isName = collection.toLowerCase() === 'users' && name.startsWith('$') && name.includes('@')
  return isName ? [collection, `${QUOTED}${name}`, ...rest] : segments
}

function matched(path: readonly string[], segments: readonly string[]): Found | undefined {
  if (path.length !== segments.length) return undefined
  const params: string[] = []
  const pattern: string[] = []
  for (const [index, expected] of path.entries()) {
    const actual = segments[index] ?? ''
    if (expected === '{cast}') {
      if (!/^microsoft\.graph\./i.test(actual)) return undefined
      params.push(actual)
      pattern.push(actual)
    } else if (expected === '{}') {
      if (actual.startsWith('$')) return undefined
      params.push(actual.startsWith(QUOTED) ? actual.slice(QUOTED.length) : actual)
      pattern.push(/^microsoft\.graph\./i.test(actual) ? actual : '*')
    } else if (expected.toLowerCase() === actual.replace(/^microsoft\.graph\./i, '').toLowerCase())
      pattern.push(expected)
    else return undefined
  }
  return { params, pattern: pattern.join('/') }
}

const BY_FIRST = Map.groupBy(ROUTES, ({ path }) => (path[0] ?? '').toLowerCase())

function candidates(segments: readonly string[]): readonly Route[] {
  return BY_FIRST.get((segments[0] ?? '').toLowerCase()) ?? []
}

/** The route for a method and path, version left out; throws 400 for an unknown path and 405 for an unknown method. */
export function findRoute(method: string, segments: readonly string[]): Match {
  let other = false
  for (const route of candidates(segments)) {
    const found = matched(route.path, segments)
    if (found === undefined) continue
    if (route.method === method) return { route, params: found.params }
    other = true
  }
  if (other)
    throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  const unknown = (candidates(segments).length === 0 ? segments[0] : segments.at(-1)) ?? ''
  throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${unknown}'.`)
}

/** The path, version left out, with ids as `*`; unknown paths stay as they are. */
export function pathPattern(method: string, segments: readonly string[]): string {
  let fallback: string | undefined
  for (const route of candidates(segments)) {
    const found = matched(route.path, segments)
    if (found === undefined) continue
    if (route.method === method) return found.pattern
    fallback ??= found.pattern
  }
  return fallback ?? segments.join('/')
}
