import { asJson, type Json, listOr, metaOf, textOr } from './answer.ts'
import type { Kind } from './kinds.ts'
import { type Ground, remove } from './writes.ts'

/** Deletes every object all of whose owners are gone. True when there was none. */
export function collectGarbage(ground: Ground, kinds: readonly Kind[]): boolean {
  const all = kinds.flatMap(kind => ground.store.list(kind).map(object => ({ kind, object })))
  const uids = new Set(all.map(({ object }) => metaOf(object).uid))
  const orphans = all.filter(({ object }) => isOrphan(object, uids))
  for (const { kind, object } of orphans) {
    const { namespace, name } = metaOf(object)
    const where = { kind, name: textOr(name), ...(typeof namespace === 'string' ? { namespace } : {}) }
    const request = { isStatus: false, query: new URLSearchParams(), contentType: 'application/json', body: {} }
    remove(ground, { ...request, ...where, userAgent: 'generic-garbage-collector' })
  }
  return orphans.length === 0
}

function isOrphan(object: Json, uids: ReadonlySet<unknown>): boolean {
  const owners = listOr(metaOf(object).ownerReferences).map(asJson)
  const isDying = metaOf(object).deletionTimestamp !== undefined
  return owners.length > 0 && !isDying && owners.every(owner => !uids.has(owner.uid))
}
