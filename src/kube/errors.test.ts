import { describe, expect, test } from 'vitest'
import {
  AlreadyExists,
  Conflict,
  errorOf,
  Forbidden,
  Gone,
  Invalid,
  isTransient,
  KubeError,
  NotFound,
  TooManyRequests,
  Unauthorized,
  Unavailable,
  unanswered,
} from './errors.ts'

const call = 'GET /apis/tenure.dev/v1alpha1/employees'
const failure = (status: number, body: unknown = {}, retryAfter?: string) =>
  errorOf({ status, body, call, ...(retryAfter === undefined ? {} : { retryAfter }) })

describe('a failed call', () => {
  test.each([
    [404, 'NotFound', NotFound],
    [409, 'AlreadyExists', AlreadyExists],
    [409, 'Conflict', Conflict],
    [410, 'Expired', Gone],
    [410, 'Gone', Gone],
    [422, 'Invalid', Invalid],
    [403, 'Forbidden', Forbidden],
    [401, 'Unauthorized', Unauthorized],
    [429, 'TooManyRequests', TooManyRequests],
    [503, 'ServiceUnavailable', Unavailable],
    [504, 'Timeout', Unavailable],
    [500, 'ServerTimeout', Unavailable],
  ])('%i %s is told by its reason', (status, reason, Class) => {
    const error = failure(status, { kind: 'Status', reason, message: 'no' })
    expect(error.constructor).toBe(Class)
    expect(error).toMatchObject({ status, reason, message: `${call}: the API server answered ${status}: no` })
  })

  test.each([
    [404, NotFound],
    [409, Conflict],
    [410, Gone],
    [502, Unavailable],
    [500, KubeError],
  ])('%i without a Status is told by its number', (status, Class) => {
    expect(failure(status, 'bad gateway').constructor).toBe(Class)
  })

  test('of 500 without a reason is a mistake of ours, not to be tried again; a busy or silent server is', () => {
    expect(isTransient(failure(500, { message: 'field not declared in schema' }))).toBe(false)
    expect([failure(429), failure(503), unanswered(call, new Error('reset'))].every(isTransient)).toBe(true)
    expect([failure(404), failure(409), new Error('x')].some(isTransient)).toBe(false)
  })

  test('has the wait of the header, else of the details', () => {
    expect(failure(429, { details: { retryAfterSeconds: 3 } }, '1').retryAfterMs).toBe(1000)
    expect(failure(503, { details: { retryAfterSeconds: 5 } }).retryAfterMs).toBe(5000)
    expect(failure(503, {}, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterMs).toBeUndefined()
    expect(failure(503, {}, '').retryAfterMs).toBeUndefined()
  })

  test('of validation names each cause once and leaves remarks out, by their text', () => {
    const twice = { reason: 'FieldValueInvalid', message: 'too big', field: 'spec.size' }
    const remark = {
      reason: 'FieldValueInvalid',
      message: 'some validation rules were not checked because the object was invalid; correct the existing errors',
      field: '<nil>',
    }
    const overflow = { reason: 'FieldValueInvalid', message: 'size does not fit', field: '<nil>' }
    const error = failure(422, { reason: 'Invalid', details: { causes: [twice, remark, twice, overflow] } })
    expect(error.causes).toEqual([twice, overflow])
  })

  test('of strict validation quotes nothing of the object', () => {
    const quoting =
      'patch: Invalid value: "{\\"spec\\":{\\"mail\\":\\"eve@acme.example\\"}}": strict decoding error: unknown field "spec.x"'
    const error = failure(422, {
      reason: 'Invalid',
      message: `Employee "eve" is invalid: ${quoting}`,
      details: { causes: [{ reason: 'FieldValueInvalid', message: quoting, field: 'patch' }] },
    })
    expect(error.message).toBe(`${call}: the API server answered 422: strict decoding error: unknown field "spec.x"`)
    expect(JSON.stringify(error.causes)).not.toContain('eve@acme.example')
  })

  test('repeats no message of any length', () => {
    expect(failure(500, { message: 'x'.repeat(5000) }).message.length).toBeLessThan(700)
  })

  test('in a namespace that is being deleted is Forbidden for that reason', () => {
    const causes = [{ reason: 'NamespaceTerminating', message: 'is being terminated', field: 'metadata.namespace' }]
    const error = failure(403, { reason: 'Forbidden', details: { causes } })
    expect(error instanceof Forbidden && error.isTerminating).toBe(true)
    const plain = failure(403, { reason: 'Forbidden' })
    expect(plain instanceof Forbidden && plain.isTerminating).toBe(false)
  })
})
