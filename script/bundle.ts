/**
 * Bundles src/main.ts into dist/tenure.mjs and says what went into it: dist/tenure.licences.txt with the texts that the licences ask
 * to be kept, and dist/tenure.cdx.json, a bill of materials in CycloneDX 1.6. The same sources give the same bytes.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly description?: string
}

const root = join(import.meta.dirname, '..')
/** Where it goes: dist, or the folder given. */
const dist = resolve(root, process.argv[2] ?? 'dist')
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
const own = manifestOf('.')

/** The version is read from package.json in a checkout; the bundle has it inside. */
const versionInside: Plugin = {
  name: 'version',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/version\.ts$/ }, () => ({
      contents: `export const version = ${JSON.stringify(own.version)}`,
      loader: 'js',
    }))
  },
}

/** CommonJS inside an ES module asks for these three; names of our own, so that none of the bundle's collides. */
const banner = `\
import { createRequire as tenureRequire } from 'node:module'
import { fileURLToPath as tenurePath } from 'node:url'
const require = tenureRequire(import.meta.url)
const __filename = tenurePath(import.meta.url)
const __dirname = tenurePath(new URL('.', import.meta.url))`

const settings = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Names stay as they are, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** Of every part of the bundle: what it was made of. */
const metafiles: Metafile[] = []

/**
 * The same program in ASCII. Letters beyond it, which esbuild leaves in regular expressions, make the engine take twice the time and memory
 * for the whole file.
 */
const inAscii = (text: string): string =>
  // By UTF-16 unit, as JavaScript writes them.
  text.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Large packages that the commands load on first use alone. Each is a script of its own within the file, compressed, and compiled when it
 * is asked for: the engine reads through a whole file before it runs the first line, and these are most of it (0.4 s and 60 MiB).
 */
const large = [
  '@azure/identity',
  '@kubernetes/client-node',
  '@microsoft/microsoft-graph-client',
  '@okta/okta-sdk-nodejs',
  'undici',
]

const onFirstUse: Plugin = {
  name: 'on-first-use',
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^(${large.join('|')})$`)
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'on-first-use' }))
    onLoad({ filter: /.*/, namespace: 'on-first-use' }, async ({ path }) => {
      const contents = `module.exports = require('${path}')`
      // Each has what it needs inside but for undici, which exists once: what one makes of it the others take.
      const external = path === 'undici' ? [] : ['undici']
      const made = await build({
        ...settings,
        stdin: { contents, resolveDir: root },
        external,
        format: 'cjs',
        write: false,
      })
      metafiles.push(made.metafile)
      const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
      const packed = brotliCompressSync(inAscii(made.outputFiles[0]?.text ?? ''), options).toString('base64')
      return { contents: unpacking(path, packed), loader: 'js' }
    })
  },
}

/** The module that stands for a packed one. */
const unpacking = (path: string, packed: string): string => `
const script = require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString()
const ask = name => ${path === 'undici' ? '' : "name === 'undici' ? require('undici') : "}require(name)
const names = ['exports', 'require', 'module', '__filename', '__dirname']
const run = require('node:vm').compileFunction(script, names, { filename: '${path}.cjs' })
run(exports, ask, module, __filename, __dirname)`

async function bundle(): Promise<void> {
  const { metafile } = await build({
    ...settings,
    entryPoints: ['src/main.ts'],
    outfile: join(dist, 'tenure.mjs'),
    format: 'esm',
    banner: { js: banner },
    plugins: [versionInside, onFirstUse],
  })
  metafiles.push(metafile)
}

/** The folders in node_modules that something of the bundle comes from. */
function packagesOf(parts: readonly Metafile[]): string[] {
  const inputs = parts.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)))
  const folders = inputs.map(path => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  return [...new Set(folders)].filter(folder => folder !== undefined).sort()
}

/** What a package says of its licence, in its own words. */
function licenceText(folder: string): string {
  const { name, version, license = 'none stated' } = manifestOf(folder)
  const files = readdirSync(join(root, folder)).filter(file => /^(licen[cs]e|notice|copying)/i.test(file))
  const texts = files.sort().map(file => readFileSync(join(root, folder, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}

function billOf(folders: readonly string[]): object {
  const purl = ({ name, version }: Manifest): string => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
  const component = (manifest: Manifest, type: string): object => ({
    type,
    name: manifest.name,
    version: manifest.version,
    ...(manifest.license && { licenses: [{ expression: manifest.license }] }),
    purl: purl(manifest),
    'bom-ref': purl(manifest),
  })
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component(own, 'application') },
    components: folders.map(folder => component(manifestOf(folder), 'library')),
  }
}

mkdirSync(dist, { recursive: true })
await bundle()
const file = join(dist, 'tenure.mjs')
writeFileSync(file, inAscii(readFileSync(file, 'utf8')))
const folders = packagesOf(metafiles)
const rule = `\n\n${'-'.repeat(80)}\n\n`
writeFileSync(join(dist, 'tenure.licences.txt'), `${folders.map(licenceText).join(rule)}\n`)
writeFileSync(join(dist, 'tenure.cdx.json'), `${JSON.stringify(billOf(folders), null, 2)}\n`)
chmodSync(file, 0o755)
