import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAuditLog, verifyAuditLog } from '../../src/report/audit.ts'
import { seededRandom } from '../../src/simulator/index.ts'
import { company, deletion, leavers, type StageName } from './company.ts'
import { earlier, type Moment, moments, said } from './moment.ts'
import { WorldPool } from './pool.ts'
import { type Asked, unannouncedIn, writesIn } from './tap.ts'
import { duplicatesIn, openDoors, viewOf } from './view.ts'
import type { CrashWorld } from './world.ts'

/*
 * `apply` is killed with SIGKILL at seeded moments, and run again. Play one moment alone with CRASH_MOMENT=17, other moments with
 * CRASH_SEED=1.
 */
const seed = Number(process.env.CRASH_SEED ?? 20_260_302)
const only = process.env.CRASH_MOMENT
const all = moments(seed).map(moment => ({ ...moment, said: said(moment) }))
const chosen = all.filter(moment => only === undefined || moment.id === only)
const pool = new WorldPool()
const patience = { timeout: 300_000 }

const histories = [company, deletion].filter(({ stages }) =>
  chosen.some(moment => stages.some(stage => stage.name === moment.stage)),
)

beforeAll(() => pool.open(histories), patience.timeout)
afterAll(() => pool.close())

/** Kills a run at a moment. Fsyncs that come together are one, so a run may end before its number is reached: then an earlier one. */
async function killed(world: CrashWorld, moment: Moment): Promise<void> {
  const { counts } = pool.undisturbed(moment.stage)
  let ended = await world.applyInChild(moment, counts)
  for (let next = earlier(moment); ended.signal === null && moment.of === 'fsync' && next.at > 0.1; ) {
    await world.rewind(pool.undisturbed(moment.stage))
    ended = await world.applyInChild(next, counts)
    next = earlier(next)
  }
  expect(ended.signal, `was not killed: ${ended.out}${ended.err}`).toBe('SIGKILL')
  await everythingWasAnnounced(world)
}

async function everythingWasAnnounced(world: CrashWorld): Promise<void> {
  const { entries } = await openAuditLog(world.auditFile, { now: () => 0, readOnly: true })
  expect(unannouncedIn(world.tap.asked, entries), 'sent without having been announced').toEqual([])
}

/** What must hold once the program was run again. */
async function recovers(world: CrashWorld, name: StageName): Promise<void> {
  const again = await world.run('apply', '--yes')
  expect(again.code, `${again.out}${again.err}`).toBe(0)
  expect(wrongDeletions(world.tap.asked)).toEqual([])
  world.tap.reset()
  const pass = await world.run('apply', '--yes')
  const plan = await world.run('plan')
  expect([pass.code, plan.code, writesIn(world.tap.asked)], plan.out).toEqual([0, 0, []])
  expect(duplicatesIn(world.simulator)).toEqual([])
  expect(openDoors(world.simulator, leavers[name])).toEqual([])
  expect(await viewOf(world.simulator, world.auditFile)).toEqual(pool.undisturbed(name).view)
  expect(await verifyAuditLog(world.auditFile)).toMatchObject({ ok: true, torn: false, breaks: 0 })
}

/** Okta deactivates at the first DELETE and erases at the second: every one must find an account that is out already. */
function wrongDeletions(asked: readonly Asked[]): readonly string[] {
  return asked.flatMap(({ path, userStatus }) =>
    userStatus === undefined || userStatus === 'DEPROVISIONED' ? [] : [`${path} was ${userStatus}`],
  )
}

describe.concurrent(`apply, killed at a moment of seed ${seed} and run again, ends as if nothing had happened`, () => {
  it.each(chosen)('moment $id: $said', patience, moment =>
    pool.with(async world => {
      await world.rewind(pool.undisturbed(moment.stage))
      await killed(world, moment)
      await recovers(world, moment.stage)
    }),
  )
})

describe.runIf(only === undefined).concurrent('apply, killed more than once', () => {
  const random = seededRandom(seed)
  const twice = (['founding', 'changes', 'leaving'] as const).map(stage => ({
    stage,
    first: { id: 'first', stage, side: 'after', of: 'write', at: 0.2 + random() / 2 } as const,
    second: { id: 'second', stage, side: 'before', of: 'write', at: random() / 4 } as const,
  }))

  it.each(twice)('is killed in "$stage", and again when it is run again', patience, ({ stage, first, second }) =>
    pool.with(async world => {
      await world.rewind(pool.undisturbed(stage))
      await killed(world, first)
      await world.applyInChild(second, pool.undisturbed(stage).counts)
      await everythingWasAnnounced(world)
      await recovers(world, stage)
    }),
  )

  it('is killed in every stage of a history', patience, () =>
    pool.with(async world => {
      for (const [index, stage] of company.stages.entries()) {
        const undisturbed = pool.undisturbed(stage.name)
        if (index === 0) await world.rewind(undisturbed)
        else await world.enter(undisturbed.stage)
        await killed(world, { id: stage.name, stage: stage.name, side: 'after', of: 'write', at: 0.1 + 0.8 * random() })
        await recovers(world, stage.name)
      }
    }),
  )
})
