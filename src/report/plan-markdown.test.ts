import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Finding } from '../model/origin.ts'
import { markdownLimit, renderPlanMarkdown } from './plan-markdown.ts'

const engineering = mapping({ groups: ['engineering'] })
const limits = identityProvider().policy.guard.limits
const noBlocks = identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })
const bob = employee({ number: 'E2', name: 'bob' })

/** Every fold that is opened is closed. */
function folds(text: string): readonly number[] {
  return [text.split('<details').length, text.split('</details>').length]
}

describe('the plan as a comment', () => {
  it('has totals, what is withheld with its hash, and each person behind a fold', async () => {
    const world = new TestWorld().declare({ employees: [bob], mappings: [engineering] })
    await world.apply()
    const ada = employee({ groups: ['engineering'] })
    const report = await world.declare({ employees: [ada], mappings: [engineering], providers: [noBlocks] }).plan()
    const hash = report.providers[0]?.verdict?.refusals[0]?.withheld?.hash ?? 'none'
    const shown = renderPlanMarkdown(report)
    expect(shown.replaceAll(hash, 'sha256:HASH').replace(/`[0-9a-f]{12}`/, '`PLAN`')).toMatchInlineSnapshot(`
      "### Tenure plan: 1 account to create; 1 grant to add.

      1 person: 1 joiner.  
      Withheld: 1 set for 1 person, until approved.

      > [!WARNING]
      > **Withheld at memory:** 1 person would lose access because something is absent, and the budget guard.block allows 0 (OverBudget)
      >
      > Set \`sha256:HASH\`
      >
      > Budget block: 1 at once, 0 allowed. People: \`bob\` (E2).
      >
      > Release exactly this set: \`tenure apply DIR --approve sha256:HASH\`

      | Provider | Plan | People | Create | Restore | Adopt | Change | Enable | Block | Delete | Grants + | Grants − | Withheld | Not done |
      | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
      | memory | \`PLAN\` | 1 | 1 |  |  |  |  |  |  | 1 |  | 2 |  |

      <details><summary>memory: people (1)</summary>

      - \`+\` \`ada\` (E1), joiner
        - \`+\` account, enabled: employed and has no account
        - \`+\` displayName, email, employeeNumber, familyName, givenName, startDate, timeZone
        - \`+\` group Engineering: mapping engineering

      </details>
      "
    `)
    expect(renderPlanMarkdown(report, { approvable: false })).not.toMatch(/sha256:|--approve/)
  })

  it('shows no values of attributes and no logins, on the way in or out', async () => {
    const world = new TestWorld().declare({ employees: [employee({ fields: { title: 'Hush one' } })] })
    const joiner = renderPlanMarkdown(await world.plan())
    await world.apply()
    const moved = employee({ fields: { title: 'Hush two', workEmail: 'new@example.com' } })
    const mover = renderPlanMarkdown(await world.declare({ employees: [moved] }).plan())
    for (const shown of [joiner, mover]) {
      expect(shown).toContain('title')
      expect(shown).not.toMatch(/Hush|example\.com/)
    }
    expect(mover).toContain('login')
  })

  it('lets no name become markup, HTML, a mention, a link or a line of the table', async () => {
    const name = '</details><img src=x> @acme/all [x](http://e.x) www.e.x `a` | #1 **b**'
    const world = new TestWorld({ state: { groups: [{ name }] } })
    const finding: Finding = {
      severity: 'Error',
      reason: 'ManifestInvalid',
      message: `group ${name}\n# Heading`,
      subject: { kind: 'Run', name: 'run' },
    }
    const report = await world.declare({ mappings: [mapping({ grants: [name] })] }).plan()
    const shown = renderPlanMarkdown({ ...report, findings: [finding] })
    expect(shown).toContain('&#60;img')
    expect(shown).not.toMatch(/<img|@acme|\]\(|\*\*b|#1 |^# |http:|www\./m)
    expect(new Set(folds(shown)).size).toBe(1)
  })

  it('stays within what GitHub takes, drops people first and says so', async () => {
    const employees = Array.from({ length: 3000 }, (_, index) =>
      employee({ number: `E${10_000 + index}`, name: `person-${10_000 + index}`, groups: ['engineering'] }),
    )
    const report = await new TestWorld().declare({ employees, mappings: [engineering] }).plan()
    const findings = employees.map(
      (one): Finding => ({
        severity: 'Error',
        reason: 'ManifestInvalid',
        message: `${one.name}: ${'<'.repeat(400)}`,
        subject: { kind: 'Employee', name: one.name },
      }),
    )
    for (const full of [report, { ...report, findings }]) {
      const shown = renderPlanMarkdown(full)
      expect(shown.length).toBeLessThan(markdownLimit)
      expect(shown).toContain('3000 accounts to create')
      expect(shown).toContain('memory: people (3000)')
      expect(shown).toMatch(/- and \d+ more; `tenure plan DIR --verbose` shows all/)
      expect(new Set(folds(shown)).size).toBe(1)
    }
    expect(renderPlanMarkdown(report).length).toBeGreaterThan(markdownLimit / 2)
  })

  it('is short when there is nothing to do', async () => {
    const world = new TestWorld()
    await world.apply()
    expect(renderPlanMarkdown(await world.plan())).toBe(
      '### Tenure: nothing to do: 1 employee, 1 mapping and 1 provider, and everything is as declared.\n',
    )
  })
})
