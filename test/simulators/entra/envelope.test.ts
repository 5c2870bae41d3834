import { expect } from 'vitest'
import { type Answer, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const CLIENT_REQUEST = '12345678-1234-4123-8123-123456789012'
const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'
const STATE = { users: [{ userPrincipalName: 'ada@example.com', displayName: 'Ada' }] }
const refusal = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Answers: headers',
    says: 'every answer has request-id, client-request-id as sent, Date, x-ms-ags-diagnostic, x-ms-resource-unit and OData-Version 4.0, errors as well',
    source: 'Microsoft Graph best practices',
  },
  async () => {
    const { call, raw } = testTenant(STATE)
    const headers = { 'client-request-id': CLIENT_REQUEST }
    const answers = [
      await call('GET /users', undefined, headers),
      await call('PATCH /users/ada@example.com', { jobTitle: 'X' }, headers),
      await call('GET /users/nobody@example.com', undefined, headers),
      await call('GET /nonsense', undefined, headers),
      await raw('GET /v1.0/users', '', headers),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 204, 404, 400, 401])
    for (const { header } of answers) {
      expect(header('request-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(header('client-request-id')).toBe(CLIENT_REQUEST)
      expect(header('date')).toBe('Mon, 02 Mar 2026 09:00:00 GMT')
      expect(JSON.parse(String(header('x-ms-ags-diagnostic')))).toHaveProperty('ServerInfo')
      expect(header('x-ms-resource-unit')).toMatch(/^\d+$/)
      expect(header('odata-version')).toBe('4.0')
    }
  },
)

rule(
  {
    area: 'Answers: headers',
    says: 'JSON comes as application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8; 204 has neither Content-Type nor body',
    source: 'Microsoft Graph best practices',
  },
  async () => {
    const { call, tenant, signIn } = testTenant(STATE)
    expect((await call('GET /users')).header('content-type')).toBe(JSON_TYPE)
    expect((await call('GET /users/nobody@example.com')).header('content-type')).toBe(JSON_TYPE)
    const reply = await tenant.handle({
      method: 'PATCH',
      url: new URL('https://localhost/v1.0/users/ada@example.com'),
      segments: ['v1.0', 'users', 'ada@example.com'],
      headers: { authorization: `Bearer ${await signIn()}` },
      body: Buffer.from('{"jobTitle":"X"}'),
    })
    const names = reply.headers.map(([name]) => name.toLowerCase())
    expect([reply.status, reply.body, names.includes('content-type')]).toEqual([204, undefined, false])
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'an error is {"error": {code, message, innerError: {date, request-id, client-request-id}}}, the date without zone, the ids those of the headers',
    source: 'Microsoft Graph error responses',
  },
  async () => {
    const answer = await testTenant(STATE).call('GET /users/nobody@example.com', undefined, {
      'client-request-id': CLIENT_REQUEST,
    })
    const error = answer.body.error as Record<string, unknown>
    expect([Object.keys(answer.body), Object.keys(error)]).toEqual([['error'], ['code', 'message', 'innerError']])
    expect(error.innerError).toEqual({
      date: '2026-03-02T09:00:00',
      'request-id': answer.header('request-id'),
      'client-request-id': CLIENT_REQUEST,
    })
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'details stand between message and innerError where there are some',
    source: 'Microsoft Graph error responses',
  },
  async () => {
    const { body } = await testTenant(STATE).call('PATCH /users/ada@example.com', { usageLocation: 'nowhere' })
    const error = body.error as Record<string, unknown>
    expect(Object.keys(error)).toEqual(['code', 'message', 'details', 'innerError'])
    expect(error.details).toMatchObject([{ target: 'usageLocation' }])
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'no token or a bad one is 401 InvalidAuthenticationToken',
    source: 'Microsoft Graph error responses',
  },
  async () => {
    const { raw } = testTenant(STATE)
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const { status, code } = await raw('GET /v1.0/users', '', headers as Record<string, string>)
      expect([status, code]).toEqual([401, 'InvalidAuthenticationToken'])
    }
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'a missing permission is 403 Authorization_RequestDenied "Insufficient privileges to complete the operation."',
    source: 'Microsoft support, 403 error when adding a user to a group',
  },
  async () => {
    const { call } = testTenant({ ...STATE, applications: [{ permissions: ['User.Read.All'] }] })
    expect(refusal(await call('PATCH /users/ada@example.com', { jobTitle: 'X' }))).toBe(
      '403 Authorization_RequestDenied Insufficient privileges to complete the operation.',
    )
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'an unknown object is 404 Request_ResourceNotFound "Resource \'{id}\' does not exist or one of its queried reference-property objects are not present."',
    source: 'microsoftgraph/group-membership-management',
  },
  async () => {
    const id = 'ffffffff-0000-4000-8000-000000000001'
    for (const path of ['users', 'groups', 'directory/administrativeUnits', 'directoryObjects'])
      expect(refusal(await testTenant(STATE).call(`GET /${path}/${id}`))).toBe(
        `404 Request_ResourceNotFound Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
      )
  },
)

rule(
  {
    area: 'Answers: errors',
    says: 'an unknown path is 400 BadRequest "Resource not found for the segment \'…\'."',
    source: 'Issues of microsoftgraph/msgraph-sdk-javascript',
  },
  async () => {
    expect(refusal(await testTenant(STATE).call('GET /nonsense'))).toBe(
      "400 BadRequest Resource not found for the segment 'nonsense'.",
    )
  },
)
