import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping, providerName } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Finding } from '../model/origin.ts'
import type { RunReport } from '../model/plan.ts'
import { renderPlanText } from './plan-text.ts'

const engineering = mapping({ groups: ['engineering'] })
const sales = mapping({ name: 'sales', groups: ['sales'], grants: ['Sales'] })
const limits = identityProvider().policy.guard.limits
const noBlocks = { limits: { ...limits, block: { percent: 0, atLeast: 0 } } }

const plain = { color: false, verbose: false }
const text = async (world: TestWorld): Promise<string> => renderPlanText(await world.plan(), plain)

const ada = (options: Parameters<typeof employee>[0] = {}) => employee({ groups: ['engineering'], ...options })
const bob = (options: Parameters<typeof employee>[0] = {}) =>
  employee({ number: 'E2', name: 'bob', groups: ['engineering'], ...options })

/** Ada and Bob are employed; the next plan is about what the test declares then. */
async function twoPeople(): Promise<TestWorld> {
  const fields = { title: 'Engineer', displayName: 'Bob' }
  const world = new TestWorld().declare({ employees: [ada(), bob({ fields })], mappings: [engineering, sales] })
  await world.apply()
  return world
}

/** So many people of the group engineering. */
function crowd(count: number): ReturnType<typeof employee>[] {
  return Array.from({ length: count }, (_, index) =>
    employee({ number: `E${1000 + index}`, name: `person-${1000 + index}`, groups: ['engineering'] }),
  )
}

describe('the plan as text', () => {
  it('shows a joiner with every attribute and grant, each with its reason', async () => {
    const world = new TestWorld().declare({ employees: [ada({ startDate: '2026-03-06' })], mappings: [engineering] })
    expect((await text(world)).replace(/plan [0-9a-f]{12}\b/, 'plan HASH')).toMatchInlineSnapshot(`
      "Plan for 1 employee, 1 mapping and 1 provider

      memory (0 managed accounts, plan HASH)

        + ada (E1), joiner, ada@example.com
            + account ada@example.com, staged, not able to sign in yet  # starts soon and has no account
                + displayName: "Ada Lovelace"
                + email: "ada@example.com"
                + employeeNumber: "E1"
                + familyName: "Lovelace"
                + givenName: "Ada"
                + startDate: "2026-03-06"
                + timeZone: "UTC"
            + group Engineering                                         # mapping engineering

      Plan: 1 account to create; 1 grant to add.
            1 person: 1 joiner."
    `)
  })

  it('shows leavers before joiners before movers, old and new values, and who gains before they lose', async () => {
    const world = await twoPeople()
    const grace = employee({ number: 'E0', name: 'grace', groups: ['sales'] })
    const moved = bob({ groups: ['sales'], manager: 'grace', fields: { title: 'Seller', displayName: 'Bob' } })
    world.declare({ employees: [ada({ endDate: '2026-03-03' }), moved, grace], mappings: [engineering, sales] })
    world.advance(2)
    const shown = await text(world)
    expect(shown.slice(shown.indexOf('  ! ada'), shown.indexOf('  + grace'))).toMatchInlineSnapshot(`
      "  ! ada (E1), leaver, ada@example.com
            ! block (departure)  # left after the last day
            ! end all sessions   # left after the last day; sessions may be open
            - group Engineering  # left after the last day

      "
    `)
    expect(shown.slice(shown.indexOf('  ~ bob'))).toMatchInlineSnapshot(`
      "  ~ bob (E2), mover, bob@example.com
            ~ title: "Engineer" → "Seller"  # from title
            ~ manager: Ada Lovelace (E0)    # the manager is grace
            + group Sales                   # mapping sales
            - group Engineering             # no mapping grants it, and mapping engineering is authoritative

      Plan: 1 account to create, 1 to change, 1 to block, 1 to sign out; 2 grants to add, 2 to take away.
            3 people: 1 leaver, 1 joiner and 1 mover."
    `)
  })

  it('says in one line that there is nothing to do', async () => {
    const world = await twoPeople()
    expect(await text(world)).toBe(
      'Nothing to do: 2 employees, 2 mappings and 1 provider, and everything is as declared.',
    )
  })

  it('shows a withheld set with who, how many over which limit, its whole hash and how to release it', async () => {
    const world = await twoPeople()
    world.declare({
      employees: [ada()],
      mappings: [engineering, sales],
      providers: [identityProvider({ guard: noBlocks })],
    })
    const report = await world.plan()
    const hash = report.providers[0]?.verdict?.refusals[0]?.withheld?.hash ?? ''
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/)
    const shown = renderPlanText(report, plain)
    expect(shown.slice(shown.indexOf('  ! WITHHELD')).replaceAll(hash, 'sha256:HASH')).toMatchInlineSnapshot(`
      "  ! WITHHELD 1 person would lose access because something is absent, and the budget guard.block allows 0 (OverBudget)
            budget    block: 1 at once, 0 allowed
            would be  1 account to block, 1 to sign out; 1 grant to take away
            people    bob (E2)
            set       sha256:HASH
            release   tenure apply DIR --approve sha256:HASH

      Plan: nothing would be done.
      Withheld: 1 set for 1 person, until approved."
    `)
  })

  it('names ten people of a withheld set and counts the rest', async () => {
    const world = new TestWorld().declare({ employees: [ada(), ...crowd(14)], mappings: [engineering] })
    await world.apply()
    world.declare({ employees: [ada()], mappings: [engineering], providers: [identityProvider({ guard: noBlocks })] })
    const report = await world.plan()
    expect(renderPlanText(report, plain)).toMatch(
      /people {4}(person-\d+ \(E\d+\), ){9}person-1009 \(E1009\) and 4 more\n/,
    )
    expect(renderPlanText(report, { color: false, verbose: true })).toContain('person-1013 (E1013)\n')
  })

  it('prints no hash to approve where there is no record', async () => {
    const world = await twoPeople()
    world.declare({ employees: [ada()], mappings: [engineering], providers: [identityProvider({ guard: noBlocks })] })
    const shown = renderPlanText(await world.plan(), { ...plain, approvable: false })
    expect(shown).toContain('WITHHELD')
    expect(shown).not.toMatch(/sha256:|--approve/)
  })

  it('sums up what is refused otherwise, one line for each reason', async () => {
    const world = await twoPeople()
    world.declare({
      employees: [ada({ groups: ['sales'] }), bob({ groups: ['sales'] })],
      mappings: [engineering, sales],
      providers: [identityProvider({ paused: true })],
    })
    const shown = await text(world)
    expect(shown.slice(shown.indexOf('  not done'))).toMatchInlineSnapshot(`
      "  not done Paused: grant ×2, revoke ×2, update for ada (E1), bob (E2): memory is paused; set paused: false to go on

      Plan: nothing would be done.
      Not done: 5 operations for 2 people, for the reasons given."
    `)
  })

  it('prints counts first and no person when many change, and each of them with --verbose', async () => {
    const world = new TestWorld().declare({ employees: crowd(250), mappings: [engineering] })
    const report = await world.plan()
    const short = renderPlanText(report, plain)
    expect(short.replace(/plan [0-9a-f]{12}\b/, 'plan HASH')).toMatchInlineSnapshot(`
      "Plan for 250 employees, 1 mapping and 1 provider

      Plan: 250 accounts to create; 250 grants to add.
            250 people: 250 joiners.

      memory (0 managed accounts, plan HASH)

        250 people: 250 joiners
        250 accounts to create; 250 grants to add
          + group Engineering: 250 people
        More than 200 people change; --verbose shows each of them.

      Plan: 250 accounts to create; 250 grants to add.
            250 people: 250 joiners."
    `)
    const long = renderPlanText(report, { color: false, verbose: true })
    expect(long.indexOf('Plan: 250 accounts to create')).toBeLessThan(long.indexOf('person-1000 (E1000)'))
    expect(long).toContain('  + person-1249 (E1249), joiner')
    expect(long).not.toContain('--verbose')
  })

  it('says loudly that a provider was not read whole, that another was not planned, and that manifests are missing', async () => {
    const world = await twoPeople()
    world.provider.fail({ snapshot: 'Torn' })
    const report = await world.plan()
    const unread = { ...emptyReport, provider: providerName('alpha'), error: 'the token was refused' }
    const shown = renderPlanText({ ...report, complete: false, providers: [...report.providers, unread] }, plain)
    expect(shown).toContain('!! Not every manifest could be read')
    expect(shown).toMatch(/^alpha\n {2}!! NOT PLANNED: the token was refused$/m)
    expect(shown).toMatch(/^memory\n {2}!! READ INCOMPLETE: .*; only declared departures go on$/m)
    expect(shown).toContain('Incomplete: alpha, memory, as said above.')
    expect(shown).not.toContain('Nothing to do')
  })

  it('groups findings by severity, the worst first, and tells them even when nothing is to be done', async () => {
    const report = await (await twoPeople()).plan()
    const shown = renderPlanText(
      { ...report, findings: [finding('Info', 3), finding('Error', 9), finding('Warning', 5)] },
      plain,
    )
    expect(shown).toMatchInlineSnapshot(`
      "Errors:
        people.yaml:9:2: error: line 9 is wrong (ManifestInvalid)

      Warnings:
        people.yaml:5:2: warning: line 5 is wrong (ManifestInvalid)

      Notes:
        people.yaml:3:2: info: line 3 is wrong (ManifestInvalid)

      Plan: nothing would be done.
      Findings: 1 error and 1 warning."
    `)
  })

  it('lets no name at a provider steer the terminal', async () => {
    const world = new TestWorld({ state: { groups: [{ name: 'Eng\u001b[2J\u202e' }] } })
    const named = mapping({ grants: ['Eng\u001b[2J\u202e'] })
    world.declare({ employees: [ada({ fields: { title: 'a\nPlan: nothing\u001b]0;x\u0007' } })], mappings: [named] })
    const shown = await text(world)
    expect(shown).toContain('group Eng\\u{1b}[2J\\u{202e}')
    expect(shown).toContain('title: "a\\u{a}Plan: nothing\\u{1b}]0;x\\u{7}"')
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  })

  it('is the same for the same world in another order, and has colour only when asked', async () => {
    const world = await twoPeople()
    world.declare({
      employees: [bob({ groups: ['sales'] }), ada({ groups: ['sales'] })],
      mappings: [sales, engineering],
    })
    const one = await text(world)
    world.declare({
      employees: [ada({ groups: ['sales'] }), bob({ groups: ['sales'] })],
      mappings: [engineering, sales],
    })
    expect(await text(world)).toBe(one)
    const coloured = renderPlanText(await world.plan(), { color: true, verbose: false })
    expect(coloured).toContain('\u001b[32m+\u001b[39m')
    expect(stripVTControlCharacters(coloured)).toBe(one)
  })
})

const emptyReport: Omit<RunReport['providers'][number], 'provider'> = {
  drift: [],
  outcomes: [],
  findings: [],
  managedAccounts: 0,
  entitlements: [],
}

function finding(severity: Finding['severity'], line: number): Finding {
  return {
    severity,
    reason: 'ManifestInvalid',
    message: `line ${line} is wrong`,
    subject: { kind: 'Employee', name: 'ada' },
    origin: { kind: 'File', file: 'people.yaml', line, column: 2 },
  }
}
