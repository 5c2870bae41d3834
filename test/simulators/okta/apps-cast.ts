import { expect } from 'vitest'
import type { Answer } from '../../../src/simulator/okta/testing/ask.ts'

/** The profile of somebody with this login. */
export function profile(login: string): Readonly<Record<string, string>> {
  return { firstName: 'Ada', lastName: 'Lovelace', login, email: login }
}

/** Expects a refusal with its status, its code and the texts of summary and causes. */
export function refused(reply: Answer, status: number, code: string, texts?: readonly string[]): void {
  expect([reply.status, reply.code]).toEqual([status, code])
  if (texts !== undefined) expect(reply.texts).toEqual(texts)
}

/** Ids of the objects in a list. */
export function idsOf(reply: Answer): unknown[] {
  return reply.body.list.map(item => item.at('id'))
}

/** The address behind `rel="next"`; empty where there is none. */
export function nextOf(reply: Answer): string {
  for (const link of reply.links) if (link.includes('rel="next"')) return /<([^>]*)>/.exec(link)?.[1] ?? ''
  return ''
}
