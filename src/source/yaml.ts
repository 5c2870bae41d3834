import type { SourceReading } from '../model/manifests.ts'
import type { Origin } from '../model/origin.ts'
import type { Operation } from '../model/plan.ts'
import type { Source } from '../reconcile/interfaces.ts'
import { stampOf } from './file.ts'
import { FileReader, type ReadFile } from './reading.ts'
import { type ManifestFile, readManifestTree } from './tree.ts'

/** How many files are open at once. */
const filesAtOnce = 16

/** Where the manifests are. */
export interface DirectoryOptions {
  /** Folders, or single files, as the user typed them: places are shown relative to them. */
  readonly dirs: readonly string[]
}

/** A source that reads trees of YAML files. Keep one for as long as a process runs: unchanged files are not parsed twice. */
export function directorySource(options: DirectoryOptions): Source {
  return new DirectorySource(options.dirs)
}

class DirectorySource implements Source {
  readonly #dirs: readonly string[]
  readonly #reader = new FileReader()
  #latest: ReadonlyMap<string, ReadFile> = new Map()
  /** The files that hold a manifest, by its key. */
  #holders: ReadonlyMap<string, ReadonlySet<ReadFile>> = new Map()

  constructor(dirs: readonly string[]) {
    this.#dirs = dirs
  }

  async read(signal: AbortSignal): Promise<SourceReading> {
    const tree = await readManifestTree(this.#dirs, signal)
    const files = await readAll(tree.files, this.#reader, signal)
    this.#reader.retain(tree.files)
    this.#latest = new Map(files.map(read => [read.file.shown, read]))
    this.#holders = holdersOf(files)
    const findings = [...tree.findings, ...files.flatMap(read => read.findings)]
    return {
      manifests: files.flatMap(read => read.manifests.map(found => found.raw)),
      findings,
      complete: !findings.some(each => each.severity === 'Error' || each.reason === 'ManifestUnreadable'),
    }
  }

  async recheck(operation: Operation, signal: AbortSignal): Promise<'Same' | 'Changed'> {
    const key = `Employee/${operation.person.employee}`
    const holders = this.#holders.get(key)
    if (!holders && (await this.#appeared(key, signal))) return 'Changed'
    for (const read of holders ?? []) if (!(await this.#holdsStill(read, key))) return 'Changed'
    const behind = this.#manifestAt(operation.because.origin)
    if (behind && !(await this.#holdsStill(behind.read, behind.key))) return 'Changed'
    return 'Same'
  }

  async #holdsStill(read: ReadFile, key: string): Promise<boolean> {
    const again = await this.#reader.read(read.file)
    if (again.hash !== undefined && again.hash === read.hash) return true
    return digestOf(again, key) === digestOf(read, key)
  }

  /** Whether a person who had no manifest has one now, or whether that can no longer be told. */
  async #appeared(key: string, signal: AbortSignal): Promise<boolean> {
    const tree = await readManifestTree(this.#dirs, signal)
    if (tree.findings.length > 0 || tree.files.length === 0) return true
    for (const file of tree.files) {
      const before = this.#latest.get(file.shown)
      if (before && before.stamp === (await stampOf(file))) continue
      const now = await this.#reader.read(file)
      if (now.hash === undefined || digestOf(now, key) !== '') return true
    }
    return false
  }

  #manifestAt(origin: Origin | undefined): { readonly read: ReadFile; readonly key: string } | undefined {
    if (origin?.kind !== 'File') return undefined
    const read = this.#latest.get(origin.file)
    const found = read?.manifests.findLast(({ raw }) => raw.origin.kind === 'File' && raw.origin.line <= origin.line)
    return read && found ? { read, key: found.key } : undefined
  }
}

/** What a file says under a name; empty when it says nothing. */
function digestOf(read: ReadFile, key: string): string {
  return read.manifests
    .filter(found => found.key === key)
    .map(found => found.digest)
    .join()
}

async function readAll(
  files: readonly ManifestFile[],
  reader: FileReader,
  signal: AbortSignal,
): Promise<readonly ReadFile[]> {
  const results = new Map<ManifestFile, ReadFile>()
  const queue = files.values()
  const work = async (): Promise<void> => {
    for (const file of queue) {
      signal.throwIfAborted()
      results.set(file, await reader.read(file))
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, work))
  return files.flatMap(file => results.get(file) ?? [])
}

function holdersOf(files: readonly ReadFile[]): ReadonlyMap<string, ReadonlySet<ReadFile>> {
  const holders = new Map<string, Set<ReadFile>>()
  for (const read of files) {
    for (const { key } of read.manifests) holders.set(key, (holders.get(key) ?? new Set()).add(read))
  }
  return holders
}
