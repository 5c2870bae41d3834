import { expect, test } from 'vitest'
import { Gone, TooManyRequests } from './errors.ts'
import { eventsOf } from './watch-events.ts'

async function* bodyOf(...events: readonly object[]) {
  for (const event of events) yield new TextEncoder().encode(`${JSON.stringify(event)}\n`)
}

async function read(...events: readonly object[]): Promise<string[]> {
  const seen: string[] = []
  for await (const { type, object } of eventsOf(bodyOf(...events), '/widgets'))
    seen.push(`${type} ${object.metadata.name}`)
  return seen
}

const object = { metadata: { name: 'a' } }

test('events come as they are told; one of a type nobody knows is passed over', async () => {
  const told = ['ADDED', 'MODIFIED', 'FUTURE', 'DELETED', 'BOOKMARK'].map(type => ({ type, object }))
  expect(await read(...told)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'BOOKMARK a'])
})

test('an ERROR event is thrown as the error it is', async () => {
  await expect(read({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } })).rejects.toThrow(
    Gone,
  )
  const busy = { type: 'ERROR', object: { code: 429, details: { retryAfterSeconds: 2 } } }
  const error = await read(busy).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TooManyRequests)
  expect(error).toMatchObject({ retryAfterMs: 2000, message: 'watch /widgets: the API server answered 429' })
})
