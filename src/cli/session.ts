import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ManifestError } from '../model/errors.ts'
import type { Manifests } from '../model/manifests.ts'
import { ProviderPool } from '../reconcile/provider-pool.ts'
import { RecordBook } from '../reconcile/record.ts'
import type { World } from '../reconcile/run.ts'
import { type AuditLog, openAuditLog } from '../report/audit.ts'
import { credentialFiles, removeExpired } from '../report/credential-files.ts'
import { parseManifests } from '../source/parse.ts'
import { resolveSecret } from '../source/reference.ts'
import { directorySource } from '../source/yaml.ts'
import { connectProvider } from '../wire.ts'
import { type Clock, clockFor } from './clock.ts'
import { actorOf, directoryId, ensureHome } from './identity.ts'
import type { Terminal } from './terminal.ts'

/** A world opened for one command, to be closed when it ends. */
export interface Session {
  readonly world: World
  readonly clock: Clock
  readonly audit: AuditLog
  /** False when there is no durable record yet. */
  readonly hasRecord: boolean
  /** The record's chain is broken, so that nothing may be written; only a session that reads gets this far. */
  readonly recordBroken: boolean
  close(): Promise<void>
}

/**
 * Opens everything a command works with. `Write` takes the audit log for itself and stands for this directory; `Read` writes nothing
 * anywhere. Throws ManifestError or JournalError with what to do.
 */
export async function openSession(
  config: Config,
  purpose: 'Read' | 'Write',
  context: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<Session> {
  await requireFolder(config.dir)
  const clock = await clockFor(config.time)
  const hasRecord = await exists(config.auditFile)
  if (purpose === 'Write' && config.auditFile.startsWith(config.homeDir)) await ensureHome(config.homeDir)
  const credentials = join(config.homeDir, 'first-credentials')
  if (purpose === 'Write') await removeExpired(credentials, clock.now())
  const audit = await openAuditLog(config.auditFile, { now: clock.now, readOnly: purpose === 'Read' })
  for (const { severity, message } of audit.findings) context.terminal.err(`${severity.toLowerCase()}: ${message}`)
  const recordBroken = audit.findings.some(finding => finding.severity === 'Error')
  const id = await directoryId(config.homeDir)
  const providers = new ProviderPool(
    declared =>
      connectProvider(declared, {
        now: clock.now,
        borrowedTime: config.time.kind !== 'Real',
        allowInsecure: config.allowInsecure,
        secret: (reference, place) => resolveSecret(reference, { ...place, env: config.env }),
        deliver: credentialFiles(credentials, clock.now),
      }),
    clock.now,
  )
  const world: World = {
    source: directorySource({ dirs: [config.dir] }),
    parse: reading => withProviders(parseManifests(reading), config.dir),
    connect: async declared => providers.get(declared),
    journal: audit,
    book: new RecordBook(audit.entries),
    by: id ?? (purpose === 'Write' ? 'a directory without an id' : undefined),
    actor: purpose === 'Write' ? await actorOf(config.dir) : 'nobody',
    approved: config.approved,
    now: clock.now,
    signal: context.signal,
    progress: (provider, done, total) => {
      if (total > 20) context.terminal.progress(done < total ? `${provider}: ${done} of ${total} operations` : '')
    },
  }
  const close = async (): Promise<void> => {
    await providers.close()
    await audit.close()
  }
  return { world, clock, audit, hasRecord, recordBroken, close }
}

/** Throws ManifestError when manifests are to be read from something that is no folder, before anything is put there. */
export async function requireFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined)
  if (!found) throw new ManifestError(`${dir} does not exist; give the folder of your manifests`)
  if (!found.isDirectory()) throw new ManifestError(`${dir} is no folder; give the folder that holds your manifests`)
}

/** Manifests without any provider are those of a wrong or an emptied folder, where nothing to do would be the wrong answer. */
function withProviders(manifests: Manifests, dir: string): Manifests {
  if (manifests.providers.length > 0 || manifests.findings.some(finding => finding.severity === 'Error'))
    return manifests
  throw new ManifestError(`${dir} declares no IdentityProvider; add one first, the README shows how`)
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file)
    return true
  } catch {
    return false
  }
}
