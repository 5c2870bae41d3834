import { beforeAll, describe, expect, test } from 'vitest'
import { type PropertyType, SCHEMAS } from '../../src/simulator/entra/schema.ts'
import type { CompactCsdl } from './csdl.ts'
import { described, readGraphDescription } from './descriptions.ts'
import { graphJudge } from './graph.ts'
import { GraphTypes } from './graph-path.ts'
import { type Judge, line } from './verdict.ts'

const context = (what: string) => ({ '@odata.context': `https://localhost/v1.0/$metadata#${what}` })
const id = '4b1241ee-88e4-4086-8bdc-4c95fa5aad08'
const user = { id, displayName: 'Ada', userPrincipalName: 'ada@example.com', businessPhones: [] }
const refusal = { error: { code: 'x', message: 'y', innerError: {} } }

describe.skipIf(!described)("an answer held against Microsoft's metadata (skipped without ../shared/specs)", () => {
  let csdl: CompactCsdl
  let judge: Judge

  beforeAll(() => {
    csdl = readGraphDescription()
    judge = graphJudge(csdl)
  })

  function departures(request: string, status: number, body?: unknown): readonly string[] {
    const [method = '', path = ''] = request.split(' ')
    const url = new URL(`https://localhost/v1.0${path}`)
    const segments = url.pathname.split('/').filter(part => part !== '')
    const asked = { method, url, segments, headers: {}, body: Buffer.alloc(0) }
    return judge({ tenant: 'entra', request: asked, reply: { status, headers: [], body } }).map(line)
  }

  test.each([
    ['GET /users', 200, { ...context('users'), value: [user] }],
    [`GET /users/${id}`, 200, { ...context('users/$entity'), ...user }],
    ['GET /users?$select=displayName', 200, { ...context('users(displayName)'), value: [{ displayName: 'Ada' }] }],
    [`GET /users/${id}/manager`, 200, { ...context('x'), '@odata.type': '#microsoft.graph.user', ...user }],
    ['GET /groups/x/members/microsoft.graph.user', 200, { ...context('x'), value: [user] }],
    ['GET /groups/x/members/$count', 200, '12'],
    ['GET /groups/x/members/$ref', 200, { ...context('x'), value: [{ '@odata.id': 'https://x' }] }],
    [
      'GET /users/delta',
      200,
      { ...context('x'), '@odata.deltaLink': 'x', value: [{ id, '@removed': { reason: 'x' } }] },
    ],
    ['POST /users', 201, { ...context('users/$entity'), ...user }],
    [
      'POST /directoryObjects/getByIds',
      200,
      { ...context('x'), value: [{ '@odata.type': '#microsoft.graph.user', ...user }] },
    ],
    [`POST /groups/${id}/members/$ref`, 204, undefined],
    [`POST /users/${id}/assignLicense`, 200, { ...context('users/$entity'), ...user }],
    [`PATCH /users/${id}`, 204, undefined],
    [`DELETE /users/${id}`, 204, undefined],
    [`GET /users/${id}`, 404, refusal],
    ['POST /$batch', 200, { responses: [{ id: '1', status: 204 }] }],
    [`GET /users/${id}`, 200, { ...context('x'), ...user, extension_0123456789abcdef0123456789abcdef_badge: '7' }],
  ] as const)('fits when it is as described: %s %s', (request, status, body) => {
    expect(departures(request, status, body)).toEqual([])
  })

  test.each([
    [
      'a wrong type',
      [`GET /users/${id}`, 200, { ...context('x'), ...user, accountEnabled: 'yes' }],
      '/users/{} → 200 at /accountEnabled: "yes" is no Edm.Boolean',
    ],
    [
      'an unknown property',
      ['GET /users', 200, { ...context('x'), value: [{ ...user, shade: 1 }] }],
      '/users → 200 at /value/0: "shade" is unknown in graph.user',
    ],
    [
      'a null in place of a list',
      [`GET /users/${id}`, 200, { ...context('x'), ...user, businessPhones: null }],
      '/users/{} → 200 at /businessPhones: null is no Collection(Edm.String)',
    ],
    [
      'a time that is none',
      [`GET /users/${id}`, 200, { ...context('x'), ...user, createdDateTime: '2026-03-02' }],
      '/users/{} → 200 at /createdDateTime: "2026-03-02" is no Edm.DateTimeOffset',
    ],
    [
      'a missing id',
      ['GET /users', 200, { ...context('x'), value: [{ displayName: 'Ada' }] }],
      '/users → 200 at /value/0: "id" is missing',
    ],
    ['a missing context', ['GET /users', 200, { value: [] }], '/users → 200: "@odata.context" is missing'],
    ['a missing list', ['GET /users', 200, context('users')], '/users → 200: "value" is missing'],
    [
      'a property of another kind',
      ['GET /groups/x/members/microsoft.graph.user', 200, { ...context('x'), value: [{ id, groupTypes: [] }] }],
      '/groups/{}/members/microsoft.graph.user → 200 at /value/0: "groupTypes" is unknown in graph.user',
    ],
    [
      'a type that does not belong',
      ['GET /users', 200, { ...context('x'), value: [{ ...user, '@odata.type': '#microsoft.graph.group' }] }],
      '/users → 200 at /value/0: graph.group is no graph.user',
    ],
    [
      'an undocumented status',
      [`PATCH /users/${id}`, 202, undefined],
      '/users/{} → 202: the status is undocumented, 200,204 would be',
    ],
    ['an undocumented refusal', [`GET /users/${id}`, 418, refusal], '/users/{} → 418: the status is undocumented'],
    ['another error envelope', [`GET /users/${id}`, 404, { code: 'x' }], '/users/{} → 404: "error" is missing'],
    [
      'a path that is none',
      ['GET /people-in-the-house', 200, {}],
      '/v1.0/people-in-the-house → 200: there is no such path',
    ],
    ['a body too many', [`DELETE /users/${id}`, 204, {}], '/users/{} → 204: there is a body'],
  ] as const)('shows %s', (_, [request, status, body], expected) => {
    expect(departures(request, status, body).slice(0, 1)).toEqual([`entra ${request.split(' ')[0]} ${expected}`])
  })

  const TYPES: Readonly<Record<PropertyType, RegExp>> = {
    string: /^Edm\.String$/,
    guid: /^Edm\.Guid$/,
    boolean: /^Edm\.Boolean$/,
    dateTime: /^Edm\.DateTimeOffset$/,
    number: /^Edm\.Int32$/,
    strings: /^Collection\(Edm\.String\)$/,
    object: /^graph\.\w+$/,
    objects: /^Collection\(graph\.\w+\)$/,
  }

  test.each(Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[])('knows every property that a simulated %s has', kind => {
    const types = new GraphTypes(csdl)
    const wrong = Object.entries(SCHEMAS[kind]).filter(
      ([name, type]) => !TYPES[type].test(types.property(`graph.${kind}`, name)?.type ?? 'absent'),
    )
    expect(wrong).toEqual([])
  })
})
