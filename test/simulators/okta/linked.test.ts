import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { profile, refused, silent } from './people.ts'

const definitions = '/api/v1/meta/schemas/user/linkedObjects'
const definition = {
  primary: { name: 'manager', title: 'Manager', description: 'boss', type: 'USER' },
  associated: { name: 'subordinate', title: 'Subordinate', description: 'report', type: 'USER' },
}

function company(): Bench {
  const user = (id: string) => ({ id, profile: { ...profile, login: `${id}@example.com` } })
  return bench({
    users: ['boss', 'vice', 'ann', 'bob'].map(user),
    linkedObjects: [definition].map(({ primary, associated }) => ({
      primary: { name: primary.name, title: primary.title, description: primary.description },
      associated: { name: associated.name, title: associated.title, description: associated.description },
    })),
  })
}

rule(
  {
    area: 'Linked objects: definitions',
    says: 'a definition is created with 201 and shows primary, associated and _links.self',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', definitions, { body: definition })
    const self = { href: `http://acme.test${definitions}/manager` }
    expect([reply.status, reply.body.value]).toEqual([201, { ...definition, _links: { self } }])
  },
)

rule(
  {
    area: 'Linked objects: definitions',
    says: 'a definition is found by either of its names, removed with 204, and then 404 E0000007 (LinkedObjectProperty)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = company()
    for (const name of ['manager', 'subordinate'])
      expect((await org.ask('GET', `${definitions}/${name}`)).body.at('primary', 'name')).toBe('manager')
    silent(await org.ask('DELETE', `${definitions}/manager`))
    const text = 'Not found: Resource not found: manager (LinkedObjectProperty)'
    refused(await org.ask('GET', `${definitions}/manager`), 404, 'E0000007', text)
  },
)

rule(
  {
    area: 'Linked objects: definitions',
    says: 'an org has 200 definitions at most',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const end = (name: string) => ({ name, title: name, description: '' })
    const org = bench({
      linkedObjects: Array.from({ length: 200 }, (_, index) => ({
        primary: end(`p${index}`),
        associated: end(`a${index}`),
      })),
    })
    expect((await org.ask('POST', definitions, { body: definition })).status).toBe(409)
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'PUT of a primary is 204; a user has one primary, and the later one counts',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const org = company()
    silent(await org.ask('PUT', '/api/v1/users/ann/linkedObjects/manager/boss'))
    silent(await org.ask('PUT', '/api/v1/users/ann/linkedObjects/manager/vice'))
    expect((await org.ask('GET', '/api/v1/users/ann/linkedObjects/manager')).body.value).toEqual([
      { _links: { self: { href: 'http://acme.test/api/v1/users/vice' } } },
    ])
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'GET by the associated name lists all who have the user as primary, each as _links.self alone',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const org = company()
    for (const id of ['ann', 'bob']) await org.ask('PUT', `/api/v1/users/${id}/linkedObjects/manager/boss`)
    const link = (id: string) => ({ _links: { self: { href: `http://acme.test/api/v1/users/${id}` } } })
    expect((await org.ask('GET', '/api/v1/users/boss/linkedObjects/subordinate')).body.value).toEqual([
      link('ann'),
      link('bob'),
    ])
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'DELETE of a primary is 204 and the list is then empty',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const org = company()
    await org.ask('PUT', '/api/v1/users/ann/linkedObjects/manager/boss')
    silent(await org.ask('DELETE', '/api/v1/users/ann/linkedObjects/manager'))
    expect((await org.ask('GET', '/api/v1/users/ann/linkedObjects/manager')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'an unknown user or name is 404 E0000007',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const org = company()
    refused(await org.ask('PUT', '/api/v1/users/ann/linkedObjects/manager/nobody'), 404, 'E0000007')
    refused(await org.ask('GET', '/api/v1/users/ann/linkedObjects/mentor'), 404, 'E0000007')
  },
)
