import { attributeFrom } from './attribute.ts'
import { body, type Call, part } from './call.ts'
import { invalid } from './errors.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Attribute } from './objects.ts'

/** Applies a partial update of a schema to custom attributes: those named are added or changed, those set to null go. */
export function changeCustom(call: Call, custom: Map<string, Attribute>, base: ReadonlyMap<string, Attribute>): void {
  const definitions = part(body(call), 'definitions') ?? {}
  const next = new Map(custom)
  for (const [name, value] of Object.entries(part(part(definitions, 'custom') ?? {}, 'properties') ?? {})) {
    if (value === null) next.delete(name)
    else next.set(name, changed(name, { before: next.get(name), given: isObject(value) ? value : {}, base }))
  }
  custom.clear()
  for (const [name, attribute] of next) custom.set(name, attribute)
}

function changed(
  name: string,
  to: {
    readonly before: Attribute | undefined
    readonly given: JsonObject
    readonly base: ReadonlyMap<string, Attribute>
  },
): Attribute {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid('schema', `${name}: The variable name is not valid`)
  if (to.base.has(name)) throw invalid('schema', `${name}: An attribute with this name is part of the base schema`)
  const attribute = attributeFrom({ title: name, ...to.before, ...to.given })
  if (typeof attribute === 'string') throw invalid('schema', `${name}: ${attribute}`)
  return attribute
}
