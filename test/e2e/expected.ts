import type { Person } from './company.ts'
import type { View } from './view.ts'

/** The profile a person declares, in Okta's words. */
export function oktaProfile(person: Person, manager: Person | undefined, view: View): object {
  const { rest, employment } = person
  const phone = rest.phone as { readonly work: string; readonly mobile: string } | undefined
  const address = (rest.address ?? { country: 'GB' }) as Readonly<Record<string, string>>
  const declared = {
    login: person.email,
    email: person.email,
    secondEmail: rest.personalEmail,
    firstName: person.givenName,
    lastName: person.familyName,
    displayName: `${person.givenName} ${person.familyName}`,
    employeeNumber: person.number,
    title: person.title,
    department: person.department,
    division: rest.division,
    organization: rest.organization,
    costCenter: rest.costCenter,
    userType: rest.employeeType,
    primaryPhone: phone?.work,
    mobilePhone: phone?.mobile,
    streetAddress: address.street,
    city: address.locality,
    state: address.region,
    zipCode: address.postalCode,
    countryCode: address.country,
    preferredLanguage: rest.preferredLanguage,
    timezone: employment.timeZone,
    managerId: manager && view.accounts.get(manager.email)?.id,
    manager: manager && `${manager.givenName} ${manager.familyName}`,
  }
  const unset = { mobilePhone: null, secondEmail: null }
  return { ...unset, ...Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined)) }
}

/** The fields a person declares, in Microsoft Graph's words. */
export function entraFields(person: Person): object {
  const { rest, employment } = person
  const phone = rest.phone as { readonly work: string; readonly mobile: string } | undefined
  const address = (rest.address ?? { country: 'GB' }) as Readonly<Record<string, string>>
  return {
    mail: person.email,
    givenName: person.givenName,
    surname: person.familyName,
    displayName: `${person.givenName} ${person.familyName}`,
    employeeId: person.number,
    jobTitle: person.title,
    department: person.department,
    companyName: rest.organization ?? null,
    employeeType: rest.employeeType ?? null,
    employeeHireDate: `${employment.startDate}T00:00:00Z`,
    employeeOrgData: rest.costCenter === undefined ? null : { division: rest.division, costCenter: rest.costCenter },
    streetAddress: address.street ?? null,
    city: address.locality ?? null,
    state: address.region ?? null,
    postalCode: address.postalCode ?? null,
    country: address.country,
    usageLocation: address.country,
    preferredLanguage: rest.preferredLanguage ?? null,
    otherMails: rest.personalEmail === undefined ? [] : [rest.personalEmail],
    businessPhones: phone === undefined ? [] : [phone.work],
    mobilePhone: phone?.mobile ?? null,
  }
}
