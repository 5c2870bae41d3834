import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SecretValue } from '../api/shared.ts'
import { ManifestError } from '../model/errors.ts'

/** Where a secret is read from, as a manifest names it; exactly one member is set. */
export type SecretReference = SecretValue

export interface ReferenceOptions {
  /** What the secret is for, to begin an error with: `IdentityProvider okta, spec.okta.privateKey`. */
  readonly what: string
  /** The folder relative paths start from: that of the manifest. */
  readonly baseDir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** No key or certificate chain is longer, in bytes. */
const maxSecretBytes = 256 * 1024

/**
 * Reads a secret that a manifest in a directory names, at the moment of use, so that a changed one is taken up. The value ends up
 * nowhere but in the answer. Throws ManifestError with what to do.
 */
export async function resolveSecret(reference: SecretReference, options: ReferenceOptions): Promise<string> {
  const { env, file, secretRef } = reference
  if (env !== undefined) return fromEnvironment(env, options)
  if (file !== undefined) return fromFile(file, options)
  if (secretRef !== undefined)
    throw new ManifestError(
      `${options.what}: secretRef names a Secret of a cluster, and there is none here; use env: or file: instead`,
    )
  throw new ManifestError(`${options.what}: names no secret; give one of env: or file:`)
}

function fromEnvironment(name: string, { what, env }: ReferenceOptions): string {
  const value = env[name]
  if (value === undefined) throw new ManifestError(`${what}: the environment variable ${name} is not set; set it`)
  return nonEmpty(value, `${what}: the environment variable ${name} is empty; set it`)
}

async function fromFile(path: string, { what, baseDir }: ReferenceOptions): Promise<string> {
  const full = resolve(baseDir, path)
  const fail = (problem: string, cause?: unknown): ManifestError =>
    new ManifestError(`${what}: the file ${full} ${problem}`, { cause })
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a pipe would wait for whoever writes into it.
    handle = await open(full, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (!stats.isFile()) throw fail('is no regular file; name a file that holds the secret')
    if (stats.size > maxSecretBytes) throw fail('is too large for a secret; name a file that holds nothing else')
    const value = await handle.readFile('utf8')
    if (value.includes('\uFFFD')) throw fail('is no text; store the secret as text (PEM or JWK for keys)')
    return nonEmpty(value, `${what}: the file ${full} is empty; put the secret into it`)
  } catch (error) {
    if (error instanceof ManifestError) throw error
    throw fail(`cannot be read (${codeOf(error)}); ${remedies[codeOf(error)] ?? 'mend that, or name another'}`, error)
  } finally {
    await handle?.close()
  }
}

/** The line break that editors and shells put at the end is no part of a secret. */
function nonEmpty(value: string, problem: string): string {
  const secret = value.replace(/(?:\r?\n)+$/, '')
  if (secret.trim() === '') throw new ManifestError(problem)
  return secret
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'put it there, or mend the path, which starts from the folder of the manifest',
  ENOTDIR: 'mend the path, which starts from the folder of the manifest',
  EACCES: 'make it readable for this user',
  EPERM: 'make it readable for this user',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
