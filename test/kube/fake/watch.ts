import { paused, type Time } from '../../../src/kube/time.ts'
import { type Json, metaOf, Refusal } from './answer.ts'
import { apiVersionOf, type Kind } from './kinds.ts'
import { type Selects, selects } from './selector.ts'
import type { Change, Store } from './store.ts'
import { Stream } from './stream.ts'

/** What a watch is opened on. */
export interface Watched {
  readonly store: Store
  readonly time: Time
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly query: URLSearchParams
}

const BOOKMARK_MS = 60_000

const line = (type: string, object: Json) => `${JSON.stringify({ type, object })}\n`

/** How a change looks to who sees only the objects that are selected: what no longer is, is deleted for them. */
function seen(change: Change, isSelected: Selects): readonly [string, Json] | undefined {
  const is = change.type !== 'DELETED' && isSelected(change.object)
  const was = change.before !== undefined && isSelected(change.before)
  if (is) return [was ? 'MODIFIED' : 'ADDED', change.object]
  return was ? ['DELETED', change.object] : undefined
}

/** Opens a watch. A revision that is forgotten is told by an ERROR event; one from the future is watched in silence. */
export function watch(watched: Watched): Stream {
  const { store, kind, namespace, query } = watched
  const stream = new Stream()
  const asked = query.get('resourceVersion') ?? ''
  const isFresh = asked === '' || asked === '0'
  const from = isFresh ? store.revision : Number(asked)
  try {
    if (!isFresh) store.refuseForgotten(from)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    stream.write(line('ERROR', error.body))
    stream.end()
    return stream
  }
  const isSelected = selects(query)
  const isMeant: Selects = object =>
    (namespace === undefined || metaOf(object).namespace === namespace) && isSelected(object)
  const tell = (change: Change) => {
    const event = change.revision > from ? seen(change, isMeant) : undefined
    if (event !== undefined) stream.write(line(...event))
  }
  if (isFresh)
    for (const object of store.list(kind, namespace)) if (isSelected(object)) stream.write(line('ADDED', object))
  for (const change of store.since(kind, from)) tell(change)
  stream.onEnd(store.listen(kind, tell))
  void keep(watched, stream, from)
  return stream
}

/** Bookmarks every minute and before the end, and the end itself. */
async function keep({ store, time, kind, query }: Watched, stream: Stream, from: number): Promise<void> {
  const over = new AbortController()
  stream.onEnd(() => over.abort())
  const timeout = Number(query.get('timeoutSeconds') ?? 0)
  const end = time.now() + (timeout > 0 ? timeout * 1000 : 1_800_000)
  const mark = () => {
    if (query.get('allowWatchBookmarks') !== 'true' || store.revision < from) return
    const metadata = { resourceVersion: String(store.revision), creationTimestamp: null }
    stream.write(line('BOOKMARK', { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }))
  }
  while (await paused(time, Math.max(0, Math.min(BOOKMARK_MS, end - time.now())), over.signal)) {
    mark()
    if (time.now() >= end) stream.end()
  }
}
