/** The frame both simulated tenants share: what a request is, what a tenant is, and whose clock it keeps. */

/** One request as a tenant sees it, after the socket has been read and the absolute form resolved. */
export interface SimulatedRequest {
  readonly method: string
  /** Absolute URL as the client addressed it; `host` is the one the client used, so links lead back to it. */
  readonly url: URL
  /** Decoded path segments without empty ones: `/api/v1/users/a%2Fb` is `['api', 'v1', 'users', 'a/b']`. */
  readonly segments: readonly string[]
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An answer. A header may stand twice (Okta sends one `Link` line per link). A `body` that is no string is sent as JSON. */
export interface SimulatedReply {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: unknown
}

/** A page that a tenant answered, named so that the faults `truncated`, `empty`, `duplicate` and `stale` can bend it. */
export interface PageShape {
  /** The reply without its link to the next page. */
  truncated(reply: SimulatedReply): SimulatedReply
  /** The reply with no items but its links kept. */
  empty(reply: SimulatedReply): SimulatedReply
  /** The reply with its items doubled. */
  duplicate(reply: SimulatedReply): SimulatedReply
}

/** The time all of a tenant's rules follow, in milliseconds since 1970. */
export interface TenantClock {
  now(): number
}

/** Refusals that a fault plays: the caller asked too much, or its token has run out. */
export type Refusal = 'throttled' | 'expiredToken'

/** One simulated tenant. It holds its state in memory and never touches the network itself. */
export interface Tenant {
  readonly name: 'okta' | 'entra'
  readonly pages: PageShape
  /** Answers one request. Throws only on a fault of the simulator itself. */
  handle(request: SimulatedRequest): SimulatedReply | Promise<SimulatedReply>
  /** What the vendor answers, with its own words and headers, when it refuses a request for such a reason. */
  refuse(request: SimulatedRequest, why: Refusal): SimulatedReply
  /** The path with ids replaced by `*`, for the log of requests: users/X/lifecycle/suspend under `/api/v1`. */
  pattern(request: SimulatedRequest): string
  /** Everything the tenant holds, as JSON with a `version`. */
  state(): unknown
  /** Turns the vendor's rate limits, or its read-after-write delays, on or off. Both are off until said. */
  turn(feature: 'quota' | 'lag', on: boolean): void
  /** Replaces everything by what a JSON state says. Throws an Error that names the field that is wrong. */
  load(state: unknown): void
}
