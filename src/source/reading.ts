import type { Finding } from '../model/origin.ts'
import { readManifestFile } from './file.ts'
import { type FoundManifest, manifestsOf, TreeMemory } from './manifests.ts'
import type { ManifestFile } from './tree.ts'

/** One file as it was read. */
export interface ReadFile {
  readonly file: ManifestFile
  /** Of its bytes; absent when it could not be read. */
  readonly hash?: string
  /** Changes with the file, without reading it; absent when it could not be read. */
  readonly stamp?: string
  readonly manifests: readonly FoundManifest[]
  readonly findings: readonly Finding[]
}

/** Reads files, and does not parse again what has not changed. */
export class FileReader {
  readonly #known = new Map<string, ReadFile>()
  readonly #trees = new TreeMemory()

  async read(file: ManifestFile): Promise<ReadFile> {
    const content = await readManifestFile(file)
    if (content.kind === 'Unreadable') return { file, manifests: [], findings: [content.finding] }
    const { stamp } = content
    const known = this.#known.get(file.absolute)
    if (known?.hash === content.hash && known.file.shown === file.shown) return { ...known, stamp }
    const read: ReadFile = { file, stamp, hash: content.hash, ...manifestsOf(content.text, file.shown, this.#trees) }
    this.#known.set(file.absolute, read)
    return read
  }

  /** Forgets files that are no longer there. */
  retain(files: readonly ManifestFile[]): void {
    const kept = new Set(files.map(file => file.absolute))
    for (const absolute of this.#known.keys()) if (!kept.has(absolute)) this.#known.delete(absolute)
  }
}
