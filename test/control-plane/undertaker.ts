import { type ChildProcess, spawn } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Reads its input to the end, which comes when this process is gone, however it went. What runs by then is killed by its process
 * id, and the folder is removed. Twice, because a process that is being killed may still write into it.
 */
const SCRIPT = `
cat >/dev/null
while read -r pid; do kill -9 "$pid"; done <"$1/pids"
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

/**
 * Sees to it that no process and no folder outlives this process, even if it is killed: a shell of its own process group, so that
 * a signal to ours does not reach it, keeps watch.
 */
export class Undertaker {
  readonly #folder: string
  readonly #pids = new Set<number>()
  readonly #shell: ChildProcess

  /** @param folder is removed in the end */
  constructor(folder: string) {
    this.#folder = folder
    this.#write()
    const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore']
    this.#shell = spawn('sh', ['-c', SCRIPT, 'sh', folder], { detached: true, stdio })
  }

  watch(pid: number): void {
    this.#pids.add(pid)
    this.#write()
  }

  forget(pid: number): void {
    this.#pids.delete(pid)
    this.#write()
  }

  /** To be called when all processes are ended: removes the folder and ends the watch. */
  async close(): Promise<void> {
    const ended = new Promise(resolve => this.#shell.once('exit', resolve))
    this.#shell.stdin?.end()
    await ended
  }

  #write(): void {
    const file = join(this.#folder, 'pids')
    writeFileSync(`${file}.new`, [...this.#pids].map(pid => `${pid}\n`).join(''))
    renameSync(`${file}.new`, file)
  }
}
