import { describe, expect, it } from 'vitest'
import { type Answer, type Bench, bench } from './testing/ask.ts'

const schema = '/api/v1/meta/schemas/user/default'
const base = { firstName: 'Ada', lastName: 'Lovelace', login: 'ada@example.com', email: 'ada@example.com' }

function define(org: Bench, properties: Readonly<Record<string, unknown>>): Promise<Answer> {
  return org.ask('POST', schema, { body: { definitions: { custom: { id: '#custom', type: 'object', properties } } } })
}

function create(org: Bench, more: Readonly<Record<string, unknown>>, login = base.login): Promise<Answer> {
  return org.ask('POST', '/api/v1/users', { body: { profile: { ...base, login, ...more } } })
}

describe('the user schema', () => {
  it('has 31 base attributes, four of them required', async () => {
    const reply = await bench().ask('GET', schema)
    expect(Object.keys(Object(reply.body.at('definitions', 'base', 'properties')))).toHaveLength(31)
    expect(reply.body.at('definitions', 'base', 'required')).toEqual(['login', 'firstName', 'lastName', 'email'])
  })

  it('takes new attributes, which users can then have, and drops those set to null', async () => {
    const org = bench()
    expect((await create(org, { badge: 'B1' })).code).toBe('E0000001')
    await define(org, { badge: { title: 'Badge', type: 'string', maxLength: 4 } })
    expect((await create(org, { badge: 'B1' })).body.at('profile', 'badge')).toBe('B1')
    expect((await create(org, { badge: 'B1234' }, 'b@example.com')).texts[0]).toBe('Api validation failed: badge')
    await define(org, { badge: null })
    expect((await create(org, { badge: 'B1' }, 'c@example.com')).texts[1]).toBe(
      "Property name 'badge' is not defined in profile",
    )
  })

  it('holds unique custom attributes unique and required ones required', async () => {
    const org = bench()
    await define(org, {
      badge: { title: 'Badge', type: 'string', unique: 'UNIQUE_VALIDATED' },
      site: { title: 'Site', type: 'string', required: true },
    })
    expect((await create(org, { badge: 'B1', site: 'Rome' })).status).toBe(200)
    expect((await create(org, { badge: 'b1', site: 'Rome' }, 'b@example.com')).texts[0]).toBe(
      'Api validation failed: badge',
    )
    expect((await create(org, { badge: 'B2' }, 'b@example.com')).texts[1]).toBe('site: The field cannot be left blank')
  })

  it('refuses to change attributes that are read-only or immutable', async () => {
    const org = bench({
      attributes: {
        origin: { title: 'Origin', type: 'string', mutability: 'READ_ONLY' },
        serial: { title: 'Serial', type: 'string', mutability: 'IMMUTABLE' },
      },
      users: [{ profile: { ...base, origin: 'HR', serial: '1' } }],
    })
    const write = (profile: Readonly<Record<string, string>>) =>
      org.ask('POST', '/api/v1/users/ada', { body: { profile } })
    expect((await write({ origin: 'me' })).code).toBe('E0000077')
    expect((await write({ serial: '2' })).code).toBe('E0000078')
    expect((await write({ origin: 'HR', serial: '1', title: 'Analyst' })).status).toBe(200)
  })

  it('checks integers, booleans, choices and arrays', async () => {
    const org = bench()
    await define(org, {
      level: { title: 'Level', type: 'integer', minimum: 1 },
      remote: { title: 'Remote', type: 'boolean' },
      size: { title: 'Size', type: 'string', enum: ['S', 'M'] },
      tags: { title: 'Tags', type: 'array', items: { type: 'string' } },
    })
    for (const wrong of [
      { level: 0 },
      { level: 1.5 },
      { remote: 'yes' },
      { size: 'L' },
      { tags: 'a' },
      { tags: [1] },
    ]) {
      expect([JSON.stringify(wrong), (await create(org, wrong)).code]).toEqual([JSON.stringify(wrong), 'E0000001'])
    }
    expect((await create(org, { level: 2, remote: true, size: 'S', tags: ['a'] })).status).toBe(200)
  })

  it('lets the pattern of login free it from the form of an email', async () => {
    const org = bench({ userTypes: [{ name: 'user', default: true, base: { login: { pattern: '.+' } } }] })
    expect((await create(org, {}, 'ada')).status).toBe(200)
  })
})

describe('user types', () => {
  it('have schemas of their own, and only PUT moves a user to another', async () => {
    const org = bench({
      userTypes: [
        {
          id: 'oty2',
          schemaId: 'osc2',
          name: 'contractor',
          attributes: { agency: { title: 'Agency', type: 'string' } },
        },
      ],
    })
    expect(
      (await org.ask('GET', '/api/v1/meta/types/user')).body.list.map(type => [type.at('name'), type.at('default')]),
    ).toEqual([
      ['contractor', false],
      ['user', true],
    ])
    await create(org, {})
    const body = { type: { id: 'oty2' }, profile: { ...base, agency: 'Acme' } }
    expect((await org.ask('POST', '/api/v1/users/ada', { body })).code).toBe('E0000001')
    const moved = await org.ask('PUT', '/api/v1/users/ada', { body })
    expect([moved.status, moved.body.at('type', 'id'), moved.body.at('_links', 'schema', 'href')]).toEqual([
      200,
      'oty2',
      'http://acme.test/api/v1/meta/schemas/user/osc2',
    ])
  })
})

describe('linked objects', () => {
  it('link many people to one manager', async () => {
    const org = bench()
    const definition = {
      primary: { name: 'manager', title: 'Manager', type: 'USER' },
      associated: { name: 'report', title: 'Report', type: 'USER' },
    }
    expect((await org.ask('POST', '/api/v1/meta/schemas/user/linkedObjects', { body: definition })).status).toBe(201)
    const ids: string[] = []
    for (const name of ['boss', 'ada', 'bob']) ids.push(await org.user(`${name}@example.com`))
    const [boss, ...reports] = ids
    for (const report of reports)
      expect((await org.ask('PUT', `/api/v1/users/${report}/linkedObjects/manager/${boss}`)).status).toBe(204)
    const hrefs = async (path: string) =>
      (await org.ask('GET', path)).body.list.map(item => item.at('_links', 'self', 'href'))
    expect(await hrefs('/api/v1/users/ada/linkedObjects/manager')).toEqual([`http://acme.test/api/v1/users/${boss}`])
    expect(await hrefs('/api/v1/users/boss/linkedObjects/report')).toEqual(
      reports.map(id => `http://acme.test/api/v1/users/${id}`),
    )
    expect((await org.ask('DELETE', '/api/v1/users/ada/linkedObjects/manager')).status).toBe(204)
    await org.ask('DELETE', '/api/v1/users/boss')
    await org.ask('DELETE', '/api/v1/users/boss')
    expect(await hrefs('/api/v1/users/bob/linkedObjects/manager')).toEqual([])
  })
})

describe('the System Log', () => {
  it('names every write, who did it and to whom', async () => {
    const org = bench({ users: [{ id: 'u1', profile: base }], groups: [{ id: 'g1', name: 'One' }] })
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')
    const { list } = (await org.ask('GET', '/api/v1/logs')).body
    expect(list.map(event => event.at('eventType'))).toEqual(['group.user_membership.add', 'user.lifecycle.suspend'])
    expect(list[0]?.at('target', 0, 'alternateId')).toBe('ada@example.com')
    expect([list[0]?.at('target', 1, 'type'), list[0]?.at('target', 1, 'id')]).toEqual(['UserGroup', 'g1'])
  })

  it('is polled by a next link that is there even on an empty page and misses nothing', async () => {
    const org = bench()
    const next = (reply: Answer) => /<([^>]+)>; rel="next"/.exec(reply.links[1] ?? '')?.[1] ?? ''
    const first = await org.ask('GET', '/api/v1/logs?since=2026-03-01T00:00:00.000Z')
    await org.group('A')
    const second = await org.ask('GET', next(first))
    expect(second.body.list.map(event => event.at('eventType'))).toEqual(['group.lifecycle.create'])
    const third = await org.ask('GET', next(second))
    expect([third.body.value, next(third)]).toEqual([[], expect.stringContaining('after=')])
  })

  it('ends a bounded read without a next link, filters, and refuses what is older than 180 days', async () => {
    const org = bench()
    await org.group('A')
    await org.user('ada@example.com')
    org.clock.advance(1)
    const bounded = await org.ask(
      'GET',
      '/api/v1/logs?until=2026-03-02T09:00:01.000Z&filter=eventType sw "user.lifecycle" and not (eventType ew "activate")',
    )
    expect(bounded.body.list.map(event => event.at('eventType'))).toEqual(['user.lifecycle.create'])
    expect(bounded.links).toHaveLength(1)
    expect((await org.ask('GET', '/api/v1/logs?since=2025-01-01T00:00:00.000Z')).code).toBe('E0000053')
  })
})

describe('an app', () => {
  it('can look at itself and its roles', async () => {
    const org = bench()
    const { clientId } = org.tenant
    const app = await org.ask('GET', `/api/v1/apps/${clientId}`)
    expect(app.body.at('settings', 'oauthClient', 'application_type')).toBe('service')
    const roles = await org.ask('GET', `/oauth2/v1/clients/${clientId}/roles`)
    expect(roles.body.list[0]?.at('type')).toBe('SUPER_ADMIN')
  })
})
