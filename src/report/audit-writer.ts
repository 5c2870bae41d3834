import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { JournalError } from '../model/errors.ts'
import type { Finding } from '../model/origin.ts'
import type { JournalEntry } from '../model/record.ts'
import type { Journal } from '../reconcile/interfaces.ts'
import { type Chain, type ChainBreak, readChain } from './audit-chain.ts'
import { removeHead, writeHead } from './audit-head.ts'
import { type AuditContent, lineText, sha256 } from './audit-line.ts'
import { acquireLock, type Lock } from './audit-lock.ts'

/** The durable record of a directory: a file of hash-chained lines that one process writes. */
export interface AuditLog extends Journal {
  /** What opening it found, such as a last line that was cut off. */
  readonly findings: readonly Finding[]
  /** Whether there was a record at all. */
  readonly existed: boolean
  /** Waits for what is being written, and lets the next process write. */
  close(): Promise<void>
}

/** Opens a log for writing whatever the state of its chain: for whoever looks after that. */
export async function openWriter(file: string, now: () => number): Promise<AuditWriter> {
  const lock = await failing(file, async () => {
    await makeFolder(dirname(resolve(file)))
    return acquireLock(resolve(file), now())
  })
  let handle: FileHandle | undefined
  try {
    const entries: JournalEntry[] = []
    const chain = await readOrFail(file, entries)
    const opened = await failing(file, () => openForAppend(file, chain))
    handle = opened.handle
    return new AuditWriter({ file, handle, lock, chain, entries, findings: opened.findings })
  } catch (error) {
    await handle?.close()
    await lock.release()
    throw error
  }
}

async function openForAppend(
  file: string,
  chain: Chain,
): Promise<{ readonly handle: FileHandle; readonly findings: readonly Finding[] }> {
  const handle = await open(file, 'a', 0o600)
  if (chain.lines === 0) await removeHead(file)
  if (chain.lines === 0 && chain.torn.length === 0) await syncFolder(dirname(resolve(file)))
  if (chain.torn.length === 0) return { handle, findings: [] }
  const aside = await setAside(file, chain.torn)
  await handle.truncate(chain.bytes)
  await handle.sync()
  const message = `${file} ended in a line that was cut off, as after a crash; it was moved to ${aside}, nothing else is lost`
  return { handle, findings: [recordFinding(file, 'Warning', message)] }
}

async function setAside(file: string, bytes: Uint8Array): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${file}.torn-${number}`
    try {
      await writeFile(aside, bytes, { flag: 'wx', mode: 0o600, flush: true })
      return aside
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

interface WriterParts {
  readonly file: string
  readonly handle: FileHandle
  readonly lock: Lock
  readonly chain: Chain
  readonly entries: JournalEntry[]
  readonly findings: readonly Finding[]
}

interface Waiting {
  readonly contents: readonly AuditContent[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Appends to a log. What is asked for while a write is under way goes out together in the next one. */
export class AuditWriter implements AuditLog {
  readonly #parts: WriterParts
  readonly existed: boolean
  #seq: number
  #hash: string
  #bytes: number
  #queue: Waiting[] = []
  #writing: Promise<void> | undefined
  #failure: JournalError | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.existed = parts.chain.lines > 0
    this.#seq = parts.chain.lastSeq
    this.#hash = parts.chain.lastHash
    this.#bytes = parts.chain.bytes
  }

  get entries(): readonly JournalEntry[] {
    return this.#parts.entries
  }

  get findings(): readonly Finding[] {
    return this.#parts.findings
  }

  get chain(): Chain {
    return this.#parts.chain
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    return this.appendContents(entries.map(entry => ({ kind: 'entry', entry })))
  }

  appendContents(contents: readonly AuditContent[]): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (contents.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#queue.push({ contents, resolve, reject })
      this.#writing ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    await this.#writing
    this.#failure ??= new JournalError(`${this.#parts.file} was closed`)
    await this.#parts.handle.close()
    await this.#parts.lock.release()
  }

  async #drain(): Promise<void> {
    // Lets everything that is appended in this turn of the event loop go out in one write.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const batch = this.#queue
      this.#queue = []
      try {
        await this.#write(batch.flatMap(each => each.contents))
        for (const each of batch) each.resolve()
      } catch (error) {
        this.#failure = asJournalError(this.#parts.file, error)
        for (const each of [...batch, ...this.#queue]) each.reject(this.#failure)
        this.#queue = []
      }
    }
    this.#writing = undefined
  }

  async #write(contents: readonly AuditContent[]): Promise<void> {
    const { file, handle, entries } = this.#parts
    const { nlink, size } = await handle.stat()
    if (nlink === 0) throw new JournalError(`${file} was removed while it was in use; restore it, then run again`)
    if (size !== this.#bytes)
      throw new JournalError(
        `${file} was changed by somebody else while it was in use; check it with tenure audit verify`,
      )
    const bytes = Buffer.from(this.#chained(contents))
    await writeAll(handle, bytes)
    await handle.datasync()
    this.#bytes += bytes.length
    for (const content of contents) if (content.kind === 'entry') entries.push(content.entry)
    await writeHead(file, { seq: this.#seq, hash: this.#hash })
  }

  #chained(contents: readonly AuditContent[]): string {
    let text = ''
    for (const content of contents) {
      const line = lineText({ seq: ++this.#seq, prev: this.#hash, content })
      this.#hash = sha256(line)
      text += `${line}\n`
    }
    return text
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done)
    done += bytesWritten
  }
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first !== undefined) await syncFolder(dirname(first))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Reads a log whole; what the file system says against it is a JournalError. */
export function readOrFail(file: string, entries: JournalEntry[]): Promise<Chain> {
  return failing(file, () => readChain(file, entry => entries.push(entry)))
}

async function failing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asJournalError(file, error)
  }
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, then run again',
  EDQUOT: 'the quota is used up; make room, then run again',
  EACCES: 'this user may not write it; change its permissions, or give another file with --audit',
  EPERM: 'this user may not write it; change its permissions, or give another file with --audit',
  EROFS: 'the file system is read-only; give another file with --audit',
  EISDIR: 'that is a folder; give a file with --audit',
  EEXIST: 'a part of its path is no folder; give another file with --audit',
  ENOTDIR: 'a part of its path is no folder; give another file with --audit',
}

function asJournalError(file: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  const why = remedies[code] ?? `${code}; mend that, then run again`
  return new JournalError(`the record ${file} cannot be read or written, so nothing was sent: ${why}`, { cause: error })
}

/** What a person is told of a break, and how to go on. */
export function brokenSentence(file: string, { line, why }: ChainBreak): string {
  return `line ${line} of ${file} ${why}; restore the file, or accept it as it is with: tenure audit verify ${file} --accept ${line}`
}

/** A finding about the record itself. */
export function recordFinding(file: string, severity: Finding['severity'], message: string): Finding {
  return { reason: 'RecordTorn', severity, message, subject: { kind: 'File', name: file } }
}
