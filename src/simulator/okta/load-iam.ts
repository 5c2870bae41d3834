import type { Field } from './field.ts'
import { resourcePath } from './iam.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Org } from './org.ts'

/** Loads the org's custom roles. */
export function loadCustomRoles(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object('id', 'label', 'description', 'permissions', 'conditions', 'created', 'lastUpdated')
    const conditions: Record<string, JsonObject> = {}
    for (const [permission, condition] of fields.conditions.entries()) conditions[permission] = condition.json()
    const role = {
      id: fields.id.text(org.id('cr0')),
      label: fields.label.text(),
      description: fields.description.textOrNull() ?? '',
      permissions: fields.permissions.texts(),
      conditions,
      created: fields.created.time(org.now()),
      lastUpdated: fields.lastUpdated.time(org.now()),
    }
    org.customRoles.set(role.id, role)
  }
}

/** Loads resource sets; a resource is a path, a URL, or an object with its id. */
export function loadResourceSets(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object('id', 'label', 'description', 'resources', 'created', 'lastUpdated')
    const set = {
      id: fields.id.text(org.id('iam')),
      label: fields.label.text(),
      description: fields.description.textOrNull() ?? '',
      resources: new Map(fields.resources.list().map(resource => [...loadedResource(org, resource)] as const)),
      created: fields.created.time(org.now()),
      lastUpdated: fields.lastUpdated.time(org.now()),
    }
    org.resourceSets.set(set.id, set)
  }
}

function loadedResource(
  org: Org,
  item: Field,
): readonly [string, { id: string; path: string; conditions: JsonObject | null; created: number }] {
  const fields = item.isText ? undefined : item.object('id', 'path', 'conditions', 'created')
  const named = fields?.path ?? item
  const given = named.text()
  const path = resourcePath(given.startsWith('/') ? `http://org${given}` : given)
  if (path === undefined) throw named.wrong(`${given} is nothing a resource set can hold`)
  const id = fields?.id.text(org.id('ire')) ?? org.id('ire')
  const conditions = fields === undefined || fields.conditions.absent ? null : fields.conditions.json()
  return [id, { id, path, conditions, created: fields?.created.time(org.now()) ?? org.now() }]
}

/** Loads event hooks. */
export function loadEventHooks(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object(
      'id',
      'name',
      'description',
      'status',
      'verified',
      'events',
      'channel',
      'created',
      'createdBy',
      'lastUpdated',
    )
    const id = fields.id.text(org.id('who'))
    org.eventHooks.set(id, {
      id,
      seq: org.next(),
      name: fields.name.text(),
      description: fields.description.textOrNull(),
      status: fields.status.oneOf(['ACTIVE', 'INACTIVE'], 'ACTIVE'),
      verified: fields.verified.flag(false),
      events: fields.events.json(),
      channel: fields.channel.json(),
      created: fields.created.time(org.now()),
      createdBy: fields.createdBy.text('okta.system'),
      lastUpdated: fields.lastUpdated.time(org.now()),
    })
  }
}

/** Loads the principals' own shares of the rate limits. */
export function loadPrincipalLimits(org: Org, field: Field): void {
  for (const item of field.list()) {
    const fields = item.object(
      'id',
      'principalId',
      'principalType',
      'percentage',
      'concurrencyPercentage',
      'created',
      'createdBy',
      'lastUpdate',
      'lastUpdatedBy',
    )
    const principalId = fields.principalId.text()
    const createdBy = fields.createdBy.text('okta.system')
    org.principalLimits.set(principalId, {
      id: fields.id.text(org.id('prl')),
      seq: org.next(),
      principalId,
      principalType: fields.principalType.oneOf(['SSWS_TOKEN', 'OAUTH_CLIENT'], 'OAUTH_CLIENT'),
      percentage: fields.percentage.number(50),
      concurrencyPercentage: fields.concurrencyPercentage.number(75),
      created: fields.created.time(org.now()),
      createdBy,
      lastUpdate: fields.lastUpdate.time(org.now()),
      lastUpdatedBy: fields.lastUpdatedBy.text(createdBy),
    })
  }
}

/** Conditions of a permission or resource in a request; null where there are none. */
export function conditionsOf(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}
