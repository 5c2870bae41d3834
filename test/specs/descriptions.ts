import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CompactCsdl } from './csdl.ts'
import type { CompactOpenApi } from './openapi.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, '..', 'shared', 'specs')
const cache = join(root, 'node_modules', '.cache', 'vendor-descriptions')

/** The vendors' own descriptions of their APIs, by the tenant they describe. */
export const descriptionFiles = {
  okta: ['okta-management.yaml', 'okta-oauth.yaml'],
  entra: ['graph-v1.0.csdl'],
} as const

/** Where a vendor's file stands. */
export const sourcePath = (name: string): string => join(folder, name)

/** Whether the vendors' descriptions stand beside the repository. */
export const described: boolean = Object.values(descriptionFiles)
  .flat()
  .every(name => existsSync(sourcePath(name)))

/** Where the compact form of a description is kept. It changes with the description and with the code that makes it. */
export function compactPath(tenant: keyof typeof descriptionFiles): string {
  const hash = createHash('sha256')
  for (const name of descriptionFiles[tenant]) {
    const { size, mtimeMs } = statSync(sourcePath(name))
    hash.update(`${name} ${size} ${mtimeMs};`)
  }
  for (const name of ['openapi.ts', 'csdl.ts', 'prepare.ts']) hash.update(readFileSync(join(import.meta.dirname, name)))
  return join(cache, `${tenant}-${hash.digest('hex').slice(0, 16)}.json`)
}

const read = (tenant: keyof typeof descriptionFiles): unknown => JSON.parse(readFileSync(compactPath(tenant), 'utf8'))

/** Okta's management and OAuth APIs as Okta describes them (OpenAPI); prepare.ts has made it. */
export const readOktaDescription = (): CompactOpenApi => read('okta') as CompactOpenApi

/** Microsoft Graph v1.0 as Microsoft describes it (CSDL); prepare.ts has made it. */
export const readGraphDescription = (): CompactCsdl => read('entra') as CompactCsdl
