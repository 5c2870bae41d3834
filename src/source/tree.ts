import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { Finding } from '../model/origin.ts'
import { fileFinding, printable, startOfFile } from './place.ts'

/** A file that may hold manifests. */
export interface ManifestFile {
  /** As people would type it, from the folder given. */
  readonly shown: string
  readonly absolute: string
}

/** The files below some folders, by name, and what stood in the way. */
export interface ManifestTree {
  readonly files: readonly ManifestFile[]
  readonly findings: readonly Finding[]
}

interface Walk {
  readonly files: Map<string, ManifestFile>
  readonly findings: Finding[]
  readonly links: { readonly file: ManifestFile; readonly root: string }[]
  readonly folders: Set<string>
}

const yamlName = /\.ya?ml$/i
const kustomizeName = /^kustomization\.ya?ml$/i

/**
 * Every YAML file below the folders (or the file itself, where one is given), in the order of their names. Hidden files and
 * folders (`.git`, `.tenure`) and `kustomization.yaml` are left out. A symbolic link is followed as long as it stays within the
 * folder given; each file counts once.
 */
export async function readManifestTree(dirs: readonly string[], signal: AbortSignal): Promise<ManifestTree> {
  const walk: Walk = { files: new Map(), findings: [], links: [], folders: new Set() }
  for (const dir of dirs) {
    await readRoot(dir, walk)
    signal.throwIfAborted()
  }
  // Links last, so that what can be reached without one is shown by its own name.
  for (let next = walk.links.shift(); next; next = walk.links.shift()) {
    await followLink(next.file, next.root, walk)
    signal.throwIfAborted()
  }
  const files = [...walk.files.values()].sort((a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0))
  return { files, findings: walk.findings }
}

async function readRoot(dir: string, walk: Walk): Promise<void> {
  const file: ManifestFile = { shown: join(dir), absolute: resolve(dir) }
  try {
    const real = await realpath(file.absolute)
    if ((await stat(real)).isDirectory()) await readFolder(file, real, walk)
    else addFile(file, real, walk)
  } catch (error) {
    walk.findings.push(unreadable(file, error, 'give the folder of your manifests'))
  }
}

async function readFolder(folder: ManifestFile, root: string, walk: Walk): Promise<void> {
  const real = await realpath(folder.absolute)
  if (walk.folders.has(real)) return
  walk.folders.add(real)
  const entries = await readdir(folder.absolute, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const file = { shown: join(folder.shown, entry.name), absolute: join(folder.absolute, entry.name) }
    if (entry.isSymbolicLink()) walk.links.push({ file, root })
    else if (entry.isDirectory()) await readFolderOrReport(file, root, walk)
    else if (isManifestName(entry.name)) addFile(file, join(real, entry.name), walk)
  }
}

async function readFolderOrReport(folder: ManifestFile, root: string, walk: Walk): Promise<void> {
  try {
    await readFolder(folder, root, walk)
  } catch (error) {
    walk.findings.push(unreadable(folder, error, 'make the folder readable, or move it out of the tree'))
  }
}

function addFile(file: ManifestFile, real: string, walk: Walk): void {
  if (!walk.files.has(real)) walk.files.set(real, file)
}

async function followLink(link: ManifestFile, root: string, walk: Walk): Promise<void> {
  const named = yamlName.test(link.shown)
  try {
    const real = await realpath(link.absolute)
    const isFolder = (await stat(real)).isDirectory()
    if (!isFolder && !isManifestName(link.shown)) return
    if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
      const message = 'is a symbolic link that leads out of the folder given; put the manifests themselves there'
      walk.findings.push(fileFinding(startOfFile(printable(link.shown)), message))
    } else if (isFolder) await readFolder(link, root, walk)
    else addFile(link, real, walk)
  } catch (error) {
    // A link that leads nowhere may have been a whole folder of people; one named otherwise than YAML was none of ours.
    if (named || !/\.[A-Za-z0-9]+$/.test(link.shown))
      walk.findings.push(unreadable(link, error, 'mend the symbolic link, or remove it'))
  }
}

function isManifestName(name: string): boolean {
  return yamlName.test(name) && !kustomizeName.test(name.slice(name.lastIndexOf(sep) + 1))
}

/** Says why a file or folder could not be opened, and what to do. */
export function unreadable(file: ManifestFile, error: unknown, remedy: string): Finding {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = reasons[code] ?? `cannot be read (${code || 'unknown error'})`
  return fileFinding(startOfFile(printable(file.shown)), `${why}; ${remedy}`)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link that leads to itself',
  ENOTDIR: 'does not exist, because a part of its path is no folder',
  EMFILE: 'cannot be opened, because this process has too many files open',
  ENAMETOOLONG: 'has a name that is too long',
}
