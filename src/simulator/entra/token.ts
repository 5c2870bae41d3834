import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from 'node:crypto'
import { edgeNow } from '../skew.ts'
import { GraphError } from './reply.ts'
import type { Application, World } from './world.ts'

/** What a token says of its bearer. */
export interface TokenClaims {
  readonly appid: string
  readonly oid: string
  readonly tid: string
  readonly roles: readonly string[]
  /** Seconds since 1970. */
  readonly exp: number
}

const KEY_ID = 'simulated-signing-key'
const REMEMBERED_TOKENS = 1000

/** What a token is for and how long it lasts. */
interface Terms {
  readonly audience: string
  /** How long it lasts. */
  readonly seconds: number
}

/** The claims in which the two versions of tokens differ. */
function shapedClaims({ identity, switches }: World, application: Application): Record<string, string> {
  if (switches.tokenShape === 'v2') {
    const iss = `https://login.microsoftonline.com/${identity.id}/v2.0`
    return { iss, azp: application.appId, azpacr: '1', ver: '2.0' }
  }
  const iss = `https://sts.windows.net/${identity.id}/`
  return { iss, app_displayname: application.displayName, appid: application.appId, appidacr: '1', ver: '1.0' }
}

function encoded(json: unknown): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url')
}

const unauthorized = (message: string): GraphError => new GraphError(401, 'InvalidAuthenticationToken', message)

/** Signs and checks the access tokens of one tenant: three-part JWTs, RS256, with times by the tenant's clock. */
export class TokenMint {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #checked = new Map<string, TokenClaims>()

  /** The public key, as the tenant's `jwks_uri` answers it. */
  jwks(): unknown {
    const jwk = createPublicKey(this.#keys.privateKey as KeyObject).export({ format: 'jwk' })
    return { keys: [{ ...jwk, kid: KEY_ID, use: 'sig', alg: 'RS256' }] }
  }

  /** A token for an application, good for an audience and so many seconds. */
  issue(world: World, application: Application, { audience, seconds }: Terms): string {
    const now = Math.floor(edgeNow(world.clock) / 1000)
    const claims = {
      aud: audience,
      iat: now,
      nbf: now,
      exp: now + seconds,
      ...shapedClaims(world, application),
      idtyp: 'app',
      oid: application.servicePrincipalId,
      sub: application.servicePrincipalId,
      tid: world.identity.id,
      roles: [...application.permissions],
      uti: randomUUID(),
    }
    const signed = `${encoded({ typ: 'JWT', alg: 'RS256', kid: KEY_ID })}.${encoded(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#keys.privateKey).toString('base64url')}`
  }

  /** The claims of the request's bearer token; throws the 401 of Microsoft Graph when it is missing, foreign or expired. */
  check(world: World, authorization: string | undefined): TokenClaims {
    const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw unauthorized('Access token is empty.')
    const claims = this.#checked.get(token) ?? this.#verified(token)
    if (claims.tid !== world.identity.id) throw unauthorized('Access token validation failure. Invalid audience.')
    if (claims.exp * 1000 <= edgeNow(world.clock))
      throw unauthorized('Lifetime validation failed, the token is expired.')
    return claims
  }

  #verified(token: string): TokenClaims {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.')
    if (signature === '' || rest.length > 0) {
      throw unauthorized('IDX14100: JWT is not well formed, there are no dots (.).')
    }
    const genuine = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      this.#keys.publicKey,
      Buffer.from(signature, 'base64url'),
    )
    if (!genuine) throw unauthorized('Access token validation failure. Invalid signature.')
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims & { azp?: string }
    const claims = { ...said, appid: said.appid ?? said.azp ?? '' }
    if (this.#checked.size >= REMEMBERED_TOKENS) this.#checked.clear()
    this.#checked.set(token, claims)
    return claims
  }
}
