import type { Attribute } from './objects.ts'

const text = (title: string, more: Partial<Attribute> = {}): Attribute => ({
  title,
  type: 'string',
  scope: 'NONE',
  mutability: 'READ_WRITE',
  ...more,
})

/** Lengths that hold for base attributes although the schema does not say so. Source: Okta, profile object of the Users API. */
export const unsaidLengths: Readonly<Record<string, Pick<Attribute, 'minLength' | 'maxLength'>>> = {
  email: { minLength: 5, maxLength: 100 },
  secondEmail: { maxLength: 100 },
  streetAddress: { maxLength: 1024 },
  city: { maxLength: 128 },
  state: { maxLength: 128 },
  zipCode: { maxLength: 50 },
  countryCode: { maxLength: 2 },
  postalAddress: { maxLength: 4096 },
}

/** The 31 attributes every user type starts with. Source: Okta, User schema and the profile object of the Users API. */
export function baseAttributes(): Map<string, Attribute> {
  return new Map<string, Attribute>([
    ['login', text('Username', { required: true, minLength: 5, maxLength: 100 })],
    ['firstName', text('First name', { required: true, minLength: 1, maxLength: 50 })],
    ['lastName', text('Last name', { required: true, minLength: 1, maxLength: 50 })],
    ['middleName', text('Middle name')],
    ['honorificPrefix', text('Honorific prefix')],
    ['honorificSuffix', text('Honorific suffix')],
    ['email', text('Primary email', { required: true, format: 'email' })],
    ['title', text('Title')],
    ['displayName', text('Display name')],
    ['nickName', text('Nickname')],
    ['profileUrl', text('Profile Url', { format: 'uri' })],
    ['secondEmail', text('Secondary email', { format: 'email' })],
    ['mobilePhone', text('Mobile phone', { maxLength: 100 })],
    ['primaryPhone', text('Primary phone', { maxLength: 100 })],
    ['streetAddress', text('Street address')],
    ['city', text('City')],
    ['state', text('State')],
    ['zipCode', text('Zip code')],
    ['countryCode', text('Country code', { format: 'country-code' })],
    ['postalAddress', text('Postal Address')],
    ['preferredLanguage', text('Preferred language', { format: 'language-code' })],
    ['locale', text('Locale', { format: 'locale' })],
    ['timezone', text('Time zone', { format: 'timezone' })],
    ['userType', text('User type')],
    ['employeeNumber', text('Employee number')],
    ['costCenter', text('Cost center')],
    ['organization', text('Organization')],
    ['division', text('Division')],
    ['department', text('Department')],
    ['managerId', text('ManagerId')],
    ['manager', text('Manager')],
  ])
}
