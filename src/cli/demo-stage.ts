import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { styleText } from 'node:util'
import type { Simulator } from '../simulator/index.ts'
import type { RunCommand, Surroundings } from './surroundings.ts'
import type { Terminal } from './terminal.ts'

interface StageOptions extends Surroundings {
  readonly dir: string
  readonly simulator: Simulator
  readonly command: RunCommand
}

/** What the story is told with: a working folder, the tenants, and a terminal to show commands and edits on. */
export class DemoStage {
  readonly dir: string
  readonly simulator: Simulator
  readonly #options: StageOptions
  #chapter = 0

  constructor(options: StageOptions) {
    this.dir = options.dir
    this.simulator = options.simulator
    this.#options = options
  }

  say(text: string): void {
    this.#options.terminal.out(text)
  }

  /** Begins a chapter. */
  chapter(title: string, text: string): void {
    this.#chapter += 1
    this.say(
      `\n${this.#styled('bold', `── ${this.#chapter}. ${title} ${'─'.repeat(Math.max(3, 70 - title.length))}`)}\n${text}`,
    )
  }

  /** Shows and runs one command on the working folder; gives its exit code. Of long output the middle is left out. */
  async tenure(args: readonly string[], show: { readonly head: number; readonly tail: number }): Promise<number> {
    const { terminal } = this.#options
    const lines: string[] = []
    const code = await this.#run(args, {
      ...terminal,
      out: text => void lines.push(...text.replace(/\n$/, '').split('\n')),
    })
    const left = lines.length - show.head - show.tail
    if (left <= 1) terminal.out(lines.join('\n'))
    else
      terminal.out(
        [...lines.slice(0, show.head), `      … ${left} more lines …`, ...lines.slice(-show.tail)].join('\n'),
      )
    return code
  }

  /** Shows and runs one command whose output is not cut: it may never end by itself. */
  follow(args: readonly string[]): Promise<number> {
    return this.#run(args, this.#options.terminal)
  }

  async #run([command = '', ...flags]: readonly string[], terminal: Terminal): Promise<number> {
    const { env, signal } = this.#options
    this.say(`\n${this.#styled('cyan', `$ tenure ${[command, basename(this.dir), ...flags].join(' ')}`)}`)
    const simulated = ['--clock-url', this.simulator.control, '--allow-insecure-providers']
    return this.#options.command([command, this.dir, ...flags, ...simulated], { terminal, env, signal })
  }

  /** Changes one manifest as a commit would, and shows the changed lines. */
  async edit(file: string, replace: readonly (readonly [before: string, after: string])[]): Promise<void> {
    const path = join(this.dir, file)
    let text = await readFile(path, 'utf8')
    this.#shown(file)
    for (const [before, after] of replace) {
      if (!text.includes(before)) throw new Error(`${file} does not hold ${JSON.stringify(before)}`)
      text = text.replace(before, after)
      for (const line of before.split('\n'))
        if (!after.split('\n').includes(line)) this.say(this.#styled('red', `-${line}`))
      for (const line of after.split('\n'))
        if (!before.split('\n').includes(line)) this.say(this.#styled('green', `+${line}`))
    }
    await writeFile(path, text)
  }

  async add(file: string, text: string): Promise<void> {
    this.#shown(file)
    for (const line of text.trimEnd().split('\n')) this.say(this.#styled('green', `+${line}`))
    await writeFile(join(this.dir, file), text)
  }

  /** Takes files away; `restore` brings them back. */
  async remove(files: readonly string[]): Promise<() => Promise<void>> {
    for (const file of files) {
      this.say(`  ${this.#styled('red', 'deleted:')} ${file}`)
      await rename(join(this.dir, file), join(this.dir, `${file}.deleted`))
    }
    return async () => {
      for (const file of files) await rename(join(this.dir, `${file}.deleted`), join(this.dir, file))
    }
  }

  /** Lets time pass at both tenants: just after a write of ours the providers' lists are not believed against it. */
  async advance(by: string): Promise<void> {
    await fetch(`${this.simulator.control}/clock`, { method: 'POST', body: JSON.stringify({ advance: by }) })
  }

  /** What an administrator does at Okta, past git. */
  async okta(method: string, path: string, body?: unknown): Promise<unknown> {
    const { orgUrl, apiToken } = this.simulator.okta
    const response = await fetch(`${orgUrl}${path}`, {
      method,
      headers: { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`)
    return response.status === 204 ? undefined : await response.json()
  }

  #shown(file: string): void {
    this.say(`\n${this.#styled('bold', `edit ${basename(this.dir)}/${file}`)}`)
  }

  #styled(style: 'bold' | 'cyan' | 'red' | 'green', text: string): string {
    return this.#options.terminal.color ? styleText(style, text, { validateStream: false }) : text
  }
}
