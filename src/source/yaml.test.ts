import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeFiles } from '../../test/broken/write.ts'
import type { RawManifest, SourceReading } from '../model/manifests.ts'
import type { Origin } from '../model/origin.ts'
import type { Operation } from '../model/plan.ts'
import { placeText } from './place.ts'
import { directorySource } from './yaml.ts'

let root = ''
const signal = new AbortController().signal

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenure-yaml-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const employee = (name: string, more = ''): string =>
  `apiVersion: tenure.dev/v1alpha1\nkind: Employee\nmetadata:\n  name: ${name}\nspec:\n  employeeNumber: "1001"\n${more}`

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), content)
  }
}

async function readTree(files: Readonly<Record<string, string | Uint8Array>>): Promise<SourceReading> {
  await write(files)
  return directorySource({ dirs: [root] }).read(signal)
}

const names = (reading: SourceReading): readonly unknown[] =>
  reading.manifests.map(({ object }) => (object as { metadata: { name: unknown } }).metadata.name)
const specOf = (raw: RawManifest | undefined): unknown => (raw?.object as { spec: unknown } | undefined)?.spec
const below = (origin: Origin | undefined): string => (origin ? placeText(origin).replace(`${root}/`, '') : '')
const told = (reading: SourceReading): readonly string[] =>
  reading.findings.map(each => `${below(each.origin)}: ${each.message}`)

describe('a directory of YAML', () => {
  test('is read in the order of names, folders and documents within files included', async () => {
    const reading = await readTree({
      'b/z.yaml': `# people\n---\n${employee('bob')}---\n${employee('cleo')}...\n# end\n`,
      'a.yml': employee('ada'),
      'c.YAML': employee('dora'),
    })
    expect(names(reading)).toEqual(['ada', 'bob', 'cleo', 'dora'])
    expect(reading.complete).toBe(true)
    expect(reading.findings).toEqual([])
  })

  test('leaves out hidden files and folders, kustomization files, other kinds and other files', async () => {
    const reading = await readTree({
      '.git/ada.yaml': employee('hidden'),
      '.tenure/ada.yaml': employee('hidden'),
      '.ada.yaml': employee('hidden'),
      'kustomization.yaml': 'resources: [a.yaml]\nbroken: [',
      'notes.txt': employee('text'),
      'config.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { kind: Employee }\n---\n- just\n- a list\n',
      'foreign.yaml': 'apiVersion: iam.example.com/v1\nkind: Employee\nmetadata: { name: x }\n',
      'tags.yaml': 'Resources:\n  Bucket: !Ref Other\n',
    })
    expect(names(reading)).toEqual([])
    expect(reading.findings).toEqual([])
    expect(reading.complete).toBe(true)
  })

  test('accepts one file, and counts a file once that is given twice', async () => {
    await write({ 'people/ada.yaml': employee('ada') })
    const dirs = [join(root, 'people/ada.yaml'), root, join(root, 'people')]
    expect(names(await directorySource({ dirs }).read(signal))).toEqual(['ada'])
  })

  test('shows places as the user would type them', async () => {
    await write({ 'people/ada.yaml': employee('ada') })
    const typed = `${relative(process.cwd(), root)}/./people/`
    const reading = await directorySource({ dirs: [typed] }).read(signal)
    const file = join(relative(process.cwd(), root), 'people/ada.yaml')
    expect(reading.manifests[0]?.origin).toEqual({ kind: 'File', file, line: 1, column: 1 })
  })

  test('gives each item of a List its own place and value, anchors and merge keys resolved', async () => {
    const reading = await readTree({
      'list.yaml': `apiVersion: v1
kind: List
items:
- &ada
  apiVersion: tenure.dev/v1alpha1
  kind: Employee
  metadata: { name: ada }
  spec: { employment: &dates { startDate: "2026-01-05" } }
- <<: *ada
  metadata: { name: bob }
---
apiVersion: tenure.dev/v1alpha1
kind: EmployeeList
items:
- apiVersion: tenure.dev/v1alpha1
  kind: Employee
  metadata: { name: cleo }
  spec:
    employment: { startDate: "2026-01-05" }
`,
    })
    expect(names(reading)).toEqual(['ada', 'bob', 'cleo'])
    const [ada, bob, cleo] = reading.manifests
    expect(ada?.object).toMatchObject({ spec: { employment: { startDate: '2026-01-05' } } })
    expect(specOf(bob)).toEqual(specOf(ada))
    expect(specOf(bob)).not.toBe(specOf(ada))
    expect(below(cleo?.origin)).toBe('list.yaml:15:3')
    expect(below(cleo?.locate(['spec', 'employment', 'startDate']))).toBe('list.yaml:19:30')
    expect(below(bob?.locate(['spec', 'employment', 'startDate']))).toBe('list.yaml:8:43')
  })

  test('locates a value, or the key of the nearest one around it', async () => {
    const reading = await readTree({
      'a.yaml': employee('ada', '  groups:\n  - x\n  - y\n  employment:\n    startDate: "2026-01-05"\n'),
    })
    const at = (...path: (string | number)[]): string => below(reading.manifests[0]?.locate(path))
    expect(at('spec', 'employment', 'startDate')).toBe('a.yaml:11:16')
    expect(at('spec', 'groups', 1)).toBe('a.yaml:9:5')
    expect(at('spec', 'employment', 'endDate')).toBe('a.yaml:10:3')
    expect(at('spec', 'employment', 'leaves', 0, 'from')).toBe('a.yaml:10:3')
    expect(at('status')).toBe('a.yaml:1:1')
  })

  test('goes on after a document that does not parse, even one whose quotes never close', async () => {
    const reading = await readTree({
      'a.yaml': `${employee('ada')}---\nkind: "Employee\n---\n${employee('bob')}---\nx: [1,\n---\n${employee('cleo')}`,
    })
    expect(names(reading)).toEqual(['ada', 'bob', 'cleo'])
    expect(reading.complete).toBe(false)
    expect(reading.findings.map(each => each.reason)).toEqual(['ManifestUnreadable', 'ManifestUnreadable'])
  })

  test('keeps lines that look like a boundary where YAML says they are none', async () => {
    const reading = await readTree({
      'a.yaml': employee('ada', '  title: |\n    ---\n    a\n  department: a---\n  x: "--- b"\n'),
    })
    expect(reading.manifests[0]?.object).toMatchObject({ spec: { title: '---\na\n', department: 'a---' } })
  })

  test('knows a manifest of ours by a misspelt header', async () => {
    const reading = await readTree({
      'a.yaml': employee('ada').replace('tenure.dev', 'tenur.dev'),
      'b.yaml': employee('bob').replace('v1alpha1', 'v1'),
      'c.yaml': employee('cleo').replace('kind: Employee', 'kind: Employe'),
      'd.yaml': employee('dora').replace(/^apiVersion.*\n/, ''),
      'e.yaml': 'spec:\n  employeeNumber: "1"\n',
      'f.yaml': 'apiVersi',
      'g.yaml': `- apiVersion: tenure.dev/v1alpha1\n  kind: Employee\n`,
    })
    expect(names(reading)).toEqual([])
    expect(reading.complete).toBe(false)
    expect(told(reading)).toEqual([
      'a.yaml:1:13: apiVersion "tenur.dev/v1alpha1" is unknown; use tenure.dev/v1alpha1',
      'b.yaml:1:13: apiVersion "tenure.dev/v1" is unknown; use tenure.dev/v1alpha1',
      'c.yaml:2:7: kind "Employe" is unknown; did you mean Employee?',
      'd.yaml:1:1: has no apiVersion; begin it with apiVersion: tenure.dev/v1alpha1',
      'e.yaml:1:1: has no apiVersion; begin it with apiVersion: tenure.dev/v1alpha1',
      'f.yaml:1:1: is no manifest but a bare value; remove it, or complete the file',
      'g.yaml:1:1: is a bare sequence of manifests; separate them by ---, or use kind: List',
    ])
  })

  test('warns where kubectl would read another value, and nowhere else', async () => {
    const reading = await readTree({
      'a.yaml': employee(
        'ada',
        '  address: { country: NO }\n  attributes: { a: 012, b: 1_0, c: "NO", d: 007, e: 2026-01-05, f: north, g: !!str no }\n',
      ),
      'other.yaml': 'answer: yes\n',
    })
    expect(told(reading)).toEqual([
      'a.yaml:7:23: NO without quotes is false to kubectl (YAML 1.1); quote it: "NO"',
      'a.yaml:8:20: 012 without quotes is the number 10 to kubectl (YAML 1.1); quote it: "012"',
      'a.yaml:8:28: 1_0 without quotes is the number 10 to kubectl (YAML 1.1); quote it: "1_0"',
    ])
    expect(reading.findings[0]?.subject).toEqual({ kind: 'Employee', name: 'ada' })
    expect(reading.complete).toBe(true)
  })

  test('takes a byte order mark, Windows line ends and comments as they come', async () => {
    const reading = await readTree({
      'a.yaml': `\uFEFF${employee('ada')}`,
      'b.yaml': employee('bob').replaceAll('\n', '\r\n'),
      'c.yaml': '# nobody yet\n',
      'd.yaml': `%YAML 1.2\n# x\n---\n${employee('dora')}`,
    })
    expect(names(reading)).toEqual(['ada', 'bob', 'dora'])
    expect(reading.findings).toEqual([])
    expect(below(reading.manifests[1]?.locate(['spec', 'employeeNumber']))).toBe('b.yaml:6:19')
    expect(below(reading.manifests[2]?.origin)).toBe('d.yaml:4:1')
  })

  test('believes no absence next to an empty file', async () => {
    const reading = await readTree({ 'a.yaml': '', 'b.yaml': employee('bob') })
    expect(told(reading)).toEqual(['a.yaml:1:1: is empty; fill it in, or remove it'])
    expect(reading.findings[0]?.severity).toBe('Warning')
    expect(reading.complete).toBe(false)
  })

  test('reports a folder that is not there', async () => {
    const reading = await directorySource({ dirs: [join(root, 'none')] }).read(signal)
    expect(told(reading)).toEqual(['none:1:1: does not exist; give the folder of your manifests'])
    expect(reading.complete).toBe(false)
  })

  test('stops when told to', async () => {
    await write({ 'a.yaml': employee('ada') })
    await expect(directorySource({ dirs: [root] }).read(AbortSignal.abort())).rejects.toThrow(/abort/i)
  })
})

describe('hostile and odd files', () => {
  test('never opens a pipe, and reads no more of a huge file than its size', async () => {
    await write({ 'bob.yaml': employee('bob') })
    await writeFiles(root, { 'pipe.yaml': { pipe: true }, 'huge.yaml': { bytes: 50 * 1024 * 1024 } })
    const reading = await directorySource({ dirs: [root] }).read(signal)
    expect(names(reading)).toEqual(['bob'])
    expect(told(reading)).toEqual([
      'huge.yaml:1:1: is 50 MiB large and was not read (at most 8 MiB); split it into several files',
      'pipe.yaml:1:1: is no regular file and was not read; move it out of the tree',
    ])
  })

  test('says where bytes are no text', async () => {
    const reading = await readTree({
      'a.yaml': Buffer.from('a: 1\nb: \u00e9\xff\n', 'latin1'),
      'b.yaml': Buffer.from([0x61, 0x00, 0x62]),
      'c.yaml': Buffer.from('\uFEFFa: 1\n', 'utf16le'),
    })
    expect(told(reading)).toEqual([
      'a.yaml:2:4: holds bytes that are no UTF-8 text; save it as UTF-8',
      'b.yaml:1:1: is a binary file, no YAML; move it out of the tree, or rename it',
      'c.yaml:1:1: is encoded in UTF-16; save it as UTF-8',
    ])
  })

  test('is not overwhelmed by aliases, circles, depth or document marks', async () => {
    const bomb = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${Array(9).fill(i === 0 ? 'x' : `*a${i - 1}`)}]`)
    const reading = await readTree({
      'bomb.yaml': bomb.join('\n'),
      'circle.yaml': 'a: &a { b: *a }\n',
      'deep.yaml': '['.repeat(5000),
      'marks.yaml': '---\n'.repeat(30_000),
      'unset.yaml': 'a: *b\n',
    })
    expect(told(reading)).toEqual([
      expect.stringMatching(/^bomb.yaml:1:1: refers to its anchors .* so often/),
      expect.stringMatching(/^circle.yaml:1:1: is nested too deeply/),
      expect.stringMatching(/^deep.yaml:1:\d+: is nested too deeply/),
      expect.stringMatching(/^marks.yaml:1:1: holds 30000 documents/),
      expect.stringMatching(/^unset.yaml:1:4: \*b refers to an anchor that is not set before it/),
    ])
  })

  test('takes one anchor used by a thousand people for what it is', async () => {
    const items = Array.from(
      { length: 1000 },
      (_, i) =>
        `- { apiVersion: tenure.dev/v1alpha1, kind: Employee, metadata: { name: e${i} }, spec: { employment: *e } }`,
    )
    const reading = await readTree({
      'a.yaml': `apiVersion: v1\nkind: List\nx: &e { startDate: "2026-01-05" }\nitems:\n${items.join('\n')}\n`,
    })
    expect(reading.findings).toEqual([])
    expect(reading.manifests).toHaveLength(1000)
  })

  test('follows links within the folder, once, and reports those that leave it or lead nowhere', async () => {
    await write({
      'in/..data/real.yaml': employee('ada'),
      'in/b.yaml': employee('bob'),
      'out/c.yaml': employee('cleo'),
    })
    await symlink('..data/real.yaml', join(root, 'in/ada.yaml'))
    await symlink('b.yaml', join(root, 'in/again.yaml'))
    await symlink('.', join(root, 'in/loop'))
    await symlink('../out', join(root, 'in/people'))
    await symlink('../out/c.yaml', join(root, 'in/cleo.yaml'))
    await symlink('../gone', join(root, 'in/team'))
    await symlink('../README.md', join(root, 'in/README.md'))
    await symlink('self.yaml', join(root, 'in/self.yaml'))
    const reading = await directorySource({ dirs: [join(root, 'in')] }).read(signal)
    expect(names(reading)).toEqual(['ada', 'bob'])
    expect([...told(reading)].sort()).toEqual([
      expect.stringMatching(/^in\/cleo.yaml:1:1: is a symbolic link that leads out of the folder/),
      expect.stringMatching(/^in\/people:1:1: is a symbolic link that leads out of the folder/),
      expect.stringMatching(/^in\/self.yaml:1:1: is a symbolic link that leads to itself/),
      expect.stringMatching(/^in\/team:1:1: does not exist/),
    ])
    expect(reading.complete).toBe(false)
  })

  test.skipIf(process.getuid?.() === 0)('reports what this user may not read', async () => {
    await write({ 'a.yaml': employee('ada'), 'sub/b.yaml': employee('bob') })
    await chmod(join(root, 'a.yaml'), 0)
    await chmod(join(root, 'sub'), 0)
    const reading = await directorySource({ dirs: [root] }).read(signal)
    await chmod(join(root, 'sub'), 0o700)
    expect(reading.findings).toHaveLength(2)
    expect(reading.complete).toBe(false)
  })
})

describe('recheck', () => {
  const operation = (name: string, origin?: Origin): Operation =>
    ({ person: { employee: name }, because: { ...(origin && { origin }) } }) as unknown as Operation

  test('sees a change of the data, not of comments or of other people in the file', async () => {
    await write({ 'a.yaml': `${employee('ada')}---\n${employee('bob')}` })
    const source = directorySource({ dirs: [root] })
    await source.read(signal)
    expect(await source.recheck(operation('ada'), signal)).toBe('Same')
    await write({ 'a.yaml': `# hello\n${employee('ada')}---\n${employee('bob', '  title: x\n')}` })
    expect(await source.recheck(operation('ada'), signal)).toBe('Same')
    expect(await source.recheck(operation('bob'), signal)).toBe('Changed')
  })

  test('sees a manifest that went, broke or moved', async () => {
    await write({ 'a.yaml': employee('ada'), 'b.yaml': employee('bob'), 'c.yaml': employee('cleo') })
    const source = directorySource({ dirs: [root] })
    await source.read(signal)
    await rm(join(root, 'a.yaml'))
    await write({ 'b.yaml': 'x: [' })
    await rename(join(root, 'c.yaml'), join(root, 'd.yaml'))
    for (const name of ['ada', 'bob', 'cleo']) expect(await source.recheck(operation(name), signal)).toBe('Changed')
  })

  test('sees a change of the mapping behind an operation', async () => {
    const mapping = 'apiVersion: tenure.dev/v1alpha1\nkind: GroupMapping\nmetadata: { name: m }\nspec: {}\n'
    await write({ 'a.yaml': employee('ada'), 'm.yaml': mapping })
    const source = directorySource({ dirs: [root] })
    const reading = await source.read(signal)
    const origin = reading.manifests[1]?.locate(['spec'])
    expect(await source.recheck(operation('ada', origin), signal)).toBe('Same')
    await write({ 'm.yaml': mapping.replace('{}', '{ mode: Additive }') })
    expect(await source.recheck(operation('ada', origin), signal)).toBe('Changed')
  })

  test('sees that somebody who was absent is back, or that the folder is gone', async () => {
    await write({ 'b.yaml': employee('bob') })
    const source = directorySource({ dirs: [root] })
    await source.read(signal)
    expect(await source.recheck(operation('ada'), signal)).toBe('Same')
    await write({ 'new/x.yaml': employee('ada') })
    expect(await source.recheck(operation('ada'), signal)).toBe('Changed')
    await rm(join(root, 'new'), { recursive: true })
    expect(await source.recheck(operation('ada'), signal)).toBe('Same')
    await rm(root, { recursive: true })
    expect(await source.recheck(operation('ada'), signal)).toBe('Changed')
  })

  test('reads again what changed, and only that, on the next read', async () => {
    await write({ 'a.yaml': employee('ada'), 'b.yaml': employee('bob') })
    const source = directorySource({ dirs: [root] })
    const first = await source.read(signal)
    await write({ 'b.yaml': employee('robert') })
    const second = await source.read(signal)
    expect(names(second)).toEqual(['ada', 'robert'])
    expect(second.manifests[0]).toBe(first.manifests[0])
  })
})
