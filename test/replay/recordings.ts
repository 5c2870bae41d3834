import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The release of Okta's SDK for Python whose source distribution holds the recordings. */
const release = 'okta==3.4.6'
const { env } = process
const cache = env.TENURE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenure')
const place = join(cache, 'okta-recordings', release.replace('==', '-'))

/** Where recordings are: `TENURE_OKTA_RECORDINGS` names another folder of VCR cassettes. Undefined where there are none. */
export function recordingsFolder(): string | undefined {
  const folder = env.TENURE_OKTA_RECORDINGS ?? place
  return existsSync(folder) ? folder : undefined
}

function run(program: string, flags: readonly string[]): void {
  const done = spawnSync(program, flags, { encoding: 'utf8', timeout: 600_000 })
  if (done.status !== 0)
    throw new Error(`${program} ${flags.join(' ')}: ${done.stderr ?? ''}${done.error?.message ?? ''}`)
}

/** Whether there is a Python to fetch them with. */
export function hasPython(): boolean {
  return spawnSync('python3', ['-m', 'pip', '--version'], { encoding: 'utf8' }).status === 0
}

/** Fetches the recordings into the cache with pip, unless they are there, and returns their folder. Throws with what went wrong. */
export function fetchRecordings(): string {
  const there = recordingsFolder()
  if (there !== undefined) return there
  const work = `${place}.part`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-binary', ':all:']
  run('python3', [...pip, '--dest', work, release])
  const archive = readdirSync(work).find(name => name.endsWith('.tar.gz'))
  if (archive === undefined) throw new Error(`pip has fetched no source distribution of ${release}`)
  run('python3', ['-m', 'tarfile', '-e', join(work, archive), work])
  renameSync(join(work, archive.replace('.tar.gz', ''), 'tests/integration/cassettes'), place)
  rmSync(work, { recursive: true })
  return place
}
