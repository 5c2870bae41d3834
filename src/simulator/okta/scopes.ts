const managed =
  'agentPools apiTokens appGrants apps apps.interclientTrust authenticators authorizationServers behaviors botProtection brands captchas customTelephonyProvider deviceAssurance deviceIntegrations devicePostureChecks devices directories.groups domains dr emailDomains emailServers eventHooks features groups identitySources idps inlineHooks linkedObjects logStreams networkZones oauthIntegrations orgs personal.adminSettings policies principalRateLimits profileMappings pushProviders rateLimits realmAssignments realms roles schemas securityEventsProviders serviceAccounts serviceAccounts.okta sessions templates threatInsights trustedOrigins uischemas userRisk userTypes users'

const known = new Set([
  'okta.logs.read',
  ...managed.split(' ').flatMap(name => [`okta.${name}.read`, `okta.${name}.manage`]),
])

/** Whether the org authorization server has a scope of this name. Source: Okta, OAuth 2.0 scopes of the management API. */
export function isKnownScope(scope: string): boolean {
  return known.has(scope)
}
