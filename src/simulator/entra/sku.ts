/** A service inside a product. */
export interface ServicePlan {
  readonly servicePlanId: string
  readonly servicePlanName: string
  /** Ids of plans without which it cannot be had. */
  readonly dependsOn?: readonly string[]
  /** Ids of plans with which it cannot be had. */
  readonly excludes?: readonly string[]
}

/** A product that the tenant subscribed to. */
export interface Sku {
  readonly skuId: string
  readonly skuPartNumber: string
  /** Seats that were bought. */
  readonly enabled: number
  readonly servicePlans: readonly ServicePlan[]
  /** Countries in which it is not to be had, in two letters. */
  readonly prohibitedIn?: readonly string[]
}
