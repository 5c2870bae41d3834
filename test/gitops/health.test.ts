import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { healthOf, lua } from './lua.ts'

const argocd = join(import.meta.dirname, '../../config/gitops/argocd')
const folder = join(argocd, 'resource_customizations/tenure.dev')
const kinds = ['Employee', 'GroupMapping', 'IdentityProvider']
const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')

interface HealthTests {
  readonly tests: readonly {
    readonly inputPath: string
    readonly healthStatus: { readonly status: string; readonly message: string }
  }[]
}
const testsOf = (kind: string) => (parse(read(kind, 'health_test.yaml')) as HealthTests).tests

describe.skipIf(lua === undefined && process.env.CI !== 'true')(
  'health in Argo CD (needs Lua 5.1: Debian package lua5.1)',
  () => {
    describe.each(kinds)('of %s', kind => {
      it.each(testsOf(kind))('$inputPath is $healthStatus.status', ({ inputPath, healthStatus }) => {
        expect(healthOf(read(kind, 'health.lua'), parse(read(kind, inputPath)))).toEqual(healthStatus)
      })
    })
  },
)

describe('the recipe for Argo CD', () => {
  it.each(kinds)('tries every sample of a %s', kind => {
    const tried = testsOf(kind).map(({ inputPath }) => inputPath.replace('testdata/', ''))
    expect(tried.sort()).toEqual(readdirSync(join(folder, kind, 'testdata')).sort())
  })

  it('has in argocd-cm the scripts that were tried', () => {
    const { data } = parse(readFileSync(join(argocd, 'argocd-cm.yaml'), 'utf8')) as { data: Record<string, string> }
    for (const kind of kinds)
      expect(data[`resource.customizations.health.tenure.dev_${kind}`]).toBe(read(kind, 'health.lua'))
  })

  it('has a script for every kind there is', () => {
    const crds = readdirSync(join(import.meta.dirname, '../../crds')).filter(name => name.endsWith('.yaml'))
    const declared = crds.map(name => {
      const text = readFileSync(join(import.meta.dirname, '../../crds', name), 'utf8')
      return (parse(text) as { spec: { names: { kind: string } } }).spec.names.kind
    })
    expect(declared.sort()).toEqual(kinds)
  })
})
