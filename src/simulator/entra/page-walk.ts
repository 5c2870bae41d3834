import type { Directory, DirectoryObject } from './directory.ts'

/** Lists that are gone through at the same time without starting anew for each page. */
const KEPT = 8

/** A list that a client goes through: what comes after the page it had last. */
interface Walk {
  readonly version: number
  /** The ordinal of the last object on that page. */
  readonly ordinal: number
  readonly next: DirectoryObject
  readonly rest: Iterator<DirectoryObject>
}

const walks = new WeakMap<Directory, Map<string, Walk>>()

/** Objects made up for one answer, such as directory roles, come last. */
export const ordinalOf = ({ ordinal }: DirectoryObject): number => ordinal ?? Number.MAX_SAFE_INTEGER

/** One and the same text for all pages of a list. */
export function walkKey(url: URL): string {
  const rest = [...url.searchParams].filter(([name]) => !/^\$?skiptoken$/i.test(name))
  return JSON.stringify([url.pathname, ...rest])
}

/** What to pick a page from. */
export interface Picking {
  readonly directory: Directory
  readonly key: string
  /** In their order. */
  readonly objects: Iterable<DirectoryObject>
  readonly keep: (object: DirectoryObject) => boolean
  readonly after: number
  readonly count: number
}

/** At most `count` objects behind an ordinal for which a condition holds, and whether there are more; looks at no others. */
export function picked(picking: Picking): { readonly page: readonly DirectoryObject[]; readonly more: boolean } {
  const { directory, key, keep, after, count } = picking
  const kept = walks.get(directory) ?? new Map<string, Walk>()
  const known = kept.get(key)
  const isNext = known !== undefined && known.version === directory.version && known.ordinal === after
  const page: DirectoryObject[] = isNext ? [known.next] : []
  const rest = isNext ? known.rest : picking.objects[Symbol.iterator]()
  kept.delete(key)
  for (let step = rest.next(); step.done !== true; step = rest.next()) {
    const object = step.value
    if (ordinalOf(object) <= after || !keep(object)) continue
    if (page.length < count) page.push(object)
    else {
      walks.set(directory, kept)
      const last = page.at(-1)
      if (last !== undefined)
        kept.set(key, { version: directory.version, ordinal: ordinalOf(last), next: object, rest })
      if (kept.size > KEPT) kept.delete([...kept.keys()][0] ?? '')
      return { page, more: true }
    }
  }
  return { page, more: false }
}
