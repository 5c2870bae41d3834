import { describe, expect, it } from 'vitest'
import { employee, identityProvider } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { ProviderPolicy } from '../model/provider.ts'

const account = (world: TestWorld) =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === 'E1' && one.state !== 'Deleted')
const block = (world: TestWorld): void => world.provider.tenant.setState(account(world)?.id as never, 'Blocked')
const enable = (world: TestWorld): void => world.provider.tenant.setState(account(world)?.id as never, 'Enabled')
const becauseOf = async (world: TestWorld): Promise<string[]> =>
  (await world.plan()).providers.flatMap(one => one.plan?.operations ?? []).map(one => one.because.text)

const deleting: Partial<ProviderPolicy> = {
  offboarding: { delete: true, graceDays: 1, revokeGrants: true, revokeSessions: true } as never,
}

/** Employed, left, blocked and deleted after the grace. */
async function deleted(world: TestWorld): Promise<TestWorld> {
  const providers = [identityProvider(deleting)]
  world.declare({ employees: [employee()], providers })
  await world.apply()
  world.declare({ employees: [employee({ endDate: '2026-03-01' })], providers })
  await world.apply()
  await world.apply()
  await world.advance(2).apply()
  expect(account(world)).toBeUndefined()
  return world.declare({ employees: [employee()], providers })
}

describe('someone whose account was deleted', () => {
  it('after they left gets a new one, and the plan says that we deleted the old one', async () => {
    const world = await deleted(new TestWorld({ offboarding: 'Delete', bin: false }))
    expect(await becauseOf(world)).toEqual(['employed again; the account they had was deleted after they left'])
  })

  it('and who has a new one is not let in again when somebody else blocks it', async () => {
    const world = await deleted(new TestWorld({ offboarding: 'Delete', bin: false }))
    await world.apply()
    expect(account(world)?.state).toBe('Enabled')
    block(world)
    expect(await world.planned()).toEqual([])
  })

  it('and whose new one is staged is enabled for the first time, which counts against no budget', async () => {
    const world = await deleted(new TestWorld({ offboarding: 'Delete', bin: false }))
    world.declare({ employees: [employee({ startDate: '2026-03-06' })], providers: [identityProvider(deleting)] })
    await world.apply()
    expect(account(world)?.state).toBe('Staged')
    world.advance(3)
    const [enabling] = (await world.plan()).providers.flatMap(one => one.plan?.operations ?? [])
    expect(enabling).toMatchObject({ kind: 'enable', first: true })
    expect(enabling?.counts).toBeUndefined()
  })

  it('comes back out of the bin with the attributes of today, and the plan after that is empty', async () => {
    const world = await deleted(new TestWorld({ offboarding: 'Delete' }))
    const fields = { title: 'Countess' }
    world.declare({ employees: [employee({ fields })], providers: [identityProvider(deleting)] })
    expect(await world.planned()).toEqual(['restore ada', 'enable ada', 'update ada', 'grant ada Engineering'])
    await world.apply()
    expect(account(world)?.attributes.title).toBe('Countess')
    expect(await world.planned()).toEqual([])
  })
})

describe('a block', () => {
  it('of ours that somebody lifted by hand is forgotten, so that a later one that is not ours stays', async () => {
    const leaves = [{ from: '2026-03-02', until: '2026-03-05', access: 'Block' }] as never
    const world = new TestWorld().declare({ employees: [employee()] })
    await world.apply()
    world.declare({ employees: [employee({ leaves })] })
    await world.apply()
    expect(account(world)?.state).toBe('Blocked')
    enable(world)
    await world.advance(4).apply()
    expect(account(world)?.state).toBe('Enabled')
    block(world)
    expect(await world.planned()).toEqual([])
  })

  it('that an annotation lifts is lifted because of the annotation', async () => {
    const world = new TestWorld().declare({ employees: [employee()] })
    await world.apply()
    block(world)
    await world.apply()
    world.advance(1).declare({ employees: [employee({ unblockBefore: world.now })] })
    const [enabling] = (await world.plan()).providers.flatMap(one => one.plan?.operations ?? [])
    expect(enabling?.kind).toBe('enable')
    expect(enabling?.because).toMatchObject({ sources: ['tenure.dev/unblock'] })
    expect(enabling?.because.text).toContain('tenure.dev/unblock lifts the block')
  })
})

describe('a leaver whose deleted account somebody takes out of the bin', () => {
  it('is blocked again', async () => {
    const world = await deleted(new TestWorld({ offboarding: 'Delete' }))
    world.declare({ employees: [employee({ endDate: '2026-03-01' })], providers: [identityProvider(deleting)] })
    expect(await world.planned()).toEqual([])
    const binned = [...world.provider.tenant.accounts()].find(one => one.state === 'Deleted')
    world.provider.tenant.setState(binned?.id as never, 'Enabled')
    expect(await world.planned()).toContain('block ada')
    await world.apply()
    expect(account(world)?.state).toBe('Departed')
  })
})
