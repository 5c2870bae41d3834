import { describe, expect, test } from 'vitest'
import { SimulatedClock } from '../clock.ts'
import { seededRandom } from '../random.ts'
import { Field } from './field.ts'
import { loadState } from './load.ts'
import type { Group, User } from './objects.ts'
import { Org } from './org.ts'

const PEOPLE = 60

function orgWith(): { org: Org; group: Group; users: readonly User[] } {
  const org = new Org(new SimulatedClock(), seededRandom(1))
  const login = (index: number): string => `p${index}@example.com`
  const users = Array.from({ length: PEOPLE }, (_, index) => ({
    profile: { firstName: 'P', lastName: `L${index % 7}`, login: login(index) },
  }))
  const groups = [{ name: 'Readers', members: users.map(({ profile }) => profile.login) }]
  loadState(org, new Field({ users, groups }, 'okta'), { clientId: '0oa1', apiToken: 't', publicKey: {} })
  const group = org.groupsNamed('Readers')[0]
  if (group === undefined) throw new Error('no group')
  return { org, group, users: [...org.users.values()] }
}

const ids = (group: Group, after = 0): readonly string[] => [...group.members.after(after)].map(({ user }) => user.id)

describe('memberships', () => {
  test('members stay in their order when most of them leave, and who comes back comes last', () => {
    const { org, group, users } = orgWith()
    const leaving = users.slice(0, 50)
    for (const user of leaving) org.leave(group, user)
    const [first] = users
    if (first === undefined) throw new Error('nobody')
    expect(group.members.has(first)).toBe(false)
    expect(first.groups.has(group.id)).toBe(false)
    org.join(group, first, { rule: '0pr1' })
    expect(group.members.size).toBe(11)
    expect(ids(group)).toEqual([...users.slice(50), first].map(({ id }) => id))
    expect(group.members.get(first)?.via).toEqual({ rule: '0pr1' })
  })

  test('a page goes on behind a membership that has ended meanwhile', () => {
    const { org, group, users } = orgWith()
    const [, , third] = [...group.members.values()]
    if (third === undefined) throw new Error('nobody')
    org.leave(group, third.user)
    expect(ids(group, third.seq)).toEqual(users.slice(3).map(({ id }) => id))
  })

  test('joining again changes only how the member came in', () => {
    const { org, group, users } = orgWith()
    const [first, second] = users
    if (first === undefined || second === undefined) throw new Error('nobody')
    expect(org.join(group, second, 'import')).toBe(false)
    expect(group.members.get(second)?.via).toBe('import')
    expect(group.members.get(first)?.via).toBe('manual')
    expect(second.groups.size).toBe(2)
  })
})

describe('the index of users', () => {
  test('finds by attribute in any case of letters, and follows every change of a profile', () => {
    const { org, users } = orgWith()
    const [first] = users
    if (first === undefined) throw new Error('nobody')
    expect(org.usersWith('lastName', 'l0').size).toBe(9)
    for (let round = 0; round < 300; round += 1) org.setProfile(first, { ...first.profile, lastName: `R${round}` })
    expect(org.usersWith('lastName', 'L0').size).toBe(8)
    expect(org.usersWith('lastName', 'r298').size).toBe(0)
    expect([...org.usersWith('lastName', 'r299')]).toEqual([first])
    org.eraseUser(first)
    expect(org.usersWith('lastName', 'r299').size).toBe(0)
  })

  test('finds by the part of a login before its @ only where one user has it', () => {
    const { org, users } = orgWith()
    const [first, second] = users
    if (first === undefined || second === undefined) throw new Error('nobody')
    expect(org.findUser('P1')).toBe(second)
    org.setProfile(first, { ...first.profile, login: 'p1@example.org' })
    expect(org.findUser('p1')).toBeUndefined()
    expect(org.findUser('p0')).toBeUndefined()
    org.eraseUser(second)
    expect(org.findUser('p1')).toBe(first)
  })
})
