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

  test('is fetched once more with the key as it is then, when Okta does not know the first', async () => {
    const old = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    const keys = [old]
    const provider = org.provider({ privateKey: async () => keys.shift() ?? org.tenant.privateKeyPem })
    expect((await provider.probe(signal)).identity).toBe(org.tenant.clientId)
    expect(org.count('POST', tokenPath)).toBe(2)
  })

  test('that Okta does not take any more is replaced by one of the new key, without a restart', async () => {
    const id = await org.user('ada@example.com')
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    let key = org.tenant.privateKeyPem
    const provider = org.provider({ privateKey: async () => key })
    await provider.lookup(keysOf([id]), signal)
    key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { apps: _before, ...state } = org.tenant.state()
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'second' } as never
    const app = { id: org.tenant.clientId, scopes: [...org.options.scopes], roles: ['SUPER_ADMIN'], keys: [jwk] }
    org.tenant.load({ ...state, apps: [app] })
    org.faults.add({ method: 'GET', path: '/api/v1/users/*', fault: 'expiredToken', count: 1 })
    expect((await provider.lookup(keysOf([id]), signal))[0]?.accounts).toHaveLength(1)
    expect(org.count('POST', tokenPath)).toBe(2)
    expect(org.countStatus(401)).toBe(1)
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
    const token = (value: string): AccessToken => ({
      value,
      scheme: 'Bearer',
      scopes: new Set(),
      renewAt: 100,
      expiresAt: 200,
    })
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
      async () => ({
        value: `token ${++count}`,
        scheme: 'Bearer' as const,
        scopes: new Set(),
        renewAt: 100,
        expiresAt: 200,
      }),
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
  test('and a server that fails is no refusal', async () => {
    org.faults.add({ path: tokenPath, fault: 'status', status: 503 })
    const error = await rejection(org.provider().probe(signal))
    expect(error).toBeInstanceOf(TransientError)
    expect(org.count('POST', tokenPath)).toBe(3)
  })
})
