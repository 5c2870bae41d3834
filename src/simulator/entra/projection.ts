import type { Directory, DirectoryObject } from './directory.ts'
import { graphDate } from './new-object.ts'
import { isRestricted } from './protection.ts'
import type { Expansion } from './query.ts'
import { GraphError } from './reply.ts'
import { DEFAULT_PROPERTIES, SCHEMAS, unsetValue } from './schema.ts'

/** A property of an object as Microsoft Graph answers it. Secrets are always null. */
function propertyOf(directory: Directory, object: DirectoryObject, name: string): unknown {
  if (name === 'id') return object.id
  if (name === 'deletedDateTime') return object.deletedAt === undefined ? null : graphDate(object.deletedAt)
  if (name === 'passwordProfile') return null
  if (name === 'isManagementRestricted') return isRestricted(directory, object) ? true : null
  const type = SCHEMAS[object.kind][name]
  if (type === undefined) return undefined
  const unset = unsetValue(type, name)
  const value = object.properties[name] ?? unset
  if (name === 'passwordCredentials') return (value as readonly object[]).map(held => ({ ...held, secretText: null }))
  const partial = name === 'onPremisesExtensionAttributes' && typeof value === 'object'
  return partial ? { ...(unset as object), ...value } : value
}

/** Reads `a/b` paths of an object, for filters and sorting. */
export function reader(directory: Directory, object: DirectoryObject): (path: string) => unknown {
  return path => {
    if (!path.includes('/')) return propertyOf(directory, object, path)
    const [name = '', inner] = path.split('/')
    const value = propertyOf(directory, object, name)
    if (inner === undefined) return value
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[inner] : undefined
  }
}

/** How an object is to be shown. `typed`: with `@odata.type`, as in collections of mixed kinds. */
export interface Shape {
  readonly select: readonly string[] | undefined
  readonly expand: readonly Expansion[]
  readonly typed: boolean
}

const EXPANDED_ITEMS = 20

function expanded(directory: Directory, object: DirectoryObject, { name, select }: Expansion): unknown {
  const shape = { select, expand: [], typed: true }
  if (name === 'manager' && object.kind === 'user') {
    const manager = directory.manager(object.id)
    return manager === undefined ? undefined : shown(directory, manager, shape)
  }
  const related = (): readonly DirectoryObject[] => {
    if (name === 'members' || name === 'owners') return directory.linked(name, object.id)
    if (name === 'memberOf') return directory.containers('members', object.id)
    if (name === 'directReports') return directory.directReports(object.id)
    throw new GraphError(
      400,
      'BadRequest',
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${object.kind}'.`,
    )
  }
  return related()
    .slice(0, EXPANDED_ITEMS)
    .map(item => shown(directory, item, shape))
}

function copied(value: object): unknown {
  const isPlain = Array.isArray(value) && value.every(item => typeof item !== 'object')
  return isPlain ? [...(value as unknown[])] : structuredClone(value)
}

/** The JSON of an object; a copy, so that later changes of the object do not show in it. */
export function shown(directory: Directory, object: DirectoryObject, shape: Shape): Record<string, unknown> {
  const body: Record<string, unknown> = shape.typed ? { '@odata.type': `#microsoft.graph.${object.kind}` } : {}
  for (const name of shape.select ?? DEFAULT_PROPERTIES[object.kind]) {
    const value = propertyOf(directory, object, name)
    if (value !== undefined) body[name] = typeof value === 'object' && value !== null ? copied(value) : value
  }
  for (const expansion of shape.expand) {
    const value = expanded(directory, object, expansion)
    if (value !== undefined) body[expansion.name] = value
  }
  return body
}
