import type { AttributeName } from '../../model/ids.ts'
import type { Traits } from '../provider.ts'
import { groupsOnCreate } from './requests.ts'
import { fitted } from './values.ts'

/** What the Okta provider stores and can do. Member lists were seen to lag by up to 4 s; we allow 5. */
export const oktaTraits: Traits = {
  attributes: [
    { to: 'email', from: 'workEmail', required: true },
    { to: 'firstName', from: 'givenName', required: true },
    { to: 'lastName', from: 'familyName', required: true },
    { to: 'displayName', from: 'displayName' },
    { to: 'secondEmail', from: 'personalEmail' },
    { to: 'primaryPhone', from: 'phone.work' },
    { to: 'mobilePhone', from: 'phone.mobile' },
    { to: 'title', from: 'title' },
    { to: 'department', from: 'department' },
    { to: 'division', from: 'division' },
    { to: 'organization', from: 'organization' },
    { to: 'costCenter', from: 'costCenter' },
    { to: 'userType', from: 'employeeType' },
    { to: 'employeeNumber', from: 'employeeNumber' },
    { to: 'streetAddress', from: 'address.street' },
    { to: 'city', from: 'address.locality' },
    { to: 'state', from: 'address.region' },
    { to: 'zipCode', from: 'address.postalCode' },
    { to: 'countryCode', from: 'address.country' },
    { to: 'preferredLanguage', from: 'preferredLanguage' },
    { to: 'timezone', from: 'employment.timeZone' },
  ],
  numberAttribute: 'employeeNumber',
  loginAttribute: 'login',
  groupsOnCreate,
  readLagMs: 5_000,
  bin: false,
  entitlementKinds: ['Group', 'App'],
}

/** Attributes that no account can be without. */
export const requiredAttributes: ReadonlySet<AttributeName> = new Set([
  oktaTraits.loginAttribute,
  ...oktaTraits.attributes.flatMap(attribute => (attribute.required ? [attribute.to] : [])),
])

/** Shortest and longest text of an attribute, where Okta sets a limit. Source: Okta, Users API, the profile object. */
export const textLimits: ReadonlyMap<AttributeName, { readonly minLength: number; readonly maxLength: number }> =
  new Map(
    (
      [
        ['login', 5, 100],
        ['email', 5, 100],
        ['firstName', 1, 50],
        ['lastName', 1, 50],
        ['secondEmail', 1, 100],
        ['mobilePhone', 1, 100],
        ['primaryPhone', 1, 100],
        ['streetAddress', 1, 1024],
        ['city', 1, 128],
        ['state', 1, 128],
        ['zipCode', 1, 50],
        ['countryCode', 2, 2],
      ] as const
    ).map(([name, minLength, maxLength]) => [name, { minLength, maxLength }]),
  )

/** Why Okta would not store a text under an attribute; undefined when it would. */
export function valueFault(attribute: AttributeName, value: string): string | undefined {
  const fit = fitted(value, undefined, textLimits.get(attribute))
  return fit.kind === 'Fault' ? fit.why : undefined
}
