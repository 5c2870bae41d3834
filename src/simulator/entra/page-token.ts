import type { DirectoryObject } from './directory.ts'
import { badRequest, GraphError } from './reply.ts'
import type { World } from './world.ts'

/** Where the next page of a list starts; the client carries it as an opaque `$skiptoken`. */
export interface PageToken {
  readonly offset: number
  /** The last id of the page before, so that objects added or removed meanwhile do not shift the next one. */
  readonly after: string
  /** The ordinal of that object, for when it is gone itself. */
  readonly ordinal: number
  readonly issuedAt: number
}

/** The token as text. */
export function encodePageToken({ offset, after, ordinal, issuedAt }: PageToken): string {
  return Buffer.from(JSON.stringify([offset, after, ordinal, issuedAt])).toString('base64url')
}

function fieldsOf(text: string): readonly unknown[] {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[]
  } catch {
    return []
  }
}

/** The token in a text; throws 400 for an expired one and for what is none. */
export function decodePageToken(text: string, { clock, switches }: World): PageToken {
  const [offset, after, ordinal, issuedAt] = fieldsOf(text)
  const isToken = typeof offset === 'number' && typeof after === 'string' && typeof ordinal === 'number'
  if (!isToken || typeof issuedAt !== 'number') throw badRequest('Badly formed token.')
  if (clock.now() - issuedAt > switches.pageTokenSeconds * 1000) {
    throw new GraphError(
      switches.pageTokenStatus,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    )
  }
  return { offset, after, ordinal, issuedAt }
}

/** Where the page after a token starts, though objects may have come and gone since it was issued. */
export function startOf(items: readonly DirectoryObject[], token: PageToken, byOrdinal: boolean): number {
  if (token.offset === 0 || items[token.offset - 1]?.id === token.after) return token.offset
  if (byOrdinal && token.ordinal > 0) {
    const found = items.findIndex(({ ordinal }) => (ordinal ?? 0) > token.ordinal)
    return found === -1 ? items.length : found
  }
  const found = items.findIndex(({ id }) => id === token.after)
  return found === -1 ? Math.min(token.offset, items.length) : found + 1
}
