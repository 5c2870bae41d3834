import { invalid } from './errors.ts'

/** Which parts of an object a `fields` parameter keeps; a name without parts keeps all below it. */
export type Projection = ReadonlyMap<string, Projection | undefined>

/** Reads `id,status,profile:(login,email)`. */
export function fieldsOf(text: string): Projection {
  const [projection, rest] = read(text, 0)
  if (rest !== text.length) throw invalid('fields', 'fields: The expression is malformed.')
  return projection
}

function read(text: string, start: number): [Projection, number] {
  const names = new Map<string, Projection | undefined>()
  let at = start
  for (;;) {
    const name = /^\s*([A-Za-z_][\w.]*)\s*/.exec(text.slice(at))
    if (name?.[1] === undefined) throw invalid('fields', 'fields: The expression is malformed.')
    at += name[0].length
    let inner: Projection | undefined
    if (text.startsWith(':(', at)) {
      ;[inner, at] = read(text, at + 2)
      if (text[at] !== ')') throw invalid('fields', 'fields: The expression is malformed.')
      at += 1
    }
    names.set(name[1], inner)
    if (text[at] !== ',') return [names, at]
    at += 1
  }
}

/** The object with nothing but the fields kept. */
export function project(object: Readonly<Record<string, unknown>>, fields: Projection): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, inner] of fields) {
    const value = object[name]
    if (value === undefined) continue
    const nested = inner !== undefined && typeof value === 'object' && value !== null
    kept[name] = nested ? project(Object.fromEntries(Object.entries(value)), inner) : value
  }
  return kept
}
