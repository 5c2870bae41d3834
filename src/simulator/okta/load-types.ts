import { attributeFrom } from './attribute.ts'
import type { Field } from './field.ts'
import type { Json } from './json.ts'
import type { Attribute, UserType } from './objects.ts'
import type { Org } from './org.ts'
import { baseAttributes } from './schema-base.ts'

/** Loads the user types; the default one is always there. */
export function loadUserTypes(org: Org, types: Field, attributes: Field): void {
  for (const item of types.list()) {
    const type = typeFrom(org, item)
    org.types.set(type.id, type)
  }
  let byDefault = [...org.types.values()].find(type => type.isDefault)
  if (byDefault === undefined) {
    byDefault = newUserType(org, {
      name: 'user',
      displayName: 'User',
      description: 'Okta user profile template with default permission settings',
      isDefault: true,
    })
    org.types.set(byDefault.id, byDefault)
  }
  loadAttributes(byDefault.custom, attributes)
}

/** A user type with the base attributes and nothing else. */
export function newUserType(
  org: Org,
  as: {
    readonly name: string
    readonly displayName: string
    readonly description: string
    readonly isDefault: boolean
  },
): UserType {
  const now = org.now()
  return {
    id: org.id('oty'),
    schemaId: org.id('osc'),
    ...as,
    created: now,
    lastUpdated: now,
    base: baseAttributes(),
    custom: new Map(),
  }
}

function typeFrom(org: Org, item: Field): UserType {
  const fields = item.object(
    'id',
    'schemaId',
    'name',
    'displayName',
    'description',
    'default',
    'created',
    'lastUpdated',
    'base',
    'attributes',
  )
  const name = fields.name.text()
  const bare = newUserType(org, {
    name,
    displayName: fields.displayName.text(name),
    description: fields.description.textOrNull() ?? '',
    isDefault: fields.default.flag(false),
  })
  for (const [attribute, changes] of fields.base.entries()) {
    const before = bare.base.get(attribute)
    if (before === undefined) throw changes.wrong('there is no such base attribute')
    bare.base.set(attribute, attributeOrWrong(changes, { ...before, ...changes.json() }))
  }
  loadAttributes(bare.custom, fields.attributes)
  return {
    ...bare,
    id: fields.id.text(bare.id),
    schemaId: fields.schemaId.text(bare.schemaId),
    created: fields.created.time(bare.created),
    lastUpdated: fields.lastUpdated.time(bare.lastUpdated),
  }
}

/** Custom attributes by their names. */
export function loadAttributes(custom: Map<string, Attribute>, field: Field): void {
  for (const [name, given] of field.entries())
    custom.set(name, attributeOrWrong(given, { title: name, ...given.json() }))
}

function attributeOrWrong(field: Field, json: Readonly<Record<string, Json | undefined>>): Attribute {
  const attribute = attributeFrom(json)
  if (typeof attribute === 'string') throw field.wrong(attribute)
  return attribute
}
