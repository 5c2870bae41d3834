import { describe, expect, it } from 'vitest'
import type { EntraState } from './index.ts'
import { testTenant } from './testkit.ts'

const STATE: EntraState = {
  users: [
    { userPrincipalName: 'ada@example.com', assignedLicenses: [{ skuPartNumber: 'E5' }] },
    { userPrincipalName: 'bob@example.com' },
  ],
  groups: [{ displayName: 'Eng', members: ['bob@example.com'], assignedLicenses: [{ skuPartNumber: 'F3' }] }],
  servicePrincipals: [{ displayName: 'CRM', appId: 'eeeeeeee-0000-4000-8000-000000000001' }],
  appRegistrations: [{ displayName: 'CRM', appId: 'eeeeeeee-0000-4000-8000-000000000001' }],
  subscribedSkus: [{ skuPartNumber: 'E5', enabled: 2 }, { skuPartNumber: 'F3' }],
  authenticationMethods: [{ user: 'ada@example.com', type: 'emailMethods', emailAddress: 'ada@x.org' }],
  temporaryAccessPassPolicy: { state: 'disabled' },
  appRoleAssignments: [{ principal: 'ada@example.com', resource: 'CRM' }],
  directoryRoles: ['Reports Reader'],
}

describe('what a state says of licences, methods, app roles and directory roles', () => {
  it('is there, by name or by id', async () => {
    const { call } = testTenant(STATE)
    const { tenant } = testTenant(STATE)
    const users = tenant.state().users ?? []
    const held = users.map(({ licenseAssignmentStates }) => licenseAssignmentStates)
    expect(held).toMatchObject([[{ assignedByGroup: null }], [{ assignedByGroup: tenant.state().groups?.[0]?.id }]])
    expect((await call("GET /servicePrincipals?$filter=displayName eq 'CRM'")).value).toHaveLength(1)
    expect(tenant.state().directoryRoles).toHaveLength(1)
    expect(tenant.state().authenticationMethods).toMatchObject([{ emailAddress: 'ada@x.org' }])
  })

  it('is the same after it was dumped and loaded', () => {
    const { tenant } = testTenant(STATE)
    const before = tenant.state()
    tenant.load(structuredClone(before))
    expect(tenant.state()).toEqual(before)
  })

  it.each([
    [
      { users: [{ userPrincipalName: 'a@example.com', assignedLicenses: [{ skuPartNumber: 'X' }] }] },
      /subscribedSkus has no "X"/,
    ],
    [{ directoryRoles: ['Nothing'] }, /entra\.directoryRoles\[0\]: there is no role "Nothing"/],
    [{ authenticationMethods: [{ user: 'nobody', type: 'emailMethods' }] }, /authenticationMethods\[0\]\.user/],
    [{ appRoleAssignments: [{ principal: 'x', resource: 'y' }] }, /appRoleAssignments\[0\]\.principal/],
  ] as const)('is refused with the place where it is wrong: %j', (state, why) => {
    expect(() => testTenant(state)).toThrow(why)
  })
})
