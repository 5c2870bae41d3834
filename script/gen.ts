import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { CustomResourceDefinition } from '../src/api/crd.ts'
import { employeeTypeModule } from './gen-employee-type.ts'
import { lintCrd } from './gen-lint.ts'
import { referencePage } from './gen-reference.ts'
import { schemasModule } from './gen-schemas.ts'
import { simulatorsPage } from './gen-simulators.ts'
import { sharedModule, typesModule } from './gen-types.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const marked = (origin: string) => `Generated from ${origin} by script/gen. Do not edit.`
const originOf = (path: string) => (path === 'docs/simulators.md' ? 'test/simulators/' : 'crds/')
const marks = ['crds/', 'test/simulators/'].map(marked)

/** `GroupMapping` → `group-mapping`: the name of a generated file. */
const fileName = (kind: string) => kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

function readCrds(): CustomResourceDefinition[] {
  const names = readdirSync(join(root, 'crds')).filter(name => name.endsWith('.yaml'))
  return names.sort().map(name => parse(readFileSync(join(root, 'crds', name), 'utf8')) as CustomResourceDefinition)
}

/** Every generated file by its path, with its content. */
async function generated(crds: readonly CustomResourceDefinition[]): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  files.set('src/api/shared.ts', await sharedModule(crds))
  files.set('src/api/schemas.ts', schemasModule(crds))
  files.set('src/expression/employee-type.ts', employeeTypeModule(crds))
  for (const crd of crds) {
    files.set(`src/api/${fileName(crd.spec.names.kind)}.ts`, await typesModule(crd))
    files.set(`docs/reference/${fileName(crd.spec.names.kind)}.md`, referencePage(crd))
  }
  files.set('docs/simulators.md', rulesPage.text)
  return new Map(
    [...files].map(([path, text]) => {
      const mark = marked(originOf(path))
      return [path, path.endsWith('.md') ? `<!-- ${mark} -->\n\n${text}` : `// ${mark}\n\n${text}`]
    }),
  )
}

/** Files that carry our mark and are no longer generated. */
function stale(files: ReadonlyMap<string, string>): string[] {
  const folders = new Set([...files.keys()].map(path => dirname(path)))
  const found = [...folders]
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder =>
      readdirSync(join(root, folder), { withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => `${folder}/${entry.name}`),
    )
  const isMarked = (path: string) => {
    const start = readFileSync(join(root, path), 'utf8').slice(0, 100)
    return marks.some(mark => start.includes(mark))
  }
  return found.filter(path => !files.has(path) && isMarked(path))
}

function write(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const path of stale(files)) rmSync(join(root, path))
}

/** One sentence for each file that is not as the CRDs say. */
function differences(files: ReadonlyMap<string, string>): string[] {
  const wrong = [...files]
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text)
    .map(([path]) => `${path} differs from what ${originOf(path)} says`)
  return [...wrong, ...stale(files).map(path => `${path} is no longer generated`)]
}

const crds = readCrds()
const rulesPage = simulatorsPage(root)
const faults = [...crds.flatMap(crd => lintCrd(crd)), ...rulesPage.faults]
const files = await generated(crds)
const check = process.argv.includes('--check')
if (check) faults.push(...differences(files))
else write(files)
for (const fault of faults) console.error(fault)
if (faults.length > 0) {
  if (check) console.error('Run script/gen and commit the result.')
  process.exitCode = 1
}
