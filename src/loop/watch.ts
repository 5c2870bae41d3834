import { watch } from 'node:fs'

/**
 * Calls `changed` whenever something below a folder changes, until the signal. A hint only: what cannot be watched is told to
 * `failed`, and the interval of the loop does the rest.
 */
export function watchTree(dir: string, changed: () => void, failed: (error: Error) => void, signal: AbortSignal): void {
  try {
    const watcher = watch(dir, { recursive: true, signal }, (_, file) => {
      if (file === null || isOfInterest(file)) changed()
    })
    watcher.on('error', failed)
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Manifests, and folders that appear or go. Our own record lies beside the manifests, and git's below them. */
function isOfInterest(file: string): boolean {
  const parts = file.split('/')
  if (parts.some(part => part === '.git' || part === '.tenure')) return false
  return /\.ya?ml$/i.test(file) || !(parts.at(-1) ?? '').includes('.')
}
