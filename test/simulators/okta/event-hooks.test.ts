import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, refused } from './apps-cast.ts'

const hook = {
  name: 'Joiners',
  events: { type: 'EVENT_TYPE', items: ['user.lifecycle.create', 'user.lifecycle.activate'] },
  channel: {
    type: 'HTTP',
    version: '1.0.0',
    config: {
      uri: 'https://receiver.test/hook',
      headers: [],
      authScheme: { type: 'HEADER', key: 'Authorization', value: 'secret' },
    },
  },
}

async function made(org: Bench, more: object = {}): Promise<string> {
  return String((await org.ask('POST', '/api/v1/eventHooks', { body: { ...hook, ...more } })).body.at('id'))
}

rule(
  {
    area: 'Event hooks',
    says: 'a new hook is 200, ACTIVE and UNVERIFIED, and never shows the secret it was given',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/eventHooks', { body: hook })
    expect([reply.status, reply.body.at('status'), reply.body.at('verificationStatus')]).toEqual([
      200,
      'ACTIVE',
      'UNVERIFIED',
    ])
    expect(reply.body.at('channel', 'config', 'authScheme')).toEqual({ type: 'HEADER', key: 'Authorization' })
    expect(Object.keys(Object(reply.body.at('_links')))).toEqual(['self', 'verify', 'deactivate'])
  },
)

rule(
  {
    area: 'Event hooks',
    says: 'hooks are listed, replaced, deactivated and activated with 200, deleted with 204, and then 404 (Webhook)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const id = await made(org)
    const one = `/api/v1/eventHooks/${id}`
    expect(idsOf(await org.ask('GET', '/api/v1/eventHooks'))).toEqual([id])
    expect((await org.ask('PUT', one, { body: { ...hook, name: 'New' } })).body.at('name')).toBe('New')
    const off = await org.ask('POST', `${one}/lifecycle/deactivate`)
    expect([off.body.at('status'), Object.keys(Object(off.body.at('_links')))]).toEqual([
      'INACTIVE',
      ['activate', 'self', 'delete'],
    ])
    expect((await org.ask('POST', `${one}/lifecycle/activate`)).body.at('status')).toBe('ACTIVE')
    expect((await org.ask('DELETE', one)).status).toBe(204)
    refused(await org.ask('GET', one), 404, 'E0000007', [`Not found: Resource not found: ${id} (Webhook)`])
  },
)

rule(
  {
    area: 'Event hooks',
    says: 'verifying makes a hook VERIFIED if its receiver answers the challenge, else it is 400',
    source: 'Okta, Event hooks',
    unconfirmed: 'eventHookVerifies',
  },
  async () => {
    for (const [eventHookVerifies, status, verified] of [
      [true, 200, 'VERIFIED'],
      [false, 400, 'UNVERIFIED'],
    ] as const) {
      const org = bench({ switches: { eventHookVerifies } })
      const one = `/api/v1/eventHooks/${await made(org)}`
      expect((await org.ask('POST', `${one}/lifecycle/verify`)).status).toBe(status)
      expect((await org.ask('GET', one)).body.at('verificationStatus')).toBe(verified)
    }
  },
)

rule(
  {
    area: 'Event hooks',
    says: 'a hook takes 1 to 300 event types, none of which is user.lifecycle.delete.completed, and an https address',
    source: 'Okta, Event hooks',
  },
  async () => {
    const org = bench()
    const items = (list: readonly string[]): object => ({ events: { type: 'EVENT_TYPE', items: list } })
    const many = Array.from({ length: 301 }, (_, index) => `user.type.${index}`)
    const http = { channel: { ...hook.channel, config: { uri: 'http://receiver.test' } } }
    for (const wrong of [items([]), items(many), items(['user.lifecycle.delete.completed']), http])
      expect((await org.ask('POST', '/api/v1/eventHooks', { body: { ...hook, ...wrong } })).code).toBe('E0000001')
    expect((await org.ask('POST', '/api/v1/eventHooks', { body: { ...hook, ...items(many.slice(1)) } })).status).toBe(
      200,
    )
  },
)

rule(
  {
    area: 'Event hooks',
    says: 'an org has at most 25 active, verified hooks',
    source: 'Okta, Event hooks',
  },
  async () => {
    const org = bench()
    const ids = []
    for (let index = 0; index < 26; index += 1) ids.push(await made(org, { name: `Hook ${index}` }))
    const statuses = []
    for (const id of ids) statuses.push((await org.ask('POST', `/api/v1/eventHooks/${id}/lifecycle/verify`)).status)
    expect(statuses.filter(status => status === 200)).toHaveLength(25)
    expect(statuses.at(-1)).toBe(400)
  },
)

rule(
  {
    area: 'Event hooks',
    says: 'types that are not flagged as eligible are 400: the exclusion from a group rule, access tokens given out, and what happens to hooks themselves; those of users, groups and memberships are taken',
    source: 'Okta, Event types',
  },
  async () => {
    const org = bench()
    const create = async (type: string): Promise<number> =>
      (
        await org.ask('POST', '/api/v1/eventHooks', {
          body: { ...hook, events: { type: 'EVENT_TYPE', items: [type] } },
        })
      ).status
    for (const type of [
      'group.user_membership.rule.add_exclusion',
      'app.oauth2.token.grant.access_token',
      'event_hook.created',
      'event_hook.verified',
    ])
      expect([type, await create(type)]).toEqual([type, 400])
    for (const type of ['user.lifecycle.delete.initiated', 'group.user_membership.add', 'group.profile.update'])
      expect([type, await create(type)]).toEqual([type, 200])
  },
)
