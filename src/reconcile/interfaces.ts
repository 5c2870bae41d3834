import type { SourceReading } from '../model/manifests.ts'
import type { Operation, RunReport } from '../model/plan.ts'
import type { JournalEntry } from '../model/record.ts'

/** Where manifests come from. */
export interface Source {
  /** Reads everything. What cannot be read is a finding, never a throw. */
  read(signal: AbortSignal): Promise<SourceReading>
  /**
   * Says whether the manifest behind an operation still is what the plan was made from: reads that one file (or object) again.
   * Called before each creating or destructive operation.
   */
  recheck(operation: Operation, signal: AbortSignal): Promise<'Same' | 'Changed'>
}

/** The durable record: what we announce before a call and what came of it. */
export interface Journal {
  /** Everything written so far, oldest first. */
  readonly entries: readonly JournalEntry[]
  /** Appends; resolves when it is on stable storage. Throws JournalError: then nothing may be sent. */
  append(entries: readonly JournalEntry[]): Promise<void>
}

/** Tells what a run did: a terminal, a file, metrics. */
export interface Reporter {
  publish(report: RunReport): Promise<void>
}
