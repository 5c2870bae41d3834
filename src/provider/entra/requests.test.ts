import { expect, test } from 'vitest'
import {
  addMember,
  createGroup,
  createUser,
  deleteUser,
  endSessions,
  findContainers,
  findUsers,
  listMembers,
  listUsers,
  nickname,
  patchUser,
  readUser,
  removeMember,
  setManager,
  userPath,
} from './requests.ts'

test.each([
  ['ada@example.com', '/users/ada%40example.com'],
  ['guest_partner.com#EXT#@example.com', '/users/guest_partner.com%23EXT%23%40example.com'],
  ['a/b?c@example.com', '/users/a%2Fb%3Fc%40example.com'],
  ["$o'brien@example.com", "/users('%24o''brien%40example.com')"],
])('the path of %s survives the URL whole', (key, path) => {
  expect(userPath(key)).toBe(path)
})

test('a filter doubles quotes and encodes what would end or split the query', () => {
  const { path } = findUsers('mail', ["o'brien+a&b#c@example.com"])
  expect(path).not.toMatch(/[#+ ]|a&/)
  expect(new URL(`https://host${path}`).searchParams.get('$filter')).toBe("mail eq 'o''brien+a&b#c@example.com'")
  expect(new URL(`https://host${findContainers('Group', ['https://x & y']).path}`).searchParams.get('$filter')).toBe(
    "displayName eq 'https://x & y'",
  )
  expect(findContainers('Group', ['https://x']).path).not.toContain('https://')
})

test('a member list asks for its own count, with the header that counting needs, and for users only', () => {
  const { path, headers } = listMembers({ kind: 'Group', id: 'g1' })
  expect(path).toBe('/groups/g1/members/microsoft.graph.user?$select=id&$top=999&$count=true')
  expect(headers).toEqual({ ConsistencyLevel: 'eventual' })
  expect(listMembers({ kind: 'AdministrativeUnit', id: 'u1' }).path).toMatch(/^\/directory\/administrativeUnits\/u1\//)
})

test('reads of users bring the manager along and take the longest pages', () => {
  expect(listUsers(['id', 'mail']).path).toBe('/users?$select=id,mail&$expand=manager($select=id)&$top=999')
  expect(readUser('u1', ['id']).path).toBe('/users/u1?$select=id&$expand=manager($select=id)')
})

test('removing a member always ends in /$ref, without which the user would be deleted', () => {
  for (const kind of ['Group', 'AdministrativeUnit'] as const) {
    expect(removeMember({ kind, id: 'c1' }, 'u1').path).toMatch(/\/c1\/members\/u1\/\$ref$/)
  }
})

test('only what does no more when sent twice may be repeated', () => {
  expect(createUser({}).repeatable).toBe('Once')
  expect(createGroup('a', 'b').repeatable).toBe('Once')
  expect(deleteUser('u1').repeatable).toBe('Once')
  expect(patchUser('u1', {}).repeatable).toBe('Repeatable')
  expect(endSessions('u1').repeatable).toBe('Repeatable')
})

test('references point into the service of the tenant, national cloud or not', () => {
  const add = addMember({ kind: 'Group', id: 'g1' }, 'u1', 'https://graph.microsoft.us/')
  expect(add.body).toEqual({ '@odata.id': 'https://graph.microsoft.us/v1.0/directoryObjects/u1' })
  expect(setManager('u1', 'm1', 'https://graph.microsoft.com').body).toEqual({
    '@odata.id': 'https://graph.microsoft.com/v1.0/users/m1',
  })
})

test('a nickname keeps only letters that one may hold, and never is empty or too long', () => {
  expect(nickname('Zoë Müller (ext)')).toBe('ZoeMullerext')
  expect(nickname('日本')).toBe('user')
  expect(nickname('x'.repeat(100))).toHaveLength(64)
})

test('several values are looked for with one request, each quoted for itself', () => {
  const { path } = findUsers('userPrincipalName', ["o'brien@example.com", 'a#EXT#@example.com'])
  expect(path).not.toContain('#')
  expect(new URL(`https://host${path}`).searchParams.get('$filter')).toBe(
    "userPrincipalName in ('o''brien@example.com','a#EXT#@example.com')",
  )
})
