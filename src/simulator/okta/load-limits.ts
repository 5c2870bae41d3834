import type { Field } from './field.ts'
import { lagOff } from './lag.ts'
import type { Org } from './org.ts'
import { bucketNames, quotaOff, quotaOn } from './quota.ts'

/** Loads the rate limits. */
export function loadQuota(org: Org, field: Field): void {
  const fields = field.object('enforced', 'share', 'limits', 'concurrency', 'latencyMs')
  const share = fields.share.number(0.5)
  if (share <= 0 || share > 1) throw fields.share.wrong('must be more than 0 and at most 1')
  const quota = fields.enforced.flag(false) ? quotaOn(share) : quotaOff
  const given = fields.limits.object(...bucketNames)
  const limits = { ...quota.limits }
  for (const name of bucketNames) limits[name] = given[name].number(limits[name])
  org.quota = {
    enforced: quota.enforced,
    share,
    limits,
    concurrency: fields.concurrency.number(quotaOff.concurrency),
    latencyMs: fields.latencyMs.number(0),
  }
}

/** Loads how far lists stand behind. */
export function loadLag(org: Org, field: Field): void {
  const fields = field.object('enforced', 'minMs', 'maxMs', 'plainLists')
  org.lag.settings = {
    enforced: fields.enforced.flag(false),
    minMs: fields.minMs.number(lagOff.minMs),
    maxMs: fields.maxMs.number(lagOff.maxMs),
    plainLists: fields.plainLists.flag(lagOff.plainLists),
  }
}
