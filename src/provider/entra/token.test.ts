import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type EntraTenant, entraTenant } from '../../../test/support/entra-tenant.ts'
import { AuthError, RateLimitError } from '../../model/errors.ts'
import { createClientCertificate } from '../../simulator/certificate.ts'
import { NotSentError } from './errors.ts'
import { type TokenSource, tokenSource } from './token.ts'
import type { EntraCredential, TokenOptions } from './token-options.ts'

const signal = new AbortController().signal
const TOKEN = /oauth2\/v2\.0\/token$/
let tenant: EntraTenant
let sources: TokenSource[] = []

beforeEach(async () => {
  tenant = await entraTenant()
})
afterEach(async () => {
  vi.useRealTimers()
  for (const source of sources) source.close()
  sources = []
  await tenant.close()
})

function source(options: Partial<TokenOptions> = {}): TokenSource {
  const { entra } = tenant.simulator
  const made = tokenSource({
    tenantId: entra.tenantId,
    clientId: entra.clientId,
    credential: { kind: 'Secret', secret: async () => entra.clientSecret },
    authorityHost: entra.authorityHost,
    graphUrl: entra.graphUrl,
    ca: tenant.ca,
    retry: { tries: 3, baseMs: 1, maxMs: 1000, random: () => 0.5 },
    timeoutMs: 5000,
    ...options,
  })
  sources.push(made)
  return made
}

const withCredential = (credential: EntraCredential): TokenSource => source({ credential })

async function failure(made: TokenSource): Promise<Error> {
  return await made.get(signal).then(
    () => Promise.reject(new Error('a token was given')),
    (error: Error) => error,
  )
}

test('ten callers who come at once ask for one token', async () => {
  const made = source()
  const tokens = await Promise.all(Array.from({ length: 10 }, () => made.get(signal)))
  expect(new Set(tokens).size).toBe(1)
  expect(tenant.requests('POST', TOKEN)).toBe(1)
  expect(tenant.requests('GET', /openid-configuration$/)).toBe(1)
})

test('a token service that never answers is given up in time, and asked again', async () => {
  tenant.simulator.faults.add({ provider: 'entra', path: '/*/oauth2/v2.0/token', fault: 'hang', count: 1 })
  expect(await source({ timeoutMs: 300 }).get(signal)).toMatch(/^ey/)
  tenant.simulator.faults.add({ provider: 'entra', path: '/*/oauth2/v2.0/token', fault: 'hang' })
  expect(await failure(source({ timeoutMs: 50 }))).toBeInstanceOf(NotSentError)
})

test('a caller who gives up does not take the token from the others', async () => {
  const made = source()
  const stopped = new AbortController()
  const [given, lost] = [made.get(signal), made.get(stopped.signal)]
  stopped.abort()
  await expect(lost).rejects.toThrow(/abort/i)
  expect(await given).toMatch(/^ey/)
})

test('a token near its end serves on while one new token is fetched', async () => {
  const made = source()
  const first = await made.get(signal)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 55 * 60_000 })
  expect(await Promise.all([made.get(signal), made.get(signal)])).toEqual([first, first])
  await vi.waitFor(async () => expect(await made.get(signal)).not.toBe(first))
  expect(tenant.requests('POST', TOKEN)).toBe(2)
})

test('a token that has ended is not used any more', async () => {
  const made = source()
  const first = await made.get(signal)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 })
  expect(await made.get(signal)).not.toBe(first)
})

test('a forgotten token is replaced, with the secret read again', async () => {
  const secrets = ['first', 'second']
  tenant.set({ applications: [{ appId: tenant.simulator.entra.clientId, secrets: [...secrets] }] })
  let reads = 0
  const made = withCredential({ kind: 'Secret', secret: async () => secrets[reads++] ?? 'none' })
  const token = await made.get(signal)
  made.forget()
  expect(await made.get(signal)).not.toBe(token)
  expect(reads).toBe(2)
})

test('a wrong secret says what the vendor said and what to do, and is not sent again nor shown', async () => {
  const error = await failure(withCredential({ kind: 'Secret', secret: async () => 'hunter2-is-wrong' }))
  expect(error).toBeInstanceOf(AuthError)
  expect(error.message).toMatch(
    /AADSTS7000215: Invalid client secret provided\..*To mend it: give the value of a client secret/,
  )
  expect(error.message).not.toMatch(/Trace ID|hunter2/)
  expect(inspect(error, { depth: 10 })).not.toContain('hunter2')
  expect(tenant.requests('POST', TOKEN)).toBe(1)
})

test('an unknown application and an unknown tenant are named', async () => {
  const nobody = '99999999-0000-4000-8000-000000000000'
  expect((await failure(source({ clientId: nobody }))).message).toMatch(/AADSTS700038.*check clientId/)
  expect((await failure(source({ tenantId: nobody }))).message).toMatch(/check tenantId/)
})

test('a registered certificate gives a token; one that is not registered, or has no key, says so', async () => {
  const { certPem, keyPem } = createClientCertificate('tenure')
  const pem = async (): Promise<string> => `${keyPem}${certPem}`
  expect((await failure(withCredential({ kind: 'Certificate', pem }))).message).toMatch(
    /AADSTS7000\d+.*add this certificate to the application/,
  )
  tenant.simulator.tenants.entra.registerCertificate(certPem)
  expect(await withCredential({ kind: 'Certificate', pem }).get(signal)).toMatch(/^ey/)
  const bare = await failure(withCredential({ kind: 'Certificate', pem: async () => certPem }))
  expect(bare.message).toMatch(/lacks the private key/)
})

test('a refused certificate that has expired is called expired, with the day', async () => {
  const { certPem, keyPem } = createClientCertificate('tenure')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30 * 86_400_000 })
  const error = await failure(withCredential({ kind: 'Certificate', pem: async () => `${keyPem}${certPem}` }))
  expect(error).toBeInstanceOf(AuthError)
  expect(error.message).toMatch(/the certificate expired on \d{4}-\d\d-\d\d; add a new one/)
})

test('a federated token file gives a token; a missing one says which', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'federated-'))
  try {
    const tokenFile = join(folder, 'token')
    const missing = await failure(withCredential({ kind: 'WorkloadIdentity', tokenFile }))
    expect(missing).toBeInstanceOf(AuthError)
    expect(missing.message).toContain(tokenFile)
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
    const audience = 'api://AzureADTokenExchange'
    const claims = { name: 'run', issuer: 'https://issuer.example', subject: 'repo:acme/people', audiences: [audience] }
    const key = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }
    tenant.simulator.tenants.entra.registerFederatedCredential(claims, [key])
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(claims.issuer)
      .setSubject(claims.subject)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey)
    await writeFile(tokenFile, jwt)
    expect(await withCredential({ kind: 'WorkloadIdentity', tokenFile }).get(signal)).toMatch(/^ey/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a token service that stumbles is asked again at once, with no block of a minute', async () => {
  const path = '/*/oauth2/v2.0/token'
  tenant.simulator.faults.add({ path, fault: 'status', status: 503, count: 1 })
  tenant.simulator.faults.add({ path, fault: 'resetBefore', count: 1 })
  expect(await source().get(signal)).toMatch(/^ey/)
  expect(tenant.requests('POST', TOKEN)).toBe(3)
})

test('a token service that stays away is worth another try later, and shows no secret', async () => {
  tenant.simulator.faults.add({ path: '/*/oauth2/v2.0/token', fault: 'resetBefore' })
  const error = await failure(source())
  expect(error).toBeInstanceOf(NotSentError)
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(tenant.simulator.entra.clientSecret)
})

test('a token service that asks to wait too long is not waited for', async () => {
  const headers = { 'Retry-After': '120' }
  tenant.simulator.faults.add({ path: '/*/oauth2/v2.0/token', fault: 'status', status: 429, headers })
  const error = await failure(source())
  expect(error).toBeInstanceOf(RateLimitError)
  expect((error as RateLimitError).retryAfterMs).toBe(120_000)
})

test('an empty secret and one that cannot be read are named without asking anybody', async () => {
  expect((await failure(withCredential({ kind: 'Secret', secret: async () => ' \n' }))).message).toMatch(
    /secret is empty/,
  )
  const unreadable = withCredential({ kind: 'Secret', secret: () => Promise.reject(new Error('no such file: s.txt')) })
  expect((await failure(unreadable)).message).toMatch(/secret cannot be read: no such file: s\.txt/)
  expect(tenant.requests('POST', TOKEN)).toBe(0)
})

test('the claims say who we are and what we may', async () => {
  tenant.set({ applications: [{ ...tenant.state.applications?.[0], permissions: ['User.Read.All'] }] })
  const claims = await source().claims(signal)
  expect(claims.roles).toEqual(['User.Read.All'])
  expect(claims.objectId).toMatch(/^[0-9a-f-]{36}$/)
})
