import type { ServicePlan, Sku } from './sku.ts'

/** A product with the plans that are switched off in it. */
export interface Held {
  readonly skuId: string
  readonly disabledPlans: readonly string[]
}

/** Why products cannot be had together. */
export interface Clash {
  readonly error: 'MutuallyExclusiveViolation' | 'DependencyViolation'
  /** As Microsoft Graph words it (Microsoft Entra, Identify and resolve license assignment problems for a group). */
  readonly message: string
}

function enabledPlans(skus: ReadonlyMap<string, Sku>, held: Iterable<Held>): readonly ServicePlan[] {
  return [...held].flatMap(({ skuId, disabledPlans }) =>
    (skus.get(skuId)?.servicePlans ?? []).filter(({ servicePlanId }) => !disabledPlans.includes(servicePlanId)),
  )
}

/** What stops products from being had together: plans that exclude each other, or one that needs a plan of none of them. */
export function clashOf(skus: ReadonlyMap<string, Sku>, held: Iterable<Held>): Clash | undefined {
  const plans = enabledPlans(skus, held)
  const ids = new Set(plans.map(({ servicePlanId }) => servicePlanId))
  for (const { servicePlanId, excludes = [], dependsOn = [] } of plans) {
    const other = excludes.find(id => ids.has(id))
    if (other !== undefined) {
      const both = `${servicePlanId}, ${other}`
      const message = `License assignment failed because service plans ${both} are mutually exclusive.`
      return { error: 'MutuallyExclusiveViolation', message }
    }
    const missing = dependsOn.filter(id => !ids.has(id))
    if (missing.length > 0) {
      const needs = `service plan ${servicePlanId} depends on the service plan(s) ${missing.join(', ')}`
      return { error: 'DependencyViolation', message: `License assignment failed because ${needs}` }
    }
  }
  return undefined
}
