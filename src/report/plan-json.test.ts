import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { approve } from '../../test/support/approved.ts'
import {
  account,
  accountId,
  employee,
  entitlement,
  identityProvider,
  mapping,
  operation,
} from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Operation, OperationVerb, Outcome, RunReport } from '../model/plan.ts'
import { outcomeJson } from './outcome.ts'
import { planJson } from './plan-json.ts'

/** The schema is the last block of the page that documents it. */
const page = readFileSync(new URL('../../docs/reference/plan-json.md', import.meta.url), 'utf8')
const schema: object = JSON.parse(page.slice(page.lastIndexOf('```json') + 7, page.lastIndexOf('```')))
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true }).compile(schema)

/** What the schema has against this value once it was written and read. */
function faults(value: object): readonly string[] {
  validate(JSON.parse(JSON.stringify(value)))
  return (validate.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
}

const engineering = mapping({ groups: ['engineering'] })
const sales = mapping({ name: 'sales', groups: ['sales'], grants: ['Sales'] })
const limits = identityProvider().policy.guard.limits
const noBlocks = identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })

async function mixedWorld(): Promise<TestWorld> {
  const bob = employee({ number: 'E2', name: 'bob', groups: ['engineering'], fields: { title: 'Engineer' } })
  const world = new TestWorld().declare({
    employees: [employee({ groups: ['engineering'] }), bob],
    mappings: [engineering, sales],
  })
  await world.apply()
  const grace = employee({ number: 'E3', name: 'grace', groups: ['sales'] })
  world.declare({
    employees: [employee({ groups: ['sales'], manager: 'grace' }), grace],
    mappings: [engineering, sales],
    providers: [noBlocks],
  })
  return world
}

const verbs: readonly OperationVerb[] = [
  { kind: 'create', state: 'Staged', login: 'a@example.com', attributes: { b: '2', a: '1' }, grants: [entitlement()] },
  { kind: 'restore', login: 'a@example.com' },
  { kind: 'adopt', how: 'Adoption' },
  { kind: 'mark', marker: 'Managed' },
  { kind: 'unmark', marker: 'Blocked' },
  { kind: 'update', set: { title: null }, before: { title: 'x' }, login: { from: 'a', to: 'b' } },
  { kind: 'set-manager', manager: undefined },
  { kind: 'enable', first: true },
  { kind: 'block', why: 'Leave' },
  { kind: 'end-sessions' },
  { kind: 'grant', entitlement: entitlement(), mappings: ['engineering'] },
  { kind: 'revoke', entitlement: entitlement() },
  { kind: 'delete' },
]

/** A report whose provider did these things. */
async function reportOf(outcomes: readonly Outcome[]): Promise<RunReport> {
  const report = await new TestWorld().plan()
  return { ...report, providers: report.providers.map(one => ({ ...one, outcomes })) }
}

const approved = (verb: OperationVerb): ReturnType<typeof approve> =>
  approve(operation(verb, { target: { kind: 'Bound', account: account() } }) satisfies Operation, {
    account: accountId('a1'),
  })

describe('the JSON of a plan', () => {
  it('follows its documented schema: operations, a withheld set with its hash, totals and drift', async () => {
    const json = planJson(await (await mixedWorld()).plan())
    expect(faults(json)).toEqual([])
    const [provider] = json.providers
    expect(provider?.operations.map(one => `${one.verb} ${one.employee}`)).toEqual([
      'create grace',
      'set-manager ada',
      'grant ada',
      'revoke ada',
    ])
    expect(provider?.withheld.map(one => [one.class, one.count, one.limit, one.reason])).toEqual([
      ['block', 1, 0, 'OverBudget'],
    ])
    expect(provider?.withheld[0]?.hash).toMatch(/^sha256:/)
    expect(provider?.drift).toEqual({
      AccountMissing: 1,
      EntitlementExtra: 2,
      EntitlementMissing: 2,
      ManagerDiffers: 1,
      NotBlocked: 1,
      SessionsOpen: 1,
    })
    expect(json.totals).toMatchObject({ people: 2, grants: 2, revokes: 1, withheld: 3 })
  })

  it('says of each operation who, which account, and why', async () => {
    const json = planJson(await (await mixedWorld()).plan())
    const grant = json.providers[0]?.operations.find(one => one.verb === 'grant')
    expect(grant).toMatchObject({
      employee: 'ada',
      number: 'E1',
      target: 'Bound',
      because: { text: 'mapping sales', sources: ['sales'], basis: 'Declared', confirmed: false },
      entitlement: { kind: 'Group', name: 'Sales' },
      mappings: ['sales'],
    })
    expect(grant?.account).toEqual(expect.any(String))
  })

  it('gives no hash of a set where there is no record to approve it in', async () => {
    const json = planJson(await (await mixedWorld()).plan(), { approvable: false })
    expect(json.providers[0]?.withheld.map(one => one.hash)).toEqual([null])
    expect(json.providers[0]?.hash).toMatch(/^sha256:/)
    expect(faults(json)).toEqual([])
  })

  it('follows the schema when a provider could not be read and a finding has no place', async () => {
    const report = await new TestWorld().plan()
    const provider = report.providers[0]?.provider ?? ('x' as never)
    const unread = {
      provider,
      drift: [],
      outcomes: [],
      error: 'refused',
      managedAccounts: 0,
      entitlements: [],
      findings: [],
    }
    const finding = {
      reason: 'DesiredEmpty',
      severity: 'Error',
      message: 'm',
      subject: { kind: 'Run', name: 'run' },
    } as const
    const json = planJson({ ...report, complete: false, findings: [finding], providers: [unread] })
    expect(faults(json)).toEqual([])
    expect(json.providers[0]).toMatchObject({ hash: null, error: 'refused', operations: [] })
  })

  it('is the same text at another time of day', async () => {
    const world = await mixedWorld()
    const before = JSON.stringify(planJson(await world.plan()))
    world.now += 60_000
    expect(JSON.stringify(planJson(await world.plan()))).toBe(before)
  })

  it('has a schema that refuses what is not so', async () => {
    const json = planJson(await (await mixedWorld()).plan())
    expect(faults({ ...json, schemaVersion: 2 })).not.toEqual([])
    expect(faults({ ...json, providers: json.providers.map(one => ({ ...one, hash: 'abc' })) })).not.toEqual([])
    const odd = json.providers.map(one => ({
      ...one,
      operations: one.operations.map(it => ({ ...it, verb: 'enable' })),
    }))
    expect(faults({ ...json, providers: odd })).not.toEqual([])
  })
})

describe('the JSON of an outcome', () => {
  it('follows the schema after a real apply and counts what was applied', async () => {
    const json = outcomeJson(await (await mixedWorld()).apply())
    expect(faults(json)).toEqual([])
    expect(json.results).toEqual({ applied: 4, failed: 0, unknown: 0, skipped: 0 })
    expect(json.providers[0]?.outcomes.every(one => one.account !== null)).toBe(true)
  })

  it.each(verbs.map(verb => [verb.kind, verb] as const))('follows the schema for %s', async (_, verb) => {
    const report = await reportOf([{ kind: 'applied', operation: approved(verb) }])
    expect(faults(outcomeJson(report))).toEqual([])
  })

  it('follows the schema for every result', async () => {
    const done = approved({ kind: 'delete' })
    const json = outcomeJson(
      await reportOf([
        { kind: 'failed', operation: done, reason: 'LoginTaken', message: 'taken', requestId: 'r1' },
        { kind: 'unknown', operation: done, message: 'no answer' },
        { kind: 'skipped', operation: done, reason: 'Unconfirmed', message: 'changed' },
        { kind: 'applied', operation: done, note: 'it was gone already' },
      ]),
    )
    expect(faults(json)).toEqual([])
    expect(json.providers[0]?.outcomes.map(one => [one.result, one.reason, one.message, one.requestId])).toEqual([
      ['failed', 'LoginTaken', 'taken', 'r1'],
      ['unknown', null, 'no answer', null],
      ['skipped', 'Unconfirmed', 'changed', null],
      ['applied', null, 'it was gone already', null],
    ])
  })
})
