import { describe, expect, it } from 'vitest'
import { type Bench, bench } from './testing/ask.ts'

const profile = { firstName: 'Ada', lastName: 'Lovelace', login: 'ada@example.com', email: 'ada@example.com' }

describe('updating a user', () => {
  async function started(): Promise<Bench> {
    const org = bench()
    await org.user('ada@example.com', { title: 'Analyst', department: 'Research' })
    return org
  }

  it('merges with POST: what is not named stays, null clears', async () => {
    const org = await started()
    const reply = await org.ask('POST', '/api/v1/users/ada', { body: { profile: { title: null, city: 'Turin' } } })
    const { title, city, department } = Object(reply.body.at('profile'))
    expect({ title, city, department }).toEqual({ title: undefined, city: 'Turin', department: 'Research' })
  })

  it('replaces with PUT: what is not named goes, required attributes must be there', async () => {
    const org = await started()
    const reply = await org.ask('PUT', '/api/v1/users/ada', { body: { profile } })
    expect(reply.body.at('profile')).toEqual({ ...profile, mobilePhone: null, secondEmail: null })
    const incomplete = await org.ask('PUT', '/api/v1/users/ada', {
      body: { profile: { ...profile, lastName: undefined } },
    })
    expect(incomplete.texts).toEqual(['Api validation failed: lastName', 'lastName: The field cannot be left blank'])
  })

  it('renames a login and frees the old one', async () => {
    const org = await started()
    await org.ask('POST', '/api/v1/users/ada', { body: { profile: { login: 'countess@example.com' } } })
    expect((await org.ask('GET', '/api/v1/users/ada@example.com')).status).toBe(404)
    expect((await org.ask('GET', '/api/v1/users/countess')).status).toBe(200)
    expect((await org.ask('POST', '/api/v1/users', { body: { profile } })).status).toBe(200)
  })

  it('refuses a login that another user has, and keeps everything', async () => {
    const org = await started()
    await org.user('grace@example.com')
    const reply = await org.ask('POST', '/api/v1/users/ada', {
      body: { profile: { login: 'GRACE@example.com', title: 'Admiral' } },
    })
    expect(reply.code).toBe('E0000001')
    expect((await org.ask('GET', '/api/v1/users/ada')).body.at('profile', 'title')).toBe('Analyst')
  })

  it('honours If-Match: 200 with the right tag, 412 with an old one, 400 with none that could be one', async () => {
    const org = await started()
    const tag = (await org.ask('GET', '/api/v1/users/ada')).headers.get('etag') ?? ''
    const write = (etag: string) =>
      org.ask('POST', '/api/v1/users/ada', { body: { profile: { title: 'Writer' } }, headers: { 'if-match': etag } })
    expect((await write(tag)).status).toBe(200)
    const stale = await write(tag)
    expect([stale.status, stale.code, stale.texts[0]]).toEqual([412, 'E0000231', "ETag value doesn't match."])
    expect([(await write('nonsense')).status, (await write('nonsense')).code]).toEqual([400, 'E0000242'])
  })

  it('answers 404 for a deactivated user unless the org option is on, and edits a suspended one', async () => {
    const write = (org: Bench) => org.ask('POST', '/api/v1/users/ada', { body: { profile: { title: 'Writer' } } })
    const refusing = bench({ users: [{ profile, status: 'DEPROVISIONED' }] })
    expect([(await write(refusing)).status, (await write(refusing)).code]).toEqual([404, 'E0000007'])
    const allowing = bench({ switches: { editDeactivatedUsers: true }, users: [{ profile, status: 'DEPROVISIONED' }] })
    expect((await write(allowing)).status).toBe(200)
    expect((await write(bench({ users: [{ profile, status: 'SUSPENDED' }] }))).status).toBe(200)
  })

  it('refuses every write to a user whose profile another system masters', async () => {
    const org = bench({ users: [{ profile, profileMaster: 'ACTIVE_DIRECTORY' }] })
    const reply = await org.ask('POST', '/api/v1/users/ada', { body: { profile: { title: 'Writer' } } })
    expect([reply.status, reply.code]).toEqual([403, 'E0000023'])
  })

  it('refuses POST and PUT without a body and without Content-Length', async () => {
    const org = await started()
    const reply = await org.tenant.handle({
      method: 'POST',
      url: new URL('http://acme.test/api/v1/users/ada/lifecycle/suspend'),
      segments: ['api', 'v1', 'users', 'ada', 'lifecycle', 'suspend'],
      headers: { authorization: `SSWS ${org.tenant.apiToken}` },
      body: Buffer.alloc(0),
    })
    expect(reply.status).toBe(411)
  })
})
