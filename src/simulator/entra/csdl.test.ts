import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type PropertyType, SCHEMAS } from './schema.ts'
import { testTenant } from './testkit.ts'

const CSDL = new URL('../../../../shared/specs/graph-v1.0.csdl', import.meta.url)
const reason = existsSync(CSDL) ? '' : ' (skipped: no ../shared/specs/graph-v1.0.csdl beside the repository)'

const TYPES: Readonly<Record<PropertyType, RegExp>> = {
  string: /^Edm\.String$/,
  guid: /^Edm\.Guid$/,
  boolean: /^Edm\.Boolean$/,
  dateTime: /^Edm\.DateTimeOffset$/,
  number: /^Edm\.Int32$/,
  strings: /^Collection\(Edm\.String\)$/,
  object: /^graph\.\w+$/,
  objects: /^Collection\(graph\.\w+\)$/,
}

/** Names and types of a type's properties in Microsoft's metadata, those it inherits included. */
function published(kind: string): ReadonlyMap<string, string> {
  const csdl = readFileSync(CSDL, 'utf8')
  const of = (name: string): [string, string][] => {
    const entity = new RegExp(`<EntityType Name="${name}"[^>]*>(.*?)</EntityType>`, 's').exec(csdl)?.[1] ?? ''
    return [...entity.matchAll(/<Property Name="(\w+)" Type="([^"]+)"/g)].map(([, property = '', type = '']) => [
      property,
      type,
    ])
  }
  return new Map([...of('entity'), ...of('directoryObject'), ...of(kind)])
}

function typeOf(value: unknown, type: string): boolean {
  if (value === null) return !type.startsWith('Collection')
  if (type.startsWith('Collection')) return Array.isArray(value)
  if (type === 'Edm.Boolean') return typeof value === 'boolean'
  if (type === 'Edm.DateTimeOffset') return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
  if (type.startsWith('graph.')) return typeof value === 'object'
  return typeof value === 'string'
}

describe.skipIf(reason !== '')(`Microsoft's metadata${reason}`, () => {
  it.each(['user', 'group', 'administrativeUnit', 'servicePrincipal', 'directoryRole', 'device'] as const)(
    'knows every property of the %s here, with its type',
    kind => {
      const theirs = published(kind)
      const wrong = Object.entries(SCHEMAS[kind]).filter(
        ([name, type]) => !TYPES[type].test(theirs.get(name) ?? 'absent'),
      )
      expect(wrong).toEqual([])
    },
  )

  it.each(['user', 'group', 'administrativeUnit', 'servicePrincipal'] as const)(
    'describes the %s that is answered',
    async kind => {
      const { call } = testTenant({
        users: [{ userPrincipalName: 'ada@example.com', mail: 'ada@example.com' }],
        groups: [{ displayName: 'Eng', mailNickname: 'eng', mailEnabled: true, groupTypes: ['Unified'] }],
        administrativeUnits: [{ displayName: 'Emea' }],
      })
      const lists = {
        user: '/users',
        group: '/groups',
        administrativeUnit: '/directory/administrativeUnits',
        servicePrincipal: '/servicePrincipals',
      }
      const theirs = published(kind)
      const hidden =
        /^(aboutMe|birthday|hireDate|interests|mySite|pastProjects|preferredName|responsibilities|schools|skills)$/
      const select = Object.keys(SCHEMAS[kind]).filter(name => !hidden.test(name))
      for (const path of [lists[kind], `${lists[kind]}?$select=${select.join(',')}`]) {
        const [answered = {}] = (await call(`GET ${path}`)).value
        const wrong = Object.entries(answered).filter(([name, value]) => !typeOf(value, theirs.get(name) ?? 'absent'))
        expect(Object.keys(answered).length).toBeGreaterThan(5)
        expect(wrong).toEqual([])
      }
    },
  )
})
