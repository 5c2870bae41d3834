import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseManifests } from '../../src/source/parse.ts'
import { directorySource } from '../../src/source/yaml.ts'
import { policies } from './policy.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Words of the first column of a table, by the heading above it. */
const firstCells = (page: string): readonly string[] =>
  [...page.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  )

const expressions = JSON.stringify(policies)

/** Fields that tenure-loosen names in its message, as the spec spells them. */
const loosenFields = (): ReadonlySet<string> => {
  const loosen = policies.find(({ metadata }) => metadata.name === 'tenure-loosen')
  const text = (loosen?.spec.variables ?? []).map(({ expression }) => expression).join('\n')
  return new Set([...text.matchAll(/\? '([a-zA-Z.]+)'\s*:\s*''/g)].map(([, field = '']) => field))
}

describe('docs/operator', () => {
  const page = read('docs/operator/policies.md')

  it('names every admission policy', () => {
    const told = firstCells(page).filter(word => word.startsWith('tenure-'))
    expect([...told].sort()).toEqual(policies.map(({ metadata }) => metadata.name).sort())
  })

  it('tells of every field that counts as loosening', () => {
    const [, section = ''] = page.split('## What counts as loosening')
    const fields = [...loosenFields()]
    expect(fields.length).toBeGreaterThan(20)
    const shortened = (field: string) => field.split('.').at(-1) ?? field
    expect(
      fields.filter(field => !section.includes(`\`${field}\``) && !section.includes(`\`${shortened(field)}\``)),
    ).toEqual([])
  })

  it('tells of every verb that a policy asks for', () => {
    const asked = new Set([...expressions.matchAll(/\.check\('([a-z-]+)'\)/g)].map(([, verb = '']) => verb))
    for (const verb of ['orphan', 'unblock', 'release']) {
      expect(expressions).toContain(`'${verb}'`)
      asked.add(verb)
    }
    asked.delete('update')
    const [, table = ''] = read('docs/operator/rbac.md').split('## The verbs')
    expect([...firstCells(table)].sort()).toEqual([...asked].sort())
  })

  it('lists every recipe for rights', () => {
    const listed = firstCells(read('docs/operator/rbac.md')).filter(word => word.endsWith('.yaml'))
    expect([...listed].sort()).toEqual(readdirSync(join(root, 'config/rbac-recipes')).sort())
  })

  it('installs with an IdentityProvider that is valid', async () => {
    const blocks = [...read('docs/operator/install.md').matchAll(/^ *```yaml\n([\s\S]*?)^ *```/gm)]
    const folder = mkdtempSync(join(tmpdir(), 'docs-'))
    try {
      for (const [index, [, block = '']] of blocks.entries())
        writeFileSync(join(folder, `${index}.yaml`), block.replaceAll(/^ {3}/gm, ''))
      const read = await directorySource({ dirs: [folder] }).read(new AbortController().signal)
      const { providers, findings } = parseManifests(read)
      expect(providers).toHaveLength(1)
      expect(findings.filter(({ message }) => !message.includes('secretRef'))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each(readdirSync(join(root, 'docs/operator')))('%s names only files and folders of config that exist', name => {
    const named = [...read(`docs/operator/${name}`).matchAll(/(?<![\w./-])((?:config|charts)\/[\w./-]*\w)/g)]
    expect(named.map(([, path = '']) => path).filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  it('names only reasons that exist', () => {
    const declared = read('src/model/origin.ts').split('export type Reason =')[1] ?? ''
    const reasons = new Set([...declared.matchAll(/'(\w+)'/g)].map(([, reason]) => reason))
    const conditions = ['Ready', 'Reconciling', 'Stalled', 'DriftDetected', 'Withheld', 'GuardEngaged', 'Throttled']
    const ofConditions = ['InSync', 'Progressing', 'Drift']
    const states = ['True', 'False', 'Unknown', 'Left', 'Deny', 'Warn', 'Audit', 'Additive']
    const page = read('docs/operator/conditions.md')
    const words = [...page.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, word = '']) => word)
    expect(
      words.filter(word => !reasons.has(word) && ![...conditions, ...ofConditions, ...states].includes(word)),
    ).toEqual([])
  })
})
