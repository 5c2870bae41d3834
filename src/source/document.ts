import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { printable } from './place.ts'

/** A fault of the YAML itself, at an offset within the document. */
interface YamlFault {
  readonly offset: number
  readonly message: string
}

/** One document, parsed: its value, or the first fault. */
export type ParsedDocument =
  | {
      readonly kind: 'Value'
      readonly value: unknown
      readonly tree: Document.Parsed
      /** What may be ignored in a document of somebody else's, such as a tag we do not know. */
      readonly doubt?: YamlFault
    }
  | { readonly kind: 'Fault'; readonly fault: YamlFault }

/** An alias may stand for this many values in all; beyond it, the document is taken for an attack. */
const maxExpandedValues = 200_000
const maxDepth = 64

/** Parses the text of one document; never throws, whatever the text. */
export function parseYaml(text: string): ParsedDocument {
  try {
    const tree = parseTree(text)
    const [error] = tree.errors
    if (error) {
      const exhausted = tree.errors.find(each => each.code === 'RESOURCE_EXHAUSTION')
      const shown = exhausted ?? error
      return {
        kind: 'Fault',
        fault: { offset: shown.pos[0], message: sentence(shown.code, shown.message, text, shown.pos) },
      }
    }
    const parsed = plainValue(tree, text)
    const [unknown] = tree.warnings
    if (parsed.kind === 'Fault' || !unknown) return parsed
    const message = `has an ${plain(unknown.message)}; write the plain value without it`
    return { ...parsed, doubt: { offset: unknown.pos[0], message } }
  } catch (error) {
    const message = error instanceof RangeError ? nestedTooDeeply : 'is no YAML that can be read; write it anew'
    return { kind: 'Fault', fault: { offset: 0, message } }
  }
}

/** The syntax tree alone, to look places up in. */
export function parseTree(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, merge: true, stringKeys: true, logLevel: 'silent' })
}

const nestedTooDeeply = 'is nested too deeply; a manifest needs only a few levels'
const aliasBomb =
  'refers to its anchors (&name, *name) so often that it would grow without bound; write the values out instead'

function plainValue(tree: Document.Parsed, text: string): ParsedDocument {
  const fault = (message: string): ParsedDocument => ({ kind: 'Fault', fault: { offset: firstOffset(tree), message } })
  // Shared parts are told apart below; without an anchor nothing is shared, and the value is a plain tree.
  if (!text.includes('*')) {
    const value: unknown = tree.toJS({ maxAliasCount: 0 })
    return depthWithin(value, maxDepth) ? { kind: 'Value', value, tree } : fault(nestedTooDeeply)
  }
  let value: unknown
  try {
    value = tree.toJS({ maxAliasCount: maxExpandedValues })
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    if (why.startsWith('Excessive')) return fault(aliasBomb)
    return { kind: 'Fault', fault: unsetAlias(tree) }
  }
  if (!depthWithin(value, maxDepth)) return fault(nestedTooDeeply)
  if (expandedSize(value, new Map()) > maxExpandedValues) return fault(aliasBomb)
  return { kind: 'Value', value: structuredJson(value), tree }
}

function unsetAlias(tree: Document.Parsed): YamlFault {
  let fault: YamlFault = { offset: firstOffset(tree), message: 'refers to an anchor that is not set before it' }
  visit(tree, {
    Alias: (_key, node) => {
      if (node.resolve(tree)) return undefined
      const name = printable(node.source, 80)
      const message = `*${name} refers to an anchor that is not set before it; set it with &${name} above, or quote the value`
      fault = { offset: node.range?.[0] ?? fault.offset, message }
      return visit.BREAK
    },
  })
  return fault
}

/** A copy that shares nothing with itself, so that a default filled in at one place cannot show at another. */
function structuredJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function depthWithin(value: unknown, atMost: number): boolean {
  const seen = new Map<object, number>()
  const within = (part: unknown, left: number): boolean => {
    if (typeof part !== 'object' || part === null) return true
    if (left === 0) return false
    if ((seen.get(part) ?? Number.POSITIVE_INFINITY) <= left) return true
    seen.set(part, left)
    return Object.values(part).every(each => within(each, left - 1))
  }
  return within(value, atMost)
}

function expandedSize(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1
  const before = known.get(value)
  if (before !== undefined) return before
  let size = 1
  for (const part of Object.values(value)) size += expandedSize(part, known)
  known.set(value, size)
  return size
}

function firstOffset(tree: Document.Parsed): number {
  return tree.contents?.range[0] ?? tree.range[0]
}

/** What a person can act on, for each kind of fault the parser knows. */
function sentence(code: string, message: string, text: string, pos: readonly [number, number]): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab indents this line, which YAML does not allow; indent with spaces'
    case 'DUPLICATE_KEY':
      return `the key ${keyAt(text, pos[0])} stands here twice; remove one of them`
    case 'RESOURCE_EXHAUSTION':
      return nestedTooDeeply
    case 'MISSING_CHAR':
      if (/quote$/.test(message)) return 'a quotation mark is opened above and never closed; close it'
      return `is no valid YAML: ${plain(message)}; add what is missing`
    case 'BAD_INDENT':
    case 'UNEXPECTED_TOKEN':
    case 'BAD_SCALAR_START':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return `is no valid YAML: ${plain(message)}; mend the line, or quote the value`
    default:
      return `is no valid YAML: ${plain(message)}; mend it here`
  }
}

function keyAt(text: string, offset: number): string {
  const key = /^(?:"[^"\n]{0,80}"|'[^'\n]{0,80}'|[^:\s,}]{1,80})/.exec(text.slice(offset, offset + 90))
  return key?.[0] ?? 'of this line'
}

function plain(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/\.$/, '')
  return line.charAt(0).toLowerCase() + line.slice(1)
}

interface Step {
  readonly node: unknown
  readonly offset: number
  /** Where the key (or the item) that leads here begins. */
  readonly leadOffset: number
}

/**
 * Where the value at a path stands in a document, as an offset; for a path that does not exist, where the key of the nearest value
 * around it stands.
 */
export function offsetOf(tree: Document.Parsed, path: readonly (string | number)[]): number {
  const start = firstOffset(tree)
  let at: Step = { node: tree.contents, offset: start, leadOffset: start }
  for (const step of path) {
    const target: unknown = isAlias(at.node) ? at.node.resolve(tree) : at.node
    const next = isMap(target) ? valueAt(tree, target, step) : isSeq(target) ? itemAt(target, step) : undefined
    if (!next) return at.leadOffset
    at = next
  }
  return at.offset
}

function itemAt(sequence: YAMLSeq, index: string | number): Step | undefined {
  const item: unknown = typeof index === 'number' ? sequence.items[index] : undefined
  const start = startOf(item)
  return start === undefined ? undefined : { node: item, offset: start, leadOffset: start }
}

function valueAt(tree: Document.Parsed, map: YAMLMap, key: string | number): Step | undefined {
  const own = map.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(key))
  if (own) {
    const leadOffset = startOf(own.key) ?? 0
    return { node: own.value, offset: startOf(own.value) ?? leadOffset, leadOffset }
  }
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.value !== '<<') continue
    const merged: unknown = isAlias(pair.value) ? pair.value.resolve(tree) : pair.value
    const found = isMap(merged) ? valueAt(tree, merged, key) : undefined
    if (found) return found
  }
  return undefined
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
