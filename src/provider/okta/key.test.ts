import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AuthError } from '../../model/errors.ts'
import { signingKey } from './key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

describe('a signing key', () => {
  test('is read from PEM of either kind, with the key id beside it', () => {
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const pem = rsa.export({ type, format: 'pem' }).toString()
      expect(signingKey(pem, 'k1')).toMatchObject({ algorithm: 'RS256', keyId: 'k1' })
    }
    expect(signingKey(ec.export({ type: 'sec1', format: 'pem' }).toString(), undefined).algorithm).toBe('ES256')
  })
  test('is read from a JWK, whose own key id wins', () => {
    const jwk = { ...rsa.export({ format: 'jwk' }), kid: 'k2', alg: 'RS512' }
    expect(signingKey(JSON.stringify(jwk), 'k1')).toMatchObject({ algorithm: 'RS512', keyId: 'k2' })
  })
  test('that cannot be read or used is refused without a word of it in the error', () => {
    const ed = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    for (const text of ['topsecret', '{"kty":"RSA","d":"topsecret"}', '{topsecret', ed]) {
      try {
        signingKey(text, undefined)
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(AuthError)
        expect(`${error} ${(error as Error).cause ?? ''}`).not.toContain('topsecret')
      }
    }
  })
})
