import { expect, test } from 'vitest'
import type { KubeObject } from './object.ts'
import { ObjectStore } from './object-store.ts'

interface Person extends KubeObject {
  readonly groups: readonly string[]
}

const person = (name: string, ...groups: string[]): Person => ({ metadata: { name, namespace: 'people' }, groups })

function scene() {
  const problems: unknown[] = []
  const store = new ObjectStore<Person>({ group: ({ groups }) => groups }, problem => problems.push(problem))
  const members = (group: string) => store.by('group', group).map(({ metadata }) => metadata.name)
  return { store, members, problems }
}

test('objects are found by key and by every value of an index', () => {
  const { store, members } = scene()
  store.set(person('a', 'red', 'blue'))
  store.set(person('b', 'red'))
  store.set(person('c'))
  expect([store.size, store.keys()]).toEqual([3, ['people/a', 'people/b', 'people/c']])
  expect(store.get('people/b')?.groups).toEqual(['red'])
  expect([members('red'), members('blue'), members('green')]).toEqual([['a', 'b'], ['a'], []])
})

test('an index follows objects that change or go', () => {
  const { store, members } = scene()
  store.set(person('a', 'red'))
  store.set(person('a', 'blue'))
  expect([members('red'), members('blue')]).toEqual([[], ['a']])
  store.delete('people/a')
  store.delete('people/never')
  expect([members('blue'), store.size, store.list()]).toEqual([[], 0, []])
})

test('an indexer that throws is reported and costs nobody the object', () => {
  const problems: unknown[] = []
  const throwing = () => {
    throw new Error('bad')
  }
  const store = new ObjectStore<Person>({ bad: throwing, group: ({ groups }) => groups }, error => problems.push(error))
  store.set(person('a', 'red'))
  expect([store.by('bad', 'red'), store.by('group', 'red').length, problems.length]).toEqual([[], 1, 1])
})

test('an index nobody made is a mistake', () => {
  expect(() => scene().store.by('colour', 'red')).toThrow(TypeError)
})
