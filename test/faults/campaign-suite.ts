import { afterAll, beforeAll, describe, it } from 'vitest'
import { Campaign } from './campaign.ts'
import type { Vendor } from './company.ts'

/*
 * Play one run alone with FAULT_RUN=1234, more of them with FAULT_RUNS=20000 (`npm run campaign`).
 */
const runs = Number(process.env.FAULT_RUNS ?? 2000)
const only = process.env.FAULT_RUN
const chunk = 100

/** The runs of one vendor: half of them all. */
export function describeCampaign(vendor: Vendor): void {
  let campaign: Campaign
  beforeAll(async () => {
    campaign = await Campaign.start(vendor)
  })
  afterAll(() => campaign.close())
  const played = async (run: number): Promise<void> => {
    try {
      await campaign.run(run)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new Error(`run ${run} (play it alone with FAULT_RUN=${run}): ${what}`, { cause: error })
    }
  }
  const half = Math.ceil(runs / 2)
  const chunks = Array.from({ length: Math.ceil(half / chunk) }, (_, index) => index * chunk)
  describe.runIf(only === undefined)(
    `after whatever trouble with ${vendor}, everything is as if there had been none`,
    () => {
      it.each(chunks)(`runs from %i, ${chunk} of them`, { timeout: 900_000 }, async from => {
        for (let run = from; run < Math.min(half, from + chunk); run += 1) await played(run)
      })
    },
  )
  describe.runIf(only !== undefined)(`one run with ${vendor} alone`, () => {
    it(`run ${only}`, { timeout: 60_000 }, () => played(Number(only)))
  })
}
