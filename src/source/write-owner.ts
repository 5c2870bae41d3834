import { readFile, writeFile } from 'node:fs/promises'
import { isMap, isScalar, parseAllDocuments } from 'yaml'
import type { Origin } from '../model/origin.ts'

/**
 * Writes `owner: …` as first entry of `spec.ownership` of the IdentityProvider at `origin`, leaving every other character of the file
 * as it is. False when the manifest is not written in a way that allows it: the person adds the line then.
 */
export async function writeOwner(origin: Origin, owner: string): Promise<boolean> {
  if (origin.kind !== 'File') return false
  const text = await readFile(origin.file, 'utf8')
  const changed = withOwner(text, origin.line, owner)
  if (changed === undefined) return false
  await writeFile(origin.file, changed)
  return true
}

/** The text with the owner added to the document that holds `line` (from 1), or undefined where it cannot be added safely. */
export function withOwner(text: string, line: number, owner: string): string | undefined {
  const offset = text
    .split('\n')
    .slice(0, line - 1)
    .join('\n').length
  for (const document of parseAllDocuments(text)) {
    if (!('contents' in document) || document.errors.length > 0) continue
    const [, end = 0] = document.range ?? []
    if (end < offset) continue
    if (document.getIn(['kind']) !== 'IdentityProvider') return undefined
    const ownership = document.getIn(['spec', 'ownership'])
    if (!isMap(ownership) || ownership.flow || ownership.has('owner')) return undefined
    const first = ownership.items[0]?.key
    const at = isScalar(first) ? first.range?.[0] : undefined
    if (at === undefined) return undefined
    const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
    if (indent.trim() !== '') return undefined
    return `${text.slice(0, at)}owner: ${owner}\n${indent}${text.slice(at)}`
  }
  return undefined
}
