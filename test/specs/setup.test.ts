import { channel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test } from 'vitest'
import { testTenant } from '../../src/simulator/entra/testkit.ts'
import { EXCHANGE_CHANNEL, type Exchange } from '../../src/simulator/exchange.ts'
import { bench } from '../../src/simulator/okta/testing/ask.ts'
import { described } from './descriptions.ts'

const seen: Exchange[] = []
const listen = (message: unknown): void => void seen.push(message as Exchange)
const answered = () => seen.map(({ tenant, request, reply }) => `${tenant} ${request.url.pathname} ${reply.status}`)

describe('what a simulated tenant answers', () => {
  afterEach(() => {
    channel(EXCHANGE_CHANNEL).unsubscribe(listen)
    seen.length = 0
  })

  test('is published, also what stands inside a batch and what a fault makes it refuse', async () => {
    const okta = bench()
    const { call, tenant } = testTenant({ users: [{ userPrincipalName: 'ada@example.com' }] })
    await call('GET /users')
    channel(EXCHANGE_CHANNEL).subscribe(listen)
    await okta.ask('GET', '/api/v1/groups/nobody')
    const requests = ['ada', 'bob'].map(name => ({ id: name, method: 'GET', url: `/users/${name}@example.com` }))
    await call('POST /$batch', { requests })
    const url = new URL('https://localhost/v1.0/users')
    tenant.refuse({ method: 'GET', url, segments: ['v1.0', 'users'], headers: {}, body: Buffer.alloc(0) }, 'throttled')
    expect(answered()).toEqual([
      'okta /api/v1/groups/nobody 404',
      'entra /v1.0/users/ada@example.com 200',
      'entra /v1.0/users/bob@example.com 404',
      'entra /v1.0/$batch 200',
      'entra /v1.0/users 429',
    ])
  })
})

describe.skipIf(!described)('a test in which an answer departs from the description', () => {
  test.fails('fails', () => {
    const url = new URL('https://localhost/v1.0/users')
    const request = { method: 'GET', url, segments: ['v1.0', 'users'], headers: {}, body: Buffer.alloc(0) }
    const exchange: Exchange = { tenant: 'entra', request, reply: { status: 200, headers: [], body: { value: 1 } } }
    channel(EXCHANGE_CHANNEL).publish(exchange)
  })
})
