import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finding } from '../../src/model/origin.ts'
import { parseManifests } from '../../src/source/parse.ts'
import { placeText } from '../../src/source/place.ts'
import { directorySource } from '../../src/source/yaml.ts'
import { type BrokenCase, brokenCases, healthy } from './cases.ts'
import { writeFiles } from './write.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenure-broken-'))
  await writeFiles(root, healthy)
})
afterEach(() => rm(root, { recursive: true, force: true }))

const read = async (): Promise<ReturnType<typeof parseManifests>> =>
  parseManifests(await directorySource({ dirs: [root] }).read(new AbortController().signal))

const placeOf = ({ origin }: Finding): string => (origin ? placeText(origin).replace(`${root}/`, '') : 'nowhere')

test('healthy manifests alone are told nothing', async () => {
  const manifests = await read()
  expect(manifests.findings).toEqual([])
  expect(manifests.complete).toBe(true)
})

test('there are forty cases and more, each with a name of its own', () => {
  expect(brokenCases.length).toBeGreaterThanOrEqual(40)
  expect(new Set(brokenCases.map(each => each.name)).size).toBe(brokenCases.length)
})

describe('is told in one sentence with place and remedy, and loses nothing beside it:', () => {
  test.for(brokenCases.map(each => [each.name, each] as const))('%s', async ([, broken]) => {
    await writeFiles(root, broken.files)
    const manifests = await read()
    expectTold(manifests.findings, broken)
    expect(manifests.complete).toBe(broken.complete ?? false)
    expect([...manifests.untouchable].sort()).toEqual([...(broken.untouchable ?? [])].sort())
    expect(manifests.employees.map(each => each.name).sort()).toEqual(
      ['alan-turing', 'grace-hopper', ...(broken.employees ?? [])].sort(),
    )
    expect(manifests.mappings.map(each => each.name)).toContain('staff')
    expect(manifests.providers.map(each => each.policy.name)).toContain('okta')
  })
})

function expectTold(findings: readonly Finding[], broken: BrokenCase): void {
  const told = findings.map(each => `${placeOf(each)}: ${each.severity} ${each.reason}: ${each.message}`)
  expect(told, told.join('\n')).toHaveLength(broken.findings ?? 1)
  for (const finding of findings) {
    expect(finding.message).toMatch(broken.message)
    expect(placeOf(finding)).toMatch(broken.place)
    expect([finding.reason, finding.severity]).toEqual([broken.reason, broken.severity])
    expect(finding.message).not.toContain('\n')
  }
}
