import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './render.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: 'pipe', env: { PATH: process.env.PATH } })

/** The paths that the Dockerfile copies from the checkout. */
const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
  paths.split(' '),
)

describe('the recipe of the image', () => {
  test('copies what exists, and .dockerignore lets just that through', () => {
    expect(copied.length).toBeGreaterThan(4)
    for (const path of copied) expect(statSync(join(root, path)).size).toBeGreaterThan(0)
    const let_through = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path)
    expect(let_through.sort()).toEqual([...new Set(copied)].sort())
  })

  test('says the version that the package, the chart and the base say', () => {
    const chart = parse(read('charts/tenure/Chart.yaml')) as { version: string; appVersion: string }
    expect(chart).toMatchObject({ version, appVersion: version })
    expect(read('Dockerfile')).toContain(`ARG VERSION=${version}`)
    expect(read('config/operator/deployment.yaml')).toContain(`image: tenure:${version}`)
  })
})

describe.skipIf(process.platform !== 'linux')('the image', () => {
  let folder = ''
  const within = (...args: string[]) => run('chroot', '--userspec=65532:65532', folder, '/usr/bin/node', ...args)
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-image-'))
    run(process.execPath, 'script/bundle.ts', join(folder, 'app'))
    run('sh', 'script/image-root', folder, process.execPath)
    cpSync(join(root, 'examples/acme'), join(folder, 'app/acme'), { recursive: true })
    run('chmod', '-R', 'a+rX', folder)
  }, 180_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('holds nothing that can be run but node and the loader of libraries', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => !name.startsWith('app/'))
    const programs = files.filter(name => {
      const stat = statSync(join(folder, name))
      return stat.isFile() && (stat.mode & 0o111) !== 0 && !/\.so(\.\d+)*$/.test(name)
    })
    expect(programs).toEqual(['usr/bin/node'])
    expect(files.filter(name => name.endsWith('.js') || name.includes('node_modules'))).toEqual([])
  })

  // Another root for a process is for the superuser to give.
  test.skipIf(process.getuid?.() !== 0)('runs the one bundled file as nobody in particular', () => {
    expect(within('/app/tenure.mjs', '--version').trim()).toBe(version)
    expect(within('/app/tenure.mjs', 'validate', '/app/acme')).toContain('Valid:')
  })

  test('names what is bundled, with its licences, and no path of the machine that bundled it', () => {
    const bundled = readFileSync(join(folder, 'app/tenure.mjs'), 'utf8')
    expect(bundled).not.toContain(root)
    const bill = JSON.parse(readFileSync(join(folder, 'app/tenure.cdx.json'), 'utf8')) as {
      components: { name: string; purl: string }[]
    }
    const names = bill.components.map(({ name }) => name)
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    // What the operator brings is bundled once a command imports it.
    const expected = Object.keys(dependencies).filter(
      name => bundled.includes(`${name}/`) || bundled.includes(`${name}.cjs`),
    )
    expect(expected.length).toBeGreaterThan(8)
    expect(expected.filter(name => !names.includes(name))).toEqual([])
    const licences = readFileSync(join(folder, 'app/tenure.licences.txt'), 'utf8')
    expect(names.filter(name => !licences.includes(`${name} `))).toEqual([])
    expect(licences).not.toContain('(none stated)')
  })

  test('is bundled to the same bytes again', () => {
    run(process.execPath, 'script/bundle.ts', join(folder, 'again'))
    for (const name of readdirSync(join(folder, 'again')))
      expect(readFileSync(join(folder, 'again', name)).equals(readFileSync(join(folder, 'app', name)))).toBe(true)
  }, 180_000)
})
