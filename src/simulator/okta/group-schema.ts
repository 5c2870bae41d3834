import type { SimulatedReply } from '../kernel.ts'
import { type Call, ok, origin, type Route, record } from './call.ts'
import type { Attribute } from './objects.ts'
import { changeCustom } from './schema-change.ts'
import { attributeView, subschema } from './schema-view.ts'
import { timestamp } from './time.ts'

const everyone = [{ principal: 'SELF', action: 'READ_WRITE' }]

const base: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['name', text('Name', { required: true, maxLength: 255 })],
  ['description', text('Description', { maxLength: 1024 })],
])

function text(title: string, more: Partial<Attribute>): Attribute {
  return {
    title,
    description: title,
    type: 'string',
    mutability: 'READ_WRITE',
    scope: 'NONE',
    permissions: everyone,
    ...more,
  }
}

function view(call: Call): SimulatedReply {
  const { org } = call
  const self = `${origin(call)}/api/v1/meta/schemas/group/default`
  return ok({
    id: `${origin(call)}/meta/schemas/group/default`,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: 'group',
    title: 'Okta group',
    description: 'Okta group profile template',
    lastUpdated: timestamp(org.groupSchemaUpdated),
    created: timestamp(org.groupSchemaUpdated),
    definitions: {
      custom: subschema('#custom', org.groupAttributes, attribute => attributeView(org, attribute)),
      base: subschema('#base', base, attribute => attributeView(org, attribute)),
    },
    type: 'object',
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
    _links: { self: { rel: 'self', href: self, method: 'GET' } },
  })
}

function update(call: Call): SimulatedReply {
  const { org } = call
  changeCustom(call, org.groupAttributes, base)
  org.groupSchemaUpdated = org.now()
  record(call, 'group.schema.update', [])
  return view(call)
}

const path = '/api/v1/meta/schemas/group/default'

/** The schema of group profiles. Source: Okta, Schemas API. */
export const groupSchemaRoutes: readonly Route[] = [
  { method: 'GET', path, scope: 'okta.schemas.read', needs: 'okta.schemas.read', bucket: 'other', answer: view },
  {
    method: 'POST',
    path,
    scope: 'okta.schemas.manage',
    needs: 'okta.groupSchemas.manage',
    bucket: 'other',
    answer: update,
  },
]
