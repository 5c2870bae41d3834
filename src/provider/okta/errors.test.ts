import { describe, expect, test } from 'vitest'
import {
  AuthError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TransientError,
} from '../../model/errors.ts'
import { errorOf, faultFrom, faultOf, retryAfterMs, TokenRefusedError, unansweredError } from './errors.ts'
import { createUser, lifecycle, type OktaRequest, readUser } from './requests.ts'

const read = readUser('00u1')
const create = createUser({ profile: {}, groupIds: [], activate: true })

function said(
  status: number,
  code?: string,
  headers: Readonly<Record<string, string>> = {},
  request: OktaRequest = read,
): Error {
  const header = (name: string): string | undefined => headers[name]
  const body =
    code === undefined
      ? undefined
      : { errorCode: code, errorSummary: 'summary', errorCauses: [{ errorSummary: 'cause' }] }
  return errorOf(faultFrom(status, body, header), request, header)
}

describe('an answer that refuses', () => {
  test.each([
    [400, 'E0000001', InvalidRequestError],
    [401, 'E0000011', TokenRefusedError],
    [403, 'E0000006', PermissionError],
    [403, 'E0000023', InvalidRequestError],
    [403, 'E0000016', InvalidRequestError],
    [404, 'E0000007', NotFoundError],
    [409, 'E0000112', TransientError],
    [409, 'E0000145', TransientError],
    [409, 'E0000999', ConflictError],
    [412, 'E0000231', ConflictError],
    [423, 'E0000239', TransientError],
    [429, 'E0000047', RateLimitError],
    [500, 'E0000009', TransientError],
    [501, 'E0000060', InvalidRequestError],
  ])('%i %s becomes the error that says what to do', (status, code, expected) => {
    const error = said(status, code)
    expect(error.constructor).toBe(expected)
    if (status !== 429) expect(error.message).toContain('cause')
    expect(faultOf(error)).toMatchObject({ status, code })
  })

  test('names the scope that is missing, although the answer has no body', () => {
    const challenge =
      'Bearer realm="http://acme.test", scope="okta.groups.read", error="insufficient_scope", error_description="…"'
    const error = said(403, undefined, { 'www-authenticate': challenge })
    expect(error).toBeInstanceOf(PermissionError)
    expect(error.message).toContain('scope okta.groups.read')
  })

  test('with an expired token is no missing permission', () => {
    const error = said(401, undefined, {
      'www-authenticate': 'Bearer error="invalid_token", error_description="The token has expired."',
    })
    expect(error).toBeInstanceOf(AuthError)
    expect(error).not.toBeInstanceOf(PermissionError)
    expect(error.message).toContain('The token has expired.')
  })

  test('with 5xx leaves open whether a write took effect', () => {
    expect(said(503)).toMatchObject({ answered: true })
    expect(said(503, undefined, {}, create)).toMatchObject({ answered: false })
  })
})

describe('the wait after a rate limit', () => {
  test('lasts until the window ends by the clock of the server, not ours', () => {
    const headers: Readonly<Record<string, string>> = {
      date: 'Mon, 02 Mar 2026 09:00:00 GMT',
      'x-rate-limit-reset': '1772442042',
    }
    expect(retryAfterMs(name => headers[name])).toBe(43_000)
  })
  test('is a second where Okta does not say, and never negative', () => {
    expect(retryAfterMs(() => undefined)).toBe(1000)
    const headers: Readonly<Record<string, string>> = {
      date: 'Mon, 02 Mar 2026 09:00:00 GMT',
      'x-rate-limit-reset': '1',
    }
    expect(retryAfterMs(name => headers[name])).toBe(1000)
  })
})

describe('a call without an answer', () => {
  test('may have had its effect when the connection broke', () => {
    const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    expect(unansweredError(error, lifecycle('00u1', 'suspend'))).toMatchObject({ answered: false })
  })
  test('had none when nobody was there, or the certificate was not trusted', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'DEPTH_ZERO_SELF_SIGNED_CERT']) {
      expect(unansweredError(Object.assign(new Error('x'), { code }), create)).toMatchObject({ answered: true })
    }
  })
})
