import type { StructuralSchema } from '../api/crd.ts'

type Mutable = { [key: string]: unknown }

/** Sets a key as JSON has it: `__proto__` is a key like any other. */
function set(target: Mutable, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

function copyObject(source: Mutable, schema: StructuralSchema): Mutable {
  const { properties, additionalProperties } = schema
  const copy: Mutable = {}
  for (const key of Object.keys(source)) {
    const child = properties && Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    const value = source[key]
    if (value === null && child && !child.nullable) continue
    set(copy, key, child ? withoutNulls(value, child) : value)
  }
  return copy
}

/**
 * A copy without the nulls that the API server drops when it decodes a write: those of declared fields and map values that are not
 * nullable; in lists they stay. What is not declared is not followed, so that neither size nor a cycle of it matters.
 */
export function withoutNulls(value: unknown, schema: StructuralSchema): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) return copyObject(value as Mutable, schema)
  const { items } = schema
  return items ? value.map(item => withoutNulls(item, items)) : value
}

/** Metadata as the API server decodes it: a null field is absent, a null label or annotation is empty. */
export function decodedMetadata(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return metadata
  const copy: Mutable = {}
  for (const [key, value] of Object.entries(metadata)) {
    if (value === null) continue
    set(copy, key, key === 'labels' || key === 'annotations' ? withoutNullValues(value) : value)
  }
  return copy
}

function withoutNullValues(map: unknown): unknown {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return map
  const entries = Object.entries(map)
  if (!entries.some(([, value]) => value === null)) return map
  const copy: Mutable = {}
  for (const [key, value] of entries) set(copy, key, value ?? '')
  return copy
}
