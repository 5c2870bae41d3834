import { stat } from 'node:fs/promises'
import type { Finding } from '../model/origin.ts'
import { readManifestFile } from './file.ts'
import { type FoundManifest, manifestsOf, TreeMemory } from './manifests.ts'
import type { ManifestFile } from './tree.ts'

/** One file as it was read. */
export interface ReadFile {
  readonly file: ManifestFile
  /** Of its bytes; absent when it could not be read. */
  readonly hash?: string
  /** Changes with the file, without reading it. Taken before the file was read. */
  readonly stamp: string
  readonly manifests: readonly FoundManifest[]
  readonly findings: readonly Finding[]
}

/** Reads files, and does not parse again what has not changed. */
export class FileReader {
  readonly #known = new Map<string, ReadFile>()
  readonly #trees = new TreeMemory()

  async read(file: ManifestFile): Promise<ReadFile> {
    const stamp = await stampOf(file)
    const content = await readManifestFile(file)
    if (content.kind === 'Unreadable') return { file, stamp, manifests: [], findings: [content.finding] }
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

/** Size, times and identity of a file; `absent` when there is none. */
export async function stampOf(file: ManifestFile): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file.absolute, { bigint: true })
    return `${ino}/${size}/${mtimeNs}/${ctimeNs}`
  } catch {
    return 'absent'
  }
}
