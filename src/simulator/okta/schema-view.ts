import type { Attribute } from './objects.ts'
import type { Org } from './org.ts'

const selfPermission = [{ principal: 'SELF', action: 'READ_ONLY' }]

/** An attribute as a schema shows it. */
export function attributeView(org: Org, attribute: Attribute): unknown {
  const { profilePush: _hidden, ...shown } = attribute
  const master = attribute.master ?? { type: 'PROFILE_MASTER' }
  return {
    ...shown,
    permissions: attribute.permissions ?? selfPermission,
    ...(org.switches.schemaShowsMaster ? { master } : {}),
  }
}

/** One half of a schema: its own attributes (`#custom`) or the vendor's (`#base`). */
export function subschema(
  id: string,
  attributes: ReadonlyMap<string, Attribute>,
  view: (attribute: Attribute) => unknown,
): unknown {
  const entries = [...attributes]
  return {
    id,
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, attribute]) => [name, view(attribute)])),
    required: entries.filter(([, attribute]) => attribute.required === true).map(([name]) => name),
  }
}
