import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { borrowCompany, borrowedSecrets } from '../../src/cli/borrowed-company.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { seenFromOutside } from './outside.ts'

/** What `example.yaml` says. */
interface ExampleText {
  readonly title: string
  readonly story: string
  readonly now: string
  /** Earlier stages, each a folder of manifests applied at its time before the example begins, and what was done by hand after it. */
  readonly before?: readonly StageText[]
  /** Folder of the manifests; `manifests` when absent, or the example's own folder when there is none. */
  readonly manifests?: string
  /** Changes made by an admin's hand between the earlier stages and the example, as plain requests. */
  readonly byHand?: readonly HandEdit[]
  /** Exit codes of plan, apply and the plan after; 2, 0 and 0 when absent. */
  readonly exits?: { readonly plan?: number; readonly apply?: number; readonly after?: number }
}

interface StageText {
  readonly manifests: string
  readonly now: string
  readonly byHand?: readonly HandEdit[]
}

/** One request an admin makes, with the login or name of things in braces: `/api/v1/users/{user:ada@acme.example}/lifecycle/suspend`. */
interface HandEdit {
  readonly provider: 'okta' | 'entra'
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** A command line as a person sees it. */
export interface Screen {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one command line in this process. */
export async function screenOf(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Screen> {
  const out: string[] = []
  const err: string[] = []
  const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
  const terminal: Terminal = {
    out: text => void out.push(ended(text)),
    err: text => void err.push(ended(text)),
    color: false,
    interactive: false,
    confirm: async () => false,
    progress: () => undefined,
  }
  const code = await runProgram(args, { terminal, env, signal: new AbortController().signal })
  return { code, out: out.join(''), err: err.join('') }
}

/** An example played on simulated tenants. */
export interface Played {
  readonly text: ExampleText
  readonly plan: Screen
  readonly apply: Screen
  readonly after: Screen
  /** What both tenants hold at the end, as YAML. */
  readonly tenants: string
}

/** Names of the example folders. */
export async function exampleNames(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

/** What an example says it shows. */
export async function exampleTitle(dir: string): Promise<string> {
  return (await exampleText(dir)).title
}

async function exampleText(dir: string): Promise<ExampleText> {
  return parse(await readFile(join(dir, 'example.yaml'), 'utf8')) as ExampleText
}

/** Simulated tenants that take one example after another: making their keys costs more than playing with them. */
export class Playgrounds {
  readonly #all: Simulator[] = []
  readonly #idle: Simulator[] = []

  /** Tenants that hold exactly what `seed` says, at the time `now`. */
  async take(seed: Fields, now: string): Promise<Simulator> {
    const simulator = this.#idle.pop() ?? (await startSimulator())
    if (!this.#all.includes(simulator)) this.#all.push(simulator)
    simulator.clock.set(Date.parse(now))
    const body = JSON.stringify({ okta: {}, entra: {}, ...seed })
    const reply = await fetch(`${simulator.control}/state`, { method: 'PUT', body })
    if (!reply.ok) throw new Error(`tenants.json: ${await reply.text()}`)
    return simulator
  }

  giveBack(simulator: Simulator): void {
    this.#idle.push(simulator)
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.splice(0).map(simulator => simulator.close()))
  }
}

/** Seeds tenants, applies the earlier stages, then plans, applies and plans again at the example's own time. */
export async function playExample(dir: string, playgrounds: Playgrounds): Promise<Played> {
  const text = await exampleText(dir)
  const seed = JSON.parse(await readFile(join(dir, 'tenants.json'), 'utf8')) as Fields
  const stages: readonly StageText[] = [...(text.before ?? []), { ...text, manifests: text.manifests ?? '.' }]
  const simulator = await playgrounds.take(seed, stages[0]?.now ?? text.now)
  const work = await mkdtemp(join(tmpdir(), 'tenure-example-'))
  try {
    const stage = new Stage(dir, work, simulator)
    await stage.open()
    for (const [index, { manifests, now, byHand = [] }] of stages.entries()) {
      await stage.enter(manifests, now, index === 0)
      if (index < stages.length - 1) await stage.must(['apply', '--yes'], 0)
      for (const edit of byHand) await editByHand(simulator, edit)
    }
    const plan = await stage.run(['plan'])
    const apply = await stage.run(['apply', '--yes'])
    const after = await stage.run(['plan'])
    return { text, plan, apply, after, tenants: stringify(await seenFromOutside(simulator), { lineWidth: 0 }) }
  } finally {
    playgrounds.giveBack(simulator)
    await rm(work, { recursive: true, force: true })
  }
}

/** One working folder that takes the manifests of one stage after another; the record stays. */
class Stage {
  readonly #dir: string
  readonly #work: string
  readonly #simulator: Simulator
  #env: Readonly<Record<string, string>> = {}
  #now = ''

  constructor(dir: string, work: string, simulator: Simulator) {
    this.#dir = dir
    this.#work = work
    this.#simulator = simulator
  }

  async open(): Promise<void> {
    this.#env = await borrowedSecrets(this.#simulator)
  }

  async enter(manifests: string, now: string, first: boolean): Promise<void> {
    for (const entry of await readdir(this.#work))
      if (entry !== '.tenure') await rm(join(this.#work, entry), { recursive: true })
    await borrowCompany(join(this.#dir, manifests), this.#work, this.#simulator)
    this.#now = now
    this.#simulator.clock.set(Date.parse(now))
    if (first) await this.must(['init', '--create'], 0)
  }

  /** Runs a command on the working folder; what it prints names files as if it had run inside that folder. */
  async run([command = '', ...flags]: readonly string[]): Promise<Screen> {
    const args = [command, this.#work, ...flags, '--now', this.#now, '--allow-insecure-providers']
    const { code, out, err } = await screenOf(args, this.#env)
    const inside = (text: string): string => text.replaceAll(`${this.#work}/`, '')
    return { code, out: inside(out), err: inside(err) }
  }

  async must(args: readonly string[], code: number): Promise<void> {
    const screen = await this.run(args)
    if (screen.code !== code)
      throw new Error(`${args.join(' ')} ended with ${screen.code}:\n${screen.out}${screen.err}`)
  }
}

async function editByHand(simulator: Simulator, edit: HandEdit): Promise<void> {
  const path = withIds(simulator, edit.provider, edit.path)
  const base = edit.provider === 'okta' ? simulator.okta.orgUrl : 'https://graph.microsoft.com'
  const authorization = edit.provider === 'okta' ? `SSWS ${simulator.okta.apiToken}` : await graphToken(simulator)
  const url = new URL(path, base)
  const body = edit.body === undefined ? '' : withIds(simulator, edit.provider, JSON.stringify(edit.body))
  const headers = {
    authorization,
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': `${Buffer.byteLength(body)}`,
    host: url.host,
  }
  const reply = await simulator.tenants[edit.provider].handle({
    method: edit.method,
    url,
    segments: url.pathname.split('/').filter(Boolean).map(decodeURIComponent),
    headers,
    body: Buffer.from(body),
  })
  if (reply.status >= 400) throw new Error(`${edit.method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
}

async function graphToken(simulator: Simulator): Promise<string> {
  const { tenantId, clientId, clientSecret } = simulator.entra
  const url = new URL(`/${tenantId}/oauth2/v2.0/token`, simulator.entra.authorityHost)
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  })
  const reply = await simulator.tenants.entra.handle({
    method: 'POST',
    url,
    segments: url.pathname.split('/').filter(Boolean),
    headers: { 'content-type': 'application/x-www-form-urlencoded', host: url.host },
    body: Buffer.from(form.toString()),
  })
  return `Bearer ${(reply.body as { access_token: string }).access_token}`
}

/** Replaces `{user:LOGIN}` and `{group:NAME}` by ids; an administrative unit counts as a group. */
function withIds(simulator: Simulator, provider: HandEdit['provider'], text: string): string {
  const state = simulator.tenants[provider].state() as Readonly<Record<string, readonly Fields[] | undefined>>
  const things = { user: state.users ?? [], group: [...(state.groups ?? []), ...(state.administrativeUnits ?? [])] }
  return text.replaceAll(/\{(user|group):([^}]+)\}/g, (_, kind: 'user' | 'group', name: string) => {
    const found = things[kind].find(one => namesOf(one).includes(name))
    if (!found) throw new Error(`${text}: there is no ${kind} ${name}`)
    return String(found.id)
  })
}

type Fields = Readonly<Record<string, unknown>>

function namesOf(one: Fields): unknown[] {
  const { login, name } = (one.profile ?? {}) as Fields
  return [login, name, one.userPrincipalName, one.displayName]
}
