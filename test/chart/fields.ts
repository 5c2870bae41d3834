import * as models from '@kubernetes/client-node'
import type { KubeObject } from './render.ts'

interface Attribute {
  readonly baseName: string
  readonly type: string
}

interface Model {
  getAttributeTypeMap(): readonly Attribute[]
}

const simple: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  number: ['number'],
  boolean: ['boolean'],
  IntOrString: ['string', 'number'],
  Date: ['string'],
}
const anything = ['any', 'object']

function modelOf(type: string): Model {
  const found = (models as unknown as Record<string, Model | undefined>)[type]
  if (found === undefined || !('getAttributeTypeMap' in found)) throw new Error(`the client knows no type ${type}`)
  return found
}

/** `apps/v1`, `Deployment` → `V1Deployment`. */
function typeOf({ apiVersion, kind }: KubeObject): string {
  const version = apiVersion.split('/').at(-1) ?? ''
  return `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`
}

/**
 * What is wrong with an object of a built-in kind, one sentence for each fault: fields that its type does not have and values of another
 * type, by the types of the Kubernetes client. What is missing is not found. Throws for kinds the client does not know.
 */
export function fieldFaults(object: KubeObject): string[] {
  const faults: string[] = []
  walk(object, typeOf(object), { path: object.kind, faults })
  return faults
}

interface Place {
  readonly path: string
  readonly faults: string[]
}

function walk(value: unknown, type: string, { path, faults }: Place): void {
  const element = /^(?:Array|Set)<(.+)>$/.exec(type)?.[1]
  const entry = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  const primitive = simple[type]
  if (anything.includes(type)) return
  if (primitive) {
    if (!primitive.includes(typeof value)) faults.push(`${path}: ${type} expected, ${typeof value} given`)
  } else if (element) {
    if (!Array.isArray(value)) faults.push(`${path}: a list expected`)
    else for (const [index, one] of value.entries()) walk(one, element, { path: `${path}[${index}]`, faults })
  } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(`${path}: an object expected`)
  } else {
    const types = entry
      ? undefined
      : new Map(
          modelOf(type)
            .getAttributeTypeMap()
            .map(({ baseName, type }) => [baseName, type]),
        )
    for (const [name, one] of Object.entries(value)) {
      const inner = entry ?? types?.get(name)
      if (inner === undefined) faults.push(`${path}.${name}: ${type} has no such field`)
      else walk(one, inner, { path: `${path}.${name}`, faults })
    }
  }
}
