import { expect } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import type { ApprovedOperation, Outcome } from '../../model/plan.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

const NOBODY = '00000000-0000-4000-8000-000000000000' as AccountId
const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `W${index + 1}`)

/** So many employees, made by one wave. */
async function hired(scene: Scene, count: number): Promise<readonly Outcome[]> {
  const operations = numbers(count).map(number =>
    scene.approved(scene.createVerb({ number }), { number, login: scene.login(number) }),
  )
  return await scene.runAll(operations)
}

const accountsOf = (outcomes: readonly Outcome[]): AccountId[] =>
  outcomes.flatMap(one => (one.kind === 'applied' && one.account !== undefined ? [one.account] : []))

const kindsOf = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ kind }) => kind)

/** Many operations in one call, which a provider may send together: each has its own outcome all the same. */
export const waveCases: Cases = {
  'makes everybody of a wave once, marked, with an outcome each': async scene => {
    const outcomes = await hired(scene, 25)
    expect(kindsOf(outcomes)).toEqual(Array(25).fill('applied'))
    const ids = accountsOf(outcomes)
    expect(new Set(ids).size).toBe(25)
    const accounts = await scene.tenant.accounts()
    const ours = accounts.filter(({ number }) => number?.startsWith('W'))
    expect(new Set(ours.map(({ number }) => number))).toEqual(new Set(numbers(25)))
    expect(ours).toHaveLength(25)
    expect(await scene.tenant.members(await scene.marker('Managed'))).toEqual(new Set(ids))
  },
  'grants one group to a wave of people, though one of them is no more and one is in it already': async scene => {
    const ids = accountsOf(await hired(scene, 22))
    const group = await scene.group({ name: 'Engineering' })
    await scene.tenant.addMember(group.id, ids[3] as AccountId)
    const verb = { kind: 'grant', entitlement: group, mappings: [] } as const
    const operations: ApprovedOperation[] = [...ids, NOBODY].map((account, index) =>
      scene.approved(verb, { number: `W${index + 1}`, account }),
    )
    const outcomes = await scene.runAll(operations)
    expect(outcomes).toHaveLength(23)
    const bad = outcomes.filter(({ kind }) => kind !== 'applied')
    expect(bad.map(({ kind, operation }) => [kind, operation.account])).toEqual([['failed', NOBODY]])
    expect(await scene.tenant.members(group.id)).toEqual(new Set(ids))
  },
  'carries out a wave of different verbs': async scene => {
    const [first, second, third] = accountsOf(await hired(scene, 3))
    const group = await scene.group({ name: 'Engineering' })
    const title = scene.attribute('title') ?? 'title'
    const outcomes = await scene.runAll([
      scene.approved(
        { kind: 'grant', entitlement: group, mappings: [] },
        { number: 'W1', account: first as AccountId },
      ),
      scene.approved({ kind: 'block', why: 'Suspension' }, { number: 'W2', account: second as AccountId }),
      scene.approved(
        { kind: 'update', set: { [title]: 'Analyst' }, before: { [title]: null } },
        { number: 'W3', account: third as AccountId },
      ),
    ])
    expect(kindsOf(outcomes)).toEqual(['applied', 'applied', 'applied'])
    expect(await scene.tenant.members(group.id)).toEqual(new Set([first]))
    expect((await scene.seen(second as AccountId))?.state).not.toBe('Enabled')
    expect((await scene.seen(third as AccountId))?.attributes[title]).toBe('Analyst')
  },
}
