import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import { metricsOf } from './metrics.ts'

const limits = identityProvider().policy.guard.limits
const noBlocks = identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })
const ada = employee()
const bob = employee({ number: 'E2', name: 'bob' })
const engineering = mapping()

/** The value of a series, its labels as written. */
async function read(metrics: ReturnType<typeof metricsOf>, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find(one => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

describe('the metrics', () => {
  it('count writes and corrections by enumerated words, and what a run leaves uncorrected', async () => {
    const metrics = metricsOf()
    const world = new TestWorld().declare({ employees: [ada, bob], mappings: [engineering] })
    await metrics.publish(await world.plan())
    expect(await read(metrics, 'tenure_drifted_objects{provider="memory",kind="AccountMissing"}')).toBe(2)
    await metrics.publish(await world.apply())
    expect(await read(metrics, 'tenure_drifted_objects{provider="memory",kind="AccountMissing"}')).toBe(0)
    expect(await read(metrics, 'tenure_drifted_objects{provider="memory",kind="EntitlementMissing"}')).toBe(0)
    expect(
      await read(metrics, 'tenure_external_writes_total{provider="memory",operation="create",result="applied"}'),
    ).toBe(2)
    expect(await read(metrics, 'tenure_drift_corrections_total{provider="memory",field="entitlements"}')).toBe(2)
    expect(await read(metrics, 'tenure_objects{kind="Employee",state="Valid"}')).toBe(2)
    expect(await read(metrics, 'controller_runtime_reconcile_total{controller="tenure",result="success"}')).toBe(2)
  })

  it('have every combination of labels from the first run on', async () => {
    const metrics = metricsOf({ version: '1.2.3' })
    await metrics.publish(await new TestWorld().plan())
    const text = await metrics.text()
    expect(text.match(/^tenure_external_writes_total\{/gm)).toHaveLength(14 * 3)
    expect(text.match(/^tenure_drift_corrections_total\{/gm)).toHaveLength(9)
    expect(text.match(/^tenure_drifted_objects\{/gm)).toHaveLength(16)
    expect(text).toContain('controller_runtime_reconcile_total{controller="tenure",result="error"} 0')
    expect(text).toMatch(/^tenure_build_info\{version="1\.2\.3",node="v\d+/m)
  })

  it('raise the brake while a set is withheld and let it go after, but not for half a reading', async () => {
    const metrics = metricsOf()
    const world = new TestWorld().declare({ employees: [ada, bob], mappings: [engineering] })
    await world.apply()
    const brake = (): Promise<number | undefined> => read(metrics, 'tenure_mass_change_brake{provider="memory"}')
    world.declare({ employees: [ada], mappings: [engineering], providers: [noBlocks] })
    await metrics.publish(await world.plan())
    expect(await brake()).toBe(1)
    world.provider.fail({ snapshot: 'Torn' })
    await metrics.publish(await world.plan())
    expect(await brake()).toBe(1)
    world.provider.fail({})
    world.declare({ employees: [ada, bob], mappings: [engineering] })
    await metrics.publish(await world.plan())
    expect(await brake()).toBe(0)
  })

  it('keep the time of the last success, and count a run with an error as one', async () => {
    const metrics = metricsOf()
    const world = new TestWorld()
    const success = 'tenure_provider_last_success_timestamp_seconds{provider="memory"}'
    world.provider.fail({ credential: 'Rejected' })
    await metrics.publish(await world.plan())
    expect(await read(metrics, success)).toBe(0)
    expect(await read(metrics, 'controller_runtime_reconcile_errors_total{controller="tenure"}')).toBe(1)
    world.provider.fail({})
    await metrics.publish(await world.plan())
    const at = world.now / 1000
    expect(await read(metrics, success)).toBe(at)
    world.now += 60_000
    world.provider.fail({ snapshot: 'Torn' })
    await metrics.publish(await world.plan())
    expect(await read(metrics, success)).toBe(at)
  })

  it('drop the state of a provider that is gone and keep what was written there', async () => {
    const metrics = metricsOf()
    const report = await new TestWorld().apply()
    await metrics.publish(report)
    await metrics.publish({ ...report, providers: [] })
    expect(await read(metrics, 'tenure_mass_change_brake{provider="memory"}')).toBeUndefined()
    expect(
      await read(metrics, 'tenure_external_writes_total{provider="memory",operation="create",result="applied"}'),
    ).toBe(1)
  })

  it('hold no personal data', async () => {
    const metrics = metricsOf()
    const world = new TestWorld().declare({ employees: [ada], mappings: [engineering] })
    await metrics.publish(await world.apply())
    expect(await metrics.text()).not.toMatch(/ada|lovelace|example\.com|E1\b|Engineering|account-/i)
  })

  it('live side by side in one process', async () => {
    const [one, other] = [metricsOf(), metricsOf()]
    await one.publish(await new TestWorld().plan())
    expect(await read(other, 'tenure_objects{kind="Employee",state="Valid"}')).toBe(0)
  })
})
