import { expect } from 'vitest'
import { AuthError } from '../../model/errors.ts'
import type { OperationVerb } from '../../model/plan.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

const DEPARTURE: OperationVerb = { kind: 'block', why: 'Departure' }

/** How many accounts there are for the login of employee `E1`. */
async function madeFor(scene: Scene): Promise<number> {
  return (await scene.tenant.accounts()).filter(({ login }) => login === scene.login('E1')).length
}

/** Broken connections, rate limits, rejected credentials, a run that is stopped. */
export const faultCases: Cases = {
  'does not know what became of a create that got no answer, and makes no second account': async scene => {
    await scene.tenant.fail('WriteUnanswered')
    expect((await scene.run(scene.createVerb())).kind).toBe('unknown')
    await scene.tenant.fail('None')
    expect(await madeFor(scene)).toBe(1)
  },
  'does not know what became of a create whose request was lost': async scene => {
    await scene.tenant.fail('WriteLost')
    expect((await scene.run(scene.createVerb())).kind).toBe('unknown')
    await scene.tenant.fail('None')
    expect(await madeFor(scene)).toBe(0)
  },
  'finds what an unanswered create made by a direct read': async scene => {
    await scene.tenant.fail('WriteUnanswered')
    await scene.run(scene.createVerb())
    await scene.tenant.fail('None')
    const [found] = await scene.find({ kind: 'Login', login: scene.login('E1') })
    expect(found?.account).toMatchObject({ number: 'E1', login: scene.login('E1') })
  },
  'never claims a block that did not take place': async scene => {
    const account = await scene.joined()
    await scene.tenant.fail('WriteLost')
    const { kind } = await scene.run(DEPARTURE, { account })
    await scene.tenant.fail('None')
    const blocked = (await scene.seen(account))?.state === 'Departed'
    expect(kind === 'applied').toBe(blocked)
  },
  'finishes a block that was broken off when it is asked again': async scene => {
    const account = await scene.joined()
    await scene.tenant.fail('WriteUnanswered')
    await scene.run(DEPARTURE, { account })
    await scene.tenant.fail('None')
    expect(await scene.run(DEPARTURE, { account })).toMatchObject({ kind: 'applied' })
    expect(await scene.read(account)).toMatchObject({ state: 'Blocked', departed: true, blockMarked: true })
  },
  'waits when the tenant is busy, and then does it': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const account = await scene.joined()
    await scene.tenant.fail('WriteBusy')
    const outcome = await scene.run({ kind: 'grant', entitlement: group, mappings: ['engineering'] }, { account })
    expect(outcome).toMatchObject({ kind: 'applied' })
    expect(await scene.tenant.members(group.id)).toEqual(new Set([account]))
  },
  'creates once when the tenant is busy': async scene => {
    await scene.tenant.fail('WriteBusy')
    expect(await scene.run(scene.createVerb())).toMatchObject({ kind: 'applied' })
    expect(await madeFor(scene)).toBe(1)
  },
  'skips every operation when the credential is rejected, and throws nothing': async scene => {
    const account = await scene.joined()
    await scene.tenant.fail('CredentialRejected')
    const operations = [
      scene.approved(DEPARTURE, { account }),
      ...['E2', 'E3', 'E4'].map(number => scene.approved(scene.createVerb({ number }), { number })),
    ]
    const outcomes = await scene.runAll(operations)
    await scene.tenant.fail('None')
    expect(new Set(outcomes.map(({ operation }) => operation))).toEqual(new Set(operations))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'skipped', reason: 'CredentialsRejected' })
    expect(await scene.tenant.accounts()).toHaveLength(1)
    expect((await scene.seen(account))?.state).toBe('Enabled')
  },
  'throws AuthError from every read when the credential is rejected': async scene => {
    const id = await scene.joined()
    await scene.tenant.fail('CredentialRejected')
    await expect(scene.snapshot()).rejects.toThrow(AuthError)
    await expect(scene.find({ kind: 'Id', id })).rejects.toThrow(AuthError)
    await expect(scene.provider.catalog([{ kind: 'Group', name: 'Any' }], scene.signal)).rejects.toThrow(AuthError)
  },
  'skips what was not tried when the run is stopped, and writes nothing': async scene => {
    const account = await scene.joined()
    const before = await scene.fingerprint()
    const operations = [scene.approved(DEPARTURE, { account }), scene.approved(scene.createVerb({ number: 'E2' }))]
    const outcomes = await scene.runAll(operations, AbortSignal.abort())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['skipped', 'skipped'])
    expect(await scene.fingerprint()).toBe(before)
  },
  'gives up a read when the run is stopped': async scene => {
    const { provider } = scene
    const stopped = AbortSignal.abort()
    await expect(provider.snapshot({ bound: [], entitlements: [] }, stopped)).rejects.toThrow()
    await expect(provider.lookup([{ kind: 'Login', login: scene.login('E1') }], stopped)).rejects.toThrow()
  },
  'does nothing for no operations': async scene => {
    const before = await scene.fingerprint()
    expect(await scene.runAll([])).toEqual([])
    expect(await scene.fingerprint()).toBe(before)
  },
}
