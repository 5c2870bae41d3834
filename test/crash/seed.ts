/** What both tenants hold before the company comes: strangers, groups, a group filled by a rule. */
export const seed = {
  version: 1,
  okta: {
    users: ['breakglass@acme.example', 'visitor@partner.example'].map(login => ({
      status: 'ACTIVE',
      profile: { login, email: login, firstName: 'Some', lastName: 'Stranger' },
    })),
    groups: [
      { name: 'All Staff' },
      { name: 'Engineering-Core' },
      { name: 'London Office', members: ['visitor@partner.example'] },
      { name: 'Leadership' },
      { name: 'Partners' },
    ],
    rules: [
      {
        name: 'partners',
        status: 'ACTIVE',
        expression: 'String.stringContains(user.email, "partner.example")',
        groups: ['Partners'],
      },
    ],
  },
  entra: {
    tenant: { displayName: 'Acme', domains: ['acme.example', 'acme.onmicrosoft.com'] },
    users: [{ userPrincipalName: 'breakglass@acme.example', displayName: 'Break Glass', accountEnabled: true }],
    groups: [
      { displayName: 'All Staff' },
      { displayName: 'Eng-Users' },
      { displayName: 'London Office', members: ['breakglass@acme.example'] },
      { displayName: 'Leadership' },
    ],
    administrativeUnits: [{ displayName: 'Product AU' }, { displayName: 'Staff AU' }],
  },
}
