import { join } from 'node:path'
import { ManifestError } from './model/errors.ts'
import type { SetHash } from './model/ids.ts'

/** Flags as the command line gives them, the same names on every command. */
export interface CommonFlags {
  readonly audit?: string
  readonly now?: string
  readonly clockUrl?: string
  readonly allowInsecureProviders?: boolean
  readonly approve?: readonly string[]
  readonly verbose?: boolean
}

/** What a command that reaches providers needs to know, parsed once. */
export interface Config {
  readonly dir: string
  /** The folder beside the manifests that is ours: the audit log and the id of this directory. */
  readonly homeDir: string
  readonly auditFile: string
  /** Where the time comes from. */
  readonly time:
    | { readonly kind: 'Real' }
    | { readonly kind: 'Fixed'; readonly at: number }
    | { readonly kind: 'Followed'; readonly url: string }
  readonly allowInsecure: boolean
  readonly approved: readonly SetHash[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly verbose: boolean
}

/** Throws ManifestError when a flag cannot be used, naming the flag. */
export function configOf(dir: string, flags: CommonFlags, env: Config['env']): Config {
  const homeDir = join(dir, '.tenure')
  return {
    dir,
    homeDir,
    auditFile: flags.audit ?? join(homeDir, 'audit.jsonl'),
    time: timeOf(flags),
    allowInsecure: flags.allowInsecureProviders ?? false,
    approved: (flags.approve ?? []).map(setHashOf),
    env,
    verbose: flags.verbose ?? false,
  }
}

function timeOf(flags: CommonFlags): Config['time'] {
  if (flags.now !== undefined && flags.clockUrl !== undefined)
    throw new ManifestError('--now and --clock-url exclude each other; give one of them')
  if (flags.now !== undefined) return { kind: 'Fixed', at: instantOf(flags.now) }
  if (flags.clockUrl === undefined) return { kind: 'Real' }
  const url = URL.parse(flags.clockUrl)
  if (!url || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new ManifestError(`--clock-url: ${flags.clockUrl} is not on this machine; it is for simulated tenants only`)
  return { kind: 'Followed', url: flags.clockUrl }
}

/** Throws ManifestError for text that is no RFC 3339 time. */
export function instantOf(text: string): number {
  const day = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.exec(text)?.[1]
  // The 30th of February would be taken for the 2nd of March.
  const isDay = day !== undefined && new Date(`${day}T00:00Z`).toJSON()?.startsWith(day)
  const at = isDay ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new ManifestError(`--now: "${text}" is not a time; write it like 2026-03-02T09:00:00Z`)
  return at
}

function setHashOf(text: string): SetHash {
  if (!/^sha256:[0-9a-f]{64}$/.test(text))
    throw new ManifestError(
      `--approve: "${text}" is not the hash of a withheld set; copy the whole sha256:… that plan prints`,
    )
  return text as SetHash
}
