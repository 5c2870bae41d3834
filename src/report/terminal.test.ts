import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import { jsonLinesReporter } from './json-lines.ts'
import { terminalReporter } from './terminal.ts'

const ada = employee()
const bob = employee({ number: 'E2', name: 'bob' })
const limits = identityProvider().policy.guard.limits
const noBlocks = identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })

/** A stream that keeps what was written; `take` gives what came since the last time. */
function collector() {
  let text = ''
  return {
    write(more: string) {
      text += more
    },
    take(): string {
      const taken = text
      text = ''
      return taken
    },
  }
}

describe('the reporter at a terminal', () => {
  it('tells what a run did, and nothing of a run that did nothing', async () => {
    const stream = collector()
    const reporter = terminalReporter(stream, { color: false, verbose: false })
    const world = new TestWorld().declare({ employees: [ada] })
    await reporter.publish(await world.apply())
    expect(stream.take()).toBe(
      '2026-03-02T09:00:01Z\nmemory\n  1 account created; 1 grant added\n\n' +
        'Applied: 1 account created; 1 grant added; 1 person: 1 joiner.\n',
    )
    await reporter.publish(await world.apply())
    expect(stream.take()).toBe('')
  })

  it('tells a finding and a withheld set when they come and when they are gone, once', async () => {
    const stream = collector()
    const reporter = terminalReporter(stream, { color: false, verbose: false })
    const world = new TestWorld().declare({ employees: [ada, bob] })
    await world.apply()
    const steady = await world.plan()
    world.declare({ employees: [ada], providers: [noBlocks] })
    const held = await world.plan()
    await reporter.publish(held)
    expect(stream.take()).toContain('WITHHELD')
    await reporter.publish(held)
    expect(stream.take()).toBe('')
    world.provider.fail({ snapshot: 'Torn' })
    await reporter.publish(await world.plan())
    expect(stream.take()).toContain('error: IdentityProvider memory: it could not be read whole')
    await reporter.publish(steady)
    expect(stream.take()).toContain('1 earlier finding settled')
  })
})

describe('the reporter in lines of JSON', () => {
  it('writes a line for each operation and one for the run, and no personal data', async () => {
    const stream = collector()
    const world = new TestWorld().declare({ employees: [ada, bob], mappings: [mapping()] })
    await jsonLinesReporter(stream).publish(await world.apply())
    const text = stream.take()
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line))
    expect(lines.map(one => one.kind)).toEqual(['Operation', 'Operation', 'Run'])
    expect(lines[0]).toMatchObject({ version: 1, provider: 'memory', verb: 'create', number: 'E1', result: 'applied' })
    expect(lines[2]).toMatchObject({ kind: 'Run', time: '2026-03-02T09:00:01.000Z', applied: 2, failed: 0, planned: 2 })
    expect(text).not.toMatch(/ada|bob|lovelace|example\.com|Engineering/i)
  })

  it('tells withheld sets with their hash and findings by reason', async () => {
    const stream = collector()
    const world = new TestWorld().declare({ employees: [ada, bob] })
    await world.apply()
    world.declare({ employees: [ada], providers: [noBlocks] })
    await jsonLinesReporter(stream).publish(await world.plan())
    const line = stream.take().split('\n')[0] ?? ''
    expect(JSON.parse(line)).toMatchObject({
      kind: 'Withheld',
      reason: 'OverBudget',
      class: 'block',
      count: 1,
      limit: 0,
    })
    world.provider.fail({ snapshot: 'Torn' })
    await jsonLinesReporter(stream).publish(await world.plan())
    expect(stream.take()).toContain('"kind":"Found","severity":"Error","reason":"ReadIncomplete","count":1')
  })
})
