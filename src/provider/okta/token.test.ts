import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountKey } from '../../model/account.ts'
import { AuthError, TransientError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import { markerGroups, signal, startOrg, type TestOrg } from './testing/org.ts'
import { type AccessToken, tokenSource } from './token.ts'

const tokenPath = '/oauth2/v1/token'
let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

function keysOf(ids: readonly AccountId[]): readonly AccountKey[] {
  return ids.map(id => ({ kind: 'Id', id }))
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable('it was not refused'),
    (error: unknown) => error as Error,
  )
}

describe('the token', () => {
  test('is asked for once by thirty calls that start cold', async () => {
    const id = await org.user('ada@example.com')
    await org.provider({ concurrency: 30 }).lookup(keysOf(Array(30).fill(id)), signal)
    expect(org.count('POST', tokenPath)).toBe(1)
  })

  test('is renewed once by thirty calls that find it expired at Okta', async () => {
    await org.close()
    org = await startOrg({ switches: { tokenSeconds: 100 } })
    const id = await org.user('ada@example.com')
    const standing = org.clock.now()
    const provider = org.provider({ concurrency: 30, now: () => standing })
    await provider.lookup(keysOf([id]), signal)
    org.clock.advance(101_000)
    const results = await provider.lookup(keysOf(Array(30).fill(id)), signal)
    expect(results.every(({ accounts }) => accounts.length === 1)).toBe(true)
    expect(org.count('POST', tokenPath)).toBe(2)
  })

  test('is renewed before it expires, so that no call is refused', async () => {
    const id = await org.user('ada@example.com')
    const provider = org.provider()
    for (const minutes of [0, 54, 2]) {
      org.clock.advance(minutes * 60_000)
      await provider.lookup(keysOf([id]), signal)
    }
    expect(org.count('POST', tokenPath)).toBe(2)
    expect(org.count('GET', '/api/v1/users/*')).toBe(3)
  })

  test('is fetched with a key that was changed meanwhile', async () => {
    let key = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    const provider = org.provider({ privateKey: async () => key })
    await expect(provider.probe(signal)).rejects.toThrow(AuthError)
    key = org.tenant.privateKeyPem
    expect((await provider.probe(signal)).identity).toBe(org.tenant.clientId)
  })

  test('comes although the clock of this machine is an hour off', async () => {
    for (const hours of [-1, 1]) {
      const provider = org.provider({ now: () => org.clock.now() + hours * 3_600_000 })
      const { clock } = await provider.probe(signal)
      expect(Math.round(((clock?.ours ?? 0) - (clock?.theirs ?? 0)) / 3_600_000)).toBe(hours)
    }
  })

  test('outlives a failed renewal while it is valid', async () => {
    const mints: (() => AccessToken)[] = []
    let now = 0
    const token = (value: string): AccessToken => ({ value, scopes: new Set(), renewAt: 100, expiresAt: 200 })
    const source = tokenSource(
      async () => (mints.shift() ?? (() => expect.unreachable()))(),
      () => now,
    )
    mints.push(() => token('first'))
    expect((await source.get()).value).toBe('first')
    now = 150
    const fails = (): never => {
      throw new TransientError('down', true)
    }
    mints.push(fails, fails)
    expect((await source.get()).value).toBe('first')
    now = 250
    await expect(source.get()).rejects.toThrow('down')
  })

  test('that is rejected is not forgotten when a newer one is there already', async () => {
    let count = 0
    const source = tokenSource(
      async () => ({ value: `token ${++count}`, scopes: new Set(), renewAt: 100, expiresAt: 200 }),
      () => 0,
    )
    await source.get()
    source.reject('token 1')
    await source.get()
    source.reject('token 1')
    expect((await source.get()).value).toBe('token 2')
  })
})

describe('a refused token request says in the vendor’s words what is wrong, and what to do', () => {
  test('with a key that the app does not have', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    const error = await rejection(org.provider({ privateKey: async () => other }).probe(signal))
    expect(error).toBeInstanceOf(AuthError)
    expect(error.message).toMatch(/invalid_client.*private key does not match a public key of app 0oa/)
    expect(`${error.message}${error.cause}`).not.toMatch(/eyJ|PRIVATE/)
  })
  test('with a client id that nobody has', async () => {
    const error = await rejection(org.provider({ clientId: '0oanobody' }).probe(signal))
    expect(error.message).toMatch(/check orgUrl and clientId/)
  })
  test('with no scope granted at all', async () => {
    org.tenant.load({ groups: markerGroups, apps: [{ id: org.tenant.clientId, scopes: [], roles: ['SUPER_ADMIN'] }] })
    const error = await rejection(org.provider().probe(signal))
    expect(error).toBeInstanceOf(AuthError)
    expect(error.message).toMatch(
      /consent_required: You are not allowed any of the requested scopes.*grant the app the scopes.*okta\.users\.read/,
    )
  })
  test('for an app that wants DPoP', async () => {
    const scopes = [...org.options.scopes]
    org.tenant.load({
      groups: markerGroups,
      apps: [{ id: org.tenant.clientId, scopes, roles: ['SUPER_ADMIN'], requiresDpop: true }],
    })
    const error = await rejection(org.provider().probe(signal))
    expect(error.message).toMatch(/switch off "Require Demonstrating Proof of Possession/)
  })
  test('and a server that fails is no refusal', async () => {
    org.faults.add({ path: tokenPath, fault: 'status', status: 503 })
    const error = await rejection(org.provider().probe(signal))
    expect(error).toBeInstanceOf(TransientError)
    expect(org.count('POST', tokenPath)).toBe(3)
  })
})
