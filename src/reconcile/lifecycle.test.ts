import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Reason } from '../model/origin.ts'
import type { RunReport } from '../model/plan.ts'

const reasons = (report: RunReport): Reason[] =>
  report.providers.flatMap(one => one.findings.map(finding => finding.reason))
const kinds = (report: RunReport): string[] =>
  report.providers.flatMap(one => one.outcomes.map(out => `${out.kind} ${out.operation.kind}`))
const engineers = mapping({ groups: ['engineering'] })

function ada(options: Parameters<typeof employee>[0] = {}): ReturnType<typeof employee> {
  return employee({ groups: ['engineering'], ...options })
}

async function employed(
  options: Parameters<typeof employee>[0] = {},
  provider: Parameters<typeof identityProvider>[0] = {},
): Promise<TestWorld> {
  const world = new TestWorld().declare({
    employees: [ada(options)],
    mappings: [engineers],
    providers: [identityProvider(provider)],
  })
  await world.apply()
  return world
}

const account = (world: TestWorld) =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === 'E1')
const holds = (world: TestWorld, name: string): boolean => {
  const group = world.provider.state().groups.find(one => one.name === name)
  return group?.members.includes(account(world)?.id ?? ('' as never)) ?? false
}

describe('a joiner', () => {
  it('gets an account, its marks and its grants, and a second run does nothing', async () => {
    const world = await employed()
    expect(account(world)?.state).toBe('Enabled')
    expect([holds(world, 'tenure-managed'), holds(world, 'Engineering')]).toEqual([true, true])
    expect(await world.planned()).toEqual([])
    const writes = world.provider.writes
    await world.apply()
    expect(world.provider.writes).toBe(writes)
  })

  it('is staged a week before the first day, cannot sign in, holds the grants already, and is enabled on that day', async () => {
    const world = await employed({ startDate: '2026-03-06' })
    expect(account(world)?.state).toBe('Staged')
    expect([holds(world, 'tenure-managed-blocked'), holds(world, 'Engineering')]).toEqual([true, true])
    expect(await world.planned()).toEqual([])
    world.advance(4)
    expect(await world.planned()).toEqual(['enable ada'])
    await world.apply()
    expect([account(world)?.state, holds(world, 'tenure-managed-blocked')]).toEqual(['Enabled', false])
  })

  it('has nothing before the staging window', async () => {
    const world = await employed({ startDate: '2026-03-10' })
    expect(account(world)).toBeUndefined()
  })
})

describe('a mover', () => {
  it('gains before they lose', async () => {
    const world = await employed()
    const sales = mapping({ name: 'sales', groups: ['sales'], grants: ['Sales'] })
    world.declare({ employees: [ada({ groups: ['sales'] })], mappings: [engineers, sales] })
    expect(await world.planned()).toEqual(['grant ada Sales', 'revoke ada Engineering'])
    await world.apply()
    expect([holds(world, 'Sales'), holds(world, 'Engineering')]).toEqual([true, false])
  })

  it('who changes their name keeps the account under the new login', async () => {
    const world = await employed()
    const before = account(world)?.id
    world.declare({
      employees: [ada({ fields: { workEmail: 'ada.king@example.com', familyName: 'King' } })],
      mappings: [engineers],
    })
    expect(await world.planned()).toEqual(['update ada'])
    await world.apply()
    expect([account(world)?.id, account(world)?.login]).toEqual([before, 'ada.king@example.com'])
    expect(await world.planned()).toEqual([])
  })

  it('who clears a field has it cleared', async () => {
    const world = await employed({ fields: { title: 'Countess' } })
    expect(account(world)?.attributes.title).toBe('Countess')
    world.declare({ employees: [ada()], mappings: [engineers] })
    await world.apply()
    expect(account(world)?.attributes.title).toBeUndefined()
  })
})

describe('a leaver', () => {
  it('is blocked, signed out and stripped the day after the last one, and kept', async () => {
    const world = await employed({ endDate: '2026-03-03' })
    world.advance(2)
    expect(await world.planned()).toEqual(['block ada', 'end-sessions ada', 'revoke ada Engineering'])
    await world.apply()
    expect([account(world)?.state, account(world)?.signedIn, holds(world, 'Engineering')]).toEqual([
      'Blocked',
      false,
      false,
    ])
    expect(holds(world, 'tenure-managed')).toBe(true)
    await world.apply()
    expect(await world.planned()).toEqual([])
  })

  it('is deleted only after the grace, and only when that is the action', async () => {
    const remove = { offboarding: { delete: true, graceDays: 30 } }
    const world = new TestWorld({ offboarding: 'Delete' }).declare({
      employees: [ada({ endDate: '2026-03-03' })],
      mappings: [engineers],
      providers: [identityProvider(remove)],
    })
    await world.apply()
    await world.advance(2).apply()
    await world.apply()
    expect(await world.advance(29).planned()).toEqual([])
    expect(await world.advance(2).planned()).toEqual(['delete ada'])
    await world.apply()
    expect([account(world)?.state, world.provider.deletions]).toEqual(['Deleted', 1])
    await world.apply()
    expect(await world.planned()).toEqual([])
  })

  it('goes although the provider cannot be read whole', async () => {
    const world = await employed({ endDate: '2026-03-03' })
    world.advance(2).provider.fail({ snapshot: 'Torn' })
    const report = await world.apply()
    expect(kinds(report)).toContain('applied block')
    expect(account(world)?.state).toBe('Blocked')
  })

  it('whose Employee was deleted is inferred, and goes within the budget', async () => {
    const world = await employed()
    world.declare({ employees: [ada({ number: 'E2', name: 'grace' })], mappings: [engineers] })
    await world.apply()
    expect(account(world)?.state).toBe('Blocked')
  })

  it('is never touched because the folder is empty', async () => {
    const world = await employed()
    world.declare({ employees: [], mappings: [], providers: [identityProvider()] })
    const report = await world.apply()
    expect(report.providers[0]?.verdict?.refusals.map(refusal => refusal.reason)).toContain('DesiredEmpty')
    expect(account(world)?.state).toBe('Enabled')
  })

  it('is never inferred while a manifest cannot be read', async () => {
    const world = await employed()
    world.declare({ employees: [ada({ number: 'E2', name: 'grace' })], mappings: [engineers], complete: false })
    const report = await world.apply()
    expect(report.providers[0]?.verdict?.refusals.map(refusal => refusal.reason)).toContain('DesiredIncomplete')
    expect(account(world)?.state).toBe('Enabled')
  })
})

describe('a lost record', () => {
  const out = employee({ number: 'E1', groups: ['engineering'], providers: ['elsewhere'] })

  it('makes no leaver of somebody who is declared, blocked by us, and now out of scope', async () => {
    const world = await employed()
    world.declare({ employees: [ada({ suspended: true })], mappings: [engineers] })
    await world.apply()
    world.journal.entries.length = 0
    world.declare({ employees: [out], mappings: [engineers] })
    const report = await world.apply()
    expect(report.providers[0]?.plan?.operations).toEqual([])
    expect(reasons(report)).not.toContain('MarkForeign')
    expect(holds(world, 'Engineering')).toBe(true)
  })

  it('binds the account again under a new number when the old one is listed', async () => {
    const world = await employed()
    world.journal.entries.length = 0
    const before = account(world)?.id
    world.declare({ employees: [ada({ number: 'E7', name: 'ada', previousNumbers: ['E1'] })], mappings: [engineers] })
    expect(await world.planned()).toEqual(['adopt ada', 'update ada'])
    await world.apply()
    const [only, other] = [...world.provider.tenant.accounts()]
    expect([only?.id, only?.attributes.employeeNumber, other]).toEqual([before, 'E7', undefined])
  })

  it('binds a leaver of ours whom nothing declares, and waits with what that infers', async () => {
    const world = await employed({ endDate: '2026-03-03' })
    await world.advance(2).apply()
    await world.apply()
    world.journal.entries.length = 0
    world.declare({ employees: [ada({ number: 'E2', name: 'grace' })], mappings: [engineers] })
    const group = world.provider.state().groups.find(one => one.name === 'Engineering')
    world.provider.tenant.setMember(group?.id as never, account(world)?.id as never, true)
    const waits = async (): Promise<unknown> =>
      (await world.apply()).providers[0]?.verdict?.refusals.map(refusal => refusal.reason)
    expect(await waits()).toEqual(['RecordLost'])
    expect(await waits()).toEqual(['RecordLost'])
    expect(holds(world, 'Engineering')).toBe(true)
    const refusals = (await world.plan()).providers[0]?.verdict?.refusals ?? []
    world.approved = refusals.flatMap(refusal => refusal.withheld?.hash ?? [])
    await world.apply()
    expect(holds(world, 'Engineering')).toBe(false)
    world.approved = []
    await world.apply()
    world.declare({ employees: [ada({ number: 'E2', name: 'grace', groups: [] })], mappings: [engineers] })
    expect(await world.planned()).toEqual(['revoke grace Engineering'])
  })
})

describe('someone who was offboarded', () => {
  it('loses what somebody gives them afterwards, and is blocked again when somebody enables them', async () => {
    const world = await employed({ endDate: '2026-03-03' })
    await world.advance(2).apply()
    await world.apply()
    const group = world.provider.state().groups.find(one => one.name === 'Engineering')
    world.provider.tenant.setMember(group?.id as never, account(world)?.id as never, true)
    expect(await world.planned()).toEqual(['revoke ada Engineering'])
    world.provider.tenant.setState(account(world)?.id as never, 'Enabled')
    expect(await world.planned()).toEqual(['block ada', 'end-sessions ada', 'revoke ada Engineering'])
  })
})

describe('a short read', () => {
  it('that a second one confirms is believed, and everybody missing is read one by one', async () => {
    const world = await employed()
    world.provider.fail({ snapshot: { hidden: 1 } })
    world.declare({ employees: [ada()], mappings: [engineers] })
    const report = await world.apply()
    expect(report.providers[0]?.plan?.operations.map(one => one.kind)).not.toContain('create')
    expect(account(world)?.state).toBe('Enabled')
  })
})

describe('someone who comes back', () => {
  it('gets the same account back, holding what is granted now', async () => {
    const world = await employed({ endDate: '2026-03-03' })
    const before = account(world)?.id
    await world.advance(2).apply()
    await world.apply()
    world.declare({ employees: [ada({ startDate: '2026-03-05' })], mappings: [engineers] })
    await world.advance(1).apply()
    expect([account(world)?.id, account(world)?.state, holds(world, 'Engineering')]).toEqual([before, 'Enabled', true])
    expect(holds(world, 'tenure-managed-blocked')).toBe(false)
    expect(await world.planned()).toEqual([])
    world.declare({ employees: [ada({ endDate: '2026-03-08' })], mappings: [engineers] })
    expect(await world.advance(5).planned()).toEqual(['block ada', 'end-sessions ada', 'revoke ada Engineering'])
  })

  it('comes back out of the bin, stripped first', async () => {
    const remove = { offboarding: { delete: true, graceDays: 1, revokeGrants: false } }
    const world = new TestWorld({ offboarding: 'Delete' }).declare({
      employees: [ada({ endDate: '2026-03-03' })],
      mappings: [engineers],
      providers: [identityProvider(remove)],
    })
    await world.apply()
    const before = account(world)?.id
    await world.advance(2).apply()
    await world.apply()
    await world.advance(2).apply()
    expect(account(world)?.state).toBe('Deleted')
    world.declare({ employees: [ada({ groups: [] })], mappings: [engineers], providers: [identityProvider(remove)] })
    expect(await world.planned()).toEqual(['restore ada', 'enable ada', 'update ada'])
    await world.apply()
    expect([account(world)?.id, account(world)?.state, holds(world, 'Engineering')]).toEqual([before, 'Enabled', false])
    expect(await world.planned()).toEqual([])
  })
})

describe('leave and suspension', () => {
  it('a leave blocks, keeps the grants, and ends by itself', async () => {
    const world = await employed({ leaves: [{ from: '2026-03-03', until: '2026-03-10', access: 'Block' }] as never })
    await world.advance(1).apply()
    expect([account(world)?.state, holds(world, 'Engineering'), holds(world, 'tenure-managed-blocked')]).toEqual([
      'Blocked',
      true,
      true,
    ])
    expect(await world.planned()).toEqual([])
    await world.advance(8).apply()
    expect(account(world)?.state).toBe('Enabled')
  })

  it('a suspension blocks now, ends sessions once, and is lifted when the field goes', async () => {
    const world = await employed()
    world.declare({ employees: [ada({ suspended: true })], mappings: [engineers] })
    expect(await world.planned()).toEqual(['block ada', 'end-sessions ada'])
    await world.apply()
    expect(await world.planned()).toEqual([])
    world.declare({ employees: [ada()], mappings: [engineers] })
    expect(await world.planned()).toEqual(['enable ada'])
  })

  it('a block that is not ours stays, and only an annotation with a later time lifts it', async () => {
    const world = await employed()
    world.provider.tenant.setState(account(world)?.id as never, 'Blocked')
    const report = await world.apply()
    expect(reasons(report)).toContain('BlockedElsewhere')
    expect(await world.planned()).toEqual([])
    world.advance(1).declare({ employees: [ada({ unblockBefore: world.now - 2 * 86_400_000 })], mappings: [engineers] })
    expect(await world.planned()).toEqual([])
    world.declare({ employees: [ada({ unblockBefore: world.now })], mappings: [engineers] })
    expect(await world.planned()).toEqual(['enable ada'])
  })

  it('a block of ours is known from the provider although every record is lost', async () => {
    const world = await employed({ suspended: false })
    world.declare({ employees: [ada({ suspended: true })], mappings: [engineers] })
    await world.apply()
    world.journal.entries.length = 0
    world.declare({ employees: [ada()], mappings: [engineers] })
    await world.apply()
    expect(account(world)?.state).toBe('Enabled')
  })
})

describe('strangers', () => {
  const stranger = { login: 'ada@example.com', attributes: { employeeNumber: 'E1' } }

  it('one who holds the number is never touched unless the policy adopts', async () => {
    const world = new TestWorld({ state: { accounts: [stranger] } }).declare({
      providers: [identityProvider({ adopt: 'Never' })],
    })
    const report = await world.apply()
    expect(reasons(report)).toContain('AccountUnmanaged')
    expect(world.provider.writes).toBe(0)
  })

  it('one who holds the number is adopted by policy, and found accounts are never enabled for being found', async () => {
    const blocked = { ...stranger, state: 'Blocked' as const }
    const world = new TestWorld({ state: { accounts: [blocked] } })
    const report = await world.apply()
    expect(kinds(report)).toContain('applied adopt')
    expect(reasons(report)).toContain('BlockedElsewhere')
    expect(account(world)?.state).toBe('Blocked')
  })

  it('one who is adopted keeps what is granted and loses what is not, in one run', async () => {
    const groups = [
      { name: 'Engineering', members: ['ada'] },
      { name: 'Sales', members: ['ada'] },
    ]
    const world = new TestWorld({ state: { accounts: [{ ...stranger, id: 'ada' }], groups } })
    const sales = mapping({ name: 'sales', groups: ['sales'], grants: ['Sales'] })
    world.declare({ employees: [ada()], mappings: [engineers, sales] })
    const planned = await world.planned()
    expect(planned.filter(one => /grant|revoke/.test(one))).toEqual(['revoke ada Sales'])
    await world.apply()
    expect(await world.planned()).toEqual([])
  })

  it('two candidates are never guessed between', async () => {
    const other = { login: 'ada2@example.com', attributes: { employeeNumber: 'E1' } }
    const world = new TestWorld({ state: { accounts: [stranger, other] } })
    const report = await world.apply()
    expect(reasons(report)).toContain('AdoptionAmbiguous')
    expect(world.provider.writes).toBe(0)
  })

  it('one whom somebody put into the marker group is reported and left alone', async () => {
    const world = new TestWorld({ state: { accounts: [{ id: 'ceo', login: 'ceo@example.com' }] } })
    const marker = world.provider.state().groups.find(group => group.name === 'tenure-managed')
    world.provider.tenant.setMember(marker?.id as never, 'ceo' as never, true)
    const report = await world.apply()
    expect(reasons(report)).toContain('MarkForeign')
    expect(world.provider.tenant.account('ceo' as never)?.state).toBe('Enabled')
  })

  it('in a mapped group they are counted and never removed', async () => {
    const groups = [{ name: 'Engineering', members: ['boss'] }]
    const world = new TestWorld({ state: { accounts: [{ id: 'boss', login: 'boss@example.com' }], groups } })
    world.declare({ employees: [ada()], mappings: [engineers] })
    const report = await world.apply()
    expect(report.providers[0]?.entitlements).toMatchObject([{ name: 'Engineering', unmanaged: 1 }])
    await world.apply()
    expect(world.provider.state().groups.find(group => group.name === 'Engineering')?.members).toContain('boss')
  })
})

describe('marks and ownership', () => {
  it('a mark that was removed is put back', async () => {
    const world = await employed()
    const marker = world.provider.state().groups.find(group => group.name === 'tenure-managed')
    world.provider.tenant.setMember(marker?.id as never, account(world)?.id as never, false)
    expect(await world.planned()).toEqual(['mark ada Managed'])
  })

  it('another owner stops every write', async () => {
    const world = await employed()
    world.declare({
      employees: [ada({ suspended: true })],
      mappings: [engineers],
      providers: [identityProvider({ owner: 'someone-else' })],
    })
    const report = await world.apply()
    expect(report.providers[0]?.verdict?.refusals.map(refusal => refusal.reason)).toEqual(['OwnedElsewhere'])
    expect(account(world)?.state).toBe('Enabled')
  })

  it('the same owner in another directory stops every write', async () => {
    const world = await employed()
    world.by = 'a copy of the directory'
    world.declare({ employees: [ada({ suspended: true })], mappings: [engineers] })
    const report = await world.apply()
    expect(report.providers[0]?.verdict?.refusals.map(refusal => refusal.reason)).toEqual(['OwnedElsewhere'])
  })
})

describe('mappings that go', () => {
  it('take back what only they granted', async () => {
    const world = await employed()
    world.declare({ employees: [ada()], mappings: [] })
    expect(await world.planned()).toEqual(['revoke ada Engineering'])
    await world.apply()
    expect(await world.planned()).toEqual([])
    expect(holds(world, 'Engineering')).toBe(false)
  })

  it('leave everything when they say Retain', async () => {
    const world = new TestWorld().declare({
      employees: [ada()],
      mappings: [mapping({ groups: ['engineering'], onDelete: 'Retain' })],
    })
    await world.apply()
    world.declare({ employees: [ada()], mappings: [] })
    expect(await world.planned()).toEqual([])
    await world.apply()
    expect(holds(world, 'Engineering')).toBe(true)
  })

  it('an additive one takes back only what it gave', async () => {
    const world = await employed({ groups: [] })
    const group = world.provider.state().groups.find(one => one.name === 'Engineering')
    world.provider.tenant.setMember(group?.id as never, account(world)?.id as never, true)
    world.declare({
      employees: [ada({ groups: [] })],
      mappings: [mapping({ groups: ['engineering'], mode: 'Additive' })],
    })
    expect(await world.planned()).toEqual([])
    world.declare({ employees: [ada({ groups: [] })], mappings: [engineers] })
    expect(await world.planned()).toEqual(['revoke ada Engineering'])
  })
})
