import { SimulatedClock } from '../clock.ts'
import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { seededRandom } from '../random.ts'
import { segmentsOf } from '../server.ts'
import { type EntraState, type EntraTenant, entraTenant } from './index.ts'

/** A reply whose JSON body can be looked into. */
export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  /** Header by name in any case. */
  header(name: string): string | undefined
  /** `error.code` and `error.message` of an envelope. */
  readonly code: string | undefined
  readonly message: string | undefined
  /** `value` of a list. */
  readonly value: readonly Record<string, unknown>[]
}

/** A tenant for tests, spoken to without a network. */
export interface TestTenant {
  readonly tenant: EntraTenant
  readonly clock: SimulatedClock
  /** Signs in with a secret and answers the bearer token. */
  signIn(): Promise<string>
  /** Sends an authenticated request: `call('GET /users')`; paths without version get `/v1.0`. */
  call(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Sends a request as it is. */
  raw(line: string, body?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

/** When the test tenants' clock starts. */
export const START = Date.parse('2026-03-02T09:00:00Z')
/** Headers of an advanced query, which also needs `$count=true`. */
export const EVENTUAL = { consistencylevel: 'eventual' }

/** A reference as bodies carry it. */
export const ref = (id: string): { '@odata.id': string } => ({
  '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
})

/** A link list as `members@odata.bind` carries it. */
export const binds = (...ids: readonly string[]): readonly string[] => ids.map(id => ref(id)['@odata.id'])

function requestFrom(line: string, body: string, headers: Readonly<Record<string, string>>): SimulatedRequest {
  const space = line.indexOf(' ')
  const url = new URL(line.slice(space + 1), 'https://localhost:8443')
  return { method: line.slice(0, space), url, segments: segmentsOf(url), headers, body: Buffer.from(body) }
}

function answerFrom(reply: SimulatedReply): Answer {
  const body = (typeof reply.body === 'object' && reply.body !== null ? reply.body : {}) as Record<string, unknown>
  const error = body.error as { code?: string; message?: string } | undefined
  return {
    status: reply.status,
    body,
    header: name => reply.headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1],
    code: error?.code,
    message: error?.message,
    value: (Array.isArray(body.value) ? body.value : []) as Record<string, unknown>[],
  }
}

/** Makes a tenant holding a state, with a clock that moves only by hand. */
export function testTenant(state: EntraState = {}): TestTenant {
  const clock = new SimulatedClock({ now: START, running: false })
  const tenant = entraTenant({ clock, random: seededRandom(7), state })
  let token: { text: string; at: number } | undefined
  const raw: TestTenant['raw'] = async (line, body = '', headers = {}) =>
    answerFrom(await tenant.handle(requestFrom(line, body, headers)))
  const signIn = async (): Promise<string> => {
    const form = new URLSearchParams({
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    })
    const answer = await raw(`POST /${tenant.tenantId}/oauth2/v2.0/token`, form.toString())
    return String(answer.body.access_token)
  }
  const call: TestTenant['call'] = async (line, body, headers = {}) => {
    if (token === undefined || Math.abs(clock.now() - token.at) > 3_000_000)
      token = { text: await signIn(), at: clock.now() }
    const [method = '', path = ''] = line.split(/ (.*)/s)
    const versioned = /^(https:|\/v1\.0|\/beta)/.test(path) ? path : `/v1.0${path}`
    const authorization = `Bearer ${token.text}`
    return raw(`${method} ${versioned}`, body === undefined ? '' : JSON.stringify(body), { authorization, ...headers })
  }
  return { tenant, clock, signIn, call, raw }
}
