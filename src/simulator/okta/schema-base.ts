import type { Attribute } from './objects.ts'

const text = (title: string, more: Partial<Attribute> = {}): Attribute => ({
  title,
  type: 'string',
  scope: 'NONE',
  mutability: 'READ_WRITE',
  ...more,
})

/** The 31 attributes every user type starts with. Source: Okta, User schema and the profile object of the Users API. */
export function baseAttributes(): Map<string, Attribute> {
  return new Map<string, Attribute>([
    ['login', text('Username', { required: true, minLength: 5, maxLength: 100, pattern: null })],
    ['firstName', text('First name', { required: true, minLength: 1, maxLength: 50 })],
    ['lastName', text('Last name', { required: true, minLength: 1, maxLength: 50 })],
    ['middleName', text('Middle name')],
    ['honorificPrefix', text('Honorific prefix')],
    ['honorificSuffix', text('Honorific suffix')],
    ['email', text('Primary email', { required: true, minLength: 5, maxLength: 100, format: 'email' })],
    ['title', text('Title')],
    ['displayName', text('Display name')],
    ['nickName', text('Nickname')],
    ['profileUrl', text('Profile Url', { format: 'uri' })],
    ['secondEmail', text('Secondary email', { maxLength: 100, format: 'email' })],
    ['mobilePhone', text('Mobile phone', { maxLength: 100 })],
    ['primaryPhone', text('Primary phone', { maxLength: 100 })],
    ['streetAddress', text('Street address', { maxLength: 1024 })],
    ['city', text('City', { maxLength: 128 })],
    ['state', text('State', { maxLength: 128 })],
    ['zipCode', text('Zip code', { maxLength: 50 })],
    ['countryCode', text('Country code', { maxLength: 2, format: 'country-code' })],
    ['postalAddress', text('Postal Address', { maxLength: 4096 })],
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
