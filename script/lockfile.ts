/**
 * Completes package-lock.json with the binaries of other platforms, so that `npm ci` accepts it everywhere. npm leaves out
 * an optional package that the registry at hand cannot give; then `npm ci` calls the lock file out of step. Their versions
 * are exact in the package that wants them, and platform and C library stand in their names. `--check` only looks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  readonly version?: string
  readonly dev?: boolean
  readonly license?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

const path = join(import.meta.dirname, '../package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly packages: Record<string, Entry>
  [field: string]: unknown
}

/** `@oxlint/binding-linux-x64-musl` → what npm writes into a lock file for it. */
function platformEntry(name: string, version: string, { dev, license }: Entry): Entry {
  const [os = '', cpu = '', abi = ''] = (name.split('/').at(-1) ?? '').replace(/^(binding|cli)-/, '').split('-')
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : undefined
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && { libc }),
    ...(license && { license }),
    optional: true,
    os: [os],
  }
}

/** Optional packages that another package of the lock file wants and that have no entry. */
function missing(): Map<string, Entry> {
  const found = new Map<string, Entry>()
  for (const [owner, entry] of Object.entries(lock.packages))
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`node_modules/${name}`, `${owner}/node_modules/${name}`]
      if (places.some(place => place in lock.packages)) continue
      found.set(`node_modules/${name}`, platformEntry(name, version, entry))
    }
  return found
}

const added = missing()
if (process.argv.includes('--check')) {
  for (const place of added.keys()) console.error(`package-lock.json has no entry for ${place}`)
  if (added.size > 0) {
    console.error('Run `script/run node script/lockfile.ts` and commit the result.')
    process.exitCode = 1
  }
} else if (added.size > 0) {
  const { '': root = {}, ...packages } = { ...lock.packages, ...Object.fromEntries(added) }
  const sorted = Object.entries(packages).sort(([one], [other]) => one.localeCompare(other, 'en'))
  writeFileSync(
    path,
    `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`,
  )
  console.log(`package-lock.json: ${added.size} entries added`)
}
