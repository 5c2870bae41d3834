import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ManifestError } from '../model/errors.ts'

/** The id of this directory, kept beside the manifests and not in git; undefined before `tenure init` made one. */
export async function directoryId(homeDir: string): Promise<string | undefined> {
  try {
    const text = (await readFile(join(homeDir, 'id'), 'utf8')).trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

/** The id of this directory, made when there is none. The folder keeps itself out of git. */
export async function ensureDirectoryId(homeDir: string): Promise<string> {
  const known = await directoryId(homeDir)
  if (known !== undefined) return known
  await ensureHome(homeDir)
  const id = `dir-${randomUUID()}`
  try {
    await writeFile(join(homeDir, 'id'), `${id}\n`, { flag: 'wx' })
    return id
  } catch (cause) {
    const other = await directoryId(homeDir) // another command made one at the same moment
    if (other !== undefined) return other
    throw new ManifestError(`${join(homeDir, 'id')} cannot be written; make it a file that you may write`, { cause })
  }
}

/** Makes the folder that holds the record, with a .gitignore of its own. Throws ManifestError when it cannot. */
export async function ensureHome(homeDir: string): Promise<void> {
  try {
    await mkdir(homeDir, { recursive: true, mode: 0o700 })
    await writeFile(join(homeDir, '.gitignore'), '*\n')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ManifestError(
      `${homeDir} holds the id and the record of this directory, and cannot be written (${why}); make it a folder that you may write`,
      { cause },
    )
  }
}

/** Who asks, for the audit log: the commit that is checked out, with a mark when files differ from it, else the person. */
export async function actorOf(dir: string): Promise<string> {
  try {
    const git = (...args: string[]): Promise<{ stdout: string }> =>
      promisify(execFile)('git', ['-C', dir, ...args], { timeout: 5_000 })
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim()
    const dirty = (await git('status', '--porcelain', '--', '.')).stdout.trim() !== ''
    return `commit ${commit}${dirty ? ' with local changes' : ''}`
  } catch {
    return `user ${userInfo().username}`
  }
}
