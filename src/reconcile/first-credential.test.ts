import { describe, expect, it } from 'vitest'
import { employee, identityProvider } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { MemoryOptions } from '../provider/memory/index.ts'

async function employed(
  options: Parameters<typeof employee>[0] = {},
  provider: Parameters<typeof identityProvider>[0] = {},
  memory: MemoryOptions = {},
): Promise<TestWorld> {
  const world = new TestWorld(memory).declare({
    employees: [employee(options)],
    providers: [identityProvider({ firstCredential: true, ...provider })],
  })
  await world.apply()
  return world
}

const issued = (world: TestWorld): number | undefined =>
  [...world.provider.tenant.accounts()].find(one => one.login === 'ada@example.com')?.credentials

describe('a first credential', () => {
  it('is issued once, with the account of somebody who works already', async () => {
    const world = await employed()
    expect(issued(world)).toBe(1)
    expect(await world.planned()).toEqual([])
  })

  it('waits for the first day of somebody who is staged', async () => {
    const world = await employed({ startDate: '2026-03-06' })
    expect(issued(world)).toBe(0)
    world.advance(4)
    expect(await world.planned()).toEqual(['enable ada', 'issue-credential ada'])
    await world.apply()
    expect(issued(world)).toBe(1)
    expect(await world.planned()).toEqual([])
  })

  it('is tried again within a day, and not later', async () => {
    const world = await employed({}, { firstCredential: false })
    world.declare({ providers: [identityProvider({ firstCredential: true })] })
    expect(await world.planned()).toEqual(['issue-credential ada'])
    world.advance(1)
    expect(await world.planned()).toEqual([])
  })

  it('is not for an account that was found, however new it is to us', async () => {
    const state = { accounts: [{ login: 'ada@example.com', attributes: { employeeNumber: 'E1' } }] }
    const world = await employed({}, {}, { state })
    expect(issued(world)).toBe(0)
    expect(await world.planned()).toEqual([])
  })

  it('is not for somebody who comes back from a leave', async () => {
    const leave = { from: '2026-03-02', until: '2026-03-02', access: 'Block' }
    const world = await employed({}, { firstCredential: false })
    world.declare({ employees: [employee({ leaves: [leave] as never })] })
    await world.apply()
    world.advance(1).declare({ employees: [employee()], providers: [identityProvider({ firstCredential: true })] })
    expect(await world.planned()).toEqual(['enable ada'])
  })

  it('belongs to creating: with lifecycle.create off there is none', async () => {
    const world = await employed({ startDate: '2026-03-06' })
    world.advance(4).declare({
      providers: [identityProvider({ firstCredential: true, lifecycle: { create: false } })],
    })
    expect(await world.planned()).toEqual([])
  })
})
