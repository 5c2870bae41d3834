/** Files that a script makes from others: written, or with `--check` compared. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')

function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** What lies in the folder and is not among the files; `of` says which names count. */
function leftIn(folder: string, files: ReadonlyMap<string, string>, of: RegExp): string[] {
  const names = textOf(folder) === undefined ? namesIn(folder) : []
  return names
    .filter(name => of.test(name))
    .map(name => `${folder}/${name}`)
    .filter(path => !files.has(path))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
  } catch {
    return []
  }
}

/**
 * Writes the files (paths from the root of the checkout) and removes what else is in `folders` and ends in `.yaml`. With `--check` nothing
 * is changed; each difference is told on standard error and the exit code is 1.
 */
export function writeOrCheck(
  files: ReadonlyMap<string, string>,
  script: string,
  folders: readonly string[] = [],
): void {
  const stale = folders.flatMap(folder => leftIn(folder, files, /(?<!kustomization)\.yaml$/))
  const different = [...files].filter(([path, text]) => textOf(path) !== text)
  if (!process.argv.includes('--check')) {
    for (const [path, text] of different) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    for (const path of stale) rmSync(join(root, path))
    return
  }
  for (const [path] of different) console.error(`${path} is not as ${script} makes it`)
  for (const path of stale) console.error(`${path} is no longer made by ${script}`)
  if (different.length + stale.length === 0) return
  console.error(`Run ${script} and commit the result.`)
  process.exitCode = 1
}
