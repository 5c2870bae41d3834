import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Simulator, startSimulator } from '../../../src/simulator/index.ts'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { Wire } from '../../../src/simulator/testing/wire.ts'
import { rule } from '../rule.ts'
import { refused } from './people.ts'

const profile = (login: string): Readonly<Record<string, string>> => ({
  firstName: 'Ada',
  lastName: 'Lovelace',
  login,
  email: login,
})
let simulator: Simulator
let wire: Wire

beforeAll(async () => {
  const users = ['ada', 'bob', 'cyn', 'eve'].map(id => ({ id, profile: profile(`${id}@example.com`) }))
  const groups = [{ id: 'g1', name: 'Sales', members: ['ada', 'bob', 'cyn'] }]
  simulator = await startSimulator({ seed: { version: 1, okta: { users, groups } } })
  wire = new Wire(simulator)
})

afterEach(() => simulator.faults.clear())
afterAll(() => simulator.close())

rule(
  {
    area: 'Faults',
    says: 'a DELETE whose connection breaks after the effect has deactivated the user, and the same DELETE sent again erases him',
    source: 'Okta, Users API: lifecycle operations',
  },
  async () => {
    simulator.faults.add({ method: 'DELETE', path: '/api/v1/users/*', fault: 'resetAfter', count: 1 })
    await expect(wire.okta('/api/v1/users/eve', { method: 'DELETE' })).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect((await wire.okta('/api/v1/users/eve')).text).toContain('"status":"DEPROVISIONED"')
    expect((await wire.okta('/api/v1/users/eve', { method: 'DELETE' })).status).toBe(204)
    expect((await wire.okta('/api/v1/users/eve')).status).toBe(404)
  },
)

rule(
  {
    area: 'Faults',
    says: 'a 429 in the middle of paging has E0000047, x-rate-limit-remaining 0, x-rate-limit-reset and Date, and the same page is there when asked again',
    source: 'Okta, Rate limits',
  },
  async () => {
    const first = await wire.okta('/api/v1/groups/g1/users?limit=1')
    const [, next = ''] = /<[^>]*?(\/api[^>]*)>; rel="next"/.exec(String(first.headers.link)) ?? []
    simulator.faults.add({ method: 'GET', path: '/api/v1/groups/*/users', fault: 'status', status: 429, count: 1 })
    const struck = await wire.okta(next)
    expect([struck.status, JSON.parse(struck.text).errorCode]).toEqual([429, 'E0000047'])
    expect(struck.headers['x-rate-limit-remaining']).toBe('0')
    const [reset, date] = [struck.headers['x-rate-limit-reset'], struck.headers.date].map(String)
    expect(Number(reset) * 1000 - Date.parse(date ?? '')).toBeGreaterThan(0)
    const again = await wire.okta(next)
    expect([again.status, JSON.parse(again.text)]).toEqual([200, [expect.objectContaining({ id: 'bob' })]])
  },
)

rule(
  {
    area: 'Faults',
    says: 'a page that takes too long is 500 E0000009 "Internal Server Error", and comes with a smaller limit',
    source: 'Okta, Users API',
    unconfirmed: 'slowPageLimit',
  },
  async () => {
    const org = bench({ switches: { slowPageLimit: 100 }, groups: [{ id: 'g1', name: 'A' }] })
    const search = `search=${encodeURIComponent('status eq "ACTIVE"')}`
    for (const path of ['/api/v1/users', `/api/v1/users?${search}`, '/api/v1/groups', '/api/v1/groups/g1/users']) {
      const sign = path.includes('?') ? '&' : '?'
      refused(await org.ask('GET', path), 500, 'E0000009', 'Internal Server Error')
      expect((await org.ask('GET', `${path}${sign}limit=100`)).status).toBe(200)
    }
    expect((await bench().ask('GET', '/api/v1/groups')).status).toBe(200)
  },
)
