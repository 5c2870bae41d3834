import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseAllDocuments } from 'yaml'

/** One file of crds/testdata. */
export interface Case {
  readonly name: string
  readonly file: string
  /** What the case is about: a CEL rule as `Kind.path: message`, or a keyword. */
  readonly covers: readonly string[]
  /** Part of the message, where the last object is to be refused. */
  readonly expect: string | undefined
  /** One object; two where an update is tried: what is stored and what replaces it. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
}

const folder = join(import.meta.dirname, '../../crds/testdata')

function readCase(file: string): Case {
  const text = readFileSync(file, 'utf8')
  const comments = (word: string) =>
    [...text.matchAll(new RegExp(`^# ${word}: (.*)$`, 'gm'))].map(match => match[1] ?? '')
  return {
    name: basename(file, '.yaml'),
    file,
    covers: comments('covers'),
    expect: comments('expect')[0],
    objects: parseAllDocuments(text).map(document => document.toJS() as Record<string, unknown>),
  }
}

/** All cases of one folder, in the order of their names. */
export function readCases(kind: 'valid' | 'invalid' | 'transition'): readonly Case[] {
  const files = readdirSync(join(folder, kind)).sort()
  return files.map(file => readCase(join(folder, kind, file)))
}
