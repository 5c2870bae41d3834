import { createHash, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import { oktaClient } from './client.ts'
import { readUser } from './requests.ts'
import { markerGroups, signal, startOrg, type TestOrg } from './testing/org.ts'

const tokenPath = '/oauth2/v1/token'
let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

function requireDpop(requiresDpop: boolean): void {
  const { apps: _before, ...state } = org.tenant.state()
  const scopes = [...org.options.scopes]
  org.tenant.load({
    ...state,
    groups: state.groups ?? markerGroups,
    apps: [{ id: org.tenant.clientId, scopes, roles: ['SUPER_ADMIN'], requiresDpop }],
  })
}

describe('an app whose tokens are bound to a key', () => {
  test('is found out by the first refusal, and every later call and token carries a proof', async () => {
    const id = await org.user('ada@example.com')
    requireDpop(true)
    const provider = org.provider()
    const keys = Array.from({ length: 20 }, () => ({ kind: 'Id', id }) as const)
    expect((await provider.lookup(keys, signal)).every(({ accounts }) => accounts.length === 1)).toBe(true)
    // Without a proof, with one, with the nonce as well.
    expect(org.count('POST', tokenPath)).toBe(3)
    expect(org.countStatus(401)).toBe(0)
    org.clock.advance(56 * 60_000)
    await provider.lookup(keys.slice(0, 1), signal)
    expect(org.count('POST', tokenPath)).toBe(4)
  })

  test('is served although the clock of this machine is an hour off', async () => {
    const id = await org.user('ada@example.com')
    requireDpop(true)
    for (const hours of [-1, 1]) {
      const provider = org.provider({ now: () => org.clock.now() + hours * 3_600_000 })
      expect((await provider.lookup([{ kind: 'Id', id }], signal))[0]?.accounts).toHaveLength(1)
    }
  })

  test('is served without proofs again once that is switched off', async () => {
    const id = await org.user('ada@example.com')
    requireDpop(true)
    const provider = org.provider()
    await provider.lookup([{ kind: 'Id', id }], signal)
    requireDpop(false)
    org.clock.advance(56 * 60_000)
    expect((await provider.lookup([{ kind: 'Id', id }], signal))[0]?.accounts).toHaveLength(1)
  })
})

interface Seen {
  readonly headers: IncomingHttpHeaders
  readonly path: string
}

/** An org that gives DPoP tokens and, once, asks for a nonce at the API too. */
async function withNonceServer(use: (orgUrl: string, seen: readonly Seen[]) => Promise<void>): Promise<void> {
  const seen: Seen[] = []
  let asked = false
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push({ headers: request.headers, path })
    const token = { access_token: 'opaque', token_type: 'DPoP', expires_in: 3600, scope: 'okta.users.read' }
    if (path === tokenPath) return void response.end(JSON.stringify(token))
    if (!asked) {
      asked = true
      response.writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'fresh' })
      return void response.end()
    }
    response.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen)
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

describe('a proof', () => {
  test('names method, address and token, each time anew, with a key that is not the app’s, and the nonce once one is given', async () => {
    await withNonceServer(async (orgUrl, seen) => {
      const client = oktaClient({ ...org.options, orgUrl })
      try {
        await client.send(readUser('00u1' as AccountId), signal)
        await client.send(readUser('00u2' as AccountId), signal)
      } finally {
        await client.close()
      }
      const calls = seen.filter(({ path }) => path !== tokenPath)
      expect(calls.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('DPoP opaque'))
      const proofs = calls.map(({ headers }) => `${headers.dpop}`)
      const claims = proofs.map(proof => decodeJwt(proof))
      expect(claims.map(({ nonce }) => nonce)).toEqual([undefined, 'fresh', 'fresh'])
      expect(new Set(claims.map(({ jti }) => jti)).size).toBe(3)
      const ath = createHash('sha256').update('opaque').digest('base64url')
      expect(claims[2]).toMatchObject({ htm: 'GET', htu: `${orgUrl}/api/v1/users/00u2`, ath })
      const jwk = decodeProtectedHeader(proofs[0] ?? '').jwk as JWK
      expect(jwk).not.toHaveProperty('d')
      await jwtVerify(proofs[2] ?? '', await importJWK(jwk, 'ES256'), { typ: 'dpop+jwt' })
      const own = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
      expect(await calculateJwkThumbprint(jwk)).not.toBe(await calculateJwkThumbprint(own as JWK))
      expect(seen.filter(({ path }) => path === tokenPath)).toHaveLength(1)
    })
  })
})
