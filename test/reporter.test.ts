import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-reporter-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'counted.ts'), 'export const answer = () => 42\n')
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { TotalsReporter } from '${join(root, 'test/reporter.ts')}'
     const coverage = { provider: 'v8', include: ['counted.ts'], reporter: ['text-summary'], reportOnFailure: true }
     export default { test: { include: ['*.test.ts'], reporters: ['default', new TotalsReporter()], coverage } }`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs vitest on one file of this content: its last line and exit code. */
async function ending(content: string): Promise<{ line: string | undefined; code: number; printed: string }> {
  const imports = "import { afterAll, beforeAll, expect, test } from 'vitest'\nimport { answer } from './counted.ts'\n"
  writeFileSync(join(folder, 'one.test.ts'), `${imports}${content}`)
  const { code, printed } = await new Promise<{ code: number; printed: string }>(resolve => {
    const flags = ['run', '--coverage', '--root', folder]
    const child = execFile(process.execPath, [vitest, ...flags], { cwd: folder }, (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, printed: stdout }),
    )
  })
  return { line: printed.trimEnd().split('\n').at(-1), code, printed }
}

test('the last line counts what passed, failed and was skipped, after the coverage, and the exit code is kept', async () => {
  const { line, code, printed } = await ending(`
    test('one', () => expect(answer()).toBe(42))
    test('two', () => expect(answer()).toBe(42))
    test('wrong', () => expect(answer()).toBe(41))
    test.skip('not now', () => {})
    test.todo('later')`)
  expect(line).toBe('Tests: 2 passed, 1 failed, 2 skipped')
  expect(code).toBe(1)
  expect(printed.indexOf('Coverage summary')).toBeGreaterThan(0)
  expect(printed.indexOf('Coverage summary')).toBeLessThan(printed.indexOf('Tests: 2'))
})

test('a green run exits 0', async () => {
  const { line, code } = await ending("test('one', () => expect(answer()).toBe(42))")
  expect({ line, code }).toEqual({ line: 'Tests: 1 passed, 0 failed, 0 skipped', code: 0 })
})

const broken: Readonly<Record<string, { content: string; line: string }>> = {
  'a file that does not load': { content: "throw new Error('no')", line: 'Tests: 0 passed, 1 failed, 0 skipped' },
  'a hook that fails after its tests': {
    content: "test('one', () => {})\nafterAll(() => { throw new Error('no') })",
    line: 'Tests: 1 passed, 1 failed, 0 skipped',
  },
  'an error that nobody catches': {
    content: "test('one', async () => { void Promise.reject(new Error('no')); await new Promise(setImmediate) })",
    line: 'Tests: 1 passed, 1 failed, 0 skipped',
  },
}
test.each(Object.entries(broken))('%s counts as failed', async (_, { content, line }) => {
  const found = await ending(content)
  expect({ line: found.line, failed: found.code !== 0 }).toEqual({ line, failed: true })
})
