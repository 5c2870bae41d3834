import type { AccessToken, TokenCredential } from '@azure/identity'
import { machineTime } from '../../http/time.ts'
import { AuthError } from '../../model/errors.ts'
import { abortable } from './abortable.ts'
import { repeated } from './repeat.ts'
import { type Heard, tokenError } from './token-error.ts'
import type { TokenOptions } from './token-options.ts'
import { trustIn } from './trust.ts'

/** Authority hosts that the identity library knows by itself ("National clouds"). */
const MICROSOFT_HOSTS = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  'login.microsoft.com',
  'login.windows.net',
])

interface Opened {
  readonly credential: TokenCredential
  /** PEM of the certificate in use, to say when it expired. */
  readonly pem?: string
}

/** A new access token from a new credential object. Throws AuthError, RateLimitError or NotSentError. */
export async function acquireToken(options: TokenOptions, signal: AbortSignal): Promise<AccessToken> {
  const { retry: policy, time = machineTime } = options
  return await repeated(() => tryOnce(options, signal), { repeatable: 'Repeatable', policy, time, signal })
}

async function tryOnce(options: TokenOptions, signal: AbortSignal): Promise<AccessToken> {
  const heard: Heard = { last: undefined, failure: undefined }
  let pem: string | undefined
  try {
    const opened = await openCredential(options, heard)
    pem = opened.pem
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)])
    // The library hands the signal on to its discovery only, not to the request for the token.
    const asked = opened.credential.getToken(`${new URL(options.graphUrl).origin}/.default`, { abortSignal })
    const token = await abortable(asked, abortSignal)
    if (token === null) throw new AuthError(`Entra ID gave application ${options.clientId} no token.`)
    return token
  } catch (error) {
    throw tokenError(error, heard, { ...options, pem })
  }
}

async function openCredential(options: TokenOptions, heard: Heard): Promise<Opened> {
  const identity = await import('@azure/identity')
  const { credential, tenantId, clientId } = options
  const trust = options.ca === undefined ? {} : { secureContext: await trustIn(options.ca) }
  const settings = credentialSettings(options, heard, trust)
  switch (credential.kind) {
    case 'Secret': {
      const secret = (await readSecret(credential.secret, 'client secret')).trim()
      return { credential: new identity.ClientSecretCredential(tenantId, clientId, secret, settings) }
    }
    case 'Certificate': {
      const certificate = await readSecret(credential.pem, 'client certificate')
      checkPem(certificate)
      const made = new identity.ClientCertificateCredential(tenantId, clientId, { certificate }, settings)
      return { credential: made, pem: certificate }
    }
    case 'WorkloadIdentity': {
      const file = credential.tokenFile === undefined ? {} : { tokenFilePath: credential.tokenFile }
      const made = new identity.WorkloadIdentityCredential({ tenantId, clientId, ...file, ...settings })
      return { credential: made }
    }
  }
}

async function readSecret(read: () => Promise<string>, what: string): Promise<string> {
  let value: string
  try {
    value = await read()
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new AuthError(`The ${what} cannot be read: ${words}`, { cause: error })
  }
  if (value.trim() === '') throw new AuthError(`The ${what} is empty.`)
  return value
}

function checkPem(pem: string): void {
  const missing = [
    ...(/-----BEGIN CERTIFICATE-----/.test(pem) ? [] : ['certificate']),
    ...(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem) ? [] : ['private key']),
  ]
  if (missing.length > 0) {
    throw new AuthError(`The client certificate's PEM lacks the ${missing.join(' and the ')}; it must hold both.`)
  }
}

interface HeardRequest {
  readonly url: string
}
interface HeardResponse {
  readonly status: number
  readonly headers: { get(name: string): string | undefined }
  readonly bodyAsText?: string | null
}

/** `trust` goes to the agent of every connection, as all TLS options do. */
function credentialSettings(options: TokenOptions, heard: Heard, trust: object) {
  const listen = {
    name: 'listen',
    async sendRequest<Q extends HeardRequest, A extends HeardResponse>(request: Q, next: (request: Q) => Promise<A>) {
      try {
        const answer = await next(request)
        const retryAfter = answer.headers.get('retry-after')
        heard.last = { status: answer.status, retryAfter, body: answer.bodyAsText ?? '' }
        return answer
      } catch (error) {
        heard.failure = error
        throw error
      }
    },
  }
  return {
    authorityHost: options.authorityHost,
    disableInstanceDiscovery: !MICROSOFT_HOSTS.has(new URL(options.authorityHost).host),
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: listen, position: 'perCall' as const }],
    ...(options.ca === undefined ? {} : { tlsOptions: trust }),
  }
}
