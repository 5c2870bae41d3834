import { readFileSync } from 'node:fs'
import type { SimulatorAddresses } from '../src/simulator/index.ts'

/** Variables of the environment a program gets on top of this process's own. */
export type Environment = Readonly<Record<string, string>>

/** A program of test/clients and how it is told where the simulated tenants are. */
export interface Client {
  readonly title: string
  /** Folder in test/clients: with client.py and requirements.txt, or a Go program with go.mod. */
  readonly folder: string
  readonly language: 'Python' | 'Go'
  environment(addresses: SimulatorAddresses): Environment
}

const SCOPES = [
  ...['users', 'groups', 'apps', 'schemas', 'linkedObjects'].flatMap(name => [
    `okta.${name}.read`,
    `okta.${name}.manage`,
  ]),
  'okta.logs.read',
]

const oktaPython = ({ okta }: SimulatorAddresses): Environment => ({
  OKTA_CLIENT_ORGURL: okta.orgUrl,
  OKTA_TESTING_TESTINGDISABLEHTTPSCHECK: 'true',
})

const azure = ({ entra }: SimulatorAddresses): Environment => ({
  AZURE_AUTHORITY_HOST: entra.authorityHost,
  AZURE_TENANT_ID: entra.tenantId,
  AZURE_CLIENT_ID: entra.clientId,
  AZURE_CLIENT_SECRET: entra.clientSecret,
})

/** Every client, in the order in which they run against the same tenants. */
export const clients: readonly Client[] = [
  {
    title: 'okta for Python, with an API token',
    folder: 'okta-python',
    language: 'Python',
    environment: addresses => ({ ...oktaPython(addresses), OKTA_CLIENT_TOKEN: addresses.okta.apiToken }),
  },
  {
    title: 'okta for Python, with a private key',
    folder: 'okta-python',
    language: 'Python',
    environment: addresses => ({
      ...oktaPython(addresses),
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: addresses.okta.clientId,
      OKTA_CLIENT_SCOPES: SCOPES.join(','),
      OKTA_CLIENT_PRIVATEKEY: readFileSync(addresses.okta.privateKeyFile, 'utf8'),
    }),
  },
  {
    title: 'msgraph-sdk for Python',
    folder: 'graph-python',
    language: 'Python',
    environment: addresses => ({
      ...azure(addresses),
      GRAPH_BASE_URL: `${addresses.entra.graphUrl}/v1.0`,
      CA_FILE: addresses.entra.caFile,
    }),
  },
  {
    title: 'okta-sdk-golang v5 and v2, with an API token',
    folder: 'okta-go',
    language: 'Go',
    environment: ({ okta, control }) => ({
      OKTA_ORG_URL: okta.orgUrl,
      OKTA_API_TOKEN: okta.apiToken,
      CONTROL_URL: control,
    }),
  },
  {
    title: 'okta-sdk-golang v5 and v2, with a private key',
    folder: 'okta-go',
    language: 'Go',
    environment: ({ okta, control }) => ({
      OKTA_ORG_URL: okta.orgUrl,
      OKTA_CLIENT_ID: okta.clientId,
      OKTA_DPOP_CLIENT_ID: '0oaProofOfPossession0x7',
      CONTROL_URL: control,
      OKTA_PRIVATE_KEY: okta.privateKeyFile,
      OKTA_SCOPES: SCOPES.join(' '),
    }),
  },
  {
    title: 'hamilton, go-azure-sdk and azidentity',
    folder: 'graph-go',
    language: 'Go',
    environment: addresses => ({
      ...azure(addresses),
      METADATA_HOST: addresses.entra.graphUrl,
      CONTROL_URL: addresses.control,
      SSL_CERT_FILE: addresses.entra.caFile,
    }),
  },
]
