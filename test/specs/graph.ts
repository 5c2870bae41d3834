import type { Exchange } from '../../src/simulator/exchange.ts'
import type { CompactCsdl } from './csdl.ts'
import { elementOf, type GraphTarget, GraphTypes } from './graph-path.ts'
import { brief, type Fault } from './shape.ts'
import type { Judge } from './verdict.ts'

/** Source: Microsoft Graph, "Error responses and resource types". */
const REFUSALS = [
  400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 416, 422, 423, 424, 429, 500, 501, 502, 503, 504,
  507, 509,
]
const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  'Edm.Boolean': value => typeof value === 'boolean',
  'Edm.Int16': Number.isInteger,
  'Edm.Int32': Number.isInteger,
  'Edm.Int64': Number.isInteger,
  'Edm.Double': value => typeof value === 'number',
  'Edm.Guid': value => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value)),
  'Edm.DateTimeOffset': value => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value)),
}
const EXTENSION = /^(extension_[0-9a-f]{32}_|ext[a-z0-9]{8}_)\w+$/

/** A JSON object, or undefined for anything else. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return value as Readonly<Record<string, unknown>>
}

/** How strictly objects are looked at: `partial` ones (`$select`, delta) may lack their id. */
interface Look {
  readonly found: Fault[]
  readonly partial: boolean
}

/** Judges by Microsoft's metadata: path, status, and the body's properties and types. */
class GraphJudge {
  readonly #types: GraphTypes

  constructor(csdl: CompactCsdl) {
    this.#types = new GraphTypes(csdl)
  }

  judge({ request, reply }: Exchange): { operation: string; faults: readonly Fault[] } {
    const [, ...segments] = request.segments
    const target = this.#types.target(segments)
    const operation = `${request.method} ${target?.path ?? request.url.pathname}`
    if (reply.status >= 400) return { operation, faults: refusalFaults(reply.status, reply.body) }
    if (target === undefined) return { operation, faults: [{ pointer: '', says: 'there is no such path' }] }
    const { searchParams } = request.url
    const partial = searchParams.has('$select') || /\bdelta\b/.test(operation) || searchParams.has('$apply')
    const found: Fault[] = []
    const wanted = statusesOf(request.method, target)
    if (!wanted.includes(reply.status))
      found.push({ pointer: '', says: `the status is undocumented, ${wanted} would be` })
    // What is posted to a collection comes back as one object.
    const created = request.method === 'POST' && target.kind === 'value' ? elementOf(target.type ?? '') : undefined
    this.#body(created === undefined ? target : { ...target, type: created }, reply, { found, partial })
    return { operation, faults: found }
  }

  #body(target: GraphTarget, { status, body }: Exchange['reply'], look: Look): void {
    const { found } = look
    if (status === 204 || status === 304) {
      if (body !== undefined) found.push({ pointer: '', says: 'there is a body' })
      return
    }
    if (target.kind === 'count') {
      if (!/^\d+$/.test(String(body))) found.push({ pointer: '', says: `${brief(body)} is no count` })
      return
    }
    if (target.kind === 'raw') return
    const fields = fieldsOf(body)
    if (fields === undefined) found.push({ pointer: '', says: `${brief(body)} is no object` })
    else if (target.kind === 'batch') batchFaults(fields, found)
    else this.#contextual(target, fields, look)
  }

  #contextual(target: GraphTarget, fields: Readonly<Record<string, unknown>>, look: Look): void {
    const { found } = look
    if (typeof fields['@odata.context'] !== 'string') found.push({ pointer: '', says: '"@odata.context" is missing' })
    if (target.type === undefined) return
    if (target.kind === 'references' && !target.type.startsWith('Collection(')) {
      if (typeof fields['@odata.id'] !== 'string') found.push({ pointer: '', says: '"@odata.id" is missing' })
      return
    }
    const item = elementOf(target.type)
    if (item === undefined && !target.type.startsWith('Edm.') && this.#types.members(target.type) === undefined) {
      this.#value(this.#exactType(target.type, fields['@odata.context']), fields, '', look)
      return
    }
    for (const name of Object.keys(fields)) {
      if (name !== 'value' && !name.startsWith('@')) found.push({ pointer: '', says: `"${name}" is unknown` })
    }
    if (fields.value === undefined) found.push({ pointer: '', says: '"value" is missing' })
    else if (target.kind !== 'references') this.#value(target.type, fields.value, '/value', look)
  }

  /** The context may name a narrower type than the path: `$metadata#groups/$entity` for a directory object that is a group. */
  #exactType(type: string, context: unknown): string {
    const set = /#(\w+)\/\$entity$/.exec(String(context))?.[1]
    const named = set === undefined ? undefined : elementOf(this.#types.root(set) ?? '')
    return named !== undefined && this.#types.lineage(named).includes(type) ? named : type
  }

  #value(type: string, value: unknown, pointer: string, look: Look): void {
    const { found } = look
    const item = elementOf(type)
    if (item !== undefined) {
      if (!Array.isArray(value)) found.push({ pointer, says: `${brief(value)} is no list` })
      else for (const [index, each] of value.entries()) this.#value(item, each, `${pointer}/${index}`, look)
      return
    }
    const members = this.#types.members(type)
    if (type.startsWith('Edm.') || members !== undefined) {
      const fits =
        members === undefined
          ? (PRIMITIVES[type] ?? (each => type !== 'Edm.String' || typeof each === 'string'))
          : (each: unknown) => typeof each === 'string' && each.split(',').every(part => members.includes(part.trim()))
      if (!fits(value)) found.push({ pointer, says: `${brief(value)} is no ${type}` })
      return
    }
    const fields = fieldsOf(value)
    if (fields === undefined) found.push({ pointer, says: `${brief(value)} is no ${type}` })
    else this.#structure(type, fields, pointer, look)
  }

  #structure(type: string, fields: Readonly<Record<string, unknown>>, pointer: string, look: Look): void {
    const { found, partial } = look
    const types = this.#types
    const named = fields['@odata.type']
    const actual = typeof named === 'string' ? named.replace(/^#microsoft\.graph\./, 'graph.') : type
    if (!types.lineage(actual).includes(type)) {
      found.push({ pointer, says: `${actual} is no ${type}` })
      return
    }
    if (!partial && types.isEntity(actual) && fields.id === undefined) found.push({ pointer, says: '"id" is missing' })
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || name.includes('@')) continue
      const property = types.property(actual, name)
      if (property === undefined) {
        if (!types.isOpen(actual) || !EXTENSION.test(name))
          found.push({ pointer, says: `"${name}" is unknown in ${actual}` })
      } else if (value !== null) {
        this.#value(property.type, value, `${pointer}/${name}`, look)
      } else if (property.required === true || property.type.startsWith('Collection(')) {
        found.push({ pointer: `${pointer}/${name}`, says: `null is no ${property.type}` })
      }
    }
  }
}

function statusesOf(method: string, { kind, type }: GraphTarget): readonly number[] {
  if (method === 'GET') return [200]
  if (method === 'DELETE') return [204]
  if (kind === 'batch' || (kind === 'operation' && type !== undefined)) return [200]
  if (kind === 'operation' || kind === 'references') return [204]
  if (method === 'POST') return [201]
  return [200, 204]
}

function refusalFaults(status: number, body: unknown): readonly Fault[] {
  const faults: Fault[] = []
  if (!REFUSALS.includes(status)) faults.push({ pointer: '', says: 'the status is undocumented' })
  const error = fieldsOf(fieldsOf(body)?.error)
  if (error === undefined) return [...faults, { pointer: '', says: '"error" is missing' }]
  for (const name of ['code', 'message'])
    if (typeof error[name] !== 'string') faults.push({ pointer: '/error', says: `"${name}" is missing` })
  for (const name of Object.keys(error)) {
    if (!['code', 'message', 'target', 'details', 'innerError'].includes(name))
      faults.push({ pointer: '/error', says: `"${name}" is unknown` })
  }
  return faults
}

function batchFaults(fields: Readonly<Record<string, unknown>>, found: Fault[]): void {
  const { responses } = fields
  if (!Array.isArray(responses)) found.push({ pointer: '', says: '"responses" is no list' })
  else
    for (const [index, each] of responses.entries()) {
      const { id, status } = fieldsOf(each) ?? {}
      if (typeof id !== 'string') found.push({ pointer: `/responses/${index}`, says: '"id" is missing' })
      if (!Number.isInteger(status)) found.push({ pointer: `/responses/${index}`, says: '"status" is missing' })
    }
}

/** Judges by Microsoft's metadata. What the token service answers, and `/beta`, is not in it and always passes. */
export function graphJudge(csdl: CompactCsdl): Judge {
  const judge = new GraphJudge(csdl)
  return exchange => {
    if (exchange.request.segments[0] !== 'v1.0') return []
    const { operation, faults } = judge.judge(exchange)
    return faults.map(fault => ({ tenant: 'entra', operation, status: exchange.reply.status, ...fault }))
  }
}
