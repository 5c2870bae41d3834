import { execFile } from 'node:child_process'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Content } from './cases.ts'

/** Puts files below a folder that exists. */
export async function writeFiles(root: string, files: Readonly<Record<string, Content>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    await mkdir(dirname(path), { recursive: true })
    await writeContent(path, content)
  }
}

async function writeContent(path: string, content: Content): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(path, content)
  else if ('link' in content) await symlink(content.link, path)
  else if ('pipe' in content) await promisify(execFile)('mkfifo', [path])
  else {
    await writeFile(path, '')
    await truncate(path, content.bytes)
  }
}
