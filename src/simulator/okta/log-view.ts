import type { LogEntry } from './objects.ts'

/** Words under which the System Log shows what happened. Source: Okta, Event types. */
const messages: Readonly<Record<string, string>> = {
  'user.lifecycle.create': 'Create okta user',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user',
  'user.lifecycle.reactivate': 'Reactivate Okta user',
  'user.lifecycle.delete.initiated': 'Delete Okta user initiated',
  'user.lifecycle.delete.completed': 'Delete Okta user completed',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.account.update_password': 'User update password for Okta',
  'user.account.reset_password': 'User reset password for Okta',
  'user.account.expire_password': 'Expire user password in Okta',
  'user.account.unlock_by_admin': 'Unlock user account for Okta by admin',
  'user.account.update_user_type': 'User type changed',
  'user.account.privilege.grant': 'Grant user privilege',
  'user.account.privilege.revoke': 'Revoke user privilege',
  'user.mfa.factor.reset_all': 'Reset all factors for user',
  'user.session.clear': 'Clear user session',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership',
  'group.user_membership.rule.add_exclusion': 'Add exclusion to group rule',
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Update Okta group profile',
  'group.privilege.grant': 'Grant group privilege',
  'group.privilege.revoke': 'Revoke group privilege',
  'group.application_assignment.add': 'Add assigned application to group',
  'group.application_assignment.remove': 'Remove assigned application from group',
  'group.application_assignment.update': 'Update assigned application of group',
  'application.lifecycle.create': 'Create application',
  'application.lifecycle.update': 'Update application',
  'application.lifecycle.activate': 'Activate application',
  'application.lifecycle.deactivate': 'Deactivate application',
  'application.lifecycle.delete': 'Delete application',
  'application.user_membership.add': 'Add user to application membership',
  'application.user_membership.remove': 'Remove user from application membership',
  'application.user_membership.update': 'Update user application property',
  'application.user_membership.change_username': 'Change users application username',
  'app.oauth2.token.grant.access_token': 'OIDC access token is granted',
  'app.oauth2.admin.consent.grant': 'Grant admin consent to scope',
  'app.oauth2.admin.consent.revoke': 'Revoke admin consent to scope',
  'system.org.rate_limit.warning': 'Rate limit warning',
  'system.org.rate_limit.violation': 'Rate limit violation',
  'core.concurrency.org.limit.violation': 'Too many concurrent requests in flight',
  'event_hook.created': 'Event hook created',
  'event_hook.updated': 'Event hook updated',
  'event_hook.deleted': 'Event hook deleted',
  'event_hook.activated': 'Event hook activated',
  'event_hook.deactivated': 'Event hook deactivated',
  'event_hook.verified': 'Event hook verified',
  'iam.role.create': 'Create custom role',
  'iam.role.update': 'Update custom role',
  'iam.role.delete': 'Delete custom role',
  'iam.role.permissions.add': 'Add permission to custom role',
  'iam.role.permissions.delete': 'Delete permission from custom role',
  'iam.resourceset.create': 'Create resource set',
  'iam.resourceset.update': 'Update resource set',
  'iam.resourceset.delete': 'Delete resource set',
  'iam.resourceset.resources.add': 'Add resources to resource set',
  'iam.resourceset.resources.delete': 'Delete resources from resource set',
  'iam.resourceset.bindings.add': 'Add assignment to resource set',
  'iam.resourceset.bindings.delete': 'Delete assignment from resource set',
}

/** The parts of an entry, each made when somebody asks. */
const parts: Readonly<Record<string, (entry: LogEntry) => unknown>> = {
  actor: entry => ({ ...entry.actor, detailEntry: null }),
  client: () => ({
    userAgent: null,
    zone: 'null',
    device: 'Unknown',
    id: null,
    ipAddress: null,
    geographicalContext: null,
  }),
  device: () => null,
  authenticationContext: () => ({
    authenticationProvider: null,
    credentialProvider: null,
    credentialType: null,
    issuer: null,
    interface: null,
    authenticationStep: 0,
    externalSessionId: 'unknown',
  }),
  displayMessage: entry => messages[entry.eventType] ?? entry.eventType,
  eventType: entry => entry.eventType,
  outcome: entry => entry.outcome ?? { result: 'SUCCESS', reason: null },
  published: entry => new Date(entry.at).toISOString(),
  securityContext: () => ({ asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null }),
  severity: entry => entry.severity ?? 'INFO',
  debugContext: entry => ({ debugData: { requestId: entry.requestId, requestUri: entry.requestUri } }),
  legacyEventType: () => null,
  transaction: entry => ({ type: 'WEB', id: entry.requestId === '' ? 'unknown' : entry.requestId, detail: {} }),
  uuid: entry => entry.uuid,
  version: () => '0',
  request: () => ({ ipChain: [] }),
  target: entry => entry.targets.map(target => ({ ...target, detailEntry: null })),
}

/** An entry as JSON. Source: Okta, System Log API. */
export function entryView(entry: LogEntry): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part(entry)]))
}

/** Whether a filter may ask about a property. */
export function isEntryProperty(property: string): boolean {
  return property !== 'published' && parts[property.split('.')[0] ?? ''] !== undefined
}

/** The values under a dotted name such as `target.id`; lists are looked through. */
export function entryValue(entry: LogEntry, property: string): unknown {
  const [first = '', ...rest] = property.split('.')
  let current = values(parts[first]?.(entry))
  for (const step of rest) {
    current = current.flatMap(value =>
      typeof value === 'object' && value !== null ? values(Reflect.get(value, step)) : [],
    )
  }
  return current
}

function values(value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
