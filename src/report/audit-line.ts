import { hash } from 'node:crypto'
import type { JournalEntry } from '../model/record.ts'

/**
 * A line of the audit log is one JSON object: `seq` (counts from 1), `prev` (SHA-256 of the whole line before, in hexadecimal;
 * zeros for the first), `time`, then the entry itself, and last `sum`, SHA-256 of the line up to the comma before it. `prev` finds
 * lines that were removed, added or moved, `sum` says which line was changed.
 */
export interface AuditLine {
  readonly seq: number
  readonly prev: string
  readonly content: AuditContent
}

/** What a line says: an entry of the journal, or that a person looked at a break of the chain and accepts it. */
export type AuditContent = { readonly kind: 'entry'; readonly entry: JournalEntry } | AcceptedBreak

interface AcceptedBreak {
  readonly kind: 'accept'
  readonly at: number
  /** Number of the line at which the chain is broken. */
  readonly line: number
  /** SHA-256 of that line as it was when accepted. */
  readonly broken: string
}

/** `prev` of the first line. */
export const noLine = '0'.repeat(64)

export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex')
}

/** The text of a line, without its line break. */
export function lineText({ seq, prev, content }: AuditLine): string {
  const { at, ...rest } = content.kind === 'entry' ? content.entry : content
  const open = JSON.stringify({ seq, prev, time: new Date(at).toISOString(), ...rest }).slice(0, -1)
  return `${open},"sum":"${sha256(open)}"}`
}

/** What a line says, or what is wrong with it in itself. */
export type ReadLine =
  | { readonly kind: 'Line'; readonly line: AuditLine }
  | { readonly kind: 'Bad'; readonly why: string }

const sumPattern = /^,"sum":"([0-9a-f]{64})"\}$/
const sumLength = ',"sum":""}'.length + 64
/** Every kind there is: the type asks for them all. */
const entryKinds: Readonly<Record<JournalEntry['kind'], true>> = {
  intent: true,
  outcome: true,
  fact: true,
  mapped: true,
  trusted: true,
  lost: true,
  owner: true,
  decision: true,
}

/** Reads a line. Its place in the chain is for the caller to check. */
export function readLine(bytes: Buffer): ReadLine {
  const sum = sumPattern.exec(bytes.toString('latin1', Math.max(0, bytes.length - sumLength)))
  if (!sum) return { kind: 'Bad', why: 'is no line of an audit log' }
  if (sha256(bytes.subarray(0, -sumLength)) !== sum[1]) return { kind: 'Bad', why: 'was changed after it was written' }
  return contentOf(bytes.toString('utf8'))
}

function contentOf(text: string): ReadLine {
  const { seq, prev, time, sum: _, ...rest } = parsedObject(text)
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  if (typeof seq !== 'number' || typeof prev !== 'string' || Number.isNaN(at))
    return { kind: 'Bad', why: 'is no line of an audit log' }
  const content = { at, ...rest }
  if (isAcceptedBreak(content)) return { kind: 'Line', line: { seq, prev, content } }
  if (typeof rest.kind !== 'string' || !Object.hasOwn(entryKinds, rest.kind))
    return { kind: 'Bad', why: 'is of a kind this version does not know; use the version that wrote it' }
  // The sum shows that this very program wrote it, as an entry.
  return { kind: 'Line', line: { seq, prev, content: { kind: 'entry', entry: content as unknown as JournalEntry } } }
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isAcceptedBreak(content: object): content is AcceptedBreak {
  return (
    'kind' in content &&
    content.kind === 'accept' &&
    'line' in content &&
    typeof content.line === 'number' &&
    'broken' in content &&
    typeof content.broken === 'string'
  )
}
