import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deliver, FirstCredential } from '../model/credential.ts'
import type { Instant } from '../model/ids.ts'

/** How long a delivered credential lies there at most, in milliseconds. */
const keptMs = 24 * 3_600_000

/**
 * Delivers first credentials into files of their own that only their owner may read, `EMPLOYEE.PROVIDER.json` in a folder that git does
 * not see. Whoever hands them out takes them from there; what has expired is removed.
 */
export function credentialFiles(folder: string, now: () => Instant): Deliver {
  return async credential => {
    await removeExpired(folder, now())
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `${credential.employee}.${credential.provider}.json`)
    const half = `${file}.part`
    await rm(half, { force: true })
    await writeFile(half, `${JSON.stringify(contentOf(credential, now()), undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    await rename(half, file)
  }
}

function contentOf(credential: FirstCredential, now: Instant): object {
  const { employee, number, provider, login, what, secret, validFrom, validUntil } = credential
  const until = Math.min(validUntil, now + keptMs)
  return {
    employee,
    number,
    provider,
    login,
    what,
    secret,
    validFrom: iso(validFrom),
    validUntil: iso(validUntil),
    removedAfter: iso(until),
  }
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}

/** Takes away what has lain there for its day. What cannot be read as one of ours is left alone. */
export async function removeExpired(folder: string, now: Instant): Promise<void> {
  const files = await readdir(folder).catch(() => [])
  for (const name of files) {
    if (!name.endsWith('.json')) continue
    const until = removedAfter(await readFile(join(folder, name), 'utf8').catch(() => ''))
    if (until !== undefined && until <= now) await rm(join(folder, name), { force: true })
  }
}

function removedAfter(text: string): Instant | undefined {
  try {
    const { removedAfter } = JSON.parse(text) as { readonly removedAfter?: unknown }
    const at = Date.parse(String(removedAfter))
    return Number.isNaN(at) ? undefined : at
  } catch {
    return undefined
  }
}
