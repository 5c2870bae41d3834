import { isDeepStrictEqual } from 'node:util'
import { isJson, type Json } from './answer.ts'

/** RFC 7386: null takes away, objects are merged, everything else replaces. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch
  const result: Json = isJson(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value)
  }
  return result
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** RFC 6902. Undefined when an operation does not fit (a `test` that fails, a path that is not there). */
export function jsonPatched(target: Json, operations: readonly Operation[]): Json | undefined {
  const root = { document: structuredClone(target) as unknown }
  return operations.every(operation => applied(root, operation)) && isJson(root.document) ? root.document : undefined
}

const pointer = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))

function applied(root: { document: unknown }, operation: Operation): boolean {
  const { op, path, from } = operation
  switch (op) {
    case 'test':
      return isDeepStrictEqual(read(root.document, pointer(path)), operation.value)
    case 'add':
      return write(root, pointer(path), operation.value, true)
    case 'replace':
      return write(root, pointer(path), operation.value, false)
    case 'remove':
      return take(root, pointer(path)) !== undefined
    case 'move': {
      const value = take(root, pointer(from ?? ''))
      return value !== undefined && write(root, pointer(path), value, true)
    }
    case 'copy': {
      const value = read(root.document, pointer(from ?? ''))
      return value !== undefined && write(root, pointer(path), structuredClone(value), true)
    }
    default:
      return false
  }
}

function read(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((inner, part) => {
    if (Array.isArray(inner)) return inner[Number(part)]
    return isJson(inner) ? inner[part] : undefined
  }, value)
}

function write(root: { document: unknown }, parts: readonly string[], value: unknown, isNew: boolean): boolean {
  const last = parts.at(-1)
  if (last === undefined) {
    root.document = value
    return true
  }
  const parent = read(root.document, parts.slice(0, -1))
  if (Array.isArray(parent)) {
    const at = last === '-' ? parent.length : Number(last)
    if (!(at >= 0 && at <= (isNew ? parent.length : parent.length - 1))) return false
    parent.splice(at, isNew ? 0 : 1, value)
    return true
  }
  if (!isJson(parent) || (!isNew && !(last in parent))) return false
  parent[last] = value
  return true
}

function take(root: { document: unknown }, parts: readonly string[]): unknown {
  const last = parts.at(-1)
  const parent = read(root.document, parts.slice(0, -1))
  if (last === undefined) return undefined
  if (Array.isArray(parent)) return parent.splice(Number(last), 1)[0]
  if (!isJson(parent)) return undefined
  const value = parent[last]
  delete parent[last]
  return value
}
