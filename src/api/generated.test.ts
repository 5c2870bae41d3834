import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const check = (folder: string) =>
  run(process.execPath, ['script/gen.ts', '--check'], { cwd: folder }).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  )

describe('script/gen --check', () => {
  let copy = ''
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'tenure-gen-'))
    const simulators = ['src/simulator', 'test/simulators', 'docs/simulators.md']
    const parts = ['crds', 'script', 'src/api', 'src/expression', 'docs/reference', 'package.json', ...simulators]
    for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  const edit = (path: string, change: (text: string) => string) => {
    const before = readFileSync(join(copy, path), 'utf8')
    writeFileSync(join(copy, path), change(before))
    return () => writeFileSync(join(copy, path), before)
  }

  test('finds types, schemas and pages as the CRDs say', async () => {
    expect(await check(root)).toBe('')
  })

  test('names every file that a changed CRD leaves behind', async () => {
    const undo = edit('crds/employees.tenure.dev.yaml', text => text.replace('maxLength: 16', 'maxLength: 17'))
    expect(await check(copy)).toContain('src/api/schemas.ts differs from what crds/ says')
    undo()
  })

  test('finds a generated file that was edited by hand, and one that is no longer generated', async () => {
    const undo = edit('src/api/employee.ts', text => text.replace('givenName: string', 'givenName: number'))
    writeFileSync(join(copy, 'src/api/old.ts'), '// Generated from crds/ by script/gen. Do not edit.\n')
    const said = await check(copy)
    expect(said).toContain('src/api/employee.ts differs')
    expect(said).toContain('src/api/old.ts is no longer generated')
    rmSync(join(copy, 'src/api/old.ts'))
    undo()
  })

  test('fails for a CRD that breaks the rules of structural schemas', async () => {
    const undo = edit('crds/employees.tenure.dev.yaml', text => text.replace('                maxItems: 8\n', ''))
    expect(await check(copy)).toContain('previousEmployeeNumbers: a list needs maxItems')
    undo()
  })
})
