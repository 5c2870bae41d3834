import { hash } from 'node:crypto'
import type { Document } from 'yaml'
import type { RawManifest } from '../model/manifests.ts'
import type { Finding, Origin, Subject } from '../model/origin.ts'
import { offsetOf, parseTree, parseYaml } from './document.ts'
import { type Classified, classify, type ManifestKind, manifestKinds } from './kinds.ts'
import { fileFinding, printable, startOfFile } from './place.ts'
import { ambiguousScalars } from './spelling.ts'
import { type DocumentText, LineIndex, splitDocuments } from './split.ts'

/** A manifest with what it takes to recognise it later. */
export interface FoundManifest {
  readonly raw: RawManifest
  /** Kind, namespace and name, as one text. */
  readonly key: string
  /** Changes whenever the data does; comments and layout do not count. */
  readonly digest: string
}

/** What one file holds. */
export interface FileManifests {
  readonly manifests: readonly FoundManifest[]
  readonly findings: readonly Finding[]
}

/** More documents than any file of people needs, so that a file of bare markers cannot fill the memory. */
const maxDocuments = 20_000

type Path = readonly (string | number)[]
interface Reader {
  readonly file: string
  readonly lines: LineIndex
  readonly trees: TreeMemory
  readonly manifests: FoundManifest[]
  readonly findings: Finding[]
}

/** Every manifest in the text of a file. A document that is wrong is a finding; those beside it count. */
export function manifestsOf(text: string, shown: string, trees: TreeMemory = new TreeMemory()): FileManifests {
  const file = printable(shown, 4096)
  if (text.trim() === '') return { manifests: [], findings: [emptyFile(file)] }
  const documents = splitDocuments(text)
  if (documents.length > maxDocuments) {
    const message = `holds ${documents.length} documents and was not read (at most ${maxDocuments}); split it into several files`
    return { manifests: [], findings: [fileFinding(startOfFile(file), message)] }
  }
  const reader: Reader = { file, lines: new LineIndex(text), trees, manifests: [], findings: [] }
  for (const document of documents) readDocument(document, reader)
  return { manifests: reader.manifests, findings: reader.findings }
}

/** A file cut to nothing, by a full disk or a broken write, looks like this: absence must not be believed. */
function emptyFile(file: string): Finding {
  return fileFinding(startOfFile(file), 'is empty; fill it in, or remove it', { severity: 'Warning' })
}

function readDocument(document: DocumentText, reader: Reader): void {
  const parsed = parseYaml(document.text)
  if (parsed.kind === 'Fault') {
    report(reader, originAt(reader, document, parsed.fault.offset), parsed.fault.message)
    return
  }
  const scope: Scope = { document, tree: parsed.tree, reader }
  const before = reader.manifests.length
  readValue(parsed.value, [], scope)
  if (reader.manifests.length === before) return
  if (parsed.doubt) report(reader, originAt(reader, document, parsed.doubt.offset), parsed.doubt.message)
  reportAmbiguous(scope, before)
}

interface Scope {
  readonly document: DocumentText
  readonly tree: Document.Parsed
  readonly reader: Reader
}

function readValue(value: unknown, lead: Path, scope: Scope): void {
  const found: Classified = classify(value)
  const { document, tree, reader } = scope
  const place = (path: Path): Origin => originAt(reader, document, offsetOf(tree, [...lead, ...path]))
  if (found.kind === 'Manifest') reader.manifests.push(foundManifest(value, place([]), lead, scope))
  else if (found.kind === 'Fault') {
    reader.findings.push(fileFinding(place(found.path), found.message, { reason: 'ManifestInvalid' }))
  } else if (found.kind === 'List') {
    if (lead.length > 0) report(reader, place([]), 'is a list within a list; put its items into the outer one')
    else for (const [index, item] of found.items.entries()) readValue(item, ['items', index], scope)
  }
}

function foundManifest(object: unknown, origin: Origin, lead: Path, scope: Scope): FoundManifest {
  const { document, reader } = scope
  const locate = (path: Path): Origin =>
    originAt(reader, document, offsetOf(reader.trees.treeOf(document), [...lead, ...path]))
  const subject = subjectOf(object, reader.file)
  const digest = hash('sha256', JSON.stringify(object), 'base64')
  return { raw: { object, origin, locate }, key: `${subject.kind}/${subject.name}`, digest }
}

/** What a manifest calls itself, as far as that can be told. */
export function subjectOf(object: unknown, fallback: string): Subject & { readonly kind: ManifestKind | 'File' } {
  const kind = manifestKinds.find(each => each === member(object, 'kind'))
  const name = member(member(object, 'metadata'), 'name')
  if (!kind) return { kind: 'File', name: fallback }
  return { kind, name: typeof name === 'string' && name !== '' ? printable(name) : fallback }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Reflect.get(value, key)
}

function reportAmbiguous(scope: Scope, firstManifest: number): void {
  const { document, tree, reader } = scope
  for (const scalar of ambiguousScalars(tree, document.text)) {
    const origin = originAt(reader, document, scalar.offset)
    const owner = reader.manifests.slice(firstManifest).findLast(({ raw }) => !isBefore(origin, raw.origin))
    const text = printable(scalar.text)
    const message = `${text} without quotes is ${scalar.kubectlReads} to kubectl (YAML 1.1); quote it: "${text}"`
    reader.findings.push({
      reason: 'ManifestInvalid',
      severity: 'Warning',
      message,
      subject: subjectOf(owner?.raw.object, reader.file),
      origin,
    })
  }
}

function isBefore(one: Origin, other: Origin): boolean {
  if (one.kind !== 'File' || other.kind !== 'File') return false
  return one.line < other.line || (one.line === other.line && one.column < other.column)
}

function report(reader: Reader, origin: Origin, message: string): void {
  reader.findings.push(fileFinding(origin, message))
}

function originAt(reader: Reader, document: DocumentText, offset: number): Origin {
  return { kind: 'File', file: reader.file, ...reader.lines.at(document.offset + offset) }
}

/**
 * Gives the syntax tree of a document again when a place is asked for. Trees are large and rarely needed, so only the last one is
 * remembered, and that only as long as the memory is not wanted.
 */
export class TreeMemory {
  #document: DocumentText | undefined
  #tree: WeakRef<Document.Parsed> | undefined

  treeOf(document: DocumentText): Document.Parsed {
    const known = this.#document === document ? this.#tree?.deref() : undefined
    if (known) return known
    const tree = parseTree(document.text)
    this.#document = document
    this.#tree = new WeakRef(tree)
    return tree
  }
}
