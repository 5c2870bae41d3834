import { randomUUID } from 'node:crypto'
import { readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { JournalError } from '../model/errors.ts'

/** Who holds a log. Ids of processes are used again, so the time of its start belongs to it, in ticks of this boot. */
interface Holder {
  readonly pid: number
  /** Absent where the system does not tell. */
  readonly started: string | undefined
  readonly host: string
  /** The boot and the pid namespace in which `pid` means something. */
  readonly boot: string | undefined
  readonly namespace: string | undefined
  readonly since: string
}

/** Held until released. */
export interface Lock {
  release(): Promise<void>
}

/** How often, and how many milliseconds apart, a process looks whether the others have gone. */
const attempts = 12
const pauseMs = 25

/**
 * Makes this process the one writer of a log, by a file of its own beside it: first it puts its file there, then it looks for
 * others. Of two that start together, at least the later one sees the other, so there are never two writers. The file of a process
 * that is gone is removed. Throws JournalError while another process writes, and when that cannot be told.
 */
export async function acquireLock(file: string, now: number): Promise<Lock> {
  const mine = `${file}.lock.${process.pid}-${randomUUID()}`
  const holder = JSON.stringify(await thisProcess(now))
  let refusal = ''
  let placed = false
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!placed) await place(mine, holder)
    const others = await othersThan(mine, file)
    if (others.length === 0) return { release: () => rm(mine, { force: true }) }
    refusal = others[0]?.refusal ?? ''
    // Of several that start together, the first by name stays where it is, so that one of them gets through.
    placed = others.every(other => mine < other.path)
    if (!placed) await rm(mine, { force: true })
    await setTimeout(pauseMs * (1 + Math.random()))
  }
  await rm(mine, { force: true })
  throw new JournalError(refusal)
}

/** Never shows half a file. */
async function place(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true })
  await rename(`${path}.new`, path)
}

interface Other {
  readonly path: string
  readonly refusal: string
}

/** Who else is there. The files of those who are gone are removed; nobody else ever uses their names. */
async function othersThan(mine: string, file: string): Promise<readonly Other[]> {
  const others: Other[] = []
  for (const name of await readdir(dirname(file))) {
    const path = join(dirname(file), name)
    if (!name.startsWith(`${basename(file)}.lock`) || name.endsWith('.new') || path === mine) continue
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const refusal = await whyHeld(path, holderOf(text))
    if (refusal === undefined) await rm(path, { force: true })
    else others.push({ path, refusal })
  }
  return others
}

/** Why a lock must be left alone; undefined when its holder is gone. */
async function whyHeld(path: string, holder: Holder | undefined): Promise<string | undefined> {
  if (!holder) return `${path} cannot be read; if nothing else is writing this record, remove that file`
  const who = `process ${holder.pid} on ${holder.host}, since ${holder.since}`
  const elsewhere = `${path} is held by ${who}, which cannot be seen from here; if it is gone, remove that file`
  const here = await thisProcess(0)
  if (holder.host !== here.host) return elsewhere
  if (holder.boot !== here.boot) return undefined
  if (holder.namespace !== here.namespace) return elsewhere
  if (!isAlive(holder.pid)) return undefined
  if (holder.started !== undefined && holder.started !== (await startOf(holder.pid))) return undefined
  return `the record is being written by ${who}; wait for it to end, or stop it (${path})`
}

async function thisProcess(now: number): Promise<Holder> {
  return {
    pid: process.pid,
    started: await startOf(process.pid),
    host: hostname(),
    boot: await readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(trim, () => undefined),
    namespace: await readlink('/proc/self/ns/pid').catch(() => undefined),
    since: new Date(now).toISOString(),
  }
}

/**
 * Field 22 of /proc/PID/stat; the name of the program before it may hold spaces and parentheses. Undefined for a process that is
 * gone, also when only its parent has not taken note yet.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  const [state, ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
  return state === 'Z' || state === 'X' ? undefined : fields[18]
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isHolder = typeof value === 'object' && value !== null && 'pid' in value && 'host' in value
    return isHolder ? (value as Holder) : undefined
  } catch {
    return undefined
  }
}

function trim(text: string): string {
  return text.trim()
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
