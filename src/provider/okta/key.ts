import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { AuthError } from '../../model/errors.ts'
import { objectOf, textOf } from './json.ts'

/** A key that can sign, and how to name it to Okta. */
export interface SigningKey {
  readonly key: KeyObject
  readonly algorithm: string
  readonly keyId: string | undefined
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

function keyOf(text: string): {
  readonly key: KeyObject
  readonly keyId: string | undefined
  readonly alg: string | undefined
} {
  if (!text.trimStart().startsWith('{')) return { key: createPrivateKey(text), keyId: undefined, alg: undefined }
  const jwk = objectOf(JSON.parse(text))
  const key = createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' })
  return { key, keyId: textOf(jwk.kid), alg: textOf(jwk.alg) }
}

/** Algorithms Okta takes for an app's key: RSA and the three NIST curves. Source: Okta, Implement OAuth for Okta with a service app. */
function algorithmOf(key: KeyObject, named: string | undefined): string | undefined {
  if (key.asymmetricKeyType === 'rsa') return named?.startsWith('RS') ? named : 'RS256'
  return key.asymmetricKeyType === 'ec' ? curves[key.asymmetricKeyDetails?.namedCurve ?? ''] : undefined
}

/** Reads a private JWK (JSON) or PEM (PKCS#1, PKCS#8, SEC1). A `kid` in the JWK wins over `keyId`. Throws AuthError. */
export function signingKey(text: string, keyId: string | undefined): SigningKey {
  let parsed: ReturnType<typeof keyOf>
  try {
    parsed = keyOf(text)
  } catch {
    // The cause is left out on purpose: parsers quote what they read, and this is a secret.
    throw new AuthError(
      'The private key for Okta cannot be read: give a private key as a JWK (JSON) or as PEM without a passphrase.',
    )
  }
  const algorithm = algorithmOf(parsed.key, parsed.alg)
  if (algorithm === undefined) {
    throw new AuthError(
      'The private key for Okta has a type that Okta does not take: use RSA (2048 bits or more) or EC P-256, P-384, P-521.',
    )
  }
  return { key: parsed.key, algorithm, keyId: parsed.keyId ?? keyId }
}
