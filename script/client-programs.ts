import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Client, Environment } from './client-list.ts'

/** A program with its arguments, ready to run. */
export type Command = readonly [program: string, ...flags: string[]]

const folders = join(import.meta.dirname, '../test/clients')
const { env } = process
const cache = join(env.TENURE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenure'), 'clients')

/** Keeps what Python compiles in the cache, out of the checkout. */
export const compiledPython: Environment = { PYTHONPYCACHEPREFIX: join(cache, 'pycache') }

/** What a program printed, and whether it ended well within ten minutes. */
export function ran(
  [program, ...flags]: Command,
  options: { environment?: Environment; folder?: string } = {},
): { well: boolean; said: string } {
  const done = spawnSync(program, flags, {
    env: { ...env, ...options.environment },
    encoding: 'utf8',
    timeout: 600_000,
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  })
  return { well: done.status === 0, said: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}` }
}

/** What is missing to build clients in a language, or undefined. */
export function missing(language: Client['language']): string | undefined {
  if (language === 'Go') return ran(['go', 'version']).well ? undefined : 'Go is not installed'
  return ran(['python3', '-c', 'import venv, ensurepip']).well
    ? undefined
    : 'python3 with venv and pip is not installed'
}

function must(command: Command, options: Parameters<typeof ran>[1] = {}): void {
  const { well, said } = ran(command, options)
  if (!well) throw new Error(`${command.join(' ')}: ${said}`)
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/** A virtual environment with the packages of requirements.txt, and client.py to run in it. */
function pythonProgram(folder: string): Command {
  const requirements = join(folders, folder, 'requirements.txt')
  const place = join(cache, `${folder}-${hashOf([requirements])}`)
  const python = join(place, 'bin/python')
  if (!existsSync(join(place, 'complete'))) {
    rmSync(place, { recursive: true, force: true })
    must(['python3', '-m', 'venv', place])
    // Compiled are only the modules that run: msgraph-sdk has twenty thousand.
    const quietly = ['--quiet', '--disable-pip-version-check', '--no-compile']
    must([python, '-m', 'pip', 'install', ...quietly, '-r', requirements])
    writeFileSync(join(place, 'complete'), '')
  }
  return [python, join(folders, folder, 'client.py')]
}

/** A program built from the modules that go.mod and go.sum name; they and the compiled packages are in Go's own caches. */
function goProgram(folder: string): Command {
  const source = join(folders, folder)
  const files = readdirSync(source).filter(name => /\.go$|^go\.(mod|sum)$/.test(name))
  const place = join(cache, `${folder}-${hashOf(files.toSorted().map(name => join(source, name)))}`)
  const program = join(place, folder)
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true })
    const built = mkdtempSync(`${place}.`)
    try {
      const environment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' }
      const flags = ['-p', '2', '-trimpath', '-buildvcs=false', '-o', join(built, folder)]
      must(['go', 'build', ...flags, '.'], { folder: source, environment })
      rmSync(place, { recursive: true, force: true })
      renameSync(built, place)
    } finally {
      rmSync(built, { recursive: true, force: true })
    }
  }
  return [program]
}

/** The command that runs a client, built first when it is not in the cache. Throws with what the build said. */
export function commandOf({ language, folder }: Client): Command {
  return language === 'Go' ? goProgram(folder) : pythonProgram(folder)
}
