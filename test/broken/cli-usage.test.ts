import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { screenOf } from '../support/example.ts'
import { healthy } from './cases.ts'
import { expectForPeople } from './cli-words.ts'
import { writeFiles } from './write.ts'

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenure-usage-'))
  await writeFiles(dir, healthy)
  await writeFile(join(dir, 'note.txt'), 'no plan')
  await writeFile(join(dir, 'plan.json'), '{"kind":"Outcome","providers":[]}')
})
afterAll(() => rm(dir, { recursive: true }))

const hash = `sha256:${'0'.repeat(64)}`
/** `DIR` stands for a folder of healthy manifests. */
const mistakes: Readonly<Record<string, readonly [line: string, says: RegExp]>> = {
  'a command that does not exist': ['aply DIR', /^error: unknown command 'aply'\n[\s\S]*apply/m],
  'a flag that does not exist': ['plan DIR --dry-run', /^error: unknown option '--dry-run'/m],
  'no directory': ['plan', /^error: missing required argument 'dir'/m],
  'two directories where one is meant': ['plan DIR DIR', /^error: too many arguments/m],
  'a directory that is not there': [
    'plan DIR/gone',
    /^error: DIR\/gone does not exist; give the folder of your manifests$/m,
  ],
  'a file in the place of its directory': [
    'apply DIR/note.txt --yes',
    /^error: DIR\/note.txt is no folder; give the folder that holds your manifests$/m,
  ],
  'a directory that is not there, for validate': ['validate DIR/gone', /DIR\/gone.*(does not exist|is not there).*;/m],
  'a directory that is not there, for init': [
    'init DIR/gone --create',
    /^error: DIR\/gone does not exist; give the folder of your manifests$/m,
  ],
  'a directory that is not there, for run': [
    'run DIR/gone --http 127.0.0.1:0',
    /^error: DIR\/gone does not exist; give the folder of your manifests$/m,
  ],
  'a time that is none': [
    'plan DIR --now yesterday',
    /^error: --now: "yesterday" is not a time; write it like 2026-03-02T09:00:00Z$/m,
  ],
  'a day that is none': [
    'plan DIR --now 2026-02-30',
    /^error: --now: "2026-02-30" is not a time; write it like 2026-03-02T09:00:00Z$/m,
  ],
  'a time for the simulator that is none': [
    'simulate --now noon',
    /^error: --now: "noon" is not a time; write it like/m,
  ],
  'two clocks': [
    'plan DIR --now 2026-03-02T09:00:00Z --clock-url http://127.0.0.1:1/',
    /^error: --now and --clock-url exclude each other; give one of them$/m,
  ],
  'a clock elsewhere': [
    'plan DIR --clock-url https://time.example/',
    /^error: --clock-url: .* is not on this machine; it is for simulated tenants only$/m,
  ],
  'a clock that does not answer': [
    'plan DIR --clock-url http://127.0.0.1:1/',
    /^error: --clock-url: .* does not answer with a time; is "tenure simulate" running\?$/m,
  ],
  'a hash that is none': [
    'apply DIR --yes --approve abc',
    /^error: --approve: "abc" is not the hash of a withheld set; copy the whole sha256:… that plan prints$/m,
  ],
  'a hash that was cut off': [
    `apply DIR --yes --approve ${hash.slice(0, 30)}`,
    /^error: --approve: .* copy the whole sha256:/m,
  ],
  'a plan that is not there': [
    'apply DIR --yes --plan DIR/gone.json',
    /--plan \S+gone\.json: cannot be used; give a file that "tenure plan --out" wrote$/m,
  ],
  'a plan that is none': [
    'apply DIR --yes --plan DIR/note.txt',
    /--plan \S+note\.txt: cannot be used; give a file that "tenure plan --out" wrote$/m,
  ],
  'an outcome in the place of a plan': [
    'apply DIR --yes --plan DIR/plan.json',
    /--plan \S+plan\.json: cannot be used; give a file that "tenure plan --out" wrote$/m,
  ],
  'an address without a port': [
    'run DIR --http localhost',
    /^error: --http: "localhost" is not HOST:PORT; write it like 127\.0\.0\.1:8080$/m,
  ],
  'a port that is none': [
    'run DIR --http 127.0.0.1:99999',
    /^error: --http: "127\.0\.0\.1:99999" is not HOST:PORT; write it like 127\.0\.0\.1:8080$/m,
  ],
  'a level that does not exist': [
    'run DIR --log-level loud',
    /^error: option '--log-level <level>' argument 'loud' is invalid\. Allowed choices are debug,/m,
  ],
  'seconds that are none': [
    'run DIR --settle soon',
    /^error: option '--settle <seconds>' argument 'soon' is invalid\. Give a number of seconds\./m,
  ],
  'an output that does not exist': [
    'plan DIR --output yaml',
    /^error: option '-o, --output <format>' argument 'yaml' is invalid\. Allowed choices are text, json, markdown\./m,
  ],
  'a port of the simulator that is none': [
    'simulate --okta-port http',
    /^error: option '--okta-port <n>' argument 'http' is invalid\. Give a port from 0 to 65535\./m,
  ],
  'a seed that is not there': [
    'simulate --seed DIR/gone.json',
    /^error: --seed \S+gone\.json: cannot be read as JSON/m,
  ],
  'a seed that is no JSON': ['simulate --seed DIR/note.txt', /^error: --seed \S+note\.txt: cannot be read as JSON/m],
  'a seed that is no state': ['simulate --seed DIR/plan.json', /^error: The state has no field "kind"\.?$/m],
  'a log that is not there': ['audit verify DIR/gone.jsonl', /gone\.jsonl.*; give the audit log, such as/m],
  'a log that is a folder': ['audit verify DIR', /cannot be read; give the audit log, such as/m],
  'a line that is none': [
    'audit verify DIR/x --accept first',
    /argument 'first' is invalid\. Give the number of a line, from 1\./m,
  ],
  'a line where nothing is broken': [
    'audit verify DIR/gone.jsonl --accept 3',
    /line 3 of \S+gone\.jsonl is not broken; look with: tenure audit verify/m,
  ],
}

describe('ends with 1 and says in one sentence what to do:', () => {
  test.for(Object.entries(mistakes))('%s', async ([, [line, says]]) => {
    const args = line.split(' ').map(word => word.replace('DIR', dir))
    const { code, out, err } = await screenOf(args, {})
    const text = (out + err).replaceAll(dir, 'DIR')
    expect(code, text).toBe(1)
    expectForPeople(text)
    expect(text).toMatch(says)
    expect(err.split('\n').filter(one => one.startsWith('error:')).length).toBeLessThanOrEqual(1)
  })

  test('an empty folder, which may be a mount that failed', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'tenure-empty-'))
    try {
      for (const args of [['plan'], ['apply', '--yes'], ['init']]) {
        const [command = '', ...flags] = args
        const { code, out, err } = await screenOf([command, empty, ...flags], {})
        const told = err.split('\n').filter(line => line.startsWith('error:'))
        expect([code, out, told]).toEqual([
          1,
          '',
          [`error: ${empty} declares no IdentityProvider; add one first, the README shows how`],
        ])
      }
    } finally {
      await rm(empty, { recursive: true })
    }
  })

  test('a file in the place of the folder for the record', async () => {
    const odd = await mkdtemp(join(tmpdir(), 'tenure-odd-'))
    try {
      await writeFiles(odd, { ...healthy, '.tenure': '' })
      for (const args of [
        ['init', odd, '--create'],
        ['apply', odd, '--yes'],
      ]) {
        const { code, err } = await screenOf(args, {})
        expect([code, err]).toEqual([
          1,
          `error: ${odd}/.tenure holds the id and the record of this directory, and cannot be written (EEXIST); make it a folder that you may write\n`,
        ])
      }
    } finally {
      await rm(odd, { recursive: true })
    }
  })

  test('a plan that cannot be written where --out says', async () => {
    const { code, err } = await screenOf(['plan', dir, '--out', join(dir, 'gone', 'plan.json')], {})
    expect(code).toBe(1)
    expectForPeople(err)
    expect(err).toMatch(
      /^error: --out \S+plan\.json: cannot be written \(ENOENT\); name a file in a folder that exists$/m,
    )
    await expect(readFile(join(dir, 'gone', 'plan.json'))).rejects.toThrow()
  })
})
