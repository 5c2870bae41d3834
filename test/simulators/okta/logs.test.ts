import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { nextOf, profile, refused } from './apps-cast.ts'

/** An org with five events, a second apart. */
async function busy(): Promise<Bench> {
  const org = bench({ groups: [{ id: 'g1', name: 'One' }] })
  for (let index = 0; index < 5; index += 1) {
    await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: `Name ${index}` } } })
    org.clock.advance(1)
  }
  return org
}

async function names(org: Bench, path: string): Promise<unknown> {
  return (await org.ask('GET', path)).body.list.map(event => event.at('target', 0, 'displayName'))
}

rule(
  {
    area: 'System Log: events',
    says: 'an event has actor, client, device, authenticationContext, displayMessage, eventType, outcome, published, securityContext, severity, debugContext, legacyEventType, transaction, uuid, version, request and target',
    source: 'Okta, System Log API',
  },
  async () => {
    const reply = await (await busy()).ask('GET', '/api/v1/logs')
    expect(Object.keys(Object(reply.body.at(0))).join()).toBe(
      'actor,client,device,authenticationContext,displayMessage,eventType,outcome,published,securityContext,severity,debugContext,legacyEventType,transaction,uuid,version,request,target',
    )
    expect(reply.body.at(0, 'outcome')).toEqual({ result: 'SUCCESS', reason: null })
  },
)

rule(
  {
    area: 'System Log: events',
    says: 'the actor of what an app does is the app, of what an API token does its owner, of what a rule does the system',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile: { ...profile('ada@example.com'), department: 'x' } }],
      groups: [
        { id: 'g1', name: 'One' },
        { id: 'g2', name: 'Ruled' },
      ],
      rules: [{ id: 'r1', name: 'R', expression: 'user.department=="x"', groups: ['g2'] }],
      tokens: [{}, { value: 'ada', user: 'u1', roles: ['SUPER_ADMIN'] }],
    })
    await org.ask('PUT', '/api/v1/groups/g1/users/u1', { as: await bearer(org, 'okta.groups.manage') })
    await org.ask('DELETE', '/api/v1/groups/g1/users/u1', { as: 'SSWS ada' })
    await org.ask('POST', '/api/v1/groups/rules/r1/lifecycle/activate')
    const events = (
      await org.ask('GET', `/api/v1/logs?filter=${encodeURIComponent('eventType sw "group.user_membership"')}`)
    ).body.list
    expect(events.map(event => [event.at('eventType'), event.at('actor', 'id')])).toEqual([
      ['group.user_membership.add', org.tenant.clientId],
      ['group.user_membership.remove', 'u1'],
      ['group.user_membership.add', 'okta.system'],
    ])
    expect([events[0]?.at('target', 0, 'type'), events[0]?.at('target', 1, 'type')]).toEqual(['User', 'UserGroup'])
  },
)

const writes: readonly (readonly [method: string, path: string, body: unknown, events: readonly string[]])[] = [
  ['POST', '/api/v1/users?activate=false', { profile: profile('new@example.com') }, ['user.lifecycle.create']],
  ['POST', '/api/v1/users/u1', { profile: { title: 'x' } }, ['user.account.update_profile']],
  ['POST', '/api/v1/users/u1/lifecycle/suspend', undefined, ['user.lifecycle.suspend']],
  ['POST', '/api/v1/users/u1/lifecycle/unsuspend', undefined, ['user.lifecycle.unsuspend']],
  ['POST', '/api/v1/users/u1/lifecycle/expire_password', undefined, ['user.account.expire_password']],
  ['POST', '/api/v1/users/u1/lifecycle/reset_password', undefined, ['user.account.reset_password']],
  ['DELETE', '/api/v1/users/u1/sessions', undefined, ['user.session.clear']],
  ['PUT', '/api/v1/groups/g1/users/u1', undefined, ['group.user_membership.add']],
  [
    'PUT',
    '/api/v1/apps/a2/groups/g1',
    undefined,
    ['group.application_assignment.add', 'application.user_membership.add'],
  ],
  ['PUT', '/api/v1/apps/a2/groups/g1', { priority: 3 }, ['group.application_assignment.update']],
  [
    'DELETE',
    '/api/v1/apps/a2/groups/g1',
    undefined,
    ['group.application_assignment.remove', 'application.user_membership.remove'],
  ],
  ['DELETE', '/api/v1/groups/g1/users/u1', undefined, ['group.user_membership.remove']],
  ['POST', '/api/v1/apps/a2/users', { id: 'u1' }, ['application.user_membership.add']],
  ['POST', '/api/v1/apps/a2/users/u1', { profile: {} }, ['application.user_membership.update']],
  [
    'POST',
    '/api/v1/apps/a2/users/u1',
    { credentials: { userName: 'n' } },
    ['application.user_membership.change_username'],
  ],
  ['DELETE', '/api/v1/apps/a2/users/u1', undefined, ['application.user_membership.remove']],
  ['POST', '/api/v1/apps/a2/lifecycle/deactivate', undefined, ['application.lifecycle.deactivate']],
  ['DELETE', '/api/v1/apps/a2', undefined, ['application.lifecycle.delete']],
  ['POST', '/api/v1/users/u1/roles', { type: 'HELP_DESK_ADMIN' }, ['user.account.privilege.grant']],
  ['POST', '/api/v1/groups/g1/roles', { type: 'HELP_DESK_ADMIN' }, ['group.privilege.grant']],
  ['PUT', '/api/v1/groups/g1', { profile: { name: 'Renamed' } }, ['group.profile.update']],
  ['DELETE', '/api/v1/groups/g1', undefined, ['group.lifecycle.delete']],
  ['POST', '/api/v1/groups', { profile: { name: 'Brand new' } }, ['group.lifecycle.create']],
  ['POST', '/api/v1/users/u1/lifecycle/deactivate', undefined, ['user.lifecycle.deactivate']],
  ['DELETE', '/api/v1/users/u1', undefined, ['user.lifecycle.delete.initiated', 'user.lifecycle.delete.completed']],
]

rule(
  {
    area: 'System Log: events',
    says: 'every write of users, memberships, groups, apps, assignments and roles has its event types',
    source: 'Okta, Event types',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile: profile('ada@example.com') }],
      groups: [{ id: 'g1', name: 'One' }],
      apps: [{ label: 'Tenure' }, { id: 'a2', label: 'W', name: 'bookmark', signOnMode: 'BOOKMARK' }],
    })
    let poll = nextOf(await org.ask('GET', '/api/v1/logs'))
    for (const [method, path, body, expected] of writes) {
      await org.ask(method, path, { body })
      const page = await org.ask('GET', poll)
      expect([path, page.body.list.map(event => event.at('eventType'))]).toEqual([path, expected])
      poll = nextOf(page)
    }
  },
)

rule(
  {
    area: 'System Log: events',
    says: 'an access token that is given out is app.oauth2.token.grant.access_token with the client as actor',
    source: 'Okta, Event types',
  },
  async () => {
    const org = bench()
    await bearer(org)
    const event = (await org.ask('GET', '/api/v1/logs')).body.list[0]
    expect([event?.at('eventType'), event?.at('actor', 'id')]).toEqual([
      'app.oauth2.token.grant.access_token',
      org.tenant.clientId,
    ])
  },
)

rule(
  {
    area: 'System Log: polling',
    says: 'without until the next link is always there, on an empty page too, and following it shows every event once',
    source: 'Okta, System Log API, polling requests',
  },
  async () => {
    const org = await busy()
    const first = await org.ask('GET', '/api/v1/logs?since=2026-03-01T00:00:00Z&limit=3')
    expect(first.body.list).toHaveLength(3)
    const second = await org.ask('GET', nextOf(first))
    expect(second.body.list).toHaveLength(2)
    const empty = await org.ask('GET', nextOf(second))
    expect([empty.body.value, nextOf(empty) === '']).toEqual([[], false])
    await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: 'Late' } } })
    expect(await names(org, nextOf(empty))).toEqual(['Late'])
  },
)

rule(
  {
    area: 'System Log: polling',
    says: 'the next link carries the cursor in after and no since; a filter goes along, and what does not match is not seen again',
    source: 'Okta, System Log API, polling requests',
  },
  async () => {
    const org = await busy()
    const filter = encodeURIComponent('target.displayName eq "Name 1"')
    const page = await org.ask('GET', `/api/v1/logs?since=2026-03-01T00:00:00Z&filter=${filter}`)
    const next = new URL(nextOf(page))
    expect([page.body.list.length, next.searchParams.has('since'), next.searchParams.get('filter')]).toEqual([
      1,
      false,
      'target.displayName eq "Name 1"',
    ])
    expect(await names(org, next.href)).toEqual([])
  },
)

rule(
  {
    area: 'System Log: polling',
    says: 'events can be read some seconds after they happened, maybe in another order than published; polling misses none',
    source: 'Probe of an Integrator org, 2026',
    unconfirmed: 'logDelaySeconds',
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'One' }], switches: { logDelaySeconds: 20 } })
    const seen: unknown[] = []
    let poll = '/api/v1/logs'
    for (let second = 0; second < 60; second += 1) {
      if (second < 20) await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: `N${second}` } } })
      const page = await org.ask('GET', poll)
      if (second < 10) expect(page.body.value).toEqual([])
      seen.push(...page.body.list.map(event => event.at('target', 0, 'displayName')))
      poll = nextOf(page)
      org.clock.advance(1)
    }
    const all = Array.from({ length: 20 }, (_, index) => `N${index}`)
    expect(seen).not.toEqual(all)
    expect(new Set(seen)).toEqual(new Set(all))
    expect(seen).toHaveLength(20)
  },
)

rule(
  {
    area: 'System Log: bounded reads',
    says: 'with until the list is in the order of published, pages by next and ends without it',
    source: 'Okta, System Log API, bounded requests',
  },
  async () => {
    const org = await busy()
    const window = 'since=2026-03-02T09:00:01Z&until=2026-03-02T09:00:04Z'
    const first = await org.ask('GET', `/api/v1/logs?${window}&limit=2`)
    expect(first.body.list.map(event => event.at('target', 0, 'displayName'))).toEqual(['Name 1', 'Name 2'])
    const last = await org.ask('GET', nextOf(first))
    expect([last.body.list.length, nextOf(last)]).toEqual([1, ''])
  },
)

rule(
  {
    area: 'System Log: bounded reads',
    says: 'sortOrder=DESCENDING shows the newest first and ends without next',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy()
    const first = await org.ask('GET', '/api/v1/logs?sortOrder=DESCENDING&limit=3')
    expect(first.body.list.map(event => event.at('target', 0, 'displayName'))).toEqual(['Name 4', 'Name 3', 'Name 2'])
    const last = await org.ask('GET', nextOf(first))
    expect([last.body.list.map(event => event.at('target', 0, 'displayName')), nextOf(last)]).toEqual([
      ['Name 1', 'Name 0'],
      '',
    ])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'since reaches back 7 days unless said otherwise, and at most 180: 400 E0000053',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy()
    org.clock.advance(8 * 86_400)
    expect(await names(org, '/api/v1/logs')).toEqual([])
    expect(await names(org, '/api/v1/logs?since=2026-03-02T00:00:00Z')).toHaveLength(5)
    const old = await org.ask('GET', '/api/v1/logs?since=2025-03-02T00:00:00Z')
    expect([old.status, old.code]).toEqual([400, 'E0000053'])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'limit goes from 0 to 1000 and is 100 by default',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'One' }] })
    for (let index = 0; index < 105; index += 1)
      await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: `N${index}` } } })
    const lengths = []
    for (const query of ['', '?limit=0', '?limit=1000'])
      lengths.push((await org.ask('GET', `/api/v1/logs${query}`)).body.list.length)
    expect(lengths).toEqual([100, 0, 105])
    expect((await org.ask('GET', '/api/v1/logs?limit=-1')).code).toBe('E0000001')
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'filter takes eq ne gt lt ge le co sw ew with and, or, not and parentheses',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy()
    const found = (text: string): Promise<unknown> => names(org, `/api/v1/logs?filter=${encodeURIComponent(text)}`)
    expect(await found('target.displayName ew "3"')).toEqual(['Name 3'])
    expect(await found('target.displayName co "e 2" or target.displayName eq "Name 4"')).toEqual(['Name 2', 'Name 4'])
    expect(await found('eventType sw "group." and not (target.displayName le "Name 2")')).toEqual(['Name 3', 'Name 4'])
    expect(await found('eventType ne "group.profile.update"')).toEqual([])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'a filter on published or an unknown field is 400 E0000053, an unknown operator E0000031, a date that is none E0000001, a cursor that is none "must be a valid value"',
    source: 'Okta, System Log API, errors',
  },
  async () => {
    const org = await busy()
    const code = async (query: string): Promise<unknown> => (await org.ask('GET', `/api/v1/logs?${query}`)).code
    expect(await code('filter=published%20gt%20%222026%22')).toBe('E0000053')
    expect(await code('filter=colour%20eq%20%22red%22')).toBe('E0000053')
    expect(await code('filter=eventType%20like%20%22x%22')).toBe('E0000031')
    expect(await code('since=yesterday')).toBe('E0000001')
    refused(await org.ask('GET', '/api/v1/logs?after=6f1c2d9e-0000-4000-8000-000000000000'), 400, 'E0000001', [
      'Api validation failed: after',
      'after: must be a valid value',
    ])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'q finds events with all of at most 10 keywords of at most 40 characters',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy()
    await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: 'Striped Zebra' } } })
    expect(await names(org, '/api/v1/logs?q=ZEBRA%20group')).toEqual(['Striped Zebra'])
    expect(await names(org, '/api/v1/logs?q=zebra%20giraffe')).toEqual([])
    expect((await org.ask('GET', `/api/v1/logs?q=${'a'.repeat(41)}`)).status).toBe(400)
    expect((await org.ask('GET', `/api/v1/logs?q=${'a%20'.repeat(11)}`)).status).toBe(400)
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'events are kept for 90 days',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy()
    org.clock.advance(89 * 86_400)
    expect(await names(org, '/api/v1/logs?since=2026-03-01T00:00:00Z')).toHaveLength(5)
    org.clock.advance(2 * 86_400)
    expect(await names(org, '/api/v1/logs?since=2026-03-01T00:00:00Z')).toEqual([])
  },
)
