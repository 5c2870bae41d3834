/** Fails when an installed package is not under a permissive licence. Prints how many packages have which. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

/**
 * Not permissive, looked at one by one. MPL-2.0 asks for the source of changes to its own files; we use them unchanged.
 * eckles and rasha (keys to and from PEM) come with the Okta SDK, lightningcss with vitest, which does not ship.
 */
const acceptedUnchanged: Readonly<Record<string, readonly string[]>> = {
  'MPL-2.0': ['eckles', 'rasha', 'lightningcss'],
}
const isAccepted = (name: string, licence: string) =>
  acceptedUnchanged[licence]?.some(known => name === known || name.startsWith(`${known}-`)) ?? false

const root = join(import.meta.dirname, '..')
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly license?: string; readonly version: string }>>
}

/** What the package itself says, where it is installed; else what the lock file says. */
function licenceOf(place: string): string {
  try {
    const text = readFileSync(join(root, place, 'package.json'), 'utf8')
    const { license, licenses } = JSON.parse(text) as {
      license?: string | { type: string }
      licenses?: { type: string }[]
    }
    const said = typeof license === 'object' ? license.type : license
    return said ?? licenses?.map(one => one.type).join(' OR ') ?? 'none stated'
  } catch {
    return lock.packages[place]?.license ?? 'unknown'
  }
}

/** SPDX with AND and OR, without nesting: every part of one alternative is permissive. */
const isPermissive = (licence: string) =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some(choice => choice.split(' AND ').every(part => permissive.has(part.trim())))

const counts = new Map<string, number>()
for (const place of Object.keys(lock.packages).filter(place => place !== '')) {
  const licence = licenceOf(place)
  const name = place.replace(/^.*node_modules\//, '')
  counts.set(licence, (counts.get(licence) ?? 0) + 1)
  if (isPermissive(licence) || isAccepted(name, licence)) continue
  console.error(`${name} is under "${licence}", which is not on the list of permissive licences in script/licences.ts`)
  process.exitCode = 1
}
console.log([...counts].map(([licence, count]) => `${count} ${licence}`).join(', '))
