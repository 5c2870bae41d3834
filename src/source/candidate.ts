import { crds } from '../api/schemas.ts'
import type { RawManifest } from '../model/manifests.ts'
import type { Finding, Origin, Reason, Subject } from '../model/origin.ts'
import { type ManifestKind, manifestKinds } from './kinds.ts'
import { subjectOf } from './manifests.ts'
import { placeText } from './place.ts'
import { compileCrd, type SchemaFinding, type Validator } from './schema.ts'

/** A manifest on its way to being trusted: checked against the schema, with what was found wrong so far. */
export interface Candidate {
  readonly kind: ManifestKind
  /** `metadata.name`; absent when it cannot be told. */
  readonly name: string | undefined
  /** `metadata.namespace` as written; absent when it was left out. */
  readonly namespace: string | undefined
  readonly subject: Subject
  readonly raw: RawManifest
  /** With defaults set. Of the kind's type once there is no fault. */
  readonly object: Readonly<Record<string, unknown>>
  readonly findings: Finding[]
  /** False once the manifest must not be used: the person, mapping or provider is left as it is. */
  usable: boolean
}

export type Path = readonly (string | number)[]

/** Reads a manifest against its schema. Undefined for an object that is none of our kinds. */
export function candidateOf(raw: RawManifest): Candidate | undefined {
  const kind = manifestKinds.find(each => each === fieldOf(raw.object, 'kind'))
  const validator = kind && validators().get(kind)
  if (!kind || !validator) return undefined
  const { object, findings } = validator.validate(raw.object)
  const metadata = fieldOf(raw.object, 'metadata')
  const candidate: Candidate = {
    kind,
    name: textOf(fieldOf(metadata, 'name')),
    namespace: textOf(fieldOf(metadata, 'namespace')),
    subject: subjectOf(raw.object, placeText(raw.origin)),
    raw,
    object,
    findings: [],
    usable: true,
  }
  for (const fault of findings) addFault(candidate, fault.segments, schemaSentence(fault))
  return candidate
}

/** Notes a fault that makes the manifest unusable. */
export function addFault(candidate: Candidate, path: Path, message: string, reason: Reason = 'ManifestInvalid'): void {
  addFinding(candidate, path, { message, reason, severity: 'Error' })
  candidate.usable = false
}

/** Notes a finding that does not in itself make the manifest unusable. */
export function addFinding(
  candidate: Candidate,
  path: Path,
  finding: Pick<Finding, 'message' | 'reason' | 'severity'>,
): void {
  candidate.findings.push({ ...finding, subject: candidate.subject, origin: placeOf(candidate, path) })
}

/** Where a part of a manifest stands. */
export function placeOf(candidate: Candidate, path: Path): Origin {
  return candidate.raw.locate(path)
}

let compiled: ReadonlyMap<string, Validator> | undefined

/** Compiled once, when first needed: it takes a while. */
function validators(): ReadonlyMap<string, Validator> {
  compiled ??= new Map(crds.map(crd => [crd.spec.names.kind, compileCrd(crd)]))
  return compiled
}

const secretFields: readonly (string | number)[] = ['privateKey', 'clientSecret', 'clientCertificate']

function schemaSentence(fault: SchemaFinding): string {
  // Somebody may have put the secret itself where its name belongs.
  const message = fault.segments.some(segment => secretFields.includes(segment))
    ? fault.message.replace(/not the string ".*$/s, 'not a string').replace(/; got .*$/s, '')
    : fault.message
  return fault.path === '' ? message : `${fault.path}: ${message}`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A member of an object whose shape is not known yet. */
export function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Reflect.get(value, key)
}
