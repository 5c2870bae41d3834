import { setTimeout as after } from 'node:timers/promises'
import { runProgram } from '../../src/cli/program.ts'
import type { Directory, Tenants } from './stage.ts'

/** A `tenure run` in this process. */
export interface Running {
  /** Where metrics, health and status are. */
  readonly url: string
  /** All that it printed so far. */
  printed(): string
  /** Its log, line by line. */
  log(): readonly Readonly<Record<string, unknown>>[]
  /** Stops it; its exit code. */
  stop(): Promise<number>
}

/** Starts `tenure run` on a folder, on a free port, by the tenants' clock; resolves once it listens. */
export async function startLoop(
  directory: Directory,
  tenants: Tenants,
  flags: readonly string[] = [],
): Promise<Running> {
  const stop = new AbortController()
  let printed = ''
  const print = (text: string): void => {
    printed += text
  }
  const terminal = {
    out: print,
    err: print,
    color: false,
    interactive: false,
    confirm: async () => false,
    progress: () => undefined,
  }
  const simulated = ['--clock-url', tenants.simulator.control, '--allow-insecure-providers']
  const args = ['run', directory.path, '--http', '127.0.0.1:0', ...simulated, ...flags]
  const ended = runProgram(args, { terminal, env: directory.env, signal: stop.signal })
  const log = (): readonly Readonly<Record<string, unknown>>[] =>
    printed
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const started = await until(() => log().find(line => line.msg === 'started'))
  return {
    url: String(started.url),
    printed: () => printed,
    log,
    async stop() {
      stop.abort()
      return ended
    },
  }
}

/** Looks again and again until there is something. Throws after half a minute. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`waited in vain for ${String(look)}`)
    await after(25)
  }
}
