import { generateKeyPairSync } from 'node:crypto'
import { type OktaState, type OktaTenant, oktaTenant } from '../index.ts'

/** A clock that tests move by hand; starts on a fixed morning. */
export class HandClock {
  #now = Date.parse('2026-03-02T09:00:00.000Z')

  now(): number {
    return this.#now
  }

  /** Moves on by seconds. */
  advance(seconds: number): void {
    this.#now += seconds * 1000
  }
}

/** Random numbers that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** An answer in a form that tests can look into; absent parts of the body are undefined. */
export interface Answer {
  readonly status: number
  readonly body: Loose
  readonly headers: ReadonlyMap<string, string>
  readonly links: readonly string[]
  /** The code of an error envelope. */
  readonly code: string | undefined
  /** Summary and causes of an error envelope. */
  readonly texts: readonly string[]
}

/** JSON whose parts a test reaches by name or number without asking what they are. */
export interface Loose {
  readonly value: unknown
  at(...path: readonly (string | number)[]): unknown
  readonly list: readonly Loose[]
}

function loose(value: unknown): Loose {
  return {
    value,
    at: (...path) => {
      let current: unknown = value
      for (const step of path)
        current = typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined
      return current
    },
    get list() {
      return Array.isArray(value) ? value.map(loose) : []
    },
  }
}

export interface AskOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Who asks: absent the tenant's API token. */
  readonly as?: string
}

/** A tenant with its clock and a short way to ask it. */
export interface Bench {
  readonly tenant: OktaTenant
  readonly clock: HandClock
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>
  /** Creates a user and returns his id. */
  user(login: string, more?: Readonly<Record<string, unknown>>, query?: string): Promise<string>
  /** Creates a group and returns its id. */
  group(name: string): Promise<string>
}

const privateKeyPem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

/** A tenant with this state. */
export function bench(state: OktaState = {}): Bench {
  const clock = new HandClock()
  const tenant = oktaTenant({ clock, random: seeded(7), state, privateKeyPem })
  const ask: Bench['ask'] = (method, path, options = {}) => send(tenant, { method, path, options })
  return {
    tenant,
    clock,
    ask,
    user: async (login, more = {}, search = '') => {
      const profile = { firstName: 'Ada', lastName: 'Lovelace', login, email: login, ...more }
      return String((await ask('POST', `/api/v1/users${search}`, { body: { profile } })).body.at('id'))
    },
    group: async name => String((await ask('POST', '/api/v1/groups', { body: { profile: { name } } })).body.at('id')),
  }
}

async function send(tenant: OktaTenant, of: { method: string; path: string; options: AskOptions }): Promise<Answer> {
  const { method, options } = of
  const url = new URL(of.path, 'http://acme.test')
  const body =
    options.body === undefined
      ? Buffer.alloc(0)
      : Buffer.from(typeof options.body === 'string' ? options.body : JSON.stringify(options.body))
  const reply = await tenant.handle({
    method,
    url,
    segments: url.pathname
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent),
    headers: {
      authorization: options.as ?? `SSWS ${tenant.apiToken}`,
      'content-length': String(body.length),
      ...options.headers,
    },
    body,
  })
  const plain: unknown = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body))
  const view = loose(plain)
  const causes = loose(view.at('errorCauses')).list.map(cause => String(cause.at('errorSummary')))
  return {
    status: reply.status,
    body: view,
    headers: new Map(reply.headers),
    links: reply.headers.filter(([name]) => name === 'link').map(([, value]) => value),
    code: view.at('errorCode') === undefined ? undefined : String(view.at('errorCode')),
    texts: view.at('errorSummary') === undefined ? [] : [String(view.at('errorSummary')), ...causes],
  }
}
