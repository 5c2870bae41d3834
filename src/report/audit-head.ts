import { readFile, rename, rm, writeFile } from 'node:fs/promises'

/** How far a log was written for certain, kept beside it: without it, lines cut from the end would not be missed. */
export interface AuditHead {
  readonly seq: number
  /** SHA-256 of that line. */
  readonly hash: string
}

const headFile = (file: string): string => `${file}.head`

/** The head as last written; undefined when there is none, or none that can be read (it is not fsynced: a crash may lose it). */
export async function readHead(file: string): Promise<AuditHead | undefined> {
  const text = await readFile(headFile(file), 'utf8').catch(() => '')
  const [, seq = '', hash = ''] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? []
  return seq === '' ? undefined : { seq: Number(seq), hash }
}

/** Replaces the head. To be called once the line is on stable storage. */
export async function writeHead(file: string, { seq, hash }: AuditHead): Promise<void> {
  const next = `${headFile(file)}.next`
  await writeFile(next, `${seq} ${hash}\n`, { mode: 0o600 })
  await rename(next, headFile(file))
}

/** Forgets the head, for a log that begins anew: what an older one had is not missing from it. */
export async function removeHead(file: string): Promise<void> {
  await rm(headFile(file), { force: true })
}
