import { errorOf } from './errors.ts'
import { linesOf } from './lines.ts'
import type { KubeObject } from './object.ts'

/** What a watch tells. A bookmark says only how far the stream has come. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }

interface RawEvent<T> {
  readonly type: string
  readonly object: T & { readonly code?: number }
}

/** The events of a watch, by the path it was opened on. @throws KubeError for an ERROR event: Gone when the revision is too old */
export async function* eventsOf<T extends KubeObject>(
  body: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of linesOf(body)) {
    const { type, object } = JSON.parse(line) as RawEvent<T>
    if (type === 'ERROR') throw errorOf({ status: object.code ?? 0, body: object, call: `watch ${path}` })
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK') yield { type, object }
  }
}
