import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { SimulatorAddresses } from '../simulator/index.ts'

/** Where simulated tenants are, and the certificate to trust there. */
export type Tenants = Pick<SimulatorAddresses, 'okta' | 'entra'>

/**
 * Copies a folder of manifests and points its IdentityProviders at simulated tenants, so that an example can be played with and
 * spoiled without touching the original. Comments and layout of everything else stay.
 */
export async function borrowCompany(from: string, to: string, tenants: Tenants): Promise<void> {
  await mkdir(to, { recursive: true })
  await cp(from, to, { recursive: true, filter: path => !path.split('/').includes('.tenure') })
  const ca = await readFile(tenants.entra.caFile, 'utf8')
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.ya?ml$/.test(entry.name)) continue
    const file = join(entry.parentPath, entry.name)
    const text = await readFile(file, 'utf8')
    if (text.includes('kind: IdentityProvider')) await writeFile(file, pointedAt(text, tenants, ca))
  }
}

/** What the environment must hold for the copied manifests. */
export async function borrowedSecrets(tenants: Tenants): Promise<Readonly<Record<string, string>>> {
  return {
    OKTA_PRIVATE_KEY: await readFile(tenants.okta.privateKeyFile, 'utf8'),
    ENTRA_CLIENT_SECRET: tenants.entra.clientSecret,
  }
}

/** The text of a file with its IdentityProviders pointed at the tenants. */
export function pointedAt(text: string, { okta, entra }: Tenants, ca: string): string {
  const documents = parseAllDocuments(text)
  for (const document of documents) {
    if (!('contents' in document) || document.getIn(['kind']) !== 'IdentityProvider') continue
    if (document.hasIn(['spec', 'okta'])) {
      document.setIn(['spec', 'okta', 'orgUrl'], okta.orgUrl)
      document.setIn(['spec', 'okta', 'clientId'], okta.clientId)
    }
    if (!document.hasIn(['spec', 'entra'])) continue
    const { tenantId, clientId, graphUrl, authorityHost } = entra
    for (const [field, value] of Object.entries({ tenantId, clientId, graphUrl, authorityHost }))
      document.setIn(['spec', 'entra', field], value)
    document.setIn(['spec', 'caBundle'], ca)
  }
  return documents.map(String).join('')
}
