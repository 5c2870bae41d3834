import { type OktaState, type OktaTenant, oktaTenant } from '../../src/simulator/okta/index.ts'
import type { Switches } from '../../src/simulator/okta/switches.ts'
import { seeded } from '../../src/simulator/okta/testing/ask.ts'
import { type Cassette, type Interaction, jsonOf } from './cassette.ts'
import { disagreements, type Seen } from './compare.ts'
import { isBodyLost, rebuiltBody } from './lost-body.ts'
import { stateBefore } from './seed.ts'
import { isSignIn, SignIn } from './sign-in.ts'
import { notReplayable } from './slice.ts'
import { Translation } from './translation.ts'

/** What became of one recorded request. */
export interface Outcome {
  readonly cassette: string
  readonly index: number
  readonly request: string
  /** Why it was not replayed. */
  readonly skipped?: string
  /** What the two answers disagree about; empty where they agree. */
  readonly disagrees: readonly string[]
}

class RecordedClock {
  #now: number

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Moves to the time an answer was recorded at, never back. */
  reach(time: number): void {
    if (time > this.#now) this.#now = time
  }
}

function recordedAt(interaction: Interaction): number {
  const date = interaction.responseHeaders.find(([name]) => name === 'date')?.[1]
  return date === undefined ? 0 : Date.parse(date)
}

function translated(interaction: Interaction, translation: Translation): URL {
  const url = new URL(translation.of(interaction.url.pathname), interaction.url.origin)
  for (const [name, value] of interaction.url.searchParams)
    url.searchParams.append(name, translation.ofParameter(value))
  return url
}

async function ask(tenant: OktaTenant, interaction: Interaction, translation: Translation): Promise<Seen> {
  const url = translated(interaction, translation)
  const body = Buffer.from(translation.of(interaction.requestText))
  const reply = await tenant.handle({
    method: interaction.method,
    url,
    segments: url.pathname
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent),
    headers: {
      ...interaction.requestHeaders,
      authorization: interaction.responseText.includes('E0000011') ? 'SSWS not-a-token' : `SSWS ${tenant.apiToken}`,
      'content-length': String(body.length),
    },
    body,
  })
  const json: unknown = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body))
  return { status: reply.status, body: json, headers: reply.headers }
}

function learnCursors(recorded: Seen, simulated: Seen, translation: Translation): void {
  const next = (seen: Seen): string =>
    seen.headers.find(([name, value]) => name === 'link' && value.includes('rel="next"'))?.[1] ?? ''
  translation.learnCursor(next(recorded), next(simulated))
}

/** Which switches a simulated org has: those that the recorded answers show, or these over the defaults. */
export type Switched = 'evident' | Partial<Switches>

/** One cassette against an org of its own. */
class Replay {
  readonly #tenant: OktaTenant
  readonly #clock: RecordedClock
  readonly #translation = new Translation()
  readonly #signIn = new SignIn()

  constructor(cassette: Cassette, privateKeyPem: string, switches: Switched) {
    const times = cassette.interactions.map(recordedAt).filter(time => time > 0)
    this.#clock = new RecordedClock(times.length === 0 ? Date.now() : Math.min(...times) - 60_000)
    const org = (state: OktaState): OktaTenant =>
      oktaTenant({ clock: this.#clock, random: seeded(7), state, privateKeyPem })
    try {
      const state = stateBefore(cassette)
      this.#tenant = org(switches === 'evident' ? state : { ...state, switches })
    } catch {
      this.#tenant = org({})
    }
  }

  /** Asks what was asked and returns what the two answers disagree about. */
  async step(interaction: Interaction, body: string): Promise<readonly string[]> {
    this.#clock.reach(recordedAt(interaction))
    const recorded: Seen = {
      status: interaction.status,
      body: jsonOf(interaction.responseText),
      headers: interaction.responseHeaders,
      linesLost: interaction.linesLost,
    }
    const asked = isSignIn(interaction)
      ? await this.#signIn.signed(interaction, this.#tenant, this.#clock.now())
      : { ...interaction, requestText: body }
    const simulated = await ask(this.#tenant, asked, this.#translation)
    this.#signIn.hear(simulated.headers)
    const disagrees = disagreements(recorded, simulated, this.#translation)
    this.#translation.learn(recorded.body, simulated.body)
    learnCursors(recorded, simulated, this.#translation)
    return disagrees
  }
}

/**
 * Asks a fresh simulated org what was asked of the recorded one, in order, and compares the answers. An org whose state cannot be rebuilt
 * starts empty; an org that fails disagrees.
 */
export async function replayed(
  cassette: Cassette,
  privateKeyPem: string,
  switches: Switched = 'evident',
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let replay: Replay | undefined
  for (const [index, interaction] of cassette.interactions.entries()) {
    const { method, url } = interaction
    const outcome = { cassette: cassette.name, index, request: `${method} ${url.pathname}${url.search}` }
    const body = isBodyLost(interaction)
      ? rebuiltBody(interaction, jsonOf(interaction.responseText))
      : interaction.requestText
    const skipped = notReplayable(interaction)
    if (skipped !== undefined || body === undefined) {
      const why = skipped ?? 'the recorder lost the body of the request'
      outcomes.push({ ...outcome, skipped: why, disagrees: [] })
      continue
    }
    replay ??= new Replay(cassette, privateKeyPem, switches)
    const disagrees = await replay
      .step(interaction, body)
      .catch((cause: unknown) => [`the simulator failed: ${String(cause)}`])
    outcomes.push({ ...outcome, disagrees })
  }
  return outcomes
}
