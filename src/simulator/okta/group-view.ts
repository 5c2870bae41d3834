import type { Group } from './objects.ts'
import type { Org } from './org.ts'
import { timestamp } from './time.ts'

/** A group as JSON. `expand` is `stats` or `app`. Source: Okta, Groups API. */
export function groupView(
  org: Org,
  group: Group,
  shown: { readonly base: string; readonly expand?: string | undefined },
): Record<string, unknown> {
  const self = `${shown.base}/api/v1/groups/${group.id}`
  const logo = (name: string): unknown => ({
    name,
    href: `${shown.base}/assets/img/logos/groups/okta-${name}.png`,
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
    ...embedded(org, group, shown.expand),
    _links: {
      logo: [logo('medium'), logo('large')],
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
      ...(org.switches.groupOwnersLink ? { owners: { href: `${self}/owners` } } : {}),
      ...(group.source === null ? {} : { source: { href: `${shown.base}/api/v1/apps/${group.source}` } }),
    },
  }
}

function embedded(org: Org, group: Group, expand: string | undefined): Record<string, unknown> {
  if (expand === 'stats') return { _embedded: { stats: statsView(org, group) } }
  const app = expand === 'app' && group.source !== null ? org.apps.get(group.source) : undefined
  return app === undefined ? {} : { _embedded: { app: { id: app.id, name: app.name } } }
}

function statsView(org: Org, group: Group): unknown {
  return {
    usersCount: group.members.size,
    appsCount: org.appsByGroup.get(group.id)?.size ?? 0,
    groupPushMappingsCount: 0,
    hasAdminPrivlege: group.roles.length > 0,
  }
}
