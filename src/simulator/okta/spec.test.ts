import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Bench, bench } from './testing/ask.ts'

const file = fileURLToPath(new URL('../../../../shared/specs/okta-management.yaml', import.meta.url))
const here = existsSync(file)

/** The description's schemas, in a form ajv takes: `nullable` and enums spelled out, formats and discriminators left out. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(
    ([name]) => !['format', 'discriminator', 'example', 'pattern', 'nullable'].includes(name) && !name.startsWith('x-'),
  )
  const converted = Object.fromEntries(kept.map(([name, value]) => [name, name === 'enum' ? value : plain(value)]))
  if (Reflect.get(schema, 'nullable') !== true) return converted
  return { anyOf: [converted, { type: 'null' }] }
}

let ajv: Ajv

function faults(name: string, value: unknown): unknown {
  const validate = ajv.getSchema(`okta#/components/schemas/${name}`)
  if (validate === undefined) throw new Error(`the description has no schema ${name}`)
  return validate(value) === true ? [] : validate.errors
}

const profile = { firstName: 'Ada', lastName: 'Lovelace', login: 'ada@example.com', email: 'ada@example.com' }

/** Every group has a description: real orgs answer null where there is none, which the description does not foresee. */
function company(): Bench {
  return bench({
    users: [
      { id: 'u1', profile, status: 'ACTIVE', roles: ['HELP_DESK_ADMIN'] },
      { id: 'u2', profile: { ...profile, login: 'bob@example.com' }, status: 'STAGED' },
    ],
    groups: [
      { id: 'g1', name: 'One', description: 'first', members: ['u1'] },
      { id: 'g2', name: 'AD', description: 'second', type: 'APP_GROUP', source: '0oa1' },
    ],
    rules: [{ id: 'r1', name: 'R', expression: 'user.department=="x"', groups: ['g1'] }],
    linkedObjects: [
      {
        primary: { name: 'manager', title: 'M', description: '' },
        associated: { name: 'report', title: 'R', description: '' },
      },
    ],
  })
}

describe.skipIf(!here)("answers fit Okta's own API description (skipped where ../shared/specs is missing)", () => {
  beforeAll(() => {
    const description: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 })
    const components = Object(description).components
    ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    ajv.addSchema({ $id: 'okta', components: { schemas: plain(components.schemas) } })
  }, 60_000)

  const single: readonly [method: string, path: string, schema: string, body?: unknown][] = [
    ['GET', '/api/v1/users/u1', 'UserGetSingleton'],
    ['GET', '/api/v1/users/u2', 'UserGetSingleton'],
    ['POST', '/api/v1/users', 'User', { profile: { ...profile, login: 'new@example.com' } }],
    ['POST', '/api/v1/users/u1', 'User', { profile: { title: 'Analyst' } }],
    ['POST', '/api/v1/users/u1/lifecycle/expire_password', 'User'],
    ['POST', '/api/v1/users/u2/lifecycle/activate?sendEmail=false', 'UserActivationToken'],
    ['GET', '/api/v1/groups/g1', 'Group'],
    ['GET', '/api/v1/groups/g2', 'Group'],
    ['POST', '/api/v1/groups', 'Group', { profile: { name: 'New', description: 'third' } }],
    ['GET', '/api/v1/groups/rules/r1', 'GroupRule'],
    ['GET', '/api/v1/meta/schemas/user/default', 'UserSchema'],
    ['GET', '/api/v1/meta/types/user/default', 'UserType'],
    ['GET', '/api/v1/meta/schemas/user/linkedObjects/manager', 'LinkedObject'],
    ['GET', '/api/v1/iam/assignees/users', 'RoleAssignedUsers'],
    ['GET', '/api/v1/users/nobody', 'Error'],
    ['POST', '/api/v1/users/u2/lifecycle/suspend', 'Error'],
  ]

  it.each(single)('%s %s as %s', async (method, path, schema, body) => {
    const reply = await company().ask(method, path, { body })
    expect(reply.body.value).toBeTypeOf('object')
    expect(faults(schema, reply.body.value)).toEqual([])
  })

  const lists: readonly [path: string, schema: string][] = [
    ['/api/v1/users', 'User'],
    ['/api/v1/groups', 'Group'],
    ['/api/v1/groups/g1/users', 'User'],
    ['/api/v1/users/u1/groups', 'Group'],
    ['/api/v1/users/u1/roles', 'StandardRole'],
    ['/api/v1/groups/rules', 'GroupRule'],
    ['/api/v1/meta/types/user', 'UserType'],
  ]

  it.each(lists)('GET %s as a list of %s', async (path, schema) => {
    const org = company()
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')
    const { list } = (await org.ask('GET', path)).body
    expect(list.length).toBeGreaterThan(0)
    for (const item of list) expect(faults(schema, item.value)).toEqual([])
  })

  it('GET /api/v1/logs as a list of LogEvent, but for the nulls that a real log is full of', async () => {
    const org = company()
    await org.ask('PUT', '/api/v1/groups/g1/users/u2')
    const { list } = (await org.ask('GET', '/api/v1/logs')).body
    expect(list).toHaveLength(1)
    const withoutNulls = JSON.parse(
      JSON.stringify(list[0]?.value, (_, value: unknown) => (value === null ? undefined : value)),
    )
    expect(faults('LogEvent', withoutNulls)).toEqual([])
  })
})
