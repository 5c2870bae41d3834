import { Ajv, type ValidateFunction } from 'ajv'
import type { JsonSchema } from './schema-json.ts'

const labelWord = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const labelPrefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const dateTime = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** Whether a label or annotation may have this name, as Kubernetes has it. */
export function isLabelName(name: string): boolean {
  const [word = '', prefix, ...rest] = name.split('/').reverse()
  return (
    rest.length === 0 &&
    labelWord.test(word) &&
    (prefix === undefined || (prefix.length <= 253 && labelPrefix.test(prefix)))
  )
}

/** Whether a label may have this value. */
export const isLabelValue = (value: string): boolean => value === '' || labelWord.test(value)

/** RFC 3339 as the API server reads it: with seconds and a zone, a day of the calendar, no leap second. */
function isDateTime(text: string): boolean {
  const day = dateTime.exec(text)?.[1]
  return (
    day !== undefined &&
    !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) &&
    new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  )
}

function haveKeysOnce(keys: readonly string[], items: readonly Readonly<Record<string, unknown>>[]): boolean {
  if (items.length < 2) return true
  const seen = items.map(item => JSON.stringify(keys.map(key => item?.[key])))
  return new Set(seen).size === seen.length
}

/** Compiles a schema of `objectSchema`. Validating sets defaults in place and collects all errors. */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    useDefaults: true,
    ownProperties: true,
  })
  ajv.addFormat('int32', { type: 'number', validate: (value: number) => value >= -(2 ** 31) && value < 2 ** 31 })
  ajv.addFormat('int64', { type: 'number', validate: (value: number) => Number.isSafeInteger(value) })
  ajv.addFormat('date-time', isDateTime)
  ajv.addKeyword({ keyword: 'x-keys', type: 'array', validate: haveKeysOnce })
  ajv.addKeyword({
    keyword: 'x-labels',
    type: 'object',
    validate: (_: true, labels: Readonly<Record<string, unknown>>) =>
      Object.entries(labels).every(
        ([name, value]) => isLabelName(name) && (typeof value !== 'string' || isLabelValue(value)),
      ),
  })
  return ajv.compile(schema)
}
