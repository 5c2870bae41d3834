import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Finding } from '../model/origin.ts'
import { fileFinding, printable, startOfFile } from './place.ts'
import { type ManifestFile, unreadable } from './tree.ts'

/** Bytes of the largest file that is read. A bigger one is reported and never read whole. */
const maxFileBytes = 8 * 1024 * 1024

/** A file as text, with the hash of its bytes and its stamp; or why it is none. */
export type FileText =
  | { readonly kind: 'Text'; readonly text: string; readonly hash: string; readonly stamp: string }
  | { readonly kind: 'Unreadable'; readonly finding: Finding }

/** Reads one file within bounds. Pipes and devices are never opened for reading; a fault is a finding, not a throw. */
export async function readManifestFile(file: ManifestFile): Promise<FileText> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a pipe would wait for whoever writes into it.
    handle = await open(file.absolute, constants.O_RDONLY | constants.O_NONBLOCK)
    const read = await readBounded(handle)
    return typeof read === 'string' ? { kind: 'Unreadable', finding: fault(file, read) } : textOf(file, read)
  } catch (error) {
    const remedy = 'make the file readable, or move it out of the tree'
    return { kind: 'Unreadable', finding: unreadable(file, error, remedy) }
  } finally {
    await handle?.close()
  }
}

interface ReadBytes {
  readonly bytes: Buffer
  readonly stamp: string
}

async function readBounded(handle: FileHandle): Promise<ReadBytes | string> {
  const before = await handle.stat({ bigint: true })
  if (!before.isFile()) return 'is no regular file and was not read; move it out of the tree'
  const size = Number(before.size)
  if (size > maxFileBytes) return tooLarge(size)
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  const stamp = stampFrom(before)
  const isWhole = length === size && stamp === stampFrom(await handle.stat({ bigint: true }))
  return isWhole ? { bytes, stamp } : 'was written to while it was read; run again'
}

function stampFrom({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino}/${size}/${mtimeNs}/${ctimeNs}`
}

/** Size, times and identity of a file, which change when it is written to or replaced; `absent` when there is none. */
export async function stampOf(file: ManifestFile): Promise<string> {
  return stat(file.absolute, { bigint: true }).then(stampFrom, () => 'absent')
}

function tooLarge(bytes: number): string {
  const megabytes = (size: number): string => `${Math.ceil(size / (1024 * 1024))} MiB`
  return `is ${megabytes(bytes)} large and was not read (at most ${megabytes(maxFileBytes)}); split it into several files`
}

function textOf(file: ManifestFile, { bytes, stamp }: ReadBytes): FileText {
  const unreadableFor = (message: string, at?: { line: number; column: number }): FileText => ({
    kind: 'Unreadable',
    finding: fault(file, message, at),
  })
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return unreadableFor('is encoded in UTF-16; save it as UTF-8')
  if (bytes.includes(0)) return unreadableFor('is a binary file, no YAML; move it out of the tree, or rename it')
  if (!isUtf8(bytes)) return unreadableFor('holds bytes that are no UTF-8 text; save it as UTF-8', firstBadByte(bytes))
  const text = new TextDecoder('utf-8').decode(bytes)
  return { kind: 'Text', text, hash: hash('sha256', bytes, 'base64'), stamp }
}

function firstBadByte(bytes: Buffer): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let end = bytes.indexOf(10); ; end = bytes.indexOf(10, start)) {
    const rest = bytes.subarray(start, end < 0 ? bytes.length : end)
    if (!isUtf8(rest)) return { line, column: goodPrefix(rest) + 1 }
    if (end < 0) return { line, column: 1 }
    start = end + 1
    line += 1
  }
}

/** How many characters of a line decode before the first byte that does not. */
function goodPrefix(line: Buffer): number {
  let good = 0
  for (let end = 1; end <= Math.min(line.length, 10_000); end++) if (isUtf8(line.subarray(0, end))) good = end
  return line.subarray(0, good).toString('utf8').length
}

function fault(file: ManifestFile, message: string, at?: { line: number; column: number }): Finding {
  const origin = startOfFile(printable(file.shown))
  return fileFinding(at && origin.kind === 'File' ? { ...origin, ...at } : origin, message)
}
