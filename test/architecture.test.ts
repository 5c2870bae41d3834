import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path/posix'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/**
 * Who may import whom: a folder or file of src → folders and files of src. A folder may import itself. Everybody may import
 * node: modules and packages, save for `pure` below.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  api: [],
  model: [],
  expression: ['model'],
  plan: ['model', 'expression'],
  guard: ['model'],
  http: ['model/errors.ts'],
  kube: ['model/errors.ts'],
  // What a source, a journal and a reporter have to do is said by the chain that calls them: reconcile/interfaces.ts.
  source: ['api', 'model', 'expression', 'reconcile/interfaces.ts'],
  'source/kubernetes.ts': ['kube', 'api', 'model', 'expression', 'reconcile/interfaces.ts', 'source'],
  // What a provider has to do: provider/provider.ts.
  'provider/provider.ts': ['model'],
  'provider/*': ['model', 'http', 'provider/provider.ts'],
  reconcile: ['model', 'plan', 'guard', 'provider/provider.ts'],
  report: ['model', 'reconcile/interfaces.ts'],
  'report/conditions.ts': ['kube', 'model', 'reconcile/interfaces.ts', 'report'],
  'report/events.ts': ['kube', 'model', 'reconcile/interfaces.ts', 'report'],
  loop: ['model', 'reconcile'],
  simulator: [],
  'version.ts': [],
  'config.ts': ['model'],
  'wire.ts': ['*'],
  operator: [
    'api',
    'wire.ts',
    'config.ts',
    'version.ts',
    'loop',
    'kube',
    'source',
    'report',
    'model',
    'reconcile',
    'provider/provider.ts',
  ],
  // The commands run the chain (reconcile) over what wire.ts made, say its words (model), and start the simulated tenants.
  cli: [
    'wire.ts',
    'config.ts',
    'version.ts',
    'loop',
    'source',
    'report',
    'model',
    'reconcile',
    'provider/provider.ts',
    'simulator',
  ],
  'cli/operator.ts': ['cli', 'wire.ts', 'operator', 'report', 'model'],
  'main.ts': ['cli', 'operator', 'config.ts'],
}
const pure = ['plan', 'guard']
const core = ['plan', 'guard', 'reconcile', 'model']
const vendors = ['okta', 'entra']

/** Tests and what only tests use; the suite every provider must pass is one of them. */
const isTest = (path: string) =>
  /\.test\.ts$|\/testing\/|\/testkit\.ts$|^src\/provider\/conformance(\.ts$|\/)|^test\//.test(path)

type Sources = ReadonlyMap<string, string>

function sourcesOf(pattern: string): Sources {
  const paths = globSync(pattern, { cwd: root }).map(path => path.replaceAll('\\', '/'))
  return new Map(paths.sort().map(path => [path, readFileSync(join(root, path), 'utf8')]))
}

/** The text without comments; what stands in strings stays. */
const uncommented = (text: string) =>
  text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/.*/g,
    (_, literal) => literal ?? ' ',
  )

/** What a file imports: paths from the root for its own files, else the specifier as it stands. Types count too. */
function importsOf(path: string, text: string): string[] {
  const found = uncommented(text).matchAll(
    /^\s*(?:import|export)\b[^'"`;=]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  )
  return [...found].map(([, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? ''
    return specifier.startsWith('.') ? join(path, '..', specifier) : specifier
  })
}

/** The row of the table that a file of src belongs to, and the folder whose files may always import each other. */
function placeOf(path: string): { row: string; home: string } {
  const [, folder = '', file = ''] = path.split('/')
  if (`${folder}/${file}` in allowed) return { row: `${folder}/${file}`, home: `src/${folder}/${file}` }
  if (folder === 'provider') return { row: 'provider/*', home: `src/provider/${file}/` }
  return { row: folder, home: path.split('/').length > 2 ? `src/${folder}/` : path }
}

const covers = (entry: string, target: string) =>
  entry === '*' || target === `src/${entry}` || (!entry.endsWith('.ts') && target.startsWith(`src/${entry}/`))

function wrongArrows(sources: Sources): string[] {
  return arrowsOf(sources)
    .filter(([path, target]) => !isTest(path) && path.startsWith('src/') && !target.startsWith('node:'))
    .filter(([path, target]) => {
      const isOurs = target.startsWith('src/') || target.startsWith('test/') || target.startsWith('script/')
      if (!isOurs) return false
      const { row, home } = placeOf(path)
      return isTest(target) || !(target.startsWith(home) || (allowed[row] ?? []).some(entry => covers(entry, target)))
    })
    .map(([path, target]) => `${path} imports ${target}`)
}

const arrowsOf = (sources: Sources) =>
  [...sources].flatMap(([path, text]) => importsOf(path, text).map(target => [path, target] as const))

/** Each cycle once, as the files it goes through. */
function cyclesOf(sources: Sources): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const target of importsOf(path, sources.get(path) ?? ''))
      if (sources.has(target)) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return cycles
}

const within = (path: string, folders: readonly string[]) => folders.some(folder => path.startsWith(`src/${folder}/`))

/** Places of a pattern in code, comments left out. */
function found(sources: Sources, pattern: RegExp, accepts: (path: string) => boolean): string[] {
  return [...sources]
    .filter(([path]) => accepts(path))
    .flatMap(([path, text]) => [...uncommented(text).matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`))
}

const src = sourcesOf('src/**/*.ts')
const everything = new Map([...src, ...sourcesOf('{test,script,bench}/**/*.ts')])

describe('the arrows between folders', () => {
  test('go only where the table says', () => {
    expect(wrongArrows(src)).toEqual([])
  })

  test('are known for every folder', () => {
    const rows = new Set([...src.keys()].map(path => placeOf(path).row))
    expect([...rows].filter(row => !(row in allowed))).toEqual([])
  })

  test('have no cycle, not even of types', () => {
    expect(cyclesOf(src)).toEqual([])
  })

  test('reach a provider and the simulated tenants only through index.ts', () => {
    const inner = /^src\/(provider\/(?!conformance)[^/]+|simulator)\//
    const wrong = arrowsOf(src).filter(([path, target]) => {
      const part = inner.exec(target)?.[0]
      return part !== undefined && !isTest(path) && !path.startsWith(part) && target !== `${part}index.ts`
    })
    expect(wrong).toEqual([])
  })

  test('lead from the simulated tenants, their tests included, to nothing they are there to test', () => {
    const wrong = arrowsOf(src).filter(
      ([path, target]) => path.startsWith('src/simulator/') && /^(src|test|script)\//.test(target),
    )
    expect(wrong.filter(([, target]) => !target.startsWith('src/simulator/'))).toEqual([])
  })
})

describe('the core', () => {
  test('plans and judges without promises, clock, process, network or log', () => {
    const effects =
      /\b(Promise|async|await|Date\.now|new Date\(\)|Date\(\)|process|fetch|console|pino|performance|setTimeout|setInterval|Math\.random|randomUUID|randomBytes)\b(?!['"])/g
    expect(found(src, effects, path => within(path, pure) && !isTest(path))).toEqual([])
    const reached = arrowsOf(src).filter(
      ([path, target]) => within(path, pure) && !isTest(path) && /^[^s]|^s(?!rc\/)/.test(target),
    )
    expect(new Set(reached.map(([, target]) => target))).toEqual(new Set(['node:crypto']))
  })

  test('never spells the name of a vendor, not even in its tests', () => {
    const names = new RegExp(`\\b(${vendors.join('|')})\\b`, 'i')
    expect([...src].filter(([path, text]) => within(path, core) && names.test(text)).map(([path]) => path)).toEqual([])
  })

  test('approves plans in the guard alone', () => {
    const plans = found(src, /\bas (unknown as )?ApprovedPlan\b|<ApprovedPlan>/g, path => !isTest(path))
    expect(plans).toEqual(['src/guard/judge.ts: as ApprovedPlan'])
    // The executor hands the brand of the plan on to its operations, once their accounts are known.
    const operations = found(src, /\bas (unknown as )?ApprovedOperation\b/g, path => !isTest(path))
    expect(operations).toEqual(['src/reconcile/execute.ts: as ApprovedOperation'])
  })
})

describe('the files', () => {
  test('have names that say what is in them', () => {
    // `managers` are whom employees report to: a word of this house, not the banned one.
    const banned =
      /(^|\/)(utils?|helpers?|common|misc|manager|handlers?|process(or|ing)?|do|lib|stuff)(\.test)?(\.ts|\/)/
    expect([...everything.keys()].filter(path => banned.test(path))).toEqual([])
  })

  test('have at most 300 lines of code, unless generated', () => {
    const lines = (text: string) =>
      uncommented(text)
        .split('\n')
        .filter(line => line.trim() !== '').length
    const long = [...everything].filter(
      ([path, text]) => !path.startsWith('src/api/') && !isTest(path) && lines(text) > 300,
    )
    expect(long.map(([path, text]) => `${path}: ${lines(text)}`)).toEqual([])
  })

  test('do not tell the compiler or a linter to look away', () => {
    const away = /(@ts|biome|eslint|oxlint)-(ignore|nocheck|expect-error|disable)/
    const quiet = [...everything].filter(([path, text]) => path !== 'test/architecture.test.ts' && away.test(text))
    expect(quiet.map(([path]) => path)).toEqual([])
  })

  test('have no default exports', () => {
    const defaults = found(everything, /^export default\b/gm, () => true)
    expect(defaults).toEqual([])
  })
})

describe('this test', () => {
  test('reads every form of import, and no comment', () => {
    const text = `import { a } from './a.ts' // import { x } from './x.ts'
      import type {
        B,
      } from '../b.ts'
      import './c.ts'
      export { d } from "./d.ts"
      export * from './e.ts'
      /* import './y.ts' */
      const url = 'https://example.com' // import './z.ts'
      const f = await import('./f.ts')
      import yaml, { parse } from 'yaml'`
    const paths = ['src/x/a.ts', 'src/b.ts', 'src/x/c.ts', 'src/x/d.ts', 'src/x/e.ts', 'src/x/f.ts', 'yaml']
    expect(importsOf('src/x/here.ts', text)).toEqual(paths)
  })

  test.each([
    ['src/plan/a.ts', '../guard/judge.ts'],
    ['src/plan/a.ts', '../../test/support/world.ts'],
    ['src/http/a.ts', '../model/ids.ts'],
    ['src/source/yaml.ts', '../reconcile/run.ts'],
    ['src/source/yaml.ts', '../kube/client.ts'],
    ['src/provider/memory/a.ts', '../okta/index.ts'],
    ['src/provider/memory/a.ts', '../../plan/day.ts'],
    ['src/simulator/a.ts', '../http/retry.ts'],
    ['src/reconcile/a.ts', '../provider/memory/index.ts'],
    ['src/loop/a.ts', '../wire.ts'],
    ['src/cli/a.ts', '../simulator/okta/testing/ask.ts'],
  ])('would see %s import %s', (path, specifier) => {
    expect(wrongArrows(new Map([[path, `import { x } from '${specifier}'`]]))).toHaveLength(1)
  })

  test.each([
    ['src/http/a.ts', '../model/errors.ts'],
    ['src/provider/memory/a.ts', './b.ts'],
    ['src/provider/memory/a.ts', '../provider.ts'],
    ['src/source/kubernetes.ts', '../kube/client.ts'],
    ['src/wire.ts', './provider/memory/index.ts'],
    ['src/plan/a.test.ts', '../../test/support/world.ts'],
  ])('lets %s import %s', (path, specifier) => {
    expect(wrongArrows(new Map([[path, `import { x } from '${specifier}'`]]))).toEqual([])
  })

  test('sees a cycle', () => {
    const sources = new Map([
      ['src/a/a.ts', "import { b } from './b.ts'"],
      ['src/a/b.ts', "export type { C } from './c.ts'"],
      ['src/a/c.ts', "import './b.ts'"],
    ])
    expect(cyclesOf(sources)).toEqual(['src/a/b.ts → src/a/c.ts → src/a/b.ts'])
  })
})
