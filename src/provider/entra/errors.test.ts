import { expect, test } from 'vitest'
import { RateLimitError, TransientError } from '../../model/errors.ts'
import {
  connectionError,
  DeniedError,
  errorFrom,
  MissingError,
  NotSentError,
  RefusedError,
  retryAfterMs,
} from './errors.ts'

const answer = (status: number, code: string, more: { retryAfter?: string; method?: string; body?: string } = {}) =>
  errorFrom({
    status,
    method: more.method ?? 'GET',
    headers: new Headers(more.retryAfter === undefined ? {} : { 'retry-after': more.retryAfter }),
    body: more.body ?? JSON.stringify({ error: { code, message: 'words', details: [{ code: 'x', target: 'mail' }] } }),
    maxWaitMs: 65_000,
  })

test.each([
  [400, 'Request_BadRequest', RefusedError],
  [403, 'Authorization_RequestDenied', DeniedError],
  [404, 'Request_ResourceNotFound', MissingError],
  [409, 'Directory_ConcurrencyViolation', RateLimitError],
  [409, 'Request_MultipleObjectsWithSameKeyValue', RefusedError],
  [429, 'TooManyRequests', RateLimitError],
  [500, 'InternalServerError', TransientError],
  [504, 'UnknownError', TransientError],
])('%i %s is one the caller can act on', (status, code, kind) => {
  expect(answer(status, code)).toBeInstanceOf(kind)
})

test('a refusal names the property that details name', () => {
  expect((answer(400, 'Request_BadRequest') as RefusedError).refusal.targets).toEqual(['mail'])
})

test('a rate limit without Retry-After waits longer for a write than for a read', () => {
  const wait = (method: string): number => (answer(429, 'TooManyRequests', { method }) as RateLimitError).retryAfterMs
  expect(wait('POST')).toBeGreaterThan(wait('GET'))
  expect(wait('GET')).toBeGreaterThan(0)
})

test('Retry-After is read as seconds and as a date, and never as less than now', () => {
  expect(retryAfterMs('2')).toBe(2000)
  expect(retryAfterMs(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(0)
  expect(retryAfterMs('soon')).toBeUndefined()
  expect(retryAfterMs(null)).toBeUndefined()
})

test('a name that cannot be found was never connected to; a reset may have had its effect', () => {
  const failed = (code: string) => Object.assign(new Error('inner'), { code })
  const wrap = (code: string) => connectionError(new TypeError('fetch failed', { cause: failed(code) }), 'host')
  expect(wrap('ENOTFOUND')).toBeInstanceOf(NotSentError)
  expect(wrap('ECONNRESET')).not.toBeInstanceOf(NotSentError)
  expect(wrap('ECONNRESET').answered).toBe(false)
})
