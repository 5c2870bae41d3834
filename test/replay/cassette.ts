import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'

/** JSON, or undefined for no body. */
export type Body = unknown

/** One recorded request with the answer a real org gave. */
export interface Interaction {
  readonly method: string
  readonly url: URL
  /** Lower-case names. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestText: string
  readonly status: number
  /** Lower-case names, one entry per header line. */
  readonly responseHeaders: readonly (readonly [name: string, value: string])[]
  readonly responseText: string
  /** Whether the recorder kept only one of several header lines of the same name. */
  readonly linesLost: boolean
}

/** The requests of one recorded test in their order. */
export interface Cassette {
  readonly name: string
  readonly interactions: readonly Interaction[]
}

/** A part of parsed YAML, undefined where there is none. */
function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const step of path)
    current = typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined
  return current
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Some recorders write a JSON body as YAML. */
function bodyText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : textOf(value)
}

function headerLines(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, lines]): [string, string][] =>
    (Array.isArray(lines) ? lines : [lines]).map(line => [name.toLowerCase(), String(line)]),
  )
}

/** Reads the form of VCR for Python (`uri`, `status.code`, `body.string`) and that of go-vcr (`url`, `code`, `body`). */
function interactionOf(value: unknown): Interaction | undefined {
  const address = textOf(at(value, 'request', 'uri')) || textOf(at(value, 'request', 'url'))
  if (!URL.canParse(address)) return undefined
  const code = at(value, 'response', 'status', 'code') ?? at(value, 'response', 'code')
  const body = at(value, 'response', 'body')
  const headers = at(value, 'response', 'headers')
  return {
    method: textOf(at(value, 'request', 'method')),
    url: new URL(address.replace(/([^:])\/\/+/g, '$1/')),
    requestHeaders: Object.fromEntries(headerLines(at(value, 'request', 'headers'))),
    requestText: bodyText(at(value, 'request', 'body')),
    status: Number(code),
    responseHeaders: headerLines(headers),
    linesLost: typeof headers === 'object' && headers !== null && !Object.values(headers).some(Array.isArray),
    responseText: textOf(at(body, 'string')) || textOf(body),
  }
}

/** Every cassette below a folder, in the order of their names. */
export function* cassettesIn(folder: string): Generator<Cassette> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'))
  for (const file of files.sort()) {
    const path = join(folder, file)
    const parsed: unknown = parse(readFileSync(path, 'utf8'), { maxAliasCount: -1 })
    const interactions = at(parsed, 'interactions')
    const read = (Array.isArray(interactions) ? interactions : []).map(interactionOf)
    yield { name: relative(folder, path), interactions: read.filter(item => item !== undefined) }
  }
}

/** A body as JSON; undefined for none, the text itself where it is no JSON. */
export function jsonOf(text: string): Body {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
