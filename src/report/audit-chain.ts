import { createReadStream } from 'node:fs'
import type { JournalEntry } from '../model/record.ts'
import { type AuditHead, readHead } from './audit-head.ts'
import { type AuditLine, noLine, readLine, sha256 } from './audit-line.ts'

/** A line that does not fit what is before it. */
export interface ChainBreak {
  /** Counted from 1. */
  readonly line: number
  /** A clause for people: `was changed after it was written`. */
  readonly why: string
  /** SHA-256 of the line as it stands. */
  readonly broken: string
}

/** What reading a whole log found. */
export interface Chain {
  /** Whole lines. */
  readonly lines: number
  readonly lastSeq: number
  /** SHA-256 of the last whole line. */
  readonly lastHash: string
  /** Bytes of all whole lines. */
  readonly bytes: number
  /** What follows the last line break: a write that was cut off. Empty as a rule. */
  readonly torn: Uint8Array
  /** Breaks nobody has accepted. */
  readonly breaks: readonly ChainBreak[]
}

/**
 * Reads a log from its beginning, a piece at a time, and checks each line against the one before. Entries are handed out as they
 * come. A log that does not exist is empty. Throws what the file system throws otherwise.
 */
export async function readChain(file: string, onEntry: (entry: JournalEntry) => void = () => {}): Promise<Chain> {
  // Before the file: a writer goes the other way round, so the head is never ahead of what we read.
  const checker = new ChainChecker(await readHead(file), onEntry)
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      rest = checker.take(rest.length > 0 ? Buffer.concat([rest, piece]) : piece)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return checker.finish(rest)
}

class ChainChecker {
  readonly #head: AuditHead | undefined
  readonly #onEntry: (entry: JournalEntry) => void
  readonly #breaks: ChainBreak[] = []
  #lines = 0
  #seq = 0
  #hash = noLine
  /** Lines just before that are wrong in themselves, so that neither number nor hash mean anything to the next. */
  #bad = 0
  #bytes = 0

  constructor(head: AuditHead | undefined, onEntry: (entry: JournalEntry) => void) {
    this.#head = head
    this.#onEntry = onEntry
  }

  /** Takes the whole lines of a piece, and gives back what is left of it. */
  take(piece: Buffer): Buffer {
    let start = 0
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      this.#check(piece.subarray(start, end))
      start = end + 1
    }
    this.#bytes += start
    return piece.subarray(start)
  }

  finish(torn: Uint8Array): Chain {
    const head = this.#head
    // A log that is gone altogether is a lost record, which is dealt with elsewhere; one that was shortened is a break.
    if (head && this.#lines > 0 && head.seq > this.#seq + this.#bad)
      this.#break(
        this.#lines + 1,
        `is missing: number ${head.seq} was written last, and the file ends with number ${this.#seq}`,
        head.hash,
      )
    return {
      lines: this.#lines,
      lastSeq: this.#seq + this.#bad,
      lastHash: this.#hash,
      bytes: this.#bytes,
      torn,
      breaks: this.#breaks,
    }
  }

  #check(bytes: Buffer): void {
    this.#lines += 1
    const hash = sha256(bytes)
    const read = readLine(bytes)
    if (read.kind === 'Bad') {
      this.#break(this.#lines, read.why, hash)
      this.#bad += 1
    } else {
      const why = this.#fault(read.line, hash)
      if (why) this.#break(this.#lines, why, hash)
      this.#seq = read.line.seq
      this.#bad = 0
      this.#use(read.line)
    }
    this.#hash = hash
  }

  #fault({ seq, prev }: AuditLine, hash: string): string | undefined {
    // After a line that is wrong in itself, nobody knows its number; it has been reported already.
    if (this.#bad === 0 && seq > this.#seq + 1)
      return `follows number ${this.#seq}, but is number ${seq}: lines between them were removed`
    if (seq <= this.#seq) return `follows number ${this.#seq}, but is number ${seq}: lines were moved or written twice`
    if (this.#bad === 0 && prev !== this.#hash) return 'does not continue the line before it: that one was replaced'
    if (this.#head?.seq === seq && this.#head.hash !== hash) return 'is not the line that was written here'
    return undefined
  }

  #use({ content }: AuditLine): void {
    if (content.kind === 'entry') {
      this.#onEntry(content.entry)
      return
    }
    const accepted = this.#breaks.findIndex(each => each.line === content.line && each.broken === content.broken)
    if (accepted >= 0) this.#breaks.splice(accepted, 1)
  }

  #break(line: number, why: string, broken: string): void {
    this.#breaks.push({ line, why, broken })
  }
}
