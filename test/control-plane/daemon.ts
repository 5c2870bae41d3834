import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Undertaker } from './undertaker.ts'

/** What to run. */
export interface DaemonOptions {
  readonly program: string
  readonly flags: readonly string[]
  /** File that its output is added to. */
  readonly log: string
  readonly undertaker: Undertaker
}

/** As ps tells it: T for a stopped process; empty when there is none. */
const stateOf = (pid: number): Promise<string> =>
  new Promise(resolve => execFile('ps', ['-o', 'stat=', '-p', `${pid}`], (_, stdout) => resolve(stdout.trim())))

/** A server program in the background. It is ended by its process id alone, and does not outlive this process. */
export class Daemon {
  readonly #options: DaemonOptions
  #child: ChildProcess | undefined
  #isWanted = false

  constructor(options: DaemonOptions) {
    this.#options = options
  }

  /** Whether it ended although nobody asked it to. */
  get hasFailed(): boolean {
    return this.#isWanted && !this.isRunning
  }

  get isRunning(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The process, while it runs. */
  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined
  }

  start(): void {
    const { program, flags, log, undertaker } = this.#options
    const isShown = process.env.KUBEBUILDER_ATTACH_CONTROL_PLANE_OUTPUT === 'true'
    const output = openSync(log, 'a')
    const child = spawn(program, flags, { stdio: ['ignore', ...(isShown ? [2, 2] : [output, output])] })
    closeSync(output)
    this.#child = child
    this.#isWanted = true
    const { pid } = child
    child.on('error', () => undefined)
    if (pid === undefined) return
    undertaker.watch(pid)
    child.once('exit', () => undertaker.forget(pid))
  }

  /** Stops it where it is, and waits until it has: on a busy machine a signal takes its time. */
  async pause(): Promise<void> {
    const { pid } = this
    if (pid === undefined) return
    this.#child?.kill('SIGSTOP')
    while (this.isRunning && !(await stateOf(pid)).startsWith('T')) await sleep(10)
  }

  /** Lets it go on. */
  resume(): void {
    if (this.isRunning) this.#child?.kill('SIGCONT')
  }

  /** Ends it at once and waits until it is gone. */
  async kill(): Promise<void> {
    this.#isWanted = false
    const child = this.#child
    if (!child || !this.isRunning) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** The last it said. */
  get lastWords(): string {
    return existsSync(this.#options.log) ? readFileSync(this.#options.log, 'utf8').slice(-2000) : 'It said nothing.'
  }
}
