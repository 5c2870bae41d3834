import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'

export const login = 'ada@example.com'
export const profile = { firstName: 'Ada', lastName: 'Lovelace', login, email: login }
export const password = { password: { value: 'Correct-Horse-9' } }

/** Ada with this status and whatever else the state says of her; her id is `u1`. */
export function orgWith(status: string, more: Readonly<Record<string, unknown>> = {}, state: OktaState = {}): Bench {
  const users: unknown = [{ id: 'u1', profile, status, ...more }]
  return bench({ ...state, users: users as NonNullable<OktaState['users']> })
}

/** Creates Ada. */
export function create(org: Bench, body: Readonly<Record<string, unknown>> = {}, query = ''): Promise<Answer> {
  return org.ask('POST', `/api/v1/users${query}`, { body: { profile, ...body } })
}

/** Expects a refusal with its status, its code and the texts of summary and causes. */
export function refused(reply: Answer, status: number, code: string, ...texts: readonly string[]): void {
  expect([reply.status, reply.code]).toEqual([status, code])
  if (texts.length > 0) expect(reply.texts).toEqual(texts)
}

/** Expects 204 without a body. */
export function silent(reply: Answer): void {
  expect([reply.status, reply.body.value]).toEqual([204, undefined])
}

/** Ids of the objects in a list. */
export function idsOf(reply: Answer): unknown[] {
  return reply.body.list.map(item => item.at('id'))
}

/** Names of the links of an object. */
export function linksOf(reply: Answer): string[] {
  return Object.keys(Object(reply.body.at('_links'))).sort()
}
