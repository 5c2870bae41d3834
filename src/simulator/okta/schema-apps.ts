import type { SimulatedReply } from '../kernel.ts'
import { type Call, ok, origin, parameter, type Route, record } from './call.ts'
import { notFound } from './errors.ts'
import type { App, Attribute } from './objects.ts'
import { changeCustom } from './schema-change.ts'
import { attributeView, subschema } from './schema-view.ts'
import { timestamp } from './time.ts'

interface Held {
  readonly custom: Map<string, Attribute>
  updated: number
}

/** Custom attributes of the users of an app; they go with the app. */
const schemas = new WeakMap<App, Held>()

const base: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  [
    'userName',
    { title: 'Username', type: 'string', required: true, mutability: 'READ_WRITE', scope: 'NONE', maxLength: 100 },
  ],
])

function appOf(call: Call): App {
  const id = parameter(call, 'app')
  const app = call.org.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  return app
}

function heldBy(app: App): Held {
  const held = schemas.get(app) ?? { custom: new Map(), updated: app.created }
  schemas.set(app, held)
  return held
}

function view(call: Call): SimulatedReply {
  const app = appOf(call)
  const { custom, updated } = heldBy(app)
  const shown = (attribute: Attribute): unknown => attributeView(call.org, attribute)
  return ok({
    id: `${origin(call)}/meta/schemas/apps/${app.id}/default`,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: app.name,
    title: `${app.label} User`,
    lastUpdated: timestamp(updated),
    created: timestamp(app.created),
    definitions: { custom: subschema('#custom', custom, shown), base: subschema('#base', base, shown) },
    type: 'object',
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
    _links: {
      self: { rel: 'self', href: `${origin(call)}/api/v1/meta/schemas/apps/${app.id}/default`, method: 'GET' },
    },
  })
}

function update(call: Call): SimulatedReply {
  const held = heldBy(appOf(call))
  changeCustom(call, held.custom, base)
  held.updated = call.org.now()
  record(call, 'app.user_management.update_schema', [])
  return view(call)
}

const path = '/api/v1/meta/schemas/apps/:app/default'

/** The schemas of the users of apps. Source: Okta, Schemas API. */
export const appSchemaRoutes: readonly Route[] = [
  { method: 'GET', path, scope: 'okta.schemas.read', needs: 'okta.apps.read', bucket: 'other', answer: view },
  {
    method: 'POST',
    path,
    scope: 'okta.schemas.manage',
    needs: 'okta.appSchemas.manage',
    bucket: 'other',
    answer: update,
  },
]
