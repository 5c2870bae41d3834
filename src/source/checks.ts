import type { Employee } from '../api/employee.ts'
import type { GroupMapping } from '../api/group-mapping.ts'
import type { IdentityProvider } from '../api/identity-provider.ts'
import { compileExpression, type ExpressionResults } from '../expression/expression.ts'
import { addFault, addFinding, type Candidate, type Path } from './candidate.ts'
import { isTimeZone } from './days.ts'
import { orphanAnnotation, unblockAnnotation } from './employee.ts'
import { unsupportedInProvider } from './support.ts'

/** A candidate that passed its schema, so that its object has the type of its kind. */
export type Typed =
  | { readonly kind: 'Employee'; readonly object: Employee }
  | { readonly kind: 'GroupMapping'; readonly object: GroupMapping }
  | { readonly kind: 'IdentityProvider'; readonly object: IdentityProvider }

/** The object of a candidate by its kind. Only for one without a fault: the schema is what proves the type. */
export function typed(candidate: Candidate): Typed {
  const { kind, object } = candidate
  return { kind, object } as unknown as Typed
}

/** What the schema cannot say about one manifest alone: zones, expressions, annotations, what is not supported yet. */
export function checkAlone(candidate: Candidate): void {
  if (!candidate.usable) return
  const { kind, object } = typed(candidate)
  switch (kind) {
    case 'Employee':
      checkEmployee(candidate, object)
      break
    case 'GroupMapping':
      checkMapping(candidate, object)
      break
    case 'IdentityProvider':
      checkProvider(candidate, object)
      break
  }
}

function checkEmployee(candidate: Candidate, { spec, metadata }: Employee): void {
  const { timeZone } = spec.employment
  if (!isTimeZone(timeZone)) {
    const message = `spec.employment.timeZone ${JSON.stringify(timeZone)} is no time zone; use an IANA name such as Europe/London`
    addFault(candidate, ['spec', 'employment', 'timeZone'], message)
  }
  const unblock = metadata.annotations?.[unblockAnnotation]
  if (
    unblock !== undefined &&
    !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(unblock)
  )
    warnOfAnnotation(candidate, unblockAnnotation, 'must be a time, such as "2026-01-31T12:00:00Z"; no block is lifted')
  const orphan = metadata.annotations?.[orphanAnnotation]
  if (orphan !== undefined && orphan !== 'true' && orphan !== 'false')
    warnOfAnnotation(candidate, orphanAnnotation, 'must be "true" or "false"; it counts as "false"')
}

function warnOfAnnotation(candidate: Candidate, annotation: string, problem: string): void {
  const message = `the annotation ${annotation} ${problem}`
  addFinding(candidate, ['metadata', 'annotations', annotation], {
    message,
    reason: 'ManifestInvalid',
    severity: 'Warning',
  })
}

function checkMapping(candidate: Candidate, { spec }: GroupMapping): void {
  checkExpression(candidate, ['spec', 'employees', 'expression'], spec.employees.expression, 'bool')
}

function checkProvider(candidate: Candidate, { spec }: IdentityProvider): void {
  for (const [index, entry] of (spec.attributes ?? []).entries())
    checkExpression(candidate, ['spec', 'attributes', index, 'from'], entry.from, 'string')
  for (const { path, message } of unsupportedInProvider(spec)) addFault(candidate, path, message, 'NotYetSupported')
}

function checkExpression(
  candidate: Candidate,
  path: Path,
  text: string | undefined,
  result: keyof ExpressionResults,
): void {
  if (text === undefined) return
  const compiled = compileExpression(text, result)
  if (compiled.ok) return
  const { line, column } = compiled.position
  const where = line === 1 ? `at character ${column}` : `in its line ${line}, at character ${column}`
  const remedies = { syntax: 'mend the CEL expression', type: 'mend the CEL expression', cost: 'make it simpler' }
  const name = path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1)
  addFault(candidate, path, `${name} cannot be used, ${where}: ${compiled.message}; ${remedies[compiled.kind]}`)
}
