import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EntraTenant, entraTenant } from '../../../test/support/entra-tenant.ts'
import { AuthError } from '../../model/errors.ts'
import { createClientCertificate } from '../../simulator/certificate.ts'
import type { Provider } from '../provider.ts'
import type { EntraCredential } from './token-options.ts'

const signal = new AbortController().signal
let tenant: EntraTenant

beforeEach(async () => {
  tenant = await entraTenant({ groups: [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }] })
})
afterEach(async () => {
  await tenant.close()
})

/** Two hours pass at the tenant, and for whoever waits by this time, so that every token has run out. */
function patient(credential: EntraCredential): { readonly provider: Provider; pass(): void } {
  let ahead = 0
  const time = { now: () => performance.now() + ahead, sleep: async () => undefined }
  return {
    provider: tenant.provider({ credential, time }),
    pass: () => {
      ahead += 2 * 3_600_000
      tenant.simulator.clock.advance(2 * 3_600_000)
    },
  }
}

const works = async (provider: Provider): Promise<boolean> => (await provider.probe(signal)).identity !== ''
const tokens = (): number => tenant.requests('POST', /oauth2\/v2\.0\/token$/)

test('a secret that is changed is taken up with the next token, and the old one is not asked for again', async () => {
  const appId = tenant.simulator.entra.clientId
  let secret = 'first'
  tenant.set({ applications: [{ appId, secrets: ['first'] }] })
  const { provider, pass } = patient({ kind: 'Secret', secret: async () => secret })
  expect(await works(provider)).toBe(true)
  tenant.set({ applications: [{ appId, secrets: ['second'] }] })
  secret = 'second'
  pass()
  expect(await works(provider)).toBe(true)
  expect(tokens()).toBe(2)
})

test('a certificate that is changed is taken up with the next token; one that is no more says so', async () => {
  const [old, next] = [createClientCertificate('old'), createClientCertificate('next')]
  let pem = `${old.keyPem}${old.certPem}`
  tenant.simulator.tenants.entra.registerCertificate(old.certPem)
  const { provider, pass } = patient({ kind: 'Certificate', pem: async () => pem })
  expect(await works(provider)).toBe(true)
  pem = `${next.keyPem}${next.certPem}`
  pass()
  await expect(provider.probe(signal)).rejects.toThrow(AuthError)
  tenant.simulator.tenants.entra.registerCertificate(next.certPem)
  expect(await works(provider)).toBe(true)
})

test('a federated token file is read again for every token, as a platform writes it anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'federated-'))
  try {
    const tokenFile = join(folder, 'token')
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
    const audience = 'api://AzureADTokenExchange'
    const claims = { name: 'run', issuer: 'https://issuer.example', subject: 'pod', audiences: [audience] }
    const key = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }
    tenant.simulator.tenants.entra.registerFederatedCredential(claims, [key])
    const write = async (subject: string): Promise<void> => {
      const jwt = new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).setIssuer(claims.issuer)
      const whole = jwt.setSubject(subject).setAudience(audience).setIssuedAt().setExpirationTime('10h')
      await writeFile(tokenFile, await whole.sign(privateKey))
    }
    await write('pod')
    const { provider, pass } = patient({ kind: 'WorkloadIdentity', tokenFile })
    expect(await works(provider)).toBe(true)
    await write('stranger')
    pass()
    await expect(provider.probe(signal)).rejects.toThrow(/AADSTS70\d+/)
    await write('pod')
    expect(await works(provider)).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})
