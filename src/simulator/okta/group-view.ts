import type { Group } from './objects.ts'
import { timestamp } from './time.ts'

/** A group as JSON. `expand` is `stats` or `app`. Source: Okta, Groups API. */
export function groupView(
  group: Group,
  shown: { readonly base: string; readonly expand?: string | undefined },
): Record<string, unknown> {
  const self = `${shown.base}/api/v1/groups/${group.id}`
  const logo = (name: string): unknown => ({
    name,
    href: `${shown.base}/assets/img/logos/groups/${name}.png`,
    type: 'image/png',
  })
  return {
    id: group.id,
    created: timestamp(group.created),
    lastUpdated: timestamp(group.lastUpdated),
    lastMembershipUpdated: timestamp(group.lastMembershipUpdated),
    objectClass: group.objectClass,
    type: group.type,
    profile: group.profile,
    ...(group.source === null ? {} : { source: { id: group.source } }),
    ...(shown.expand === 'stats' ? { _embedded: { stats: statsView(group) } } : {}),
    _links: {
      logo: [logo('okta-medium'), logo('okta-large')],
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
      ...(group.source === null ? {} : { source: { href: `${shown.base}/api/v1/apps/${group.source}` } }),
    },
  }
}

function statsView(group: Group): unknown {
  return {
    usersCount: group.members.size,
    appsCount: 0,
    groupPushMappingsCount: 0,
    hasAdminPrivlege: group.roles.length > 0,
  }
}
