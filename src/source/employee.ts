import type { Employee as EmployeeObject, EmployeeSpec } from '../api/employee.ts'
import type { Employee, EmployeeField } from '../model/employee.ts'
import type { EmployeeNumber } from '../model/ids.ts'
import type { Origin } from '../model/origin.ts'
import { dayOf } from './days.ts'

/** Annotation: blocks that are not ours and were first seen before this time may be lifted. */
export const unblockAnnotation = 'tenure.dev/unblock'
/** Annotation: when the Employee is deleted, the account stays as it is. */
export const orphanAnnotation = 'tenure.dev/orphan'

/** A valid Employee in the words of the model. */
export function employeeOf(object: EmployeeObject, namespace: string, origin: Origin): Employee {
  const { spec, metadata } = object
  const unblockBefore = Date.parse(metadata.annotations?.[unblockAnnotation] ?? '')
  return {
    name: metadata.name,
    namespace,
    origin,
    labels: metadata.labels ?? {},
    number: spec.employeeNumber as EmployeeNumber,
    previousNumbers: (spec.previousEmployeeNumbers ?? []).map(number => number as EmployeeNumber),
    fields: fieldsOf(spec),
    declared: { ...spec },
    ...(spec.manager && { manager: spec.manager.name }),
    groups: spec.groups ?? [],
    startDate: dayOf(spec.employment.startDate),
    ...(spec.employment.endDate && { endDate: dayOf(spec.employment.endDate) }),
    timeZone: spec.employment.timeZone,
    leaves: (spec.employment.leaves ?? []).map(leave => ({
      from: dayOf(leave.from),
      until: dayOf(leave.until),
      access: leave.access ?? 'Block',
    })),
    suspended: spec.suspended,
    retain: spec.retain,
    ...(spec.providers && { providers: spec.providers }),
    ...(!Number.isNaN(unblockBefore) && { unblockBefore }),
    orphan: metadata.annotations?.[orphanAnnotation] === 'true',
  }
}

function fieldsOf(spec: EmployeeSpec): Employee['fields'] {
  const { phone, address, employment } = spec
  const fields: Readonly<Record<EmployeeField, string | undefined>> = {
    employeeNumber: spec.employeeNumber,
    givenName: spec.givenName,
    familyName: spec.familyName,
    displayName: spec.displayName ?? `${spec.givenName} ${spec.familyName}`,
    workEmail: spec.workEmail,
    personalEmail: spec.personalEmail,
    'phone.work': phone?.work,
    'phone.mobile': phone?.mobile,
    title: spec.title,
    department: spec.department,
    division: spec.division,
    organization: spec.organization,
    costCenter: spec.costCenter,
    employeeType: spec.employeeType,
    'address.street': address?.street,
    'address.locality': address?.locality,
    'address.region': address?.region,
    'address.postalCode': address?.postalCode,
    'address.country': address?.country,
    preferredLanguage: spec.preferredLanguage,
    'employment.startDate': dayOf(employment.startDate),
    'employment.endDate': employment.endDate && dayOf(employment.endDate),
    'employment.timeZone': employment.timeZone,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
