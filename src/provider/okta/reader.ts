import type { OktaClient } from './client.ts'
import type { Learnt } from './learnt.ts'
import type { Markers } from './markers.ts'
import type { OktaOptions } from './options.ts'

/** What reading and writing need. */
export interface Reader {
  readonly client: OktaClient
  readonly markers: Markers
  readonly options: OktaOptions
  readonly learnt: Learnt
}
