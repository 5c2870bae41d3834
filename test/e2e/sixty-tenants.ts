import { mappingOf } from './company.ts'

/** Tenants full of things that are nobody's business: strangers, rule-managed, dynamic and unmapped groups. */
export const seed = {
  version: 1,
  okta: {
    users: [
      {
        profile: {
          login: 'breakglass@acme.example',
          email: 'breakglass@acme.example',
          firstName: 'Break',
          lastName: 'Glass',
        },
      },
      {
        profile: {
          login: 'vera@partner.example',
          email: 'vera@partner.example',
          firstName: 'Vera',
          lastName: 'Visitor',
        },
      },
      {
        status: 'SUSPENDED',
        profile: {
          login: 'zed@acme.example',
          email: 'zed@acme.example',
          firstName: 'Zed',
          lastName: 'Stranger',
          employeeNumber: '77',
        },
      },
    ],
    groups: [
      ...['All Staff', 'Engineering', 'Sales', 'On-Call'].map(name => ({ name })),
      { name: 'Chess Club', description: 'Fridays', members: ['vera@partner.example'] },
      { name: 'Partners' },
      { name: 'Engineers by rule' },
    ],
    rules: [
      {
        name: 'partners',
        status: 'ACTIVE',
        expression: 'String.stringContains(user.email, "partner.example")',
        groups: ['Partners'],
      },
      {
        name: 'engineers',
        status: 'ACTIVE',
        expression: 'user.department=="Engineering"',
        groups: ['Engineers by rule'],
      },
    ],
  },
  entra: {
    tenant: { displayName: 'Acme', domains: ['acme.example', 'acme.onmicrosoft.com'] },
    users: [
      { userPrincipalName: 'breakglass@acme.example', displayName: 'Break Glass', accountEnabled: true },
      { userPrincipalName: 'zed@acme.example', displayName: 'Zed Stranger', accountEnabled: false, employeeId: '77' },
    ],
    groups: [
      ...['All Staff', 'Eng-Users', 'On-Call'].map(displayName => ({ displayName })),
      { displayName: 'Book Club', members: ['zed@acme.example'] },
      {
        displayName: 'Everybody Computed',
        groupTypes: ['DynamicMembership'],
        membershipRule: 'user.accountEnabled -eq true',
        membershipRuleProcessingState: 'On',
        members: ['breakglass@acme.example'],
      },
    ],
    administrativeUnits: [
      { displayName: 'Product AU' },
      { displayName: 'Board AU', members: ['breakglass@acme.example'] },
    ],
  },
}

/** Mappings for some groups of theirs. */
export const mappings = {
  'mappings.yaml': [
    mappingOf('everyone', { expression: 'true' }, [
      { provider: 'okta', groups: ['All Staff'] },
      { provider: 'entra', groups: ['All Staff'] },
    ]),
    mappingOf('engineering', { groups: ['engineering'] }, [
      { provider: 'okta', groups: ['Engineering'] },
      { provider: 'entra', groups: ['Eng-Users'], administrativeUnits: ['Product AU'] },
    ]),
    mappingOf('sales', { groups: ['sales'] }, [{ provider: 'okta', groups: ['Sales'] }]),
    mappingOf('on-call', { groups: ['on-call'] }, [
      { provider: 'okta', groups: ['On-Call'] },
      { provider: 'entra', groups: ['On-Call'] },
    ]),
  ].join('---\n'),
}
