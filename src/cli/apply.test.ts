import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { company, person, seed } from '../../test/broken/cli-company.ts'
import { type Plain, plainOkta, type Thing } from '../../test/e2e/plain.ts'
import { type Directory, startTenants, type Tenants } from '../../test/e2e/stage.ts'
import { runProgram } from './program.ts'

const crew = ['ben', 'cleo', 'dan', 'eve', 'fay', 'gus']
const crewFiles = Object.fromEntries(crew.map((name, index) => [`${name}.yaml`, person(name, `200${index}`)]))

let tenants: Tenants
let directory: Directory
let okta: Plain
beforeAll(async () => {
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
})
afterAll(() => tenants.close())

const userOf = async (name: string): Promise<Thing> =>
  (await okta.ask('GET', `/api/v1/users/${name}@acme.example`)) as Thing
const exists = (name: string): Promise<boolean> =>
  userOf(name).then(
    () => true,
    () => false,
  )

/** Runs apply in front of somebody who gives that answer; what was asked, and how it ended. */
async function answered(answer: boolean): Promise<{ code: number; questions: string[]; err: string }> {
  const questions: string[] = []
  let err = ''
  const terminal = {
    out: () => undefined,
    err: (text: string) => {
      err += text
    },
    color: false,
    interactive: true,
    confirm: async (question: string) => {
      questions.push(question)
      return answer
    },
    progress: () => undefined,
  }
  const args = ['apply', directory.path, '--now', directory.now, '--allow-insecure-providers']
  const code = await runProgram(args, { terminal, env: directory.env, signal: new AbortController().signal })
  return { code, questions, err }
}

describe('apply asks first', () => {
  test('and where nobody is there to ask, it does nothing and says what to add', async () => {
    expect(await directory.must(['apply'], 1)).toMatch(
      /^error: \d+ operations are waiting and nobody is there to ask; add --yes to carry them out$/m,
    )
    expect(await exists('ada')).toBe(false)
  })

  test('and does nothing on a no', async () => {
    const { code, questions, err } = await answered(false)
    expect(questions).toEqual([expect.stringMatching(/^Carry out these \d+ operations\? Only "yes" is taken as yes:$/)])
    expect([code, err]).toEqual([1, expect.stringContaining('Nothing was done.')])
    expect(await exists('ada')).toBe(false)
  })

  test('and carries the plan out on a yes', async () => {
    expect((await answered(true)).code).toBe(0)
    expect(await exists('ada')).toBe(true)
  })

  test('but not when there is nothing to do', async () => {
    expect(await answered(false)).toEqual({ code: 0, questions: [], err: '' })
    await directory.must(['apply'], 0)
  })
})

describe('apply --plan', () => {
  test('refuses when the world is not as it was reviewed, and carries out exactly a plan that still is', async () => {
    const file = join(directory.path, '.tenure', 'plan.json')
    await directory.write(crewFiles)
    await directory.must(['plan', '--out', file], 2)
    await directory.write({ 'late.yaml': person('late', '2999') })
    expect(await directory.must(['apply', '--plan', file, '--yes'], 1)).toMatch(
      /^error: --plan \S+plan\.json: (entra|okta) would do something else now; make a new plan and review it$/m,
    )
    expect([await exists('ben'), await exists('late')]).toEqual([false, false])
    await directory.delete('late.yaml')
    await okta.ask('POST', `/api/v1/users/${(await userOf('ada')).id}`, { profile: { title: 'Grand Vizier' } })
    expect(await directory.must(['apply', '--plan', file, '--yes'], 1)).toMatch(/okta would do something else now/)
    await okta.ask('POST', `/api/v1/users/${(await userOf('ada')).id}`, { profile: { title: null } })
    await directory.must(['apply', '--plan', file, '--yes'], 0)
    expect(await Promise.all(crew.map(exists))).toEqual(crew.map(() => true))
    expect(await directory.must(['apply', '--plan', file, '--yes'], 1)).toMatch(/would do something else now/)
  })

  test('refuses a plan that knows nothing of a provider, or of one that is not declared any more', async () => {
    const file = join(directory.path, '.tenure', 'plan.json')
    await directory.must(['plan', '--output', 'json', '--out', file], 0)
    const whole = await readFile(file, 'utf8')
    const plan = JSON.parse(whole) as { providers: { name: string }[] }
    await writeFile(file, JSON.stringify({ ...plan, providers: plan.providers.filter(({ name }) => name !== 'okta') }))
    expect(await directory.must(['apply', '--plan', file, '--yes'], 1)).toMatch(
      /^error: --plan \S+: okta is not in it; make a new plan and review it$/m,
    )
    const more = [...plan.providers, { name: 'gone', hash: 'sha256:0' }]
    await writeFile(file, JSON.stringify({ ...plan, providers: more }))
    expect(await directory.must(['apply', '--plan', file, '--yes'], 1)).toMatch(
      /^error: --plan \S+: gone is not declared any more; make a new plan and review it$/m,
    )
    await writeFile(file, whole)
    await directory.must(['apply', '--plan', file, '--yes'], 0)
  })
})

describe('apply --approve', () => {
  const blocked = async (): Promise<string[]> => {
    const users = await Promise.all(crew.map(userOf))
    return crew.filter((_, index) => !['ACTIVE', 'PROVISIONED'].includes(String(users[index]?.status)))
  }
  /** Hashes to approve in a plan, by provider in the order they are printed: Entra, Okta. */
  const hashes = (text: string): string[] => [
    ...new Set([...text.matchAll(/--approve (sha256:[0-9a-f]{64})/g)].map(([, hash]) => hash ?? '')),
  ]
  const deleted = async (...names: string[]): Promise<void> => directory.delete(...names.map(name => `${name}.yaml`))

  test('releases exactly the set with this hash, once, and writes down who decided', async () => {
    await deleted('ben', 'cleo', 'dan')
    const [first = '', second = ''] = hashes(await directory.must(['plan'], 3))
    expect(await directory.must(['apply', '--yes'], 3)).toContain('WITHHELD')
    expect(await blocked()).toEqual([])
    await directory.must(['apply', '--yes', '--approve', `sha256:${'0'.repeat(64)}`], 3)

    await deleted('eve')
    await directory.must(['apply', '--yes', '--approve', first, '--approve', second], 3)
    expect(await blocked()).toEqual([])
    await directory.write({ 'eve.yaml': crewFiles['eve.yaml'] ?? '' })

    await directory.must(['apply', '--yes', '--approve', first], 3)
    expect(await blocked()).toEqual([])
    await directory.must(['apply', '--yes', '--approve', second], 0)
    expect(await blocked()).toEqual(['ben', 'cleo', 'dan'])
    const decisions = (await readFile(directory.audit, 'utf8')).split('\n').filter(line => line.includes('"decision"'))
    expect(decisions.map(line => /sha256:[0-9a-f]{64}/.exec(line)?.[0])).toContain(first)
    expect(decisions.join('\n')).toContain(second)

    await deleted('eve', 'fay', 'gus')
    await directory.must(['apply', '--yes', '--approve', first, '--approve', second], 3)
    expect(await blocked()).toEqual(['ben', 'cleo', 'dan'])
    await directory.write(
      Object.fromEntries(['eve', 'fay', 'gus'].map(name => [`${name}.yaml`, crewFiles[`${name}.yaml`] ?? ''])),
    )
    await directory.must(['plan'], 0)
  })
})

describe('the exit code of apply', () => {
  test('is 4 when an operation fails, whose words are shown, and 0 once it went well', async () => {
    await directory.write({ 'hal.yaml': person('hal', '2100') })
    tenants.simulator.faults.add({
      provider: 'entra',
      method: 'POST',
      path: '/v1.0/users',
      fault: 'status',
      status: 400,
      body: { error: { code: 'Request_BadRequest', message: 'Property hal is not good.' } },
    })
    const text = await directory.must(['apply', '--yes'], 4)
    expect(text).toMatch(/failed .*hal.*Property hal is not good/)
    expect(text).toMatch(/^Not applied: \d+ operations?: .*failed/m)
    tenants.simulator.faults.clear()
    await directory.must(['apply', '--yes'], 0)
  })

  test('is 1 before 4 before 3', async () => {
    await directory.write({ 'ida.yaml': person('ida', '2101') })
    await directory.delete('eve.yaml', 'fay.yaml', 'gus.yaml')
    tenants.simulator.faults.add({
      provider: 'okta',
      method: 'POST',
      path: '/api/v1/users',
      fault: 'status',
      status: 400,
    })
    await directory.must(['plan'], 3)
    expect(await directory.must(['apply', '--yes'], 4)).toMatch(/WITHHELD.*\n[\s\S]*failed|failed[\s\S]*WITHHELD/)
    await directory.write({ 'wrong.yaml': 'kind: Employee\n' })
    await directory.must(['apply', '--yes'], 1)
    tenants.simulator.faults.clear()
  })

  test('comes with one JSON object for tools', async () => {
    await directory.delete('wrong.yaml')
    const screen = await directory.run(['apply', '--yes', '--output', 'json'])
    const json = JSON.parse(screen.out) as { kind: string; schemaVersion: number; results: object; providers: Thing[] }
    expect([screen.code, screen.err, json.kind, json.schemaVersion]).toEqual([3, '', 'Outcome', 1])
    expect(json.results).toMatchObject({ failed: 0, unknown: 0 })
    expect(json.providers.map(provider => provider.name)).toEqual(['entra', 'okta'])
  })
})
