import { isDeepStrictEqual } from 'node:util'
import { isJson, type Json, Refusal } from './answer.ts'
import type { Schema } from './kinds.ts'
import { hasType, itemKey, listKeys, schemaAt } from './schema.ts'

/** A step into an object: a member, or the item of a list that has this key. */
type Step = { readonly member: string } | { readonly item: string; readonly keys: readonly string[] }

/** A field somebody owns. */
export interface Field {
  readonly steps: readonly Step[]
  readonly text: string
}

/** Who owns which fields, by the fields' text. */
export type Owners = ReadonlyMap<string, ReadonlyMap<string, Field>>

const textOf = (steps: readonly Step[]) =>
  steps
    .map(step => {
      if ('member' in step) return `.${step.member}`
      const pairs = Object.entries(JSON.parse(step.item) as Json)
      return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')

const fieldOf = (steps: readonly Step[]): Field => ({ steps, text: textOf(steps) })

/**
 * The fields of a value: members down to the values that are one piece (scalars, atomic lists, empty objects), and the items
 * of keyed lists by key.
 */
function fieldsOf(value: unknown, schema: Schema | undefined, steps: readonly Step[] = []): Field[] {
  const keys = schema === undefined ? undefined : listKeys(schema)
  if (Array.isArray(value) && keys !== undefined) {
    const items = isJson(schema?.items) ? schema.items : undefined
    return value.flatMap(item => {
      const inner = [...steps, { item: itemKey(item, keys), keys }]
      return [fieldOf(inner), ...fieldsOf(item, items, inner)]
    })
  }
  if (isJson(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, member]) =>
      fieldsOf(member, schemaAt(schema, name), [...steps, { member: name }]),
    )
  return steps.length === 0 ? [] : [fieldOf(steps)]
}

/** The value of a field, undefined when it is not there. */
function valueAt(value: unknown, { steps }: Field): unknown {
  return steps.reduce<unknown>((inner, step) => {
    if ('member' in step) return isJson(inner) ? inner[step.member] : undefined
    return Array.isArray(inner) ? inner.find(item => itemKey(item, step.keys) === step.item) : undefined
  }, value)
}

/** @throws Refusal 500 without a reason, as the real server: what it cannot type is no matter of validation */
export function refuseUntyped(value: unknown, schema: Schema | undefined, path = ''): void {
  if (schema === undefined) return
  const untyped = (what: string) => new Refusal(500, undefined, `failed to create typed patch object: ${path}: ${what}`)
  if (value !== null && !hasType(value, schema))
    throw untyped(`expected ${schema.type}, got &{${JSON.stringify(value)}}`)
  if (Array.isArray(value)) {
    const keys = listKeys(schema)
    const seen = value.map(item => itemKey(item, keys ?? []))
    if (keys?.some(key => value.some(item => !isJson(item) || !(key in item)))) throw untyped('missing key')
    if (keys !== undefined && new Set(seen).size < seen.length) throw untyped('duplicate entries for key')
    for (const item of value) refuseUntyped(item, isJson(schema.items) ? schema.items : undefined, `${path}[]`)
  }
  if (!isJson(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return
  for (const [name, member] of Object.entries(value)) {
    const own = schemaAt(schema, name)
    if (own === undefined && ('properties' in schema || schema.type === 'object'))
      throw new Refusal(
        500,
        undefined,
        `failed to create typed patch object: ${path}.${name}: field not declared in schema`,
      )
    refuseUntyped(member, own, `${path}.${name}`)
  }
}

/** An object by members, with the fields somebody applied put in. Items of keyed lists are found by key. */
function overlaid(target: unknown, applied: unknown, schema: Schema | undefined): unknown {
  const keys = schema === undefined ? undefined : listKeys(schema)
  if (Array.isArray(applied) && keys !== undefined) {
    const items = isJson(schema?.items) ? schema.items : undefined
    const result = Array.isArray(target) ? [...target] : []
    for (const item of applied) {
      const at = result.findIndex(other => itemKey(other, keys) === itemKey(item, keys))
      if (at < 0) result.push(item)
      else result[at] = overlaid(result[at], item, items)
    }
    return result
  }
  if (!isJson(applied) || !isJson(target)) return applied
  const result: Json = { ...target }
  for (const [name, member] of Object.entries(applied))
    result[name] = overlaid(result[name], member, schemaAt(schema, name))
  return result
}

/** The value without a field; what held it stays, empty or not. */
function without(value: unknown, { steps }: Field): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return undefined
  if ('member' in step) {
    if (!isJson(value) || !(step.member in value)) return value
    const inner = without(value[step.member], { steps: rest, text: '' })
    const { [step.member]: _, ...others } = value
    return inner === undefined ? others : { ...value, [step.member]: inner }
  }
  if (!Array.isArray(value)) return value
  return value.flatMap(item => {
    if (itemKey(item, step.keys) !== step.item) return [item]
    const inner = without(item, { steps: rest, text: '' })
    return inner === undefined ? [] : [inner]
  })
}

/** Owners after somebody changed an object by other means than apply: what changed is theirs. */
export function ownersAfterUpdate(
  owners: Owners,
  manager: string,
  { before, after, schema }: { readonly before: Json; readonly after: Json; readonly schema: Schema | undefined },
): Owners {
  const changed = fieldsOf(after, schema).filter(field => isChange(before, after, field))
  const result = new Map<string, ReadonlyMap<string, Field>>()
  for (const [owner, fields] of owners) {
    const kept = [...fields].filter(([, field]) => !isChange(before, after, field))
    if (kept.length > 0) result.set(owner, new Map(kept))
  }
  if (changed.length > 0)
    result.set(
      manager,
      new Map([...(result.get(manager) ?? []), ...changed.map(field => [field.text, field] as const)]),
    )
  return result
}

/** A server-side apply: the object and its owners afterwards, or the fields others own. */
export interface Applied {
  readonly object: Json
  readonly owners: Owners
  readonly conflicts: readonly { readonly field: string; readonly manager: string }[]
}

/** Applies the fields of one manager. */
export function apply(
  current: Json,
  owners: Owners,
  { manager, config, schema }: { readonly manager: string; readonly config: Json; readonly schema: Schema | undefined },
): Applied {
  const wanted = new Map(fieldsOf(config, schema).map(field => [field.text, field]))
  const conflicts = [...owners].flatMap(([owner, fields]) =>
    owner === manager
      ? []
      : [...wanted.values()]
          .filter(field => fields.has(field.text) && isChange(current, config, field))
          .map(field => ({ field: field.text, manager: owner })),
  )
  const others = [...owners].filter(([owner]) => owner !== manager)
  const dropped = [...(owners.get(manager) ?? new Map<string, Field>()).values()].filter(
    field => !wanted.has(field.text) && !others.some(([, fields]) => fields.has(field.text)),
  )
  const left = dropped.reduce<unknown>((object, field) => without(object, field), current)
  const taken = new Set(conflicts.map(({ field }) => field))
  const result = new Map<string, ReadonlyMap<string, Field>>(
    others.map(([owner, fields]) => [owner, new Map([...fields].filter(([text]) => !taken.has(text)))]),
  )
  if (wanted.size > 0) result.set(manager, wanted)
  return { object: overlaid(left, config, schema) as Json, owners: result, conflicts }
}

/** Keyed items are no values of their own: only whether they are there counts. */
function isChange(before: Json, after: Json, field: Field): boolean {
  const last = field.steps.at(-1)
  const [was, is] = [valueAt(before, field), valueAt(after, field)]
  if (last !== undefined && 'item' in last) return (was === undefined) !== (is === undefined)
  return !isDeepStrictEqual(was, is)
}
