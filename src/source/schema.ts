import type { CustomResourceDefinition } from '../api/crd.ts'
import { compileSchema } from './schema-ajv.ts'
import { objectSchema } from './schema-json.ts'
import { type Described, describeError, type SchemaError } from './schema-messages.ts'
import { decodedMetadata, withoutNulls } from './schema-nulls.ts'
import { type Path, pathText } from './schema-path.ts'
import { compileRules } from './schema-rules.ts'

/** One thing that is wrong with an object. */
export interface SchemaFinding {
  /** Where, as `spec.employment.endDate`; empty for the object as a whole. */
  readonly path: string
  /** The same place in parts, for looking up the line. */
  readonly segments: Path
  /** What is wrong and what is allowed, without the path. */
  readonly message: string
  /** The keyword of the schema, or `rule` for a CEL rule. */
  readonly keyword: string
}

/** What the API server would make of an object. */
export interface Validation {
  /** A copy with defaults set and nulls dropped. To be trusted only when there are no findings. */
  readonly object: Readonly<Record<string, unknown>>
  readonly findings: readonly SchemaFinding[]
}

/** Says of an object what the API server would say, without one. */
export interface Validator {
  /** One finding for each place. `stored` is what an update replaces; with it, rules about changes (`oldSelf`) are checked too. The arguments stay as they are. */
  validate(object: unknown, stored?: unknown): Validation
}

/** After any other error the API server does not look at CEL rules. */
const rulesStillRun = new Set([
  'pattern',
  'minimum',
  'minLength',
  'minItems',
  'minProperties',
  'maximum',
  'uniqueItems',
  'x-keys',
  'x-labels',
])

/** A fault below status counts only when the field is unknown: a write of the object drops status before it is validated. */
const counts = (error: SchemaError) =>
  !error.instancePath.startsWith('/status') || error.keyword === 'additionalProperties'

type Fields = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Compiles a CRD into a validator that agrees with a Kubernetes API server (1.30 and later) that is asked with
 * `fieldValidation=Strict`: nulls dropped, defaults set, structural schema, then CEL rules. Throws when the CRD itself is wrong.
 */
export function compileCrd(crd: CustomResourceDefinition): Validator {
  const { kind } = crd.spec.names
  const root = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}
  const isValid = compileSchema(objectSchema(crd))
  const brokenRules = compileRules(kind, root)

  const complete = (given: Fields) => {
    const object = withoutNulls(given, root) as Record<string, unknown>
    if (object.metadata) object.metadata = decodedMetadata(object.metadata)
    const errors = isValid(object) ? [] : ((isValid.errors ?? []) as SchemaError[])
    if (errors.some(error => !counts(error))) delete object.status
    return { object, errors: errors.filter(counts) }
  }

  function validate(given: unknown, stored?: unknown): Validation {
    if (!isObject(given))
      return {
        object: {},
        findings: [
          {
            path: '',
            segments: [],
            message: `must be a mapping with apiVersion, kind, metadata and spec`,
            keyword: 'type',
          },
        ],
      }
    const { object, errors } = complete(given)
    const described = new Map<string, Described>()
    const tell = (one: Described) => {
      const path = pathText(one.path)
      if (!described.has(path)) described.set(path, one)
    }
    for (const error of errors) tell(describeError(error, object, root))
    if (errors.every(error => rulesStillRun.has(error.keyword))) {
      const before = isObject(stored) ? complete(stored).object : undefined
      for (const fault of brokenRules(object, before)) tell({ ...fault, keyword: 'rule' })
    }
    return {
      object,
      findings: [...described].map(([path, one]) => ({
        path,
        segments: one.path,
        message: one.message,
        keyword: one.keyword,
      })),
    }
  }
  return { validate }
}
