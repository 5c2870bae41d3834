import { checkSpeed, durationMs, instantMs, type SimulatedClock } from './clock.ts'
import { type Faults, parseFault } from './faults.ts'
import type { Outcome } from './front.ts'
import type { SimulatedReply, SimulatedRequest, Tenant } from './kernel.ts'
import type { RequestLog } from './requests.ts'

/** What the control port steers. */
export interface Controlled {
  readonly tenants: { readonly okta?: Tenant; readonly entra?: Tenant }
  readonly clock: SimulatedClock
  readonly faults: Faults
  readonly log: RequestLog
}

type Fields = Readonly<Record<string, unknown>>

const STATE_VERSION = 1

function fieldsOf(json: unknown, what: string): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error(`${what} is a JSON object.`)
  return json as Fields
}

/** Everything both tenants hold, with the time of their clock. */
function wholeState({ tenants, clock }: Controlled): Fields {
  return {
    version: STATE_VERSION,
    now: new Date(clock.now()).toISOString(),
    ...(tenants.okta === undefined ? {} : { okta: tenants.okta.state() }),
    ...(tenants.entra === undefined ? {} : { entra: tenants.entra.state() }),
  }
}

/** Replaces what the state names: `now`, `okta`, `entra`. Throws an Error that names the field that is wrong. */
export function loadState({ tenants, clock }: Controlled, json: unknown): void {
  const state = fieldsOf(json, 'The state')
  for (const name of Object.keys(state)) {
    if (!['version', 'now', 'okta', 'entra'].includes(name)) throw new Error(`The state has no field "${name}".`)
  }
  if (state.version !== undefined && state.version !== STATE_VERSION) {
    throw new Error(`The state's "version" is ${JSON.stringify(state.version)}; this simulator reads ${STATE_VERSION}.`)
  }
  if (state.now !== undefined) clock.set(instantMs(String(state.now)))
  if (state.okta !== undefined) {
    if (tenants.okta === undefined) throw new Error('The state names "okta", but no Okta org is simulated here.')
    tenants.okta.load(state.okta)
  }
  if (state.entra !== undefined) tenants.entra?.load(state.entra)
}

function moveClock(clock: SimulatedClock, json: unknown): void {
  const { advance, set, speed, ...rest } = fieldsOf(json, 'The clock')
  const told = [advance, set, speed].filter(each => each !== undefined)
  if (Object.keys(rest).length > 0 || told.length !== 1) {
    throw new Error('Move the clock with {"advance": "40d"}, {"set": "2026-03-01T09:00:00Z"} or {"speed": 60}.')
  }
  if (speed !== undefined) clock.run(checkSpeed(speed))
  else if (advance !== undefined) clock.advance(durationMs(String(advance)))
  else clock.set(instantMs(String(set)))
}

function clockReply(clock: SimulatedClock): SimulatedReply {
  return { status: 200, headers: [], body: { now: new Date(clock.now()).toISOString(), speed: clock.speed } }
}

const EMPTY: SimulatedReply = { status: 204, headers: [] }

function controlReply(controlled: Controlled, request: SimulatedRequest): SimulatedReply | undefined {
  const { clock, faults, log } = controlled
  const json = (): unknown => JSON.parse(request.body.toString('utf8')) as unknown
  switch (`${request.method} ${request.url.pathname}`) {
    case 'GET /state':
      return { status: 200, headers: [], body: wholeState(controlled) }
    case 'PUT /state':
      loadState(controlled, json())
      return EMPTY
    case 'GET /requests':
      return { status: 200, headers: [], body: log.counts() }
    case 'DELETE /requests':
      log.clear()
      return EMPTY
    case 'GET /clock':
      return clockReply(clock)
    case 'POST /clock':
      moveClock(clock, json())
      return clockReply(clock)
    case 'POST /faults':
      faults.add(parseFault(json()))
      return EMPTY
    case 'DELETE /faults':
      faults.clear()
      return EMPTY
    default:
      return undefined
  }
}

/** Answers one request to the control port; what is wrong with it is said in `error`, with status 400. */
export function control(controlled: Controlled, request: SimulatedRequest): Outcome {
  try {
    const reply = controlReply(controlled, request)
    const unknown = `There is no ${request.method} ${request.url.pathname}; try /state, /requests, /clock or /faults.`
    return { kind: 'reply', reply: reply ?? { status: 404, headers: [], body: { error: unknown } } }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'reply', reply: { status: 400, headers: [], body: { error: message } } }
  }
}
