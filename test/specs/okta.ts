import type { CompactOpenApi } from './openapi.ts'
import { type Fault, ShapeChecker } from './shape.ts'
import type { Judge } from './verdict.ts'

interface Template {
  readonly key: string
  readonly parts: readonly string[]
}

/** Refusals that come before any operation is found. */
const BEFORE_ROUTING = [401, 403, 404, 405, 429]
const ERROR = { is: 'named', name: 'Error' } as const

function templatesByMethod({ operations }: CompactOpenApi): ReadonlyMap<string, readonly Template[]> {
  const found = new Map<string, Template[]>()
  for (const key of Object.keys(operations)) {
    const [method = '', path = ''] = key.split(' ')
    const parts = path.split('/').filter(part => part !== '')
    const slot = `${method} ${parts.length}`
    found.set(slot, [...(found.get(slot) ?? []), { key, parts }])
  }
  // What names more of its segments is the more exact, from the left: `/groups/rules` comes before `/groups/{}`.
  const rank = ({ parts }: Template): string => parts.map(part => (part === '{}' ? '1' : '0')).join('')
  for (const list of found.values()) list.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  return found
}

/** Judges by Okta's OpenAPI description: operation, status, and the body's properties and types. */
export function oktaJudge(description: CompactOpenApi): Judge {
  const templates = templatesByMethod(description)
  const checker = new ShapeChecker(description.shapes)
  const operationOf = (method: string, segments: readonly string[]): string | undefined =>
    templates
      .get(`${method} ${segments.length}`)
      ?.find(({ parts }) => parts.every((part, index) => part === '{}' || part === segments[index]))?.key

  return ({ request, reply }) => {
    const key = operationOf(request.method, request.segments)
    const operation = key ?? `${request.method} ${request.url.pathname}`
    const { status, body } = reply
    const departures = (faults: readonly Fault[]) =>
      faults.map(fault => ({ tenant: 'okta' as const, operation, status, ...fault }))
    const asError = (): readonly Fault[] => (body === undefined ? [] : checker.faults(ERROR, body))
    if (key === undefined) {
      const refused = BEFORE_ROUTING.includes(status)
      return departures(refused ? asError() : [{ pointer: '', says: 'there is no such operation' }])
    }
    const shape = description.operations[key]?.[String(status)]
    if (shape === undefined)
      return departures([{ pointer: '', says: 'the status is undocumented' }, ...(status < 400 ? [] : asError())])
    if (shape === null) return departures(body === undefined ? [] : [{ pointer: '', says: 'there is a body' }])
    return departures(body === undefined ? [{ pointer: '', says: 'there is no body' }] : checker.faults(shape, body))
  }
}
