import { JournalError } from '../model/errors.ts'
import { readChain } from './audit-chain.ts'
import { brokenSentence, openWriter } from './audit-writer.ts'

/** What checking a log found. */
export interface AuditVerification {
  /** No line was changed, removed, added or moved, but for breaks that were accepted. */
  readonly ok: boolean
  readonly lines: number
  /** The last line was cut off; that is no break: it was never relied on. */
  readonly torn: boolean
  /** Number of the first line that does not fit. */
  readonly brokenAt?: number
  /** What is wrong there: `was changed after it was written`. */
  readonly why?: string
  /** How many lines do not fit. */
  readonly breaks: number
}

/** Checks a whole log, a piece at a time; needs no lock and writes nothing. A log that does not exist is a JournalError. */
export async function verifyAuditLog(file: string): Promise<AuditVerification> {
  const chain = await readChain(file).catch((error: unknown) => {
    throw new JournalError(`${file} cannot be read; give the audit log, such as .tenure/audit.jsonl`, { cause: error })
  })
  if (chain.lines === 0 && chain.torn.length === 0)
    throw new JournalError(`${file} is empty or does not exist; give the audit log, such as .tenure/audit.jsonl`)
  const [broken] = chain.breaks
  return {
    ok: broken === undefined,
    lines: chain.lines,
    torn: chain.torn.length > 0,
    breaks: chain.breaks.length,
    ...(broken && { brokenAt: broken.line, why: broken.why }),
  }
}

/**
 * Notes in the log itself that a person has looked at the break at a line and goes on from there. Throws JournalError when nothing is
 * broken there, so that a break nobody saw is not accepted along with it.
 */
export async function acceptBreak(file: string, line: number, now: () => number = Date.now): Promise<void> {
  const writer = await openWriter(file, now)
  try {
    const { breaks, lines } = writer.chain
    // Writing anything moves the end of the log: lines missing there would not be missed any more.
    const missing = breaks.find(each => each.line > lines)
    if (missing && missing.line !== line) throw new JournalError(brokenSentence(file, missing))
    const broken = breaks.find(each => each.line === line)
    if (!broken) throw new JournalError(`line ${line} of ${file} is not broken; look with: tenure audit verify ${file}`)
    await writer.appendContents([{ kind: 'accept', at: now(), line, broken: broken.broken }])
  } finally {
    await writer.close()
  }
}
