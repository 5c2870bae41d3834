import type { Terminal } from './terminal.ts'

/** Where a program runs. */
export interface Surroundings {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Runs one command line, without the program's own name, and gives its exit code. */
export type RunCommand = (args: readonly string[], surroundings: Surroundings) => Promise<number>
