import { expect } from 'vitest'
import type { Route } from '../../../src/simulator/okta/call.ts'
import { routes } from '../../../src/simulator/okta/routes.ts'
import { rule } from '../rule.ts'

/** Where each operation draws from, by the first line that fits. */
const buckets: readonly (readonly [string, RegExp])[] = [
  ['users-read', /^GET \/api\/v1\/users\/:user$/],
  ['users-write', /^(POST|PUT|DELETE) \/api\/v1\/users\/:user$/],
  ['users', /^\w+ \/api\/v1\/users(\/:user\/.*)?$/],
  ['groups', /^\w+ \/api\/v1\/groups(\/rules.*|\/:group\/.*)?$/],
  ['groups-id', /^(GET|PUT|DELETE) \/api\/v1\/groups\/:group$/],
  ['apps-id', /^(GET|PUT|DELETE) \/api\/v1\/apps\/:app$/],
  ['apps', /^\w+ \/api\/v1\/apps(\/:app\/.*)?$/],
  ['logs', /^GET \/api\/v1\/logs$/],
  ['other', /./],
]

/** Which scope each operation needs, by the first line that fits; `read` or `manage` follows from the method. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['roles', /^\/(api\/v1\/(users|groups)\/:\w+|oauth2\/v1\/clients\/:client)\/roles/],
  ['roles', /^\/api\/v1\/iam\//],
  ['users', /^\/api\/v1\/users/],
  ['groups', /^\/api\/v1\/groups/],
  ['appGrants', /^\/api\/v1\/apps\/:app\/grants/],
  ['apps', /^\/api\/v1\/apps/],
  ['logs', /^\/api\/v1\/logs$/],
  ['linkedObjects', /^\/api\/v1\/meta\/schemas\/user\/linkedObjects/],
  ['schemas', /^\/api\/v1\/meta\/schemas/],
  ['userTypes', /^\/api\/v1\/meta\/types\/user/],
  ['eventHooks', /^\/api\/v1\/eventHooks/],
  ['principalRateLimits', /^\/api\/v1\/principal-rate-limits/],
]

const scopeOf = (route: Route, kind: string): string => `okta.${kind}.${route.method === 'GET' ? 'read' : 'manage'}`

rule(
  {
    area: 'Rate limits: buckets',
    says: 'every operation draws on one bucket: /users and all below one user but himself (read and written apart), /groups with members, rules and apps but one group, /apps with users, groups and lifecycle but one app, /logs, and the rest of /api/v1',
    source: 'Recorded responses of an Okta org',
  },
  () => {
    const drawn = routes.map(route => [`${route.method} ${route.path}`, route.bucket])
    expect(drawn).toEqual(drawn.map(([call = '']) => [call, buckets.find(([, shape]) => shape.test(call))?.[0]]))
  },
)

rule(
  {
    area: 'OAuth: scopes',
    says: 'every operation of users, groups, apps, grants, logs, schemas, user types, linked objects, event hooks, roles and principal rate limits needs okta.{kind}.read to read and okta.{kind}.manage to write',
    source: 'Okta, OpenAPI description of the management API',
  },
  () => {
    const seen = new Set<string>()
    for (const route of routes) {
      const kind = kinds.find(([, shape]) => shape.test(route.path))?.[0]
      if (kind === undefined) continue
      seen.add(kind)
      expect([route.method, route.path, route.scope]).toEqual([route.method, route.path, scopeOf(route, kind)])
    }
    expect([...seen].sort()).toEqual([...new Set(kinds.map(([kind]) => kind))].sort())
  },
)
