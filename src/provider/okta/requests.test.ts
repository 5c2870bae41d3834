import { describe, expect, test } from 'vitest'
import {
  anyOf,
  bucketOf,
  createUser,
  deleteUser,
  endSessions,
  groupMembers,
  groupRules,
  lifecycle,
  readGroup,
  readUser,
  searchUsers,
  updateUser,
  userGroups,
} from './requests.ts'

describe('requests', () => {
  test('keep quotes and backslashes of a value inside its quotes', () => {
    expect(anyOf('profile.name', ['a"b\\c', 'd'])).toBe('profile.name eq "a\\"b\\\\c" or profile.name eq "d"')
  })
  test('encode what stands in the path, so that no id leads elsewhere', () => {
    expect(readUser('a/../b?c@d.e').path).toBe('/api/v1/users/a%2F..%2Fb%3Fc%40d.e')
    expect(searchUsers('profile.login eq "a&b"').path).toBe(
      '/api/v1/users?limit=200&search=profile.login%20eq%20%22a%26b%22',
    )
  })
  test('ask to activate a new user in so many words, since Okta does so when nothing is said', () => {
    const user = { profile: { login: 'ada@example.com' }, groupIds: ['00g1'] }
    expect(createUser({ ...user, activate: false })).toEqual({
      method: 'POST',
      path: '/api/v1/users?activate=false',
      body: user,
      repeatable: 'Once',
    })
    expect(createUser({ ...user, activate: true }).path).toBe('/api/v1/users?activate=true')
  })
  test('keep null in an update, which clears', () => {
    expect(updateUser('00u1', { title: null }).body).toEqual({ profile: { title: null } })
  })
  test('are sent once only where a second one could do more', () => {
    expect(deleteUser('00u1').repeatable).toBe('Once')
    expect(lifecycle('00u1', 'deactivate').repeatable).toBe('Repeatable')
    expect(endSessions('00u1', true)).toMatchObject({
      path: '/api/v1/users/00u1/sessions?oauthTokens=true',
      repeatable: 'Repeatable',
    })
  })
  test.each([
    ['users', searchUsers('x')],
    ['users', userGroups('00u1')],
    ['users', lifecycle('00u1', 'suspend')],
    ['users-read', readUser('00u1')],
    ['users-write', updateUser('00u1', {})],
    ['users-write', deleteUser('00u1')],
    ['groups', groupMembers('00g1', 200)],
    ['groups', groupRules()],
    ['groups-id', readGroup('00g1')],
  ])('draw on the bucket %s', (bucket, request) => {
    expect(bucketOf(request)).toBe(bucket)
  })
})
