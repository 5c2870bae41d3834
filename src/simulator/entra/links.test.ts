import { expect, test } from 'vitest'
import { Directory } from './directory.ts'
import type { DirectoryObject } from './object.ts'

const MANY = 1200

function directoryWith(): { directory: Directory; users: readonly DirectoryObject[] } {
  const directory = new Directory()
  const users = Array.from(
    { length: MANY },
    (_, index): DirectoryObject => ({
      id: `u${String(index).padStart(4, '0')}`,
      kind: 'user',
      properties: { displayName: `User ${index % 3}` },
    }),
  )
  directory.add({ id: 'g', kind: 'group', properties: { displayName: 'Everybody' } })
  for (const user of users) directory.add(user)
  for (const user of [...users].reverse()) directory.link('members', 'g', user.id)
  directory.settle()
  return { directory, users }
}

const ids = (objects: Iterable<DirectoryObject>): readonly string[] => [...objects].map(({ id }) => id)

test('a large group lists its members in the order in which they came, however they were linked', () => {
  const { directory, users } = directoryWith()
  expect(ids(directory.linked('members', 'g'))).toEqual(ids(users))
  expect([...directory.linkedIds('members', 'g')][0]).toBe(users.at(-1)?.id)
})

test('who goes to the bin is no member until he is restored, and then comes last', () => {
  const { directory, users } = directoryWith()
  const [first, second] = users
  if (first === undefined || second === undefined) throw new Error('nobody')
  directory.discard(first, 0)
  expect(ids(directory.linked('members', 'g'))[0]).toBe(second.id)
  expect(directory.linkedIds('members', 'g').has(first.id)).toBe(true)
  directory.restore(first)
  expect(ids(directory.linked('members', 'g')).at(-1)).toBe(first.id)
  directory.unlink('members', 'g', first.id)
  expect(directory.linked('members', 'g')).toHaveLength(MANY - 1)
  expect(directory.containers('members', first.id)).toEqual([])
})

test('an object that is gone for good has no links from either end', () => {
  const { directory, users } = directoryWith()
  const [first] = users
  if (first === undefined) throw new Error('nobody')
  directory.purge(first)
  expect(directory.has('members', 'g', first.id)).toBe(false)
  expect(directory.linkedIds('members', 'g').size).toBe(MANY - 1)
  expect(directory.having('user', 'displayName', 'user 0')).toHaveLength(MANY / 3 - 1)
  const group = directory.find('g')
  if (group === undefined) throw new Error('no group')
  directory.purge(group)
  expect(directory.containers('members', users.at(-1)?.id ?? '')).toEqual([])
})
