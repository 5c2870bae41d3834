import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cassette, cassettesIn } from './cassette.ts'
import { disagreements, type Seen } from './compare.ts'
import { agreement, reportOf } from './report.ts'
import { Translation } from './translation.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

/** The cassettes that this YAML holds. */
function read(yaml: string): readonly Cassette[] {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-replay-'))
  try {
    writeFileSync(join(folder, 'one.yaml'), yaml)
    return [...cassettesIn(folder)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const python = `
interactions:
- request:
    body: '{"profile": {"name": "Recorded"}}'
    headers: {Content-Type: [application/json]}
    method: POST
    uri: https://test.okta.com/api/v1/groups
  response:
    body: {string: '{"id":"00gRecorded123456789","created":"2020-01-01T00:00:00.000Z","lastUpdated":"2020-01-01T00:00:00.000Z","lastMembershipUpdated":"2020-01-01T00:00:00.000Z","objectClass":["okta:user_group"],"type":"OKTA_GROUP","profile":{"name":"Recorded","description":null},"_links":{"logo":[],"users":{"href":"x"},"apps":{"href":"y"}}}'}
    headers: {Date: ['Wed, 01 Jan 2020 00:00:00 GMT']}
    status: {code: 200, message: OK}
- request:
    body: null
    headers: {}
    method: DELETE
    uri: https://test.okta.com/api/v1/groups/00gRecorded123456789
  response:
    body: {string: ''}
    headers: {Date: ['Wed, 01 Jan 2020 00:00:01 GMT']}
    status: {code: 204, message: No Content}
- request: {body: null, headers: {}, method: GET, uri: 'https://test.okta.com/api/v1/brands'}
  response: {body: {string: '[]'}, headers: {}, status: {code: 200, message: OK}}
`

const go = `
version: 2
interactions:
- id: 0
  request:
    body: ''
    headers: {Accept: [application/json]}
    method: GET
    url: https://classic-00.dne-okta.com/api/v1/users/00uNobodyAtAll0000000
  response:
    body: '{"errorCode":"E0000007","errorSummary":"x","errorLink":"E0000007","errorId":"oae1","errorCauses":[]}'
    headers: {Date: ['Wed, 01 Jan 2020 00:00:00 GMT']}
    status: 404 Not Found
    code: 404
`

describe('a replay', () => {
  it('creates what was created, asks with the ids of its own org, and leaves out what is no part of it', async () => {
    const report = await reportOf(read(python), key)
    expect(report.disagreements.flatMap(outcome => outcome.disagrees)).toEqual(['._links.logo has 2 items and not 0'])
    expect([report.replayed, report.agreeing, agreement(report)]).toEqual([2, 1, 50])
    expect([...report.skipped.keys()]).toEqual(['api/v1/brands: outside of the slice'])
  })

  it('reads the recordings of go-vcr, and does not invent objects that the recorded org denied', async () => {
    const report = await reportOf(read(go), key)
    expect([report.replayed, report.agreeing]).toEqual([1, 1])
  })

  it('disagrees with an org that answers otherwise', async () => {
    const other = python.replace('code: 204', 'code: 403')
    const report = await reportOf(read(other), key)
    expect(report.disagreements.at(-1)?.disagrees).toEqual(['status 204 and not 403'])
  })

  it('seeds what the recording shows and never creates', async () => {
    const seen = python.replaceAll('POST', 'GET').replace('/api/v1/groups\n', '/api/v1/groups/00gRecorded123456789\n')
    expect((await reportOf(read(seen), key)).disagreements).toHaveLength(1)
  })

  it('rebuilds a body that the recorder has lost out of the answer', async () => {
    const lost = python.replace(`body: '{"profile": {"name": "Recorded"}}'`, 'body: null')
    expect((await reportOf(read(lost), key)).agreeing).toBe(1)
  })
})

describe('the comparison', () => {
  const seen = (body: unknown, more: Partial<Seen> = {}): Seen => ({ status: 200, body, headers: [], ...more })
  const differ = (recorded: Seen, simulated: Seen) => disagreements(recorded, simulated, new Translation())
  const next = [['link', '<https://test.okta.com/api/v1/users?after=x>; rel="next"']] as const

  it.each<[title: string, recorded: Seen, simulated: Seen, words: string[]]>([
    ['values alone', seen({ id: 'a' }), seen({ id: 'b' }), []],
    ['another status', seen({}, { status: 400 }), seen({}), ['status 200 and not 400']],
    [
      'another code',
      seen({ errorCode: 'E0000007' }, { status: 404 }),
      seen({ errorCode: 'E0000006' }, { status: 404 }),
      ['error E0000006 and not E0000007'],
    ],
    ['a missing key', seen({ a: { b: 1, c: 2 } }), seen({ a: { b: 1 } }), ['.a lacks c']],
    ['a key too many', seen([{ a: 1 }]), seen([{ a: 1, b: 2 }]), ['[] has b too many']],
    [
      'another link name',
      seen({ _links: { self: {} } }),
      seen({ _links: { me: {} } }),
      ['._links lacks self', '._links has me too many'],
    ],
    ['an empty list', seen([{ a: 1 }]), seen([]), ['the list has 0 items and not 1']],
    ['another kind', seen({ a: 'x' }), seen({ a: [] }), ['.a is list and not string']],
    ['null for an object', seen({ a: null }), seen({ a: {} }), ['.a is object and not null']],
    ['no next page', seen([], { headers: next }), seen([]), ['paging links [] and not [next]']],
    ['a next page that was none', seen([]), seen([], { headers: next }), ['paging links [next] and not []']],
  ])('finds %s', (_, recorded, simulated, words) => {
    expect(differ(recorded, simulated)).toEqual(words)
  })
})

describe('the translation', () => {
  it('learns ids from bodies, links and cursors and uses them in paths and bodies', () => {
    const translation = new Translation()
    translation.learn(
      {
        id: '00gAAAAAAAAAAAAAAAAA',
        _links: { users: { href: 'https://a.okta.com/api/v1/apps/0oaAAAAAAAAAAAAAAAAA' } },
      },
      { id: '00gBBBBBBBBBBBBBBBBB', _links: { users: { href: 'https://b.test/api/v1/apps/0oaBBBBBBBBBBBBBBBBB' } } },
    )
    translation.learnCursor('<https://a/x?after=000abc>; rel="next"', '<https://b/x?after=WzFd>; rel="next"')
    expect(translation.of('/api/v1/groups/00gAAAAAAAAAAAAAAAAA')).toBe('/api/v1/groups/00gBBBBBBBBBBBBBBBBB')
    expect(translation.of('{"id":"0oaAAAAAAAAAAAAAAAAA"}')).toBe('{"id":"0oaBBBBBBBBBBBBBBBBB"}')
    expect(translation.ofParameter('000abc')).toBe('WzFd')
  })

  it('pairs the items of two lists by what they are called, not by their place', () => {
    const translation = new Translation()
    const item = (id: string, name: string) => ({ id, profile: { name } })
    const recorded = [item('00gAAAAAAAAAAAAAAAAA', 'one'), item('00gCCCCCCCCCCCCCCCCC', 'two')]
    translation.learn(recorded, [item('00gDDDDDDDDDDDDDDDDD', 'two'), item('00gBBBBBBBBBBBBBBBBB', 'one')])
    expect(translation.of('00gAAAAAAAAAAAAAAAAA')).toBe('00gBBBBBBBBBBBBBBBBB')
  })
})
