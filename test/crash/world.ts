import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { borrowedSecrets, pointedAt, type Tenants } from '../../src/cli/borrowed-company.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { type Screen, screenOf } from '../support/example.ts'
import type { History, Stage } from './company.ts'
import { type Moment, numberOf } from './moment.ts'
import type { CrashPlan } from './preload.ts'
import { seed } from './seed.ts'
import { Tap } from './tap.ts'
import { type View, viewOf } from './view.ts'

const program = join(import.meta.dirname, '../../src/main.ts')
const preload = join(import.meta.dirname, 'preload.ts')

/** How many of each an undisturbed run of a stage does. */
export type Counts = Readonly<Record<Moment['of'], number>>

/** A stage as it went when nobody was killed; any world can be put back to its beginning. */
export interface Undisturbed {
  readonly stage: Stage
  readonly counts: Counts
  readonly view: View
  readonly before: Checkpoint
}

/** Everything there was at a moment: what the tenants held, the record, and how we signed in. */
interface Checkpoint {
  readonly okta: unknown
  readonly entra: unknown
  /** A copy of the folder that holds the record. */
  readonly home: string
  readonly identity: Identity
}

interface Identity {
  readonly tenants: Tenants
  readonly secrets: Readonly<Record<string, string>>
}

/** How a child ended. */
export interface Ended extends Screen {
  readonly signal: NodeJS.Signals | null
  readonly fsyncs: number
}

/** Two simulated tenants and a working folder, in which stages are played again and again. */
export class CrashWorld {
  readonly simulator: Simulator
  readonly tap: Tap
  readonly #root: string
  readonly #work: string
  #identity: Identity
  #files: readonly string[] = []

  constructor(simulator: Simulator, root: string, identity: Identity) {
    this.simulator = simulator
    this.tap = new Tap(simulator)
    this.#root = root
    this.#work = join(root, 'work')
    this.#identity = identity
  }

  /** Worlds of different `index` make up different ids, so that they can take over each other's checkpoints. */
  static async start(index: number): Promise<CrashWorld> {
    const simulator = await startSimulator({ seed, randomSeed: 1 + 1000 * index })
    const root = await mkdtemp(join(tmpdir(), 'tenure-crash-'))
    return new CrashWorld(simulator, root, { tenants: simulator, secrets: await borrowedSecrets(simulator) })
  }

  get auditFile(): string {
    return join(this.#work, '.tenure', 'audit.jsonl')
  }

  /** Plays a history from its beginning to its end with nobody killed. */
  async play({ stages }: History): Promise<readonly Undisturbed[]> {
    const played: Undisturbed[] = []
    for (const [index, stage] of stages.entries()) {
      await this.enter(stage)
      if (index === 0) expectCode(await this.run('init', '--create'), 0)
      const before = await this.#checkpoint(stage.name)
      const ended = await this.applyInChild()
      expectCode(ended, 0)
      const counts = { request: this.tap.requests, write: this.tap.writes, fsync: ended.fsyncs }
      expectCode(await this.run('apply', '--yes'), 0)
      played.push({ stage, counts, view: await viewOf(this.simulator, this.auditFile), before })
    }
    return played
  }

  /** Puts everything to where a stage began, in whatever world that was. */
  async rewind({ stage, before }: Undisturbed): Promise<void> {
    this.simulator.tenants.okta.load(structuredClone(before.okta))
    this.simulator.tenants.entra.load(structuredClone(before.entra))
    this.#identity = before.identity
    await rm(this.#work, { recursive: true, force: true })
    await cp(before.home, join(this.#work, '.tenure'), { recursive: true })
    await this.enter(stage)
  }

  /** Moves on to the next stage: its manifests and its time. */
  async enter({ files, now }: Stage): Promise<void> {
    await mkdir(this.#work, { recursive: true })
    for (const name of this.#files) await rm(join(this.#work, name), { force: true })
    this.#files = [...files.keys()]
    for (const [name, text] of files) await writeFile(join(this.#work, name), await this.#pointed(text))
    this.simulator.clock.set(Date.parse(now))
    this.#everybodySignsIn()
    this.tap.reset()
  }

  /** Runs a command on the working folder in this process. */
  run(command: string, ...flags: readonly string[]): Promise<Screen> {
    return screenOf([command, this.#work, ...flags, ...this.#simulated], this.#identity.secrets)
  }

  /** Runs `apply --yes` in a child of its own, and kills it at a moment of so many. */
  async applyInChild(moment?: Moment, counts?: Counts): Promise<Ended> {
    const countFile = join(this.#root, 'fsyncs')
    await rm(countFile, { force: true })
    const number = moment && counts ? numberOf(moment, counts[moment.of]) : 0
    const kept = moment?.kept === undefined ? {} : { kept: moment.kept }
    const plan: CrashPlan = {
      countFile,
      auditFile: this.auditFile,
      ...(moment?.of === 'fsync' ? { kill: { side: moment.side, number, ...kept } } : {}),
    }
    this.tap.reset()
    const child = this.#spawned(plan)
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

  #spawned(plan: CrashPlan): ChildProcess {
    const args = ['--import', preload, program, 'apply', this.#work, '--yes', ...this.#simulated]
    const env = {
      ...this.#identity.secrets,
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: join(this.#root, 'compiled'),
      CRASH_PLAN: JSON.stringify(plan),
    }
    return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Manifests that lead to the tenants of this world, with the ids of those whose checkpoint it took over. */
  async #pointed(text: string): Promise<string> {
    if (!text.includes('kind: IdentityProvider')) return text
    const { okta, entra } = this.#identity.tenants
    const { orgUrl } = this.simulator.okta
    const { graphUrl, authorityHost, caFile } = this.simulator.entra
    const tenants = { okta: { ...okta, orgUrl }, entra: { ...entra, graphUrl, authorityHost } }
    return pointedAt(text, tenants, await readFile(caFile, 'utf8'))
  }

  async #checkpoint(name: string): Promise<Checkpoint> {
    const home = join(this.#root, `before-${name}`)
    await cp(join(this.#work, '.tenure'), home, { recursive: true })
    const { okta, entra } = this.simulator.tenants
    return { ...structuredClone({ okta: okta.state(), entra: entra.state() }), home, identity: this.#identity }
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
function expectCode(screen: Screen, code: number): void {
  if (screen.code !== code) throw new Error(`ended with ${screen.code}, not ${code}:\n${screen.out}${screen.err}`)
}
