import { describe, expect, it } from 'vitest'
import { approve } from '../../test/support/approved.ts'
import { account, employee, identityProvider, mapping, operation } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { OperationVerb, Outcome, RunReport } from '../model/plan.ts'
import { renderOutcomeText } from './outcome.ts'

const plain = { color: false, verbose: false }

function approved(verb: OperationVerb, number = 'E1'): ReturnType<typeof approve> {
  const person = { number: number as never, employee: `person-${number}`, login: `${number}@example.com` }
  return approve(operation(verb, { person, target: { kind: 'Bound', account: account() } }))
}

async function reportOf(outcomes: readonly Outcome[]): Promise<RunReport> {
  const report = await new TestWorld().plan()
  return { ...report, providers: report.providers.map(one => ({ ...one, outcomes })) }
}

describe('the outcome as text', () => {
  it('counts what a real apply did', async () => {
    const world = new TestWorld().declare({ employees: [employee(), employee({ number: 'E2', name: 'bob' })] })
    expect(renderOutcomeText(await world.apply(), plain)).toMatchInlineSnapshot(`
      "memory
        2 accounts created; 2 grants added

      Applied: 2 accounts created; 2 grants added; 2 people: 2 joiners."
    `)
    expect(renderOutcomeText(await world.apply(), plain)).toBe('Applied: nothing.')
  })

  it('tells each failure with reason and request, what got no answer, and what was skipped by reason', async () => {
    const update = { kind: 'update', set: { title: 'secret title', a: null }, before: {} } as const
    const report = await reportOf([
      { kind: 'applied', operation: approved({ kind: 'block', why: 'Departure' }) },
      { kind: 'failed', operation: approved(update, 'E2'), reason: 'LoginTaken', message: 'in use', requestId: 'r-1' },
      { kind: 'unknown', operation: approved({ kind: 'delete' }, 'E3'), message: 'the connection ended' },
      ...['E4', 'E5', 'E6', 'E7', 'E8'].map(number => ({
        kind: 'skipped' as const,
        operation: approved({ kind: 'enable', first: true }, number),
        reason: 'Unconfirmed' as const,
        message: 'the manifest has changed',
      })),
    ])
    const shown = renderOutcomeText(report, plain)
    expect(shown).toMatchInlineSnapshot(`
      "memory
        1 account blocked
        failed   person-E2 (E2), change a, title: in use (LoginTaken, request r-1)
        unknown  person-E3 (E3), - delete the account: the connection ended
        skipped  5 operations for person-E4 (E4), person-E5 (E5), person-E6 (E6) and 2 more: the manifest has changed (Unconfirmed)

      Applied: 1 account blocked; 1 person: 1 repair.
      Not applied: 7 operations: 1 failed, 1 without an answer and 5 skipped."
    `)
    expect(shown).not.toContain('secret title')
  })

  it('shows what stays withheld and how to release it', async () => {
    const limits = identityProvider().policy.guard.limits
    const providers = [identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })]
    const mappings = [mapping()]
    const world = new TestWorld().declare({
      employees: [employee(), employee({ number: 'E2', name: 'bob' })],
      mappings,
    })
    await world.apply()
    const shown = renderOutcomeText(
      await world.declare({ employees: [employee()], mappings, providers }).apply(),
      plain,
    )
    expect(shown).toMatch(/release {3}tenure apply DIR --approve sha256:[0-9a-f]{64}$/m)
    expect(shown).toMatch(/^Withheld: 1 set, until approved\.$/m)
  })

  it('cuts a long list of failures and says how many there are', async () => {
    const failed = Array.from({ length: 150 }, (_, index): Outcome => {
      const done = approved({ kind: 'end-sessions' }, `E${1000 + index}`)
      return { kind: 'failed', operation: done, reason: 'ProviderFailed', message: 'no' }
    })
    const report = await reportOf(failed)
    expect(renderOutcomeText(report, plain)).toContain('and 50 more like these; --verbose shows all')
    expect(renderOutcomeText(report, { ...plain, verbose: true })).toContain('person-E1149 (E1149)')
  })

  it('tells of errors, since the run did not end well', async () => {
    const world = new TestWorld().declare({ employees: [employee()] })
    world.provider.fail({ snapshot: 'Torn' })
    expect(renderOutcomeText(await world.apply(), plain)).toMatch(/!! READ INCOMPLETE[\s\S]*Findings: 1 error\.$/)
  })
})
