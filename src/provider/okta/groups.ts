import { allConcurrently } from '../../http/concurrency.ts'
import { InvalidRequestError, NotFoundError, PermissionError } from '../../model/errors.ts'
import type { OktaClient } from './client.ts'
import { groupOf, type OktaGroup } from './group.ts'
import { listOf, objectOf, textOf } from './json.ts'
import { allItems } from './paging.ts'
import { anyOf, groupRules, readGroup, searchBatches, searchGroups } from './requests.ts'

/** Groups whose property has one of the values, a few searches for all of them. Eventually consistent; compare what comes. */
export async function groupsWhere(
  client: OktaClient,
  wanted: { readonly property: 'id' | 'profile.name'; readonly values: readonly string[] },
  signal: AbortSignal,
): Promise<readonly OktaGroup[]> {
  const batches = searchBatches(wanted.property, [...new Set(wanted.values)])
  const found = await allConcurrently(batches, client.concurrency, values =>
    allItems(client, searchGroups(anyOf(wanted.property, values)), signal),
  )
  return found.flat().map(groupOf)
}

/** One group by id; undefined when there is none. */
export async function groupById(client: OktaClient, id: string, signal: AbortSignal): Promise<OktaGroup | undefined> {
  try {
    return groupOf((await client.send(readGroup(id), signal)).body)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Ids of groups whose members an active rule computes; undefined where the app may not read the rules. */
export async function computedGroups(
  client: OktaClient,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  return readable(async () => {
    const rules = await allItems(client, groupRules(), signal)
    const active = rules.map(objectOf).filter(rule => rule.status === 'ACTIVE')
    return new Set(active.flatMap(rule => targetsOf(rule.actions)))
  })
}

function targetsOf(actions: unknown): readonly string[] {
  return listOf(objectOf(objectOf(actions).assignUserToGroups).groupIds).flatMap(id => textOf(id) ?? [])
}

/** What `read` gives, or undefined where the app may not read it or the org has no such thing. */
export async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    const isRefused =
      error instanceof PermissionError || error instanceof NotFoundError || error instanceof InvalidRequestError
    if (isRefused) return undefined
    throw error
  }
}
