import { entraManifest, oktaManifest } from '../e2e/stage.ts'

/** What both tenants hold before anything is declared. */
export const seed = {
  version: 1,
  okta: {
    users: [
      { profile: { login: 'zed@acme.example', email: 'zed@acme.example', firstName: 'Zed', lastName: 'Stranger' } },
    ],
    groups: [{ name: 'Staff' }],
  },
  entra: {
    tenant: { displayName: 'Acme', domains: ['acme.example'] },
    users: [{ userPrincipalName: 'zed@acme.example', displayName: 'Zed Stranger', accountEnabled: true }],
    groups: [{ displayName: 'Staff' }],
  },
}

/** An Employee with everything an account needs. */
export function person(name: string, number: string, spec = ''): string {
  return `apiVersion: tenure.dev/v1alpha1
kind: Employee
metadata:
  name: ${name}
spec:
  employeeNumber: "${number}"
  givenName: ${name}
  familyName: Body
  workEmail: ${name}@acme.example
  address: { country: GB }
  groups: [staff]
  employment:
    startDate: "2026-01-05"
${spec}`
}

const mapping = `apiVersion: tenure.dev/v1alpha1
kind: GroupMapping
metadata:
  name: staff
spec:
  employees: { groups: [staff] }
  grants:
  - { provider: okta, groups: [Staff] }
  - { provider: entra, groups: [Staff] }
`

/** Manifests that are right: three people at both providers, one of whom will be spoiled in `bad.yaml`. */
export const company: Readonly<Record<string, string>> = {
  'people.yaml': `${person('grace', '9001')}---\n${person('alan', '9002', '  manager: { name: grace }\n')}`,
  'bad.yaml': person('ada', '1001'),
  'mapping.yaml': mapping,
  'okta.yaml': oktaManifest,
  'entra.yaml': entraManifest,
}
