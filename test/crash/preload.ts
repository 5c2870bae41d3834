/**
 * Loaded into a child before the program: counts every fsync and fdatasync, and kills the process right before or right after one
 * of them. Product code is not touched, only what Node offers it.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { devNull } from 'node:os'

/** What a child is told in `CRASH_PLAN`. */
export interface CrashPlan {
  /** Gets the number of fsyncs when the child ends by itself. */
  readonly countFile: string
  /** The record, whose last bytes a power cut may take away as long as they are not synced. */
  readonly auditFile: string
  readonly kill?: {
    readonly side: 'before' | 'after'
    /** Which fsync, counted from 1. */
    readonly number: number
    /** With `before`: how much of what is not yet synced outlives, from 0 to 1; absent: all. */
    readonly kept?: number
  }
}

const { countFile, auditFile, kill } = JSON.parse(process.env.CRASH_PLAN ?? '{}') as CrashPlan
let count = 0
let synced = sizeOfAudit()

function sizeOfAudit(): number {
  return fs.statSync(auditFile, { throwIfNoEntry: false })?.size ?? 0
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // Never comes back from the line above; should it ever, the test sees another signal.
  process.abort()
}

function before(descriptor: number): { readonly last: boolean; readonly size: number } {
  count += 1
  const last = count === kill?.number
  const { ino } = fs.fstatSync(descriptor)
  const size = ino === fs.statSync(auditFile, { throwIfNoEntry: false })?.ino ? sizeOfAudit() : -1
  if (last && kill?.side === 'before') {
    if (size >= 0 && kill.kept !== undefined)
      fs.truncateSync(auditFile, synced + Math.floor((size - synced) * kill.kept))
    die()
  }
  return { last, size }
}

function after({ last, size }: { readonly last: boolean; readonly size: number }): void {
  if (size >= 0) synced = size
  if (last) die()
}

const probe = await open(devNull)
const fileHandle = Object.getPrototypeOf(probe) as typeof probe
await probe.close()
for (const name of ['sync', 'datasync'] as const) {
  const original = fileHandle[name]
  fileHandle[name] = async function (this: typeof probe): Promise<void> {
    const state = before(this.fd)
    await original.call(this)
    after(state)
  }
}
for (const name of ['fsyncSync', 'fdatasyncSync'] as const) {
  const original = fs[name]
  fs[name] = descriptor => {
    const state = before(descriptor)
    original(descriptor)
    after(state)
  }
}
syncBuiltinESMExports()
process.on('exit', () => fs.writeFileSync(countFile, `${count}`))
