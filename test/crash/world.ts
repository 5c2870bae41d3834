import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { borrowedSecrets, pointedAt } from '../../src/cli/borrowed-company.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { type Screen, screenOf } from '../support/example.ts'
import type { History, Stage, StageName } from './company.ts'
import { seed } from './company.ts'
import { type Moment, numberOf } from './moment.ts'
import type { CrashPlan } from './preload.ts'
import { Tap } from './tap.ts'
import { type View, viewOf } from './view.ts'

const program = join(import.meta.dirname, '../../src/main.ts')
const preload = join(import.meta.dirname, 'preload.ts')

/** How many of each an undisturbed run of a stage does. */
export type Counts = Readonly<Record<Moment['of'], number>>

/** What a stage was like when nobody was killed. */
export interface Undisturbed {
  readonly stage: Stage
  readonly counts: Counts
  readonly view: View
  /** Where this stage began. */
  readonly checkpoint: Checkpoint
}

interface Checkpoint {
  readonly tenants: Tenants
  /** A copy of the folder that holds the record. */
  readonly home: string
}

interface Tenants {
  readonly okta: unknown
  readonly entra: unknown
}

/** How a killed child ended. */
export interface Ended extends Screen {
  readonly signal: NodeJS.Signals | null
  readonly fsyncs: number
}

/** Two simulated tenants and a working folder, in which a history is played once undisturbed and then again and again. */
export class CrashWorld {
  readonly simulator: Simulator
  readonly tap: Tap
  readonly work: string
  readonly #root: string
  readonly #undisturbed = new Map<StageName, Undisturbed>()
  #env: Readonly<Record<string, string>> = {}
  #ca = ''

  constructor(simulator: Simulator, root: string) {
    this.simulator = simulator
    this.tap = new Tap(simulator)
    this.#root = root
    this.work = join(root, 'work')
  }

  /** Plays histories from their beginning to their end, remembering where each stage began. */
  static async play(histories: readonly History[]): Promise<CrashWorld> {
    const simulator = await startSimulator({ seed })
    const world = new CrashWorld(simulator, await mkdtemp(join(tmpdir(), 'tenure-crash-')))
    try {
      const begin = world.#tenants()
      for (const history of histories) {
        world.#load(begin)
        await rm(world.work, { recursive: true, force: true })
        await world.#playUndisturbed(history)
      }
      return world
    } catch (error) {
      await world.close()
      throw error
    }
  }

  get auditFile(): string {
    return join(this.work, '.tenure', 'audit.jsonl')
  }

  undisturbed(name: StageName): Undisturbed {
    const found = this.#undisturbed.get(name)
    if (!found) throw new Error(`this world plays no stage ${name}`)
    return found
  }

  /** Puts everything back to where a stage began. */
  async rewind(name: StageName): Promise<void> {
    const { stage, checkpoint } = this.undisturbed(name)
    this.#load(checkpoint.tenants)
    await rm(this.work, { recursive: true, force: true })
    await mkdir(this.work)
    await cp(checkpoint.home, join(this.work, '.tenure'), { recursive: true })
    await this.enter(stage)
  }

  /** Moves on to the next stage: its manifests and its time. */
  async enter({ files, now }: Stage): Promise<void> {
    await mkdir(this.work, { recursive: true })
    for (const name of this.#files) await rm(join(this.work, name), { force: true })
    this.#files = [...files.keys()]
    for (const [name, text] of files)
      await writeFile(
        join(this.work, name),
        name === 'providers.yaml' ? pointedAt(text, this.simulator, this.#ca) : text,
      )
    this.simulator.clock.set(Date.parse(now))
    this.#everybodySignsIn()
    this.tap.reset()
  }
  #files: readonly string[] = []

  /** Runs a command in this process. */
  run(command: string, ...flags: readonly string[]): Promise<Screen> {
    return screenOf([command, this.work, ...flags, ...this.#simulated], this.#env)
  }

  /** Runs `apply --yes` in a child of its own, to be killed at a moment. */
  async applyInChild(moment?: Moment, counts?: Counts): Promise<Ended> {
    const countFile = join(this.#root, 'fsyncs')
    await rm(countFile, { force: true })
    const number = moment && counts ? numberOf(moment, counts[moment.of]) : 0
    const { auditFile } = this
    const plan: CrashPlan = {
      countFile,
      auditFile,
      ...(moment?.of === 'fsync'
        ? { kill: { side: moment.side, number, ...(moment.kept === undefined ? {} : { kept: moment.kept }) } }
        : {}),
    }
    const args = ['--import', preload, program, 'apply', this.work, '--yes', ...this.#simulated]
    const env = {
      ...this.#env,
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: join(this.#root, 'compiled'),
      CRASH_PLAN: JSON.stringify(plan),
    }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.tap.reset()
    if (moment && moment.of !== 'fsync')
      this.tap.trigger = { side: moment.side, of: moment.of, number, kill: () => void child.kill('SIGKILL') }
    const ended = await endOf(child)
    await this.tap.drained()
    this.tap.trigger = undefined
    return { ...ended, fsyncs: Number(await readFile(countFile, 'utf8').catch(() => '0')) }
  }

  async close(): Promise<void> {
    await this.simulator.close()
    await rm(this.#root, { recursive: true, force: true })
  }

  get #simulated(): readonly string[] {
    return ['--clock-url', this.simulator.control, '--allow-insecure-providers']
  }

  async #playUndisturbed(history: History): Promise<void> {
    this.#env = await borrowedSecrets(this.simulator)
    this.#ca = await readFile(this.simulator.entra.caFile, 'utf8')
    for (const [index, stage] of history.stages.entries()) {
      await this.enter(stage)
      if (index === 0) expectCode(await this.run('init', '--create'), 0)
      const checkpoint = await this.#checkpoint(stage.name)
      const ended = await this.applyInChild()
      expectCode(ended, 0)
      const counts = { request: this.tap.requests, write: this.tap.writes, fsync: ended.fsyncs }
      expectCode(await this.run('apply', '--yes'), 0)
      const view = await viewOf(this.simulator, this.auditFile)
      this.#undisturbed.set(stage.name, { stage, counts, view, checkpoint })
    }
  }

  async #checkpoint(name: StageName): Promise<Checkpoint> {
    const home = join(this.#root, `before-${name}`)
    await cp(join(this.work, '.tenure'), home, { recursive: true })
    return { tenants: this.#tenants(), home }
  }

  #tenants(): Tenants {
    const { okta, entra } = this.simulator.tenants
    return structuredClone({ okta: okta.state(), entra: entra.state() })
  }

  #load({ okta, entra }: Tenants): void {
    this.simulator.tenants.okta.load(structuredClone(okta))
    this.simulator.tenants.entra.load(structuredClone(entra))
  }

  /** So that there are sessions to end. */
  #everybodySignsIn(): void {
    const { okta } = this.simulator.tenants
    const state = okta.state()
    const users = (state.users ?? []).map(user => (user.status === 'ACTIVE' ? { ...user, sessions: 2 } : user))
    okta.load({ ...state, users })
  }
}

async function endOf(child: ChildProcess): Promise<Screen & { readonly signal: NodeJS.Signals | null }> {
  let [out, err] = ['', '']
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString()
  })
  child.stderr?.on('data', (data: Buffer) => {
    err += data.toString()
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code: code ?? -1, out, err, signal }
}

/** Throws with what was said when a command ended otherwise. */
export function expectCode(screen: Screen, code: number): void {
  if (screen.code !== code) throw new Error(`ended with ${screen.code}, not ${code}:\n${screen.out}${screen.err}`)
}
