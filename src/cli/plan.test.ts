import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { company, person, seed } from '../../test/broken/cli-company.ts'
import { type Directory, startTenants, type Tenants } from '../../test/e2e/stage.ts'

let tenants: Tenants
let directory: Directory
beforeAll(async () => {
  tenants = await startTenants({ seed })
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
})
afterAll(() => tenants.close())

const held = (): string =>
  JSON.stringify([tenants.simulator.tenants.okta.state(), tenants.simulator.tenants.entra.state()])

describe('plan', () => {
  test('ends with 2 when there is something to do, and writes nothing to tenants or record', async () => {
    const before = [held(), await readFile(directory.audit, 'utf8')]
    const text = await directory.must(['plan'], 2)
    expect(text).toMatch(/\+ ada \(1001\), joiner, ada@acme\.example/)
    expect([held(), await readFile(directory.audit, 'utf8')]).toEqual(before)
  })

  test('gives the same plan as JSON, and the same file with --out', async () => {
    const file = join(directory.path, '.tenure', 'plan.json')
    const { out, err, code } = await directory.run(['plan', '--output', 'json', '--out', file])
    expect([code, err]).toEqual([2, ''])
    expect(await readFile(file, 'utf8')).toBe(out)
    const plan = JSON.parse(out) as { kind: string; schemaVersion: number; employees: number; providers: object[] }
    expect(plan).toMatchObject({ kind: 'Plan', schemaVersion: 1, employees: 3, totals: { accounts: { create: 6 } } })
    expect(plan.providers).toMatchObject([
      { name: 'entra', hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), error: null, withheld: [] },
      { name: 'okta', hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), error: null, withheld: [] },
    ])
    expect((await directory.run(['plan', '--output', 'json'])).out).toBe(out)
  })

  test('is a comment for a pull request as Markdown, without logins', async () => {
    const { out, err, code } = await directory.run(['plan', '--output', 'markdown'])
    expect([code, err]).toEqual([2, ''])
    expect(out).toMatch(/^### Tenure.*: 6 accounts to create/)
    expect(out).not.toContain('@acme.example')
  })

  test('ends with 0 when all is as declared', async () => {
    await directory.must(['apply', '--yes'], 0)
    expect(await directory.must(['plan'], 0)).toBe(
      'Nothing to do: 3 employees, 1 mapping and 2 providers, and everything is as declared.\n',
    )
  })

  test('ends with 1 when a manifest has a fault, with the rest still planned', async () => {
    await directory.write({ 'wrong.yaml': 'kind: Employee\n', 'new.yaml': person('newton', '3001') })
    const text = await directory.must(['plan'], 1)
    expect(text).toMatch(/wrong\.yaml:1:1: error: has no apiVersion; begin it with apiVersion: tenure\.dev\/v1alpha1/)
    expect(text).toContain('+ newton (3001), joiner')
    await directory.delete('wrong.yaml', 'new.yaml')
  })

  test('ends with 2, with a warning, when a manager is missing, which validate fails', async () => {
    await directory.write({ 'new.yaml': person('newton', '3001', '  manager: { name: nobody }\n') })
    expect(await directory.must(['plan'], 2)).toMatch(/new\.yaml:\d+:\d+: warning: the manager nobody is no Employee/)
    expect((await directory.line(['validate', directory.path])).code).toBe(1)
    await directory.delete('new.yaml')
  })

  test('ends with 3 when the guard withholds a set, and says how to release it', async () => {
    await directory.delete('people.yaml', 'bad.yaml')
    await directory.write({ 'new.yaml': person('newton', '3001') })
    const text = await directory.must(['plan'], 3)
    expect(text).toMatch(/WITHHELD 3 people would lose access because something is absent.* allows 2 \(OverBudget\)/)
    expect(text).toMatch(/release +tenure apply DIR --approve sha256:[0-9a-f]{64}/)
    expect(text).toContain('+ newton (3001), joiner')
  })

  test('without a record says so and gives no hash to approve', async () => {
    const bare = await directory.run(['plan', '--audit', join(directory.path, 'gone.jsonl')])
    expect(bare.err).toMatch(/^note: there is no record at \S+gone\.jsonl yet; .* no hash of it can be approved\n$/)
    expect(bare.out).not.toMatch(/sha256:|--approve/)
  })
})
