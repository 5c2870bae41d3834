import type { DesiredAccount, DesiredAttribute, DesiredState } from '../../model/desired.ts'
import type { Catalog } from '../../model/entitlement.ts'
import type { AttributeName, EmployeeNumber } from '../../model/ids.ts'
import type { Finding } from '../../model/origin.ts'
import { requiredAttributes, textLimits } from './schema.ts'
import { fitted } from './values.ts'

/** Desired as Okta would store it; what Okta would refuse is taken out with a finding. People it says nothing about stay as they are. */
export function canonicalDesired(desired: DesiredState, catalog: Catalog): DesiredState {
  const findings: Finding[] = []
  const changed = new Map<EmployeeNumber, DesiredAccount>()
  const provider = desired.policy.name
  for (const [number, person] of desired.people) {
    const report = (attribute: AttributeName, why: string): void => {
      findings.push(finding(person, { provider, attribute, why }))
    }
    const canonical = canonicalPerson(person, catalog, report)
    if (canonical !== person) changed.set(number, canonical)
  }
  if (changed.size === 0 && findings.length === 0) return desired
  const people = new Map(desired.people)
  for (const [number, person] of changed) people.set(number, person)
  return { ...desired, people, findings: [...desired.findings, ...findings] }
}

type Report = (attribute: AttributeName, why: string) => void

function canonicalPerson(person: DesiredAccount, catalog: Catalog, report: Report): DesiredAccount {
  const login = person.login.trim()
  let attributes: Map<AttributeName, DesiredAttribute> | undefined
  for (const [name, attribute] of person.attributes) {
    const canonical = canonicalAttribute(name, attribute, { catalog, report })
    if (canonical === attribute) continue
    attributes ??= new Map(person.attributes)
    if (canonical === undefined) attributes.delete(name)
    else attributes.set(name, canonical)
  }
  if (attributes === undefined && login === person.login) return person
  return { ...person, login, ...(attributes === undefined ? {} : { attributes }) }
}

/** The attribute in Okta's form: the same object when it is already; undefined when Okta would not take it. */
function canonicalAttribute(
  name: AttributeName,
  attribute: DesiredAttribute,
  { catalog, report }: { readonly catalog: Catalog; readonly report: Report },
): DesiredAttribute | undefined {
  const known = catalog.attributes?.get(name)
  const value = canonicalText(attribute.value)
  if (catalog.attributes !== undefined && known === undefined) {
    report(name, 'the user schema of the org has no such attribute; add it there or take it out')
    return undefined
  }
  if (known?.writable === false) {
    report(name, 'the user schema of the org makes it read-only')
    return undefined
  }
  if (value === undefined && requiredAttributes.has(name)) {
    report(name, 'Okta requires it, so it cannot be cleared')
    return undefined
  }
  if (value === undefined) return attribute.value === undefined ? attribute : { ...attribute, value }
  const fit = fitted(value, known, textLimits.get(name))
  if (fit.kind === 'Fault') {
    report(name, fit.why)
    return undefined
  }
  return fit.text === attribute.value ? attribute : { ...attribute, value: fit.text }
}

/** Without spaces around it; nothing left is the same as unset. */
function canonicalText(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text === '' ? undefined : text
}

function finding(
  person: DesiredAccount,
  about: { readonly provider: string; readonly attribute: AttributeName; readonly why: string },
): Finding {
  const { provider, attribute, why } = about
  return {
    reason: 'AttributeUnknown',
    severity: 'Warning',
    message: `Employee ${person.employee}: attribute ${attribute} is left as it is at ${provider}: ${why}.`,
    subject: { kind: 'Employee', name: person.employee },
    ...(person.origin === undefined ? {} : { origin: person.origin }),
    provider,
  }
}
