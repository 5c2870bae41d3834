import type { DesiredAccount, DesiredAttribute, DesiredState } from '../../model/desired.ts'
import type { Catalog } from '../../model/entitlement.ts'
import type { AttributeName, EmployeeNumber } from '../../model/ids.ts'
import type { Finding } from '../../model/origin.ts'
import { canonicalValue, entraAttribute } from './schema.ts'

/**
 * Desired as Entra ID would store it. What it cannot store is taken out with a finding, so that it blocks nothing else. Applying it
 * twice changes nothing more, and whoever is not changed stays the same object.
 */
export function canonicalDesired(desired: DesiredState, catalog: Catalog): DesiredState {
  const findings: Finding[] = []
  const people = new Map<EmployeeNumber, DesiredAccount>()
  let changed = false
  for (const [number, person] of desired.people) {
    const canonical = canonicalPerson(person, catalog, desired)
    if (canonical.person !== person) changed = true
    for (const finding of canonical.findings) findings.push(finding)
    people.set(number, canonical.person)
  }
  if (!changed) return desired
  return { ...desired, people, findings: [...desired.findings, ...findings] }
}

interface CanonicalPerson {
  readonly person: DesiredAccount
  readonly findings: readonly Finding[]
}

function canonicalPerson(person: DesiredAccount, catalog: Catalog, desired: DesiredState): CanonicalPerson {
  let attributes: Map<AttributeName, DesiredAttribute> | undefined
  const findings: Finding[] = []
  for (const [name, attribute] of person.attributes) {
    const canonical = canonicalAttribute(name, attribute, catalog)
    if (canonical === attribute) continue
    attributes ??= new Map(person.attributes)
    if (typeof canonical === 'string') {
      attributes.delete(name)
      findings.push(finding(person, `${name} ${canonical}`, desired))
    } else attributes.set(name, canonical)
  }
  const login = person.login.trim()
  if (attributes === undefined && login === person.login) return { person, findings }
  return { person: { ...person, login, attributes: attributes ?? person.attributes }, findings }
}

/** The attribute as it is kept, the same one when it is so already, or in words why it cannot be kept. */
function canonicalAttribute(
  name: AttributeName,
  attribute: DesiredAttribute,
  catalog: Catalog,
): DesiredAttribute | string {
  const known = entraAttribute(name)
  const writable = catalog.attributes === undefined || catalog.attributes.get(name)?.writable === true
  if (known === undefined || !writable) return 'is no attribute of Entra ID users that can be written'
  const canonical = canonicalValue(known, attribute.value)
  if ('refused' in canonical) return `takes ${canonical.refused}`
  return canonical.value === attribute.value ? attribute : { ...attribute, value: canonical.value }
}

function finding(person: DesiredAccount, words: string, { policy }: DesiredState): Finding {
  return {
    reason: 'AttributeUnknown',
    severity: 'Warning',
    message: `Employee ${person.employee}: ${words}; it was left out, the rest goes on.`,
    subject: { kind: 'Employee', name: person.employee },
    provider: policy.name,
    ...(person.origin === undefined ? {} : { origin: person.origin }),
  }
}
