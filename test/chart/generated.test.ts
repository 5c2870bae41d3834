import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith, run as helmRun, root } from './render.ts'

const run = promisify(execFile)

describe.each(['script/chart-files', 'script/chart-readme'])('%s --check', script => {
  const check = (folder: string) =>
    run(process.execPath, [`${script}.ts`, '--check'], { cwd: folder }).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    )

  test('finds what was made from others as it should be', async () => {
    expect(await check(root)).toBe('')
  })
})

describeWith(['4'], 'what the chart and the base have from elsewhere', () => {
  let copy = ''
  const check = (name: string) =>
    run(process.execPath, [`script/${name}.ts`, '--check'], { cwd: copy }).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    )
  const edit = (path: string, change: (text: string) => string): (() => void) => {
    const before = readFileSync(join(copy, path), 'utf8')
    writeFileSync(join(copy, path), change(before))
    expect(readFileSync(join(copy, path), 'utf8')).not.toBe(before)
    return () => writeFileSync(join(copy, path), before)
  }
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'tenure-chart-'))
    for (const part of ['crds', 'script', 'charts', 'config', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  test('is missed when a definition or a policy changes', async () => {
    const undo = edit('crds/employees.tenure.dev.yaml', text => text.replace('maxLength: 16', 'maxLength: 17'))
    const said = await check('chart-files')
    expect(said).toContain(
      'charts/tenure/templates/crds/employees.tenure.dev.yaml is not as script/chart-files makes it',
    )
    expect(said).toContain('config/crds/employees.tenure.dev.yaml is not as script/chart-files makes it')
    undo()
    const again = edit('config/policies/decide.yaml', text => text.replaceAll("check('decide')", "check('judge')"))
    expect(await check('chart-files')).toContain('templates/policies/decide.yaml is not as')
    again()
  })

  test('is noticed when nothing makes it any more', async () => {
    writeFileSync(join(copy, 'charts/tenure/templates/policies/old.yaml'), '{}\n')
    expect(await check('chart-files')).toContain('templates/policies/old.yaml is no longer made by script/chart-files')
    rmSync(join(copy, 'charts/tenure/templates/policies/old.yaml'))
  })

  test('comes out of Helm as it is, braces and all', async () => {
    const odd = 'A person, {{ .Values.image }} or }}{{, as declared'
    const undo = edit('crds/employees.tenure.dev.yaml', text =>
      text.replace(/description: Employee is [^\n]*/, `description: '${odd}'`),
    )
    const again = edit('config/policies/decide.yaml', text => text.replaceAll("'changing guard", "'{{changing}} guard"))
    await run(process.execPath, ['script/chart-files.ts'], { cwd: copy })
    const rendered = helmRun('4', ['template', 'tenure', join(copy, 'charts/tenure')])
    expect(rendered).toContain(odd)
    expect(rendered).toContain("'{{changing}} guard")
    undo()
    again()
    await run(process.execPath, ['script/chart-files.ts'], { cwd: copy })
    expect(await check('chart-files')).toBe('')
  })

  test('is missed when the schema of values changes', async () => {
    const undo = edit('charts/tenure/values.schema.json', text => text.replace('"default": 2,', '"default": 3,'))
    const said = await check('chart-readme')
    expect(said).toContain('charts/tenure/values.yaml is not as')
    expect(said).toContain('charts/tenure/README.md is not as')
    undo()
  })

  test('is refused when a value has no description', async () => {
    const undo = edit('charts/tenure/values.schema.json', text => text.replace('"description": "Its port.",', ''))
    expect(await check('chart-readme')).toContain('service.port needs a description')
    undo()
  })
})
