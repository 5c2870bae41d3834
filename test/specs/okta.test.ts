import { beforeAll, describe, expect, test } from 'vitest'
import { described, readOktaDescription } from './descriptions.ts'
import { explained } from './deviations.ts'
import { oktaJudge } from './okta.ts'
import { type Judge, line } from './verdict.ts'

const group = {
  id: '00g1',
  created: '2026-03-02T09:00:00.000Z',
  lastUpdated: '2026-03-02T09:00:00.000Z',
  lastMembershipUpdated: '2026-03-02T09:00:00.000Z',
  objectClass: ['okta:user_group'],
  type: 'OKTA_GROUP',
  profile: { name: 'One', description: 'first' },
}
const error = { errorCode: 'E0000007', errorSummary: 'x', errorLink: 'E0000007', errorId: 'oae1', errorCauses: [] }

describe.skipIf(!described)("an answer held against Okta's description (skipped without ../shared/specs)", () => {
  let judge: Judge

  beforeAll(() => {
    judge = oktaJudge(readOktaDescription())
  })

  function departures(request: string, status: number, body?: unknown): readonly string[] {
    const [method = '', path = ''] = request.split(' ')
    const url = new URL(path, 'http://acme.test')
    const segments = url.pathname.split('/').filter(part => part !== '')
    const asked = { method, url, segments, headers: {}, body: Buffer.alloc(0) }
    return judge({ tenant: 'okta', request: asked, reply: { status, headers: [], body } }).map(line)
  }

  test('fits when it is as described', () => {
    expect(departures('GET /api/v1/groups/00g1', 200, group)).toEqual([])
    expect(departures('GET /api/v1/groups', 200, [group])).toEqual([])
    expect(departures('DELETE /api/v1/groups/00g1', 204)).toEqual([])
    expect(departures('GET /api/v1/groups/00g1', 404, error)).toEqual([])
    expect(departures('GET /api/v1/no/such/thing', 404, error)).toEqual([])
  })

  test.each([
    ['a wrong type', ['GET /api/v1/groups/x', 200, { ...group, id: 1 }], ['200 at /id: 1 is no string']],
    ['an unknown property', ['GET /api/v1/groups/x', 200, { ...group, x: 1 }], ['200: "x" is unknown']],
    [
      'a fault inside a list',
      ['GET /api/v1/groups', 200, [group, { ...group, type: 'OTHER' }]],
      ['200 at /1/type: "OTHER" is none of APP_GROUP, BUILT_IN, OKTA_GROUP'],
    ],
    ['an undocumented status', ['GET /api/v1/groups/x', 418, error], ['418: the status is undocumented']],
    ['a missing body', ['GET /api/v1/groups/x', 200], ['200: there is no body']],
    ['a body too many', ['DELETE /api/v1/groups/x', 204, {}], ['204: there is a body']],
    ['an error in another envelope', ['GET /api/v1/groups/x', 404, { error: 'x' }], ['404: "error" is unknown']],
  ] as const)('shows %s', (_, [request, status, body], expected) => {
    expect(departures(request, status, body).map(text => text.split(' → ')[1])).toEqual(expected)
  })

  test('shows a missing property', () => {
    const role = { id: 'ra1', label: 'Helpers', status: 'ACTIVE', assignmentType: 'USER' }
    expect(departures('GET /api/v1/users/x/roles', 200, [role])).toEqual([
      'okta GET /api/v1/users/{}/roles → 200 at /0: "type" is missing',
    ])
  })

  test('shows a success where there is no operation', () => {
    expect(departures('GET /api/v1/nothing', 200, {})).toEqual([
      'okta GET /api/v1/nothing → 200: there is no such operation',
    ])
  })

  test('is excused only where the deviation says so', () => {
    const excused = (pointer: string) => explained(`okta GET /api/v1/groups/{} → 200 at ${pointer}: null is no string`)
    expect(excused('/profile/description')).toMatch(/^Recorded/)
    expect(excused('/profile/name')).toBeUndefined()
  })
})
