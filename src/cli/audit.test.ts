import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { screenOf } from '../../test/support/example.ts'
import { openAuditLog } from '../report/audit.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-audit-'))
  file = join(folder, 'audit.jsonl')
  const log = await openAuditLog(file, { now: () => 0 })
  for (const accounts of [1, 2, 3, 4])
    await log.append([{ kind: 'trusted', at: accounts, provider: 'okta' as never, accounts }])
  await log.close()
})
afterEach(() => rm(folder, { recursive: true }))

const verify = (...flags: string[]): ReturnType<typeof screenOf> => screenOf(['audit', 'verify', file, ...flags], {})
const rewrite = async (change: (lines: string[]) => string[]): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  await writeFile(file, `${change(lines).join('\n')}\n`)
}

describe('audit verify', () => {
  test('ends with 0 for a whole chain', async () => {
    expect(await verify()).toEqual({ code: 0, out: `${file}: 4 lines, the chain is whole.\n`, err: '' })
    expect(JSON.parse((await verify('--output', 'json')).out)).toMatchObject({
      kind: 'AuditVerification',
      ok: true,
      lines: 4,
    })
  })

  test.for<[string, (lines: string[]) => string[], number]>([
    ['changed', ([a = '', b = '', ...rest]) => [a, b.replace('"accounts":2', '"accounts":9'), ...rest], 2],
    ['removed', ([a = '', , ...rest]) => [a, ...rest], 2],
    ['moved', ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest], 2],
    ['added', ([a = '', ...rest]) => [a, a, ...rest], 2],
    ['cut from the end', lines => lines.slice(0, -1), 4],
  ])('ends with 1 and names the line when one was %s', async ([, change, line]) => {
    await rewrite(change)
    const { code, out, err } = await verify()
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(new RegExp(`^\\S+audit\\.jsonl:${line}: the chain is broken: \\w.*`))
    const json = await verify('--output', 'json')
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { ok: false, brokenAt: line }])
  })

  test('takes a break that a person accepts by its line, which stays on record, and no other', async () => {
    await rewrite(([a = '', b = '', ...rest]) => [a, b.replace('"accounts":2', '"accounts":9'), ...rest])
    const wrong = await verify('--accept', '3')
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringMatching(/^error: line 3 of \S+ is not broken; look with: tenure audit verify/),
    ])
    expect((await verify('--accept', '2')).code).toBe(0)
    expect((await verify()).out).toMatch(/5 lines, the chain is whole\./)
    expect(await readFile(file, 'utf8')).toContain('"accounts":9')
  })
})
