import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  asJson,
  badRequest,
  conflict,
  type FieldFault,
  invalid,
  isJson,
  type Json,
  listOr,
  metaOf,
  notFound,
  Refusal,
  textOr,
} from './answer.ts'
import { builtinFaults, completed, metaFaults } from './builtin.ts'
import { apiVersionOf, type Kind, NAMESPACES, qualified } from './kinds.ts'
import { apply, type Owners, ownersAfterUpdate, refuseUntyped } from './ownership.ts'
import { jsonPatched, merged } from './patch.ts'
import { faultsOf, normalised, unknownFields } from './schema.ts'
import type { Store, Stored } from './store.ts'

/** A write of one object, as a request asks for it. */
export interface Write {
  readonly kind: Kind
  readonly namespace?: string
  readonly name: string
  readonly isStatus: boolean
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: unknown
  readonly userAgent: string
}

/** Where writes go, and what time it is there. */
export interface Ground {
  readonly store: Store
  /** Milliseconds since 1970. */
  now(): number
  random(): number
  /** Rules of a kind beyond its schema, such as those in CEL. */
  admit(kind: Kind, object: Json, before: Json | undefined): readonly FieldFault[]
}

/** What the server itself keeps of an object's metadata, whatever a request says. */
const KEPT = [
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'namespace',
  'name',
]
const NO_OWNERS: Owners = new Map()

const seconds = (ground: Ground) => `${new Date(ground.now()).toISOString().slice(0, 19)}Z`

const managerOf = ({ query, userAgent }: Write) => query.get('fieldManager') ?? userAgent.split('/')[0] ?? ''

function found({ store }: Ground, { kind, namespace, name }: Write): Stored {
  const stored = store.get(kind, namespace, name)
  if (stored === undefined) throw notFound(qualified(kind), name)
  return stored
}

function refuseClosedNamespace(ground: Ground, { kind, namespace, name }: Write): void {
  if (!kind.isNamespaced) return
  const home = ground.store.get(NAMESPACES, undefined, namespace ?? '')
  if (home === undefined) throw notFound('namespaces', namespace ?? '')
  if (metaOf(home.object).deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const causes = [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]
  const details = { name, kind: qualified(kind), causes }
  throw new Refusal(403, 'Forbidden', `${qualified(kind)} "${name}" is forbidden: ${why}`, details)
}

/** Under Strict, members nobody declared are refused; the message of a patch quotes the whole object, as the real one does. */
function refuseUnknown(write: Write, object: Json): void {
  const { kind, query, name } = write
  if (kind.schema === undefined || query.get('fieldValidation') !== 'Strict') return
  const { metadata: _, apiVersion: _v, kind: _k, ...content } = object
  const unknown = unknownFields(content, { ...kind.schema, properties: asJson(kind.schema.properties) })
  if (unknown.length === 0) return
  const strict = `strict decoding error: ${unknown.map(field => `unknown field "${field}"`).join(', ')}`
  if (!write.contentType.includes('patch'))
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${strict}`)
  throw invalid(kind.kind, name, [
    { field: 'patch', message: `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${strict}` },
  ])
}

/** The object as it may be stored: pruned, completed and found to be in order. @throws Refusal 422 */
function admitted(ground: Ground, write: Write, object: Json, before: Json | undefined): Json {
  const { kind, name } = write
  refuseUnknown(write, object)
  const { metadata, apiVersion: _v, kind: _k, ...content } = object
  const meta = asJson(metadata)
  const schema = kind.schema === undefined ? undefined : { ...kind.schema, properties: contentProperties(kind.schema) }
  const shaped = schema === undefined ? content : (normalised(content, { type: 'object', ...schema }) as Json)
  const result = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: meta, ...shaped }
  const own = schema === undefined ? builtinFaults(kind, object, before) : faultsOf(shaped, schema)
  const faults = [...metaFaults(meta), ...own]
  if (faults.length === 0) faults.push(...ground.admit(kind, result, before))
  if (faults.length > 0) throw invalid(kind.kind, name, faults)
  return result
}

function contentProperties(schema: Json): Json {
  const { apiVersion: _a, kind: _k, metadata: _m, ...content } = asJson(schema.properties)
  return content
}

/** Makes a new object. */
export function create(ground: Ground, write: Write): Json {
  const { kind, namespace } = write
  const given = asJson(write.body)
  const meta = metaOf(given)
  if (kind.isNamespaced && meta.namespace !== undefined && meta.namespace !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  const generated =
    textOr(meta.generateName) +
    Math.floor(ground.random() * 36 ** 5)
      .toString(36)
      .padStart(5, '0')
  const name = textOr(meta.name) || (meta.generateName === undefined ? '' : generated)
  if (name === '')
    throw invalid(kind.kind, '', [
      {
        field: 'metadata.name',
        message: 'Required value: name or generateName is required',
        reason: 'FieldValueRequired',
      },
    ])
  const named = { ...write, name }
  const there = ground.store.get(kind, namespace, name)
  refuseClosedNamespace(ground, named)
  if (there !== undefined) {
    const isDying = metaOf(there.object).deletionTimestamp !== undefined
    const message = `${isDying ? 'object is being deleted: ' : ''}${qualified(kind)} "${name}" already exists`
    throw new Refusal(409, 'AlreadyExists', message, { name, kind: qualified(kind) })
  }
  const { status: _, ...withoutStatus } = given
  const metadata = {
    ...meta,
    name,
    ...(kind.isNamespaced ? { namespace } : {}),
    uid: randomUUID(),
    creationTimestamp: seconds(ground),
    generation: 1,
    deletionTimestamp: undefined,
    managedFields: managed(ground, named, 'Update'),
  }
  const content = kind.hasStatus ? withoutStatus : given
  const object = completed(kind, admitted(ground, named, { ...content, metadata: pure(metadata) }, undefined))
  const owners = ownersAfterUpdate(NO_OWNERS, managerOf(write), {
    before: {},
    after: owned(object),
    schema: kind.schema,
  })
  return ground.store.put(kind, object, owners, kind.schema !== undefined && kind.hasStatus && 'status' in object)
}

/** Without members that are undefined. */
const pure = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

const managed = (ground: Ground, write: Write, operation: string) => [
  {
    manager: managerOf(write),
    operation,
    apiVersion: apiVersionOf(write.kind),
    time: seconds(ground),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': {}, 'f:spec': {} },
    ...(write.isStatus ? { subresource: 'status' } : {}),
  },
]

/** The part of an object that managers own. */
function owned(object: Json): Json {
  const { apiVersion: _a, kind: _k, metadata, ...content } = object
  const { labels, annotations, finalizers } = asJson(metadata)
  return { ...content, metadata: pure({ labels, annotations, finalizers }) }
}

/** Replaces an object, or its status. */
export function replace(ground: Ground, write: Write): Json {
  const { kind, name } = write
  const stored = found(ground, write)
  const given = asJson(write.body)
  const { resourceVersion, uid } = metaOf(given)
  if (resourceVersion === undefined && kind.schema !== undefined)
    throw invalid(kind.kind, name, [
      { field: 'metadata.resourceVersion', message: 'Invalid value: 0: must be specified for an update' },
    ])
  refuseStale(write, stored, resourceVersion)
  if (uid !== undefined && uid !== metaOf(stored.object).uid)
    throw conflict(
      qualified(kind),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metaOf(stored.object).uid}`,
    )
  return update(ground, write, stored, given)
}

function refuseStale({ kind, name }: Write, { object }: Stored, resourceVersion: unknown): void {
  if (resourceVersion === undefined || resourceVersion === metaOf(object).resourceVersion) return
  throw conflict(
    qualified(kind),
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )
}

/** Patches an object, or its status, by the content type. */
export function patch(ground: Ground, write: Write): Json {
  const { kind, name, contentType } = write
  if (contentType.startsWith('application/apply-patch')) return applyPatch(ground, write)
  const stored = found(ground, write)
  if (contentType.startsWith('application/merge-patch+json')) {
    if (!isJson(write.body)) throw badRequest('a merge patch is an object')
    refuseStale(write, stored, metaOf(write.body).resourceVersion)
    return update(ground, write, stored, merged(stored.object, write.body) as Json)
  }
  if (contentType.startsWith('application/json-patch+json')) {
    if (!Array.isArray(write.body))
      throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
    const result = jsonPatched(stored.object, write.body as Parameters<typeof jsonPatched>[1])
    if (result === undefined)
      throw new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request')
    refuseStale(write, stored, metaOf(result).resourceVersion)
    return update(ground, write, stored, result)
  }
  const message = `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`
  throw new Refusal(415, 'UnsupportedMediaType', message, { name, kind: qualified(kind) })
}

/** The metadata after an update: the server's own stays, a rise of the generation is for a change of content. */
function nextMeta(stored: Json, given: Json, isStatus: boolean): Json {
  const before = metaOf(stored)
  if (isStatus) return before
  const kept = Object.fromEntries(KEPT.map(name => [name, before[name]]))
  return pure({
    ...metaOf(given),
    ...kept,
    managedFields: before.managedFields,
    resourceVersion: before.resourceVersion,
  })
}

function contentOf(object: Json): Json {
  const { metadata: _, status: _s, apiVersion: _a, kind: _k, ...content } = object
  return content
}

function update(ground: Ground, write: Write, stored: Stored, given: Json): Json {
  const { kind, isStatus } = write
  const before = stored.object
  const withPart = isStatus
    ? { ...before, status: given.status }
    : { ...given, ...(kind.hasStatus ? { status: before.status } : {}) }
  const object = admitted(ground, write, pure({ ...withPart, metadata: nextMeta(before, given, isStatus) }), before)
  const owners = ownersAfterUpdate(stored.owners, managerOf(write), {
    before: owned(before),
    after: owned(object),
    schema: kind.schema,
  })
  return settle(ground, write, { before, object, owners })
}

/** Stores the outcome of an update, unless nothing changed; an object that waited for its last finalizer ends here. */
function settle(
  { store }: Ground,
  { kind, name }: Write,
  { before, object, owners }: { readonly before: Json; readonly object: Json; readonly owners: Owners },
): Json {
  refuseNewFinalizers(kind, before, object)
  const isDying = metaOf(object).deletionTimestamp !== undefined
  const generation =
    Number(metaOf(before).generation ?? 1) + (isDeepStrictEqual(contentOf(before), contentOf(object)) ? 0 : 1)
  const next = { ...object, metadata: { ...metaOf(object), generation } }
  if (isDying && listOr(metaOf(next).finalizers).length === 0 && !isHeld(kind, next)) {
    store.delete(kind, next)
    return next
  }
  const stored = store.get(kind, metaOf(before).namespace as string | undefined, name)
  if (stored !== undefined && !stored.lacksStatus && isDeepStrictEqual(before, next)) return stored.object
  return store.put(kind, next, owners)
}

/** A namespace waits for its content, not for finalizers in its metadata. */
const isHeld = (kind: Kind, object: Json) => kind === NAMESPACES && listOr(asJson(object.spec).finalizers).length > 0

function refuseNewFinalizers(kind: Kind, before: Json, after: Json): void {
  if (metaOf(before).deletionTimestamp === undefined) return
  const old = listOr(metaOf(before).finalizers)
  const added = listOr(metaOf(after).finalizers).filter(finalizer => !old.includes(finalizer))
  if (added.length === 0) return
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`
  throw invalid(kind.kind, textOr(metaOf(after).name), [
    { field: 'metadata.finalizers', message, reason: 'FieldValueForbidden' },
  ])
}

/** The part of an applied configuration that counts: `/status` ignores everything but the status, and the other way round. */
function configOf({ kind, isStatus, body }: Write): Json {
  const { status, ...rest } = owned(asJson(body))
  if (isStatus) return status === undefined ? {} : { status }
  return kind.hasStatus || status === undefined ? rest : { ...rest, status }
}

function applyPatch(ground: Ground, write: Write): Json {
  const { kind, namespace, name, query, isStatus } = write
  const manager = query.get('fieldManager') ?? ''
  if (manager === '' || Buffer.byteLength(manager) > 128)
    throw invalid('PatchOptions', '', [
      { field: 'fieldManager', message: 'Required value: is required for apply patch', reason: 'FieldValueRequired' },
    ])
  const body = asJson(write.body)
  if (listOr(metaOf(body).managedFields).length > 0) throw badRequest('metadata.managedFields must be nil')
  const stored = ground.store.get(kind, namespace, name)
  if (stored === undefined) {
    if (isStatus) throw notFound(qualified(kind), name)
    if (metaOf(body).uid !== undefined)
      throw conflict(
        qualified(kind),
        name,
        'uid mismatch: the provided object specified uid, and no existing object was found',
      )
    refuseUntyped(contentOf(body), kind.schema)
    const { resourceVersion: _, ...metadata } = metaOf(body)
    return create(ground, { ...write, body: { ...body, metadata: { ...metadata, name } } })
  }
  refuseStale(write, stored, metaOf(body).resourceVersion)
  if (!isStatus && metaOf(body).uid !== undefined && metaOf(body).uid !== metaOf(stored.object).uid)
    throw conflict(qualified(kind), name, 'Precondition failed: UID in precondition')
  const config = configOf(write)
  refuseUntyped(config, kind.schema && openMeta(kind.schema))
  refuseNulls(write, config)
  const applied = apply(owned(stored.object), stored.owners, { manager, config, schema: kind.schema })
  if (applied.conflicts.length > 0 && query.get('force') !== 'true') throw fieldConflict(write, applied.conflicts)
  const { metadata, ...content } = applied.object
  const shape = { ...content, metadata: { ...metaOf(stored.object), ...dropped(), ...asJson(metadata) } }
  const object = admitted(ground, { ...write, query: new URLSearchParams() }, pure(shape), stored.object)
  return settle(ground, write, {
    before: stored.object,
    object: { ...object, metadata: pure(metaOf(object)) },
    owners: applied.owners,
  })
}

const dropped = () => ({ labels: undefined, annotations: undefined, finalizers: undefined })

/** Metadata has a schema of its own that no definition repeats. */
const openMeta = (schema: Json): Json => ({
  ...schema,
  properties: {
    ...asJson(schema.properties),
    metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
})

function refuseNulls({ kind, name }: Write, config: Json): void {
  const nulls = (value: unknown, schema: Json | undefined, path: string): string[] => {
    if (value === null) return schema?.nullable === true ? [] : [path]
    if (Array.isArray(value)) return value.flatMap((item, at) => nulls(item, asJson(schema?.items), `${path}[${at}]`))
    if (!isJson(value)) return []
    return Object.entries(value).flatMap(([member, inner]) =>
      nulls(inner, asJson(asJson(schema?.properties)[member]), path === '' ? member : `${path}.${member}`),
    )
  }
  const fields = nulls(config, kind.schema, '')
  if (kind.schema === undefined || fields.length === 0) return
  throw invalid(
    kind.kind,
    name,
    fields.map(field => ({
      field,
      message: `Invalid value: "null": ${field} in body must not be null`,
      reason: 'FieldValueTypeInvalid',
    })),
  )
}

function fieldConflict(
  { kind, name }: Write,
  conflicts: readonly { readonly field: string; readonly manager: string }[],
): Refusal {
  const causes = conflicts.map(({ field, manager }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using ${apiVersionOf(kind)}`,
    field,
  }))
  const message = `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: ${causes.map(cause => `${cause.message}: ${cause.field}`).join(', ')}`
  return new Refusal(409, 'Conflict', message, { name, kind: qualified(kind), causes })
}

/** Asks for an object's end: at once, or when its finalizers are gone. Gives back what the server answers. */
export function remove(ground: Ground, write: Write): Json {
  const { kind, name } = write
  const { object, owners } = found(ground, write)
  const meta = metaOf(object)
  const { uid, resourceVersion } = asJson(asJson(write.body).preconditions)
  if (uid !== undefined && uid !== meta.uid)
    throw conflict(
      qualified(kind),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${meta.uid}`,
    )
  if (resourceVersion !== undefined && resourceVersion !== meta.resourceVersion)
    throw conflict(
      qualified(kind),
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion}`,
    )
  if (listOr(meta.finalizers).length === 0 && !isHeld(kind, object)) {
    ground.store.delete(kind, object)
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, kind: qualified(kind), uid: meta.uid },
    }
  }
  if (meta.deletionTimestamp !== undefined) return object
  const metadata = {
    ...meta,
    generation: Number(meta.generation ?? 1) + 1,
    deletionTimestamp: seconds(ground),
    deletionGracePeriodSeconds: 0,
  }
  const dying = { ...object, metadata, ...(kind === NAMESPACES ? { status: { phase: 'Terminating' } } : {}) }
  return ground.store.put(kind, dying, owners)
}
