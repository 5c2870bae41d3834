import { JournalError } from '../model/errors.ts'
import type { JournalEntry } from '../model/record.ts'
import { type AuditLog, brokenSentence, openWriter, readOrFail, recordFinding } from './audit-writer.ts'

export { type AuditVerification, acceptBreak, verifyAuditLog } from './audit-verify.ts'
export type { AuditLog } from './audit-writer.ts'

export interface AuditOptions {
  readonly now: () => number
  /** Nothing is created, locked or mended; `append` throws. A broken chain is a finding instead of an error. */
  readonly readOnly?: boolean
}

/**
 * Opens the audit log, reading and checking all of it. A last line that was cut off is set aside and reported. Throws JournalError
 * when another process writes it, when its chain is broken otherwise, and when it cannot be read or written.
 */
export async function openAuditLog(file: string, options: AuditOptions): Promise<AuditLog> {
  return options.readOnly ? readOnlyLog(file) : writableLog(file, options.now)
}

async function readOnlyLog(file: string): Promise<AuditLog> {
  const entries: JournalEntry[] = []
  const chain = await readOrFail(file, entries)
  return {
    entries,
    existed: chain.lines > 0,
    findings: chain.breaks.slice(0, 1).map(each => recordFinding(file, 'Error', brokenSentence(file, each))),
    append: () => Promise.reject(new JournalError(`${file} was opened for reading only`)),
    close: () => Promise.resolve(),
  }
}

async function writableLog(file: string, now: () => number): Promise<AuditLog> {
  const writer = await openWriter(file, now)
  try {
    const [broken] = writer.chain.breaks
    if (broken) throw new JournalError(brokenSentence(file, broken))
    return writer
  } catch (error) {
    await writer.close()
    throw error
  }
}
