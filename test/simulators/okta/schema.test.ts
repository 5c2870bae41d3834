import { expect } from 'vitest'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { create, orgWith, profile, refused, silent } from './people.ts'

const path = '/api/v1/meta/schemas/user/default'
const types = '/api/v1/meta/types/user'

function change(org: Bench, properties: Readonly<Record<string, unknown>>, half = 'custom'): Promise<Answer> {
  return org.ask('POST', path, { body: { definitions: { [half]: { id: `#${half}`, type: 'object', properties } } } })
}

rule(
  {
    area: 'Schema: users',
    says: 'the schema of the default type has 31 base attributes; login, firstName, lastName and email are required',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('GET', path)
    expect(Object.keys(Object(reply.body.at('definitions', 'base', 'properties')))).toHaveLength(31)
    expect(reply.body.at('definitions', 'base', 'required')).toEqual(['login', 'firstName', 'lastName', 'email'])
    expect(reply.body.at('definitions', 'custom')).toEqual({
      id: '#custom',
      type: 'object',
      properties: {},
      required: [],
    })
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'a schema is draft 4 with id, $schema, name, title, description, lastUpdated, created, definitions, type, properties and _links to itself and its type',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('GET', path)
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'id,$schema,name,title,description,lastUpdated,created,definitions,type,properties,_links',
    )
    expect(reply.body.at('$schema')).toBe('http://json-schema.org/draft-04/schema#')
    expect(Object.keys(Object(reply.body.at('_links')))).toEqual(['self', 'type'])
    const byId = await bench().ask(
      'GET',
      String(reply.body.at('_links', 'self', 'href')).replace('http://acme.test', ''),
    )
    expect(byId.status).toBe(200)
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'an attribute shows title, type, mutability, scope, permissions for SELF and master PROFILE_MASTER',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'schemaShowsMaster',
  },
  async () => {
    const title = { title: 'Title', type: 'string', scope: 'NONE', mutability: 'READ_WRITE' }
    const permissions = [{ principal: 'SELF', action: 'READ_ONLY' }]
    const shown = async (org: Bench) =>
      (await org.ask('GET', path)).body.at('definitions', 'base', 'properties', 'title')
    expect(await shown(bench())).toEqual({ ...title, permissions, master: { type: 'PROFILE_MASTER' } })
    expect(await shown(bench({ switches: { schemaShowsMaster: false } }))).toEqual({ ...title, permissions })
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'login has 5 to 100 characters, first and last name 1 to 50, mobilePhone and primaryPhone 100 at most',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const with_ = (more: Readonly<Record<string, unknown>>) => create(bench(), { profile: { ...profile, ...more } })
    refused(await with_({ login: 'a@b' }), 400, 'E0000001')
    refused(await with_({ login: `${'a'.repeat(90)}@example.com` }), 400, 'E0000001')
    refused(await with_({ firstName: 'n'.repeat(51) }), 400, 'E0000001')
    refused(await with_({ mobilePhone: '1'.repeat(101) }), 400, 'E0000001')
    expect((await with_({ firstName: 'n'.repeat(50), mobilePhone: '1'.repeat(100) })).status).toBe(200)
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'streetAddress has 1024 characters at most, city and state 128, zipCode 50, postalAddress 4096, countryCode 2, secondEmail 100',
    source: 'Okta, OpenAPI description of the management API',
  },
  async () => {
    const lengths: Readonly<Record<string, number>> = {
      streetAddress: 1024,
      city: 128,
      state: 128,
      zipCode: 50,
      postalAddress: 4096,
    }
    for (const [name, most] of Object.entries(lengths)) {
      const value = (length: number) => create(bench(), { profile: { ...profile, [name]: 'x'.repeat(length) } })
      expect((await value(most)).status, name).toBe(200)
      refused(await value(most + 1), 400, 'E0000001')
    }
    refused(await create(bench(), { profile: { ...profile, countryCode: 'GER' } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'email, secondEmail, profileUrl, countryCode, preferredLanguage, locale and timezone have a form; other texts do not match',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    const wrong: Readonly<Record<string, string>> = {
      email: 'nobody',
      secondEmail: 'nobody',
      countryCode: '12',
      locale: 'in English!',
      timezone: 'Middle of nowhere',
    }
    for (const [name, value] of Object.entries(wrong)) {
      const reply = await create(bench(), { profile: { ...profile, [name]: value } })
      refused(reply, 400, 'E0000001', `Api validation failed: ${name}`, `${name}: Does not match required pattern`)
    }
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'manager and managerId are texts without a check whether such a user exists',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    const reply = await create(bench(), { profile: { ...profile, managerId: 'nobody', manager: 'No Body' } })
    expect([reply.body.at('profile', 'managerId'), reply.body.at('profile', 'manager')]).toEqual(['nobody', 'No Body'])
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'POST adds the custom attributes it names and leaves others; null removes one',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ attributes: { old: { title: 'Old', type: 'string' } } })
    const names = (reply: Answer) => Object.keys(Object(reply.body.at('definitions', 'custom', 'properties')))
    expect(names(await change(org, { badge: { title: 'Badge', type: 'string', maxLength: 20 } }))).toEqual([
      'old',
      'badge',
    ])
    expect(names(await change(org, { old: null }))).toEqual(['badge'])
    refused(await create(org, { profile: { ...profile, badge: 'x'.repeat(21) } }), 400, 'E0000001')
    expect((await create(org, { profile: { ...profile, badge: 'B7' } })).body.at('profile', 'badge')).toBe('B7')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'attributes are string, boolean, integer, number or array of items, and values must fit',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench()
    await change(org, {
      flag: { title: 'F', type: 'boolean' },
      count: { title: 'C', type: 'integer', minimum: 1, maximum: 9 },
      share: { title: 'S', type: 'number' },
      tags: { title: 'T', type: 'array', items: { type: 'string' } },
      size: { title: 'Z', type: 'string', enum: ['S', 'M'] },
    })
    const good = { flag: true, count: 3, share: 0.5, tags: ['a'], size: 'M' }
    const reply = await create(org, { profile: { ...profile, ...good } })
    expect(reply.body.at('profile')).toMatchObject(good)
    const wrong = [
      { flag: 'yes' },
      { count: 1.5 },
      { count: 10 },
      { share: 'x' },
      { tags: [1] },
      { tags: 'a' },
      { size: 'L' },
    ]
    for (const one of wrong)
      refused(await create(org, { profile: { ...profile, login: 'b@example.com', ...one } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'permissions, scope, mutability, unique, enum, oneOf and a master with its priority come back as they were written',
    source: 'Okta, Schemas API',
  },
  async () => {
    const badge = {
      title: 'Badge',
      description: 'what opens doors',
      type: 'string',
      mutability: 'READ_WRITE',
      scope: 'SELF',
      unique: 'UNIQUE_VALIDATED',
      minLength: 1,
      maxLength: 20,
      permissions: [{ principal: 'SELF', action: 'HIDE' }],
      master: { type: 'OVERRIDE', priority: [{ type: 'APP', value: '0oa1' }] },
      oneOf: [{ const: 'A', title: 'first' }],
      enum: ['A'],
    }
    const reply = await change(bench(), { badge })
    expect(reply.body.at('definitions', 'custom', 'properties', 'badge')).toEqual(badge)
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'up to five attributes of a type can be unique; a taken value is 400 E0000001',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench()
    const unique = (name: string) => [name, { title: name, type: 'string', unique: 'UNIQUE_VALIDATED' }] as const
    const five = ['a', 'b', 'c', 'd', 'e'].map(unique)
    expect((await change(org, Object.fromEntries(five))).status).toBe(200)
    refused(await change(org, Object.fromEntries([unique('f')])), 400, 'E0000001')
    expect((await create(org, { profile: { ...profile, a: 'one' } })).status).toBe(200)
    refused(await create(org, { profile: { ...profile, login: 'b@example.com', a: 'one' } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'of base attributes first and last name can be made optional, and the pattern of login can be changed',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench()
    await change(org, { firstName: { required: false }, login: { pattern: '.+' } }, 'base')
    const reply = await create(org, { profile: { lastName: 'Lovelace', login: 'adalove', email: 'ada@example.com' } })
    expect([reply.status, reply.body.at('profile', 'firstName')]).toEqual([200, null])
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'each user type has a schema of its own, to which its users link',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench({
      userTypes: [
        { id: 'otyC', schemaId: 'oscC', name: 'contractor', attributes: { firm: { title: 'Firm', type: 'string' } } },
      ],
    })
    const reply = await create(org, { profile: { ...profile, firm: 'Acme' }, type: { id: 'otyC' } })
    expect(reply.body.at('_links', 'schema', 'href')).toBe('http://acme.test/api/v1/meta/schemas/user/oscC')
    refused(await create(org, { profile: { ...profile, login: 'b@example.com', firm: 'Acme' } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'User types',
    says: 'a type is created with 200 and has id, displayName, name, description, createdBy, lastUpdatedBy, created, lastUpdated, default and _links to schema and self',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', types, { body: { name: 'contractor', displayName: 'C', description: 'd' } })
    expect([reply.status, reply.body.at('default')]).toEqual([200, false])
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'id,displayName,name,description,createdBy,lastUpdatedBy,created,lastUpdated,default,_links',
    )
    expect(Object.keys(Object(reply.body.at('_links'))).sort()).toEqual(['schema', 'self'])
  },
)

rule(
  {
    area: 'User types',
    says: 'DELETE of a type is 204, and then it is 404 E0000007 (CVDType)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ userTypes: [{ id: 'otyC', name: 'contractor' }] })
    silent(await org.ask('DELETE', `${types}/otyC`))
    refused(await org.ask('GET', `${types}/otyC`), 404, 'E0000007', 'Not found: Resource not found: otyC (CVDType)')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'a READ_ONLY attribute keeps its value when a PUT leaves it out',
    source: 'Okta, Users API: replace a user',
  },
  async () => {
    const org = orgWith(
      'ACTIVE',
      { profile: { ...profile, badge: 'B7' } },
      {
        attributes: { badge: { title: 'Badge', type: 'string', mutability: 'READ_ONLY' } },
      },
    )
    const reply = await org.ask('PUT', '/api/v1/users/u1', { body: { profile } })
    expect([reply.status, reply.body.at('profile', 'badge')]).toEqual([200, 'B7'])
  },
)

rule(
  {
    area: 'Schema: apps',
    says: 'the schema of the users of an app has userName as base and takes custom attributes; of an unknown app it is 404 (AppInstance)',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench()
    const id = String((await org.ask('GET', '/api/v1/apps')).body.at(0, 'id'))
    const own = `/api/v1/meta/schemas/apps/${id}/default`
    expect((await org.ask('GET', own)).body.at('definitions', 'base', 'required')).toEqual(['userName'])
    const body = { definitions: { custom: { properties: { seat: { title: 'Seat', type: 'string' } } } } }
    const reply = await org.ask('POST', own, { body })
    expect(Object.keys(Object(reply.body.at('definitions', 'custom', 'properties')))).toEqual(['seat'])
    const none = await org.ask('GET', '/api/v1/meta/schemas/apps/none/default')
    refused(none, 404, 'E0000007', 'Not found: Resource not found: none (AppInstance)')
  },
)
