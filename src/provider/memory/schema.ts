import type { DesiredAccount, DesiredAttribute, DesiredState } from '../../model/desired.ts'
import type { Catalog } from '../../model/entitlement.ts'
import type { AttributeName, EmployeeNumber } from '../../model/ids.ts'
import type { Finding } from '../../model/origin.ts'
import type { DefaultAttribute } from '../../model/traits.ts'
import type { MemorySettings } from './client.ts'

/** A neutral table: one attribute for each Employee field, named as plainly as can be. */
export const MEMORY_ATTRIBUTES: readonly DefaultAttribute[] = [
  { to: 'employeeNumber', from: 'employeeNumber' },
  { to: 'givenName', from: 'givenName', required: true },
  { to: 'familyName', from: 'familyName', required: true },
  { to: 'displayName', from: 'displayName' },
  { to: 'email', from: 'workEmail' },
  { to: 'personalEmail', from: 'personalEmail' },
  { to: 'workPhone', from: 'phone.work' },
  { to: 'mobilePhone', from: 'phone.mobile' },
  { to: 'title', from: 'title' },
  { to: 'department', from: 'department' },
  { to: 'division', from: 'division' },
  { to: 'organization', from: 'organization' },
  { to: 'costCenter', from: 'costCenter' },
  { to: 'employeeType', from: 'employeeType' },
  { to: 'street', from: 'address.street' },
  { to: 'locality', from: 'address.locality' },
  { to: 'region', from: 'address.region' },
  { to: 'postalCode', from: 'address.postalCode' },
  { to: 'country', from: 'address.country' },
  { to: 'language', from: 'preferredLanguage' },
  { to: 'startDate', from: 'employment.startDate' },
  { to: 'endDate', from: 'employment.endDate' },
  { to: 'timeZone', from: 'employment.timeZone' },
]

/** Every attribute of a tenant but the login, by name. */
export function schemaOf(
  attributes: readonly DefaultAttribute[],
  others: readonly AttributeName[],
): ReadonlyMap<AttributeName, { readonly required: boolean }> {
  const named = attributes.map(({ to, required = false }) => [to, { required }] as const)
  return new Map([...others.map(name => [name, { required: false }] as const), ...named])
}

/** Why the tenant would refuse a value, or undefined when it would take it. */
export function attributeFault(
  settings: MemorySettings,
  name: AttributeName,
  value: string | null,
): string | undefined {
  const entry = settings.schema.get(name)
  if (entry === undefined) return `has no attribute "${name}"`
  if (value === null) return entry.required ? `does not clear "${name}"` : undefined
  if (value.length > settings.maxLength) return `stores at most ${settings.maxLength} characters in "${name}"`
  return undefined
}

/** How the tenant stores a value: trimmed, addresses in lower case; undefined for nothing. */
function storedForm(value: string | undefined, address: boolean): string | undefined {
  const trimmed = value?.trim()
  if (trimmed === undefined || trimmed === '') return undefined
  return address ? trimmed.toLowerCase() : trimmed
}

/** Desired as the tenant would store it. People who are so already stay the same objects. */
export function canonicalDesired(settings: MemorySettings, desired: DesiredState, _catalog: Catalog): DesiredState {
  const addresses = new Set(
    settings.traits.attributes.filter(({ from }) => from.endsWith('Email')).map(attribute => attribute.to),
  )
  const findings: Finding[] = []
  const people = new Map<EmployeeNumber, DesiredAccount>()
  let changed = false
  for (const [number, person] of desired.people) {
    const canonical = canonicalPerson(settings, addresses, person, fault =>
      findings.push(finding(desired, person, fault)),
    )
    changed ||= canonical !== person
    people.set(number, canonical)
  }
  return changed ? { ...desired, people, findings: [...desired.findings, ...findings] } : desired
}

function canonicalPerson(
  settings: MemorySettings,
  addresses: ReadonlySet<AttributeName>,
  person: DesiredAccount,
  refuse: (fault: string) => void,
): DesiredAccount {
  let attributes: Map<AttributeName, DesiredAttribute> | undefined
  for (const [name, attribute] of person.attributes) {
    const value = storedForm(attribute.value, addresses.has(name))
    const fault = attributeFault(settings, name, value ?? null)
    if (fault === undefined && value === attribute.value) continue
    attributes ??= new Map(person.attributes)
    if (fault === undefined) attributes.set(name, { ...attribute, value })
    else attributes.delete(name)
    if (fault !== undefined) refuse(fault)
  }
  const login = person.login.trim().toLowerCase()
  const email = storedForm(person.email, true)
  if (attributes === undefined && login === person.login && email === person.email) return person
  const { email: _before, ...rest } = person
  return { ...rest, login, ...(email === undefined ? {} : { email }), attributes: attributes ?? person.attributes }
}

function finding(desired: DesiredState, person: DesiredAccount, fault: string): Finding {
  return {
    reason: 'AttributeUnknown',
    severity: 'Warning',
    message: `${person.employee}: the tenant ${fault}, so it is left as it is; shorten it, or take it out of the attributes.`,
    subject: { kind: 'Employee', name: person.employee },
    ...(person.origin === undefined ? {} : { origin: person.origin }),
    provider: desired.policy.name,
  }
}
