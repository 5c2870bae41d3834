import { type CompiledExpression, compileExpression, prepareEmployee } from '../expression/expression.ts'
import type { DesiredAttribute } from '../model/desired.ts'
import type { Employee, EmployeeField } from '../model/employee.ts'
import type { AttributeName } from '../model/ids.ts'
import type { AttributePolicy, ProviderPolicy } from '../model/provider.ts'
import type { Traits } from '../model/traits.ts'

/** Everything an account of one person should say, and its login. */
export interface DesiredProfile {
  readonly login: string | undefined
  readonly email: string | undefined
  readonly attributes: ReadonlyMap<AttributeName, DesiredAttribute>
  /** Attributes whose expression failed for this person: neither written nor compared. */
  readonly failures: readonly { readonly attribute: AttributeName; readonly message: string }[]
}

interface Column {
  readonly to: AttributeName
  readonly owner: 'Git' | 'Provider'
  readonly source: string
  readonly field: EmployeeField | undefined
  readonly expression: CompiledExpression<string> | undefined
}

/** Prepares the provider's default table, with the entries of the IdentityProvider laid over it, for many people. */
export function profilerOf(policy: ProviderPolicy, traits: Traits): (employee: Employee) => DesiredProfile {
  const columns = columnsOf(policy, traits)
  return employee => {
    const attributes = new Map<AttributeName, DesiredAttribute>()
    const failures: { attribute: AttributeName; message: string }[] = []
    let prepared: ReturnType<typeof prepareEmployee> | undefined
    for (const column of columns) {
      let value: string | undefined
      if (column.expression) {
        prepared ??= prepareEmployee(employee.declared, employee.labels)
        const result = column.expression.evaluate(prepared)
        if (!result.ok) {
          failures.push({ attribute: column.to, message: result.message })
          continue
        }
        value = String(result.value)
      } else if (column.field) value = employee.fields[column.field]
      attributes.set(column.to, { value: value === '' ? undefined : value, owner: column.owner, source: column.source })
    }
    const mapped = attributes.get(traits.loginAttribute)
    attributes.delete(traits.loginAttribute)
    const login = mapped ? mapped.value : employee.fields.workEmail
    return { login, email: employee.fields.workEmail, attributes, failures }
  }
}

function columnsOf(policy: ProviderPolicy, traits: Traits): Column[] {
  const entries = new Map(policy.attributes.map(entry => [entry.to, entry]))
  const defaults = traits.attributes.map(({ to, from }) => columnOf(to, from, entries.get(to)))
  const known = new Set(traits.attributes.map(attribute => attribute.to))
  const added = policy.attributes
    .filter(entry => !known.has(entry.to))
    .map(entry => columnOf(entry.to, undefined, entry))
  return [...defaults, ...added]
}

function columnOf(to: AttributeName, field: EmployeeField | undefined, entry: AttributePolicy | undefined): Column {
  const owner = entry?.owner ?? 'Git'
  if (entry?.from === undefined)
    return { to, owner, source: field ?? `attributes[${to}]`, field, expression: undefined }
  const expression = compileExpression(entry.from, 'string')
  if (!('evaluate' in expression))
    throw new Error(`the expression of attribute ${to} was not checked before planning: ${expression.message}`)
  return { to, owner, source: `attributes[${to}]`, field: undefined, expression }
}
