import type { App, Group } from './objects.ts'
import type { Org } from './org.ts'
import { timestamp } from './time.ts'

/** A group as JSON. `expand` names `stats`, `app` or both, with a comma. Source: Okta, Groups API. */
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
  const wanted = expand?.split(',') ?? []
  const source = group.source === null ? undefined : org.apps.get(group.source)
  const parts = {
    ...(wanted.includes('stats') ? { stats: statsView(org, group) } : {}),
    ...(wanted.includes('app') && source !== undefined ? { app: sourceView(source) } : {}),
  }
  return Object.keys(parts).length === 0 ? {} : { _embedded: parts }
}

function sourceView({ id, name, label, signOnMode }: App): unknown {
  return { id, name, label, signOnMode }
}

function statsView(org: Org, group: Group): unknown {
  return {
    usersCount: group.members.size,
    appsCount: org.appsByGroup.get(group.id)?.size ?? 0,
    groupPushMappingsCount: 0,
    hasAdminPrivlege: group.roles.length > 0,
  }
}
