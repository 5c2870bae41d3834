import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../src/cli/program.ts'
import type { Terminal } from '../src/cli/terminal.ts'
import type { Manifests } from '../src/model/manifests.ts'
import { parseManifests } from '../src/source/parse.ts'
import { directorySource } from '../src/source/yaml.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => `docs/${name}`)
const pages = [...readdirSync(root), ...below].filter(name => name.endsWith('.md'))

/** The text of a page without its fenced blocks. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
}

const anchorsIn = (file: string): readonly string[] =>
  [...prose(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Relative links of a page that lead nowhere. */
function deadLinks(page: string): readonly string[] {
  const targets = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter(target => {
    if (/^[a-z]+:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(root, file))) return true
    return anchor !== undefined && !anchorsIn(file).includes(anchor)
  })
}

/** What `tenure … --help` says. */
async function helpOf(command: string): Promise<string> {
  const said: string[] = []
  const terminal: Terminal = {
    out: text => said.push(text),
    err: text => said.push(text),
    color: false,
    interactive: false,
    confirm: async () => false,
    progress: () => undefined,
  }
  const args = [...command.split(' ').filter(word => word !== ''), '--help']
  expect(await runProgram(args, { terminal, env: {}, signal: new AbortController().signal })).toBe(0)
  return said.join('\n')
}

const flagsIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag))

/** The part of a page below a heading of the second level. */
function section(page: string, heading: string): string {
  const [, text] = read(page).split(`\n## ${heading}\n`)
  return text?.split('\n## ')[0] ?? ''
}

/** Every manifest that a page shows, read and checked as `tenure validate` does. */
async function manifestsIn(page: string): Promise<Manifests> {
  const blocks = [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
  const folder = mkdtempSync(join(tmpdir(), 'docs-'))
  try {
    for (const [index, block] of blocks.entries()) writeFileSync(join(folder, `${index}.yaml`), block)
    return parseManifests(await directorySource({ dirs: [folder] }).read(new AbortController().signal))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('documentation', () => {
  it.each(pages)('%s has no relative link that leads nowhere', page => {
    expect(deadLinks(page)).toEqual([])
  })

  it.each(pages)('%s names only source files that exist', page => {
    const named = [...read(page).matchAll(/`((?:src|test|script|crds|examples|bench)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    )
    expect(named.filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  it('says of every reason what it means and what to do', () => {
    const declared = read('src/model/origin.ts').split('export type Reason =')[1] ?? ''
    const reasons = [...declared.matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, reason = '']) => reason)
    const rows = [...read('docs/reasons.md').matchAll(/^\| `(\w+)` \| (.+) \| (.+) \|$/gm)].map(([, reason]) => reason)
    expect(reasons.length).toBeGreaterThan(40)
    expect([...rows].sort()).toEqual([...reasons].sort())
  })

  it('tells of every check of the guard what it holds', () => {
    const declared = (read('src/guard/judge.ts').split('const checks: ')[1] ?? '').split(']\n')[0] ?? ''
    const checks = new Set([...declared.matchAll(/^ {2}(\w+),$/gm)].map(([, check = '']) => check))
    expect(checks.size).toBeGreaterThan(15)
    const page = read('docs/safety.md')
    expect([...checks].filter(check => !page.includes(`\`${check}\``))).toEqual([])
  })

  it('README shows how to run the demo and the tests', () => {
    expect(read('README.md')).toMatch(/^npm run demo\b/m)
    expect(read('README.md')).toMatch(/^npm test\b/m)
  })

  it('README shows manifests that are valid together', async () => {
    const { employees, mappings, providers, findings } = await manifestsIn('README.md')
    expect(findings).toEqual([])
    expect([employees.length, mappings.length, providers.length]).toEqual([2, 1, 2])
  })

  it.each(['docs/okta.md', 'docs/entra.md'])('%s shows a manifest that is valid', async page => {
    const { providers, findings } = await manifestsIn(page)
    expect(findings).toEqual([])
    expect(providers).toHaveLength(1)
  })
})

describe('docs/cli.md', () => {
  const shared = flagsIn(section('docs/cli.md', 'Flags of every command that reaches a provider'))

  it.each(['validate', 'plan', 'apply', 'run', 'init', 'audit verify', 'simulate', 'demo'])(
    'tells exactly the flags that tenure %s has',
    async command => {
      const help = await helpOf(command)
      const has = new Set([...flagsIn(help)].filter(flag => flag !== '--help'))
      const told = section('docs/cli.md', `tenure ${command}`)
      const rows = [...told.matchAll(/^\| (`--[^|]*(?:\\\|[^|]*)*)\|/gm)].map(([, cell = '']) => cell)
      const documented = flagsIn(rows.join('\n'))
      const expected = has.has('--clock-url') ? new Set([...documented, ...shared]) : documented
      expect([...expected].sort()).toEqual([...has].filter(flag => !isMentioned(flag, help)).sort())
    },
  )

  it('has a section for every command', async () => {
    const [, list = ''] = (await helpOf('')).split('Commands:\n')
    const commands = [...list.matchAll(/^ {2}(\w+)/gm)].flatMap(([, name = '']) => (name === 'help' ? [] : [name]))
    expect(commands.length).toBeGreaterThanOrEqual(8)
    const page = read('docs/cli.md')
    expect(commands.filter(command => !page.includes(`\n## tenure ${command}`))).toEqual([])
  })
})

/** A flag of another command that help only talks about. */
function isMentioned(flag: string, help: string): boolean {
  return !new RegExp(`^ {2}(?:-\\w, )?${flag}\\b`, 'm').test(help)
}
