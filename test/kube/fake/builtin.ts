import { asJson, badRequest, type FieldFault, isJson, type Json, listOr, metaOf, textOr } from './answer.ts'
import { CRDS, EVENTS, type Kind, LEASES, NAMESPACES } from './kinds.ts'

/** A time with exactly six digits of a fraction, and any offset. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/

/** @throws Refusal 400: such a time cannot even be decoded */
function refuseTime(value: unknown, field: string): void {
  if (value === undefined || value === null) return
  if (typeof value !== 'string' || !MICRO_TIME.test(value))
    throw badRequest(`${field}: parsing time "${value}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse`)
}

const required = (object: Json, fields: readonly string[]): FieldFault[] =>
  fields
    .filter(field => textOr(object[field]) === '')
    .map(field => ({ field, message: 'Required value', reason: 'FieldValueRequired' }))

const bytes = (value: unknown) => Buffer.byteLength(textOr(value))

function leaseFaults(object: Json): FieldFault[] {
  const spec = asJson(object.spec)
  for (const name of ['acquireTime', 'renewTime']) refuseTime(spec[name], `spec.${name}`)
  const duration = spec.leaseDurationSeconds
  if (duration === undefined || (typeof duration === 'number' && duration > 0)) return []
  return [{ field: 'spec.leaseDurationSeconds', message: `Invalid value: ${duration}: must be greater than 0` }]
}

const EVENT_IMMUTABLE = ['regarding', 'reason', 'action', 'note', 'type', 'eventTime', 'reportingController']

function eventFaults(object: Json, before: Json | undefined): FieldFault[] {
  refuseTime(object.eventTime, 'eventTime')
  const series = isJson(object.series) ? object.series : undefined
  refuseTime(series?.lastObservedTime, 'series.lastObservedTime')
  const faults = required(object, ['eventTime', 'reason', 'action', 'reportingInstance', 'reportingController'])
  if (object.type !== 'Normal' && object.type !== 'Warning')
    faults.push({ field: 'type', message: `Invalid value: "${object.type}": ` })
  for (const field of ['reason', 'action', 'reportingInstance'])
    if (bytes(object[field]) > 128) faults.push({ field, message: 'can have at most 128 characters' })
  if (bytes(object.note) > 1024) faults.push({ field: 'note', message: 'can have at most 1024 characters' })
  if (series !== undefined && !(typeof series.count === 'number' && series.count >= 2))
    faults.push({ field: 'series.count', message: 'should be at least 2' })
  if (series !== undefined && series.lastObservedTime === undefined)
    faults.push({ field: 'series.lastObservedTime', message: 'Required value', reason: 'FieldValueRequired' })
  const namespace = metaOf(object).namespace
  if (textOr(asJson(object.regarding).namespace) === '' && namespace !== 'default' && namespace !== 'kube-system')
    faults.push({ field: 'involvedObject.namespace', message: 'does not match event.namespace' })
  if (before !== undefined)
    for (const field of EVENT_IMMUTABLE)
      if (JSON.stringify(before[field]) !== JSON.stringify(object[field]))
        faults.push({ field, message: 'field is immutable' })
  return faults
}

/** What a built-in kind's own rules have against an object. @throws Refusal 400 for what cannot be decoded */
export function builtinFaults(kind: Kind, object: Json, before: Json | undefined): FieldFault[] {
  if (kind.plural === LEASES.plural && kind.group === LEASES.group) return leaseFaults(object)
  if (kind.plural === EVENTS.plural && kind.group === EVENTS.group) return eventFaults(object, before)
  return []
}

/** A new object of a built-in kind as the server completes it. */
export function completed(kind: Kind, object: Json): Json {
  if (kind === NAMESPACES) return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
  if (kind !== CRDS) return object
  const now = metaOf(object).creationTimestamp
  const conditions = ['NamesAccepted', 'Established'].map(type => ({ type, status: 'True', lastTransitionTime: now }))
  return { ...object, status: { conditions, storedVersions: storedVersions(object) } }
}

const storedVersions = (definition: Json) =>
  listOr(asJson(definition.spec).versions)
    .map(asJson)
    .filter(version => version.storage === true)
    .map(version => version.name)

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const LABEL_NAME = /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** What is wrong with a name or with labels. @throws Refusal 400 for labels that are no text */
export function metaFaults(meta: Json): FieldFault[] {
  const name = textOr(meta.name)
  const faults: FieldFault[] = []
  if (!NAME.test(name) || name.length > 253)
    faults.push({
      field: 'metadata.name',
      message: `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of …`,
    })
  for (const [label, value] of Object.entries(asJson(meta.labels))) {
    if (typeof value !== 'string') throw badRequest(`metadata.labels.${label}: cannot unmarshal into string`)
    if (!LABEL_NAME.test(label) || !LABEL.test(value))
      faults.push({ field: 'metadata.labels', message: `Invalid value: "${label}=${value}": is no label` })
  }
  return faults
}
