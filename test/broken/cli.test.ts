import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { screenOf } from '../support/example.ts'
import { brokenCases, healthy } from './cases.ts'
import { expectForPeople } from './cli-words.ts'
import { writeFiles } from './write.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenure-broken-cli-'))
  await writeFiles(root, healthy)
})
afterEach(() => rm(root, { recursive: true, force: true }))

test('validate says nothing but counts about healthy manifests, and ends with 0', async () => {
  const screen = await screenOf(['validate', root], {})
  expect(screen).toEqual({
    code: 0,
    out: expect.stringMatching(/^Valid: 2 employees, 1 mappings?, 1 providers?\.\n$/),
    err: '',
  })
})

describe('validate ends with 1 and says in one sentence where, what and how to mend it:', () => {
  test.for(brokenCases.map(each => [each.name, each] as const))('%s', async ([, broken]) => {
    await writeFiles(root, broken.files)
    const { code, out, err } = await screenOf(['validate', root], {})
    expect(code).toBe(1)
    expect(err).toBe('')
    expectForPeople(out)
    const told = out.split('\n').filter(line => /: (error|warning): /.test(line))
    expect(told, out).toHaveLength(broken.findings ?? 1)
    for (const line of told) {
      const [place = '', severity = '', message = ''] = /^\s*(\S+): (error|warning): (.*)$/.exec(line)?.slice(1) ?? []
      expect(place.replace(`${root}/`, '')).toMatch(broken.place)
      expect(severity).toBe(broken.severity.toLowerCase())
      expect(message.replace(/ \(\w+\)$/, '')).toMatch(broken.message)
    }
    expect(out).toMatch(/^\d+ findings?;.* \d+ employees?, \d+ mappings?, \d+ providers?.*\.$/m)
  })

  test.for(brokenCases.slice(0, 5).map(each => [each.name, each] as const))('%s, as JSON', async ([, broken]) => {
    await writeFiles(root, broken.files)
    const { code, out } = await screenOf(['validate', root, '--output', 'json'], {})
    expect(code).toBe(1)
    const { valid, findings } = JSON.parse(out) as { valid: boolean; findings: { message: string; reason: string }[] }
    expect(valid).toBe(false)
    expect(findings.map(finding => finding.reason)).toEqual([broken.reason])
    expect(findings[0]?.message).toMatch(broken.message)
  })
})
