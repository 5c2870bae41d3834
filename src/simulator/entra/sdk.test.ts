import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity'
import {
  AuthenticationHandler,
  Client,
  type GraphError,
  type Middleware,
  PageIterator,
  RetryHandler,
} from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'
import { exportJWK, SignJWT } from 'jose'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClientCertificate } from '../certificate.ts'
import { type Simulator, startSimulator } from '../index.ts'

const SCOPE = 'https://graph.microsoft.com/.default'
let simulator: Simulator
let ca: string
let folder: string
let dispatcher: Agent

beforeAll(async () => {
  simulator = await startSimulator()
  ca = readFileSync(simulator.entra.caFile, 'utf8')
  folder = mkdtempSync(join(tmpdir(), 'graph-sdk-'))
  dispatcher = new Agent({ connect: { ca }, connections: 4 })
})

afterAll(async () => {
  await dispatcher.close()
  await simulator.close()
  rmSync(folder, { recursive: true })
})

const options = () => ({
  authorityHost: simulator.entra.authorityHost,
  disableInstanceDiscovery: true,
  tlsOptions: { ca },
  retryOptions: { maxRetries: 0 },
})

function secretCredential(secret = simulator.entra.clientSecret): ClientSecretCredential {
  return new ClientSecretCredential(simulator.entra.tenantId, simulator.entra.clientId, secret, options())
}

/** Sends with the certificate authority of the simulator; the rest of the chain is Microsoft's. */
const sender: Middleware = {
  async execute(context) {
    const { request, options: sent } = context
    const init = { ...sent, dispatcher } as unknown as NonNullable<Parameters<typeof fetch>[1]>
    context.response = (await fetch(String(request), init)) as unknown as Response
  },
}

function graphClient(credential: TokenCredential): Client {
  const authentication = new AuthenticationHandler(
    new TokenCredentialAuthenticationProvider(credential, { scopes: [SCOPE] }),
  )
  const retry = new RetryHandler()
  authentication.setNext(retry)
  retry.setNext(sender)
  return Client.initWithMiddleware({
    middleware: authentication,
    baseUrl: `${simulator.entra.graphUrl}/`,
    customHosts: new Set(['localhost']),
  })
}

describe('Microsoft’s identity library', () => {
  it('gets a token by secret, and says what is wrong with a wrong one', async () => {
    expect((await secretCredential().getToken(SCOPE))?.token.split('.')).toHaveLength(3)
    await expect(secretCredential('wrong').getToken(SCOPE)).rejects.toThrow(/invalid_client.*7000215/)
  })

  it.each([false, true])('gets a token by certificate, chain sent: %s', async sendCertificateChain => {
    const { certPem, keyPem } = createClientCertificate('app')
    simulator.tenants.entra.registerCertificate(certPem)
    const { tenantId, clientId } = simulator.entra
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${keyPem}${certPem}` },
      { ...options(), sendCertificateChain },
    )
    expect((await credential.getToken(SCOPE)).token.split('.')).toHaveLength(3)
  })

  it('does not get one by a certificate that is not registered', async () => {
    const { certPem, keyPem } = createClientCertificate('stranger')
    const credential = new ClientCertificateCredential(
      simulator.entra.tenantId,
      simulator.entra.clientId,
      { certificate: `${keyPem}${certPem}` },
      options(),
    )
    await expect(credential.getToken(SCOPE)).rejects.toThrow(/700027/)
  })

  it('gets a token by workload identity', async () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const credential = {
      name: 'cluster',
      issuer: 'https://oidc.example.com',
      subject: 'system:serviceaccount:a:b',
      audiences: ['api://AzureADTokenExchange'],
    }
    simulator.tenants.entra.registerFederatedCredential(credential, [await exportJWK(keys.publicKey)])
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(credential.issuer)
      .setSubject(credential.subject)
      .setAudience(credential.audiences)
      .setExpirationTime('1h')
      .sign(keys.privateKey)
    const tokenFilePath = join(folder, 'token')
    writeFileSync(tokenFilePath, assertion)
    const { tenantId, clientId } = simulator.entra
    expect(
      (
        await new WorkloadIdentityCredential({ ...options(), tenantId, clientId, tokenFilePath }).getToken(SCOPE)
      ).token.split('.'),
    ).toHaveLength(3)
  })
})

describe('Microsoft’s Graph client', () => {
  const person = (name: string) => ({
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@example.com`,
    passwordProfile: { password: 'Tr0ub4dor&3' },
  })

  it('creates, pages, changes and deletes users', async () => {
    const client = graphClient(secretCredential())
    for (const name of ['ada', 'bob', 'cyn']) await client.api('/users').post(person(name))
    const found: string[] = []
    const page = await client.api('/users').select('id,userPrincipalName').top(2).get()
    await new PageIterator(
      client,
      page,
      user => found.push(String((user as { userPrincipalName: string }).userPrincipalName)) > 0,
    ).iterate()
    expect(found).toEqual(['ada@example.com', 'bob@example.com', 'cyn@example.com'])
    expect(await client.api('/users/ada@example.com').patch({ jobTitle: 'Countess' })).toBeUndefined()
    expect(await client.api('/users/ada@example.com').get()).toMatchObject({ jobTitle: 'Countess' })
    await client.api('/users/ada@example.com').delete()
    await expect(client.api('/users/ada@example.com').get()).rejects.toMatchObject({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
    } satisfies Partial<GraphError>)
  })

  it('manages members and sends batches', async () => {
    const client = graphClient(secretCredential())
    const { id } = await client.api('/users').post(person('dan'))
    const group = await client
      .api('/groups')
      .post({ displayName: 'Eng', mailEnabled: false, mailNickname: 'eng', securityEnabled: true })
    const reference = `https://graph.microsoft.com/v1.0/directoryObjects/${id}`
    await client.api(`/groups/${group.id}`).patch({ 'members@odata.bind': [reference] })
    await expect(client.api(`/groups/${group.id}/members/$ref`).post({ '@odata.id': reference })).rejects.toThrow(
      /already exist/,
    )
    const requests = [{ id: '1', method: 'DELETE', url: `/groups/${group.id}/members/${id}/$ref` }]
    expect((await client.api('/$batch').post({ requests })).responses).toMatchObject([{ id: '1', status: 204 }])
    expect((await client.api(`/groups/${group.id}/members`).get()).value).toEqual([])
  })
})
