import type { JsonObject } from './json.ts'

/** A registered event hook: `/api/v1/eventHooks`. The simulated org never calls it. */
export interface EventHook {
  readonly id: string
  readonly seq: number
  name: string
  description: string | null
  status: 'ACTIVE' | 'INACTIVE'
  verified: boolean
  events: JsonObject
  channel: JsonObject
  readonly created: number
  readonly createdBy: string
  lastUpdated: number
}
