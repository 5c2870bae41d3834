import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { borrowedSecrets, pointedAt } from '../../src/cli/borrowed-company.ts'
import {
  type SimulatedClock,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/simulator/index.ts'
import type { Content } from '../broken/cases.ts'
import { writeFiles } from '../broken/write.ts'
import { type Screen, screenOf } from '../support/example.ts'
import { type Overheard, overhear } from './overheard.ts'

/** The Monday morning on which everything here happens, unless a test moves its clock. */
export const monday = '2026-03-02T09:00:00Z'

/** An IdentityProvider of each vendor, to be pointed at tenants. */
export const oktaManifest = `apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider
metadata:
  name: okta
spec:
  okta: { orgUrl: "https://acme.okta.com", clientId: 0oa1, privateKey: { env: OKTA_PRIVATE_KEY } }
  ownership: { marker: tenure-managed, owner: acme-people }
  guard:
    protected: [breakglass@acme.example]
`

export const entraManifest = `apiVersion: tenure.dev/v1alpha1
kind: IdentityProvider
metadata:
  name: entra
spec:
  entra:
    tenantId: 00000000-0000-4000-8000-000000000000
    clientId: 00000000-0000-4000-8000-000000000000
    credential: { clientSecret: { env: ENTRA_CLIENT_SECRET } }
  employeeSelector:
    matchExpressions:
      - { key: kind, operator: NotIn, values: [contractor] }
  ownership: { marker: tenure-managed, owner: acme-people }
  guard:
    protected: [breakglass@acme.example]
`

/** Simulated tenants that remember every secret that passes through them. */
export interface Tenants {
  readonly simulator: Simulator
  readonly overheard: Overheard
  readonly env: Readonly<Record<string, string>>
  /** Text of a manifest with its IdentityProvider pointed at the tenants. */
  pointed(text: string): string
  /** A folder of manifests, pointed at the tenants. */
  directory(files: Readonly<Record<string, Content>>): Promise<Directory>
  /** The manifests of another folder in one of their own, as a second checkout has them: without the record and the id, unless asked for. */
  copyOf(directory: Directory, options?: { readonly record: boolean }): Promise<Directory>
  close(): Promise<void>
}

export async function startTenants(options: SimulatorOptions): Promise<Tenants> {
  const simulator = await startSimulator({ now: monday, ...options })
  const overheard = overhear(simulator)
  const ca = await readFile(simulator.entra.caFile, 'utf8')
  const env = await borrowedSecrets(simulator)
  const pointed = (text: string): string =>
    text.includes('kind: IdentityProvider') ? pointedAt(text, simulator, ca) : text
  const open: Directory[] = []
  const empty = async (): Promise<Directory> => {
    const directory = new Directory(await mkdtemp(join(tmpdir(), 'tenure-e2e-')), {
      env,
      pointed,
      clock: simulator.clock,
    })
    open.push(directory)
    return directory
  }
  return {
    simulator,
    overheard,
    env,
    pointed,
    async copyOf(directory, { record } = { record: false }) {
      const copy = await empty()
      await cp(directory.path, copy.path, { recursive: true, filter: path => record || !path.endsWith('.tenure') })
      copy.now = directory.now
      return copy
    },
    async directory(files) {
      const directory = await empty()
      await directory.write(files)
      return directory
    },
    async close() {
      await simulator.close()
      for (const directory of open) await directory.remove()
    },
  }
}

interface DirectoryParts {
  readonly env: Readonly<Record<string, string>>
  readonly pointed: (text: string) => string
  readonly clock: SimulatedClock
}

/** A folder of manifests, and the command line run on it. */
export class Directory {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
  readonly #pointed: (text: string) => string
  readonly #clock: SimulatedClock
  /** All that was printed so far. */
  printed = ''
  now = monday

  constructor(path: string, parts: DirectoryParts) {
    this.path = path
    this.env = parts.env
    this.#pointed = parts.pointed
    this.#clock = parts.clock
  }

  get audit(): string {
    return join(this.path, '.tenure', 'audit.jsonl')
  }

  async write(files: Readonly<Record<string, Content>>): Promise<void> {
    const pointed = Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? this.#pointed(content) : content,
    ])
    await writeFiles(this.path, Object.fromEntries(pointed))
  }

  /** Moves the clock of this folder and of the tenants. */
  at(now: string): this {
    this.now = now
    this.#clock.set(Date.parse(now))
    return this
  }

  async delete(...files: readonly string[]): Promise<void> {
    for (const file of files) await rm(join(this.path, file), { recursive: true })
  }

  /** Runs `tenure COMMAND DIR FLAGS…` at this folder's time; an environment given takes the place of its own. */
  async run(
    [command = '', ...flags]: readonly string[],
    env: Readonly<Record<string, string | undefined>> = this.env,
  ): Promise<Screen> {
    return this.line([command, this.path, ...flags, '--now', this.now, '--allow-insecure-providers'], env)
  }

  /** Runs a whole command line. */
  async line(args: readonly string[], env: Readonly<Record<string, string | undefined>> = this.env): Promise<Screen> {
    const screen = await screenOf(args, env)
    this.printed += screen.out + screen.err
    return screen
  }

  /** Runs a command that must end as expected; gives what it printed. */
  async must(args: readonly string[], code: number): Promise<string> {
    const screen = await this.run(args)
    if (screen.code !== code)
      throw new Error(`${args.join(' ')} ended with ${screen.code}, not ${code}:\n${screen.out}${screen.err}`)
    return screen.out + screen.err
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
