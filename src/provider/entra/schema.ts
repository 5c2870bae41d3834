import type { AttributeName } from '../../model/ids.ts'
import type { DefaultAttribute, Traits } from '../../model/traits.ts'

/**
 * How a value is kept: `Text` as it is; `First` in a list of at most one; `Day` as a moment whose midnight in UTC stands for the
 * day; `Country` as two capital letters; `Address` as text without accents.
 */
type Form = 'Text' | 'First' | 'Day' | 'Country' | 'Address'

/** What Microsoft Graph keeps for one attribute of a user. */
export interface EntraAttribute {
  readonly name: AttributeName
  readonly form: Form
  /** Longest value in characters ("user resource type"). */
  readonly longest: number
  /** Refused app-only for holders of admin roles, so that it must not stand in one request with others ("Sensitive actions"). */
  readonly sensitive?: boolean
  /** Refused by the call that makes a user; written after it. */
  readonly afterCreate?: boolean
}

const attribute = (name: AttributeName, longest: number, more: Partial<EntraAttribute> = {}): EntraAttribute => ({
  name,
  longest,
  form: 'Text',
  ...more,
})

const KNOWN: readonly EntraAttribute[] = [
  attribute('givenName', 64),
  attribute('surname', 64),
  attribute('displayName', 256),
  attribute('mail', 250, { form: 'Address' }),
  attribute('otherMails', 250, { form: 'First', sensitive: true }),
  attribute('businessPhones', 64, { form: 'First', sensitive: true }),
  attribute('mobilePhone', 64, { sensitive: true }),
  attribute('jobTitle', 128),
  attribute('department', 64),
  attribute('employeeOrgData.division', 1024),
  attribute('employeeOrgData.costCenter', 1024),
  attribute('companyName', 64),
  attribute('employeeType', 1024),
  attribute('employeeId', 16),
  attribute('streetAddress', 1024),
  attribute('city', 128),
  attribute('state', 128),
  attribute('postalCode', 40),
  attribute('country', 128),
  attribute('usageLocation', 2, { form: 'Country' }),
  attribute('preferredLanguage', 64),
  attribute('employeeHireDate', 30, { form: 'Day' }),
  attribute('officeLocation', 128),
  attribute('faxNumber', 64),
  attribute('mailNickname', 64),
  attribute('onPremisesImmutableId', 64),
  ...Array.from({ length: 15 }, (_, index) =>
    attribute(`onPremisesExtensionAttributes.extensionAttribute${index + 1}`, 1024, { afterCreate: true }),
  ),
]

const BY_NAME: ReadonlyMap<AttributeName, EntraAttribute> = new Map(KNOWN.map(known => [known.name, known]))

/** Names of directory extensions: open properties that an application has registered ("Directory extensions"). */
const EXTENSION = /^extension_[0-9a-fA-F]{32}_\w+$/

/** What is kept for an attribute, or undefined when users have none of that name. */
export function entraAttribute(name: AttributeName): EntraAttribute | undefined {
  return BY_NAME.get(name) ?? (EXTENSION.test(name) ? attribute(name, 256, { afterCreate: true }) : undefined)
}

const DEFAULTS: readonly DefaultAttribute[] = [
  { to: 'employeeId', from: 'employeeNumber' },
  { to: 'givenName', from: 'givenName' },
  { to: 'surname', from: 'familyName' },
  { to: 'displayName', from: 'displayName', required: true },
  { to: 'mail', from: 'workEmail' },
  { to: 'otherMails', from: 'personalEmail' },
  { to: 'businessPhones', from: 'phone.work' },
  { to: 'mobilePhone', from: 'phone.mobile' },
  { to: 'jobTitle', from: 'title' },
  { to: 'department', from: 'department' },
  { to: 'employeeOrgData.division', from: 'division' },
  { to: 'companyName', from: 'organization' },
  { to: 'employeeOrgData.costCenter', from: 'costCenter' },
  { to: 'employeeType', from: 'employeeType' },
  { to: 'streetAddress', from: 'address.street' },
  { to: 'city', from: 'address.locality' },
  { to: 'state', from: 'address.region' },
  { to: 'postalCode', from: 'address.postalCode' },
  { to: 'country', from: 'address.country' },
  { to: 'usageLocation', from: 'address.country', required: true },
  { to: 'preferredLanguage', from: 'preferredLanguage' },
  { to: 'employeeHireDate', from: 'employment.startDate' },
]

/** What Microsoft Entra ID stores and can do. Groups cannot be given with a new user; reads may lag writes by minutes. */
export const entraTraits: Traits = {
  attributes: DEFAULTS,
  numberAttribute: 'employeeId',
  loginAttribute: 'userPrincipalName',
  groupsOnCreate: 0,
  readLagMs: 5 * 60_000,
  bin: true,
  entitlementKinds: ['Group', 'AdministrativeUnit', 'App', 'DirectoryRole', 'License'],
}

/** Attributes that this provider reads: the default ones, and extra ones that users have. */
export function readAttributes(extra: readonly AttributeName[]): readonly EntraAttribute[] {
  const names = new Set([...DEFAULTS.map(known => known.to), ...extra])
  return [...names].flatMap(name => entraAttribute(name) ?? [])
}

/** Names of all attributes that may be written: the login, the known ones, and the extensions that were asked for. */
export function writableAttributes(extra: readonly AttributeName[]): ReadonlyMap<AttributeName, { writable: boolean }> {
  const names = [entraTraits.loginAttribute, ...BY_NAME.keys(), ...extra.filter(name => EXTENSION.test(name))]
  return new Map(names.map(name => [name, { writable: true }]))
}

/** A value as it is kept, or why it cannot be kept; `undefined` means cleared. */
export type Canonical = { readonly value: string | undefined } | { readonly refused: string }

const ACCENT = /[^\x20-\x7e]/

/** The form in which Microsoft Graph keeps a value. Applying it twice changes nothing more. */
export function canonicalValue({ form, longest }: EntraAttribute, given: string | undefined): Canonical {
  const text = given?.trim() ?? ''
  if (text === '') return { value: undefined }
  if (form === 'Day') {
    const day = canonicalMoment(text)
    return day === undefined ? { refused: 'a day (YYYY-MM-DD) or a moment in ISO 8601' } : { value: day }
  }
  if (form === 'Country') {
    const country = text.toUpperCase()
    return /^[A-Z]{2}$/.test(country) ? { value: country } : { refused: 'a country code of two letters' }
  }
  if (text.length > longest) return { refused: `at most ${longest} characters` }
  if (form === 'Address' && ACCENT.test(text)) return { refused: 'letters without accents' }
  return { value: text }
}

/** `YYYY-MM-DD` for midnight in UTC, else the moment in ISO 8601; undefined when it is neither. */
function canonicalMoment(text: string): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) return undefined
  const iso = new Date(at).toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso
}

/** The value of an attribute in a user as Microsoft Graph gives it, in canonical form; undefined when it is not set. */
export function storedValue(known: EntraAttribute, user: Readonly<Record<string, unknown>>): string | undefined {
  let value: unknown = user
  for (const step of known.name.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined
  }
  const one: unknown = Array.isArray(value) ? value[0] : value
  if (one === undefined || one === null || one === '') return undefined
  const text = String(one)
  if (known.form === 'Day') return canonicalMoment(text) ?? text
  return text
}

/** The value as it goes into a request; null clears. */
function writtenValue({ form }: EntraAttribute, value: string | null): unknown {
  if (form === 'First') return value === null ? [] : [value]
  if (form === 'Day' && value !== null && value.length === 10) return `${value}T00:00:00Z`
  return value
}

/** A request body with these attributes, dotted names nested. */
export function bodyWith(values: ReadonlyMap<AttributeName, string | null>): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [name, value] of values) {
    const known = entraAttribute(name)
    const [outer = name, inner] = name.split('.')
    const written = known === undefined ? value : writtenValue(known, value)
    if (inner === undefined) body[outer] = written
    else body[outer] = { ...(body[outer] as Record<string, unknown> | undefined), [inner]: written }
  }
  return body
}

/** Properties to ask for so that an account can be made of a user. */
export function selectedProperties(extra: readonly AttributeName[]): readonly string[] {
  const attributes = readAttributes(extra).map(known => known.name.split('.')[0] ?? known.name)
  return [...new Set([...FRAME, ...attributes])]
}

const FRAME = [
  'id',
  'userPrincipalName',
  'mail',
  'accountEnabled',
  'createdDateTime',
  'signInSessionsValidFromDateTime',
  'onPremisesSyncEnabled',
]
