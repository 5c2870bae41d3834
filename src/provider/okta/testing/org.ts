import type { Account } from '../../../model/account.ts'
import type { AccountId, EmployeeNumber, ProviderName } from '../../../model/ids.ts'
import type { ApprovedOperation, Operation, OperationVerb, Outcome } from '../../../model/plan.ts'
import { SimulatedClock } from '../../../simulator/clock.ts'
import { Faults } from '../../../simulator/faults.ts'
import { Front } from '../../../simulator/front.ts'
import { type OktaState, type OktaTenant, oktaTenant } from '../../../simulator/okta/index.ts'
import { seededRandom } from '../../../simulator/random.ts'
import { RequestLog } from '../../../simulator/requests.ts'
import { listen } from '../../../simulator/server.ts'
import type { Provider } from '../../provider.ts'
import { oktaProvider, requiredScopes } from '../index.ts'
import type { OktaOptions } from '../options.ts'

/** A simulated org on a port of its own, for tests. */
export interface TestOrg {
  readonly tenant: OktaTenant
  readonly clock: SimulatedClock
  readonly faults: Faults
  readonly options: OktaOptions
  /** A provider connected to it; closed with the org. */
  provider(changes?: Partial<OktaOptions>): Provider
  /** Asks the org as its administrator, past the network, the faults and the log. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>
  /** Makes a user and gives its id. */
  user(
    login: string,
    more?: { readonly status?: string; readonly profile?: Readonly<Record<string, unknown>> },
  ): Promise<AccountId>
  /** Status of a user, or undefined when there is none. */
  status(id: string): Promise<string | undefined>
  profile(id: string): Promise<Readonly<Record<string, unknown>>>
  /** Names of a user's groups, without Everyone. */
  groupsOf(id: string): Promise<readonly string[]>
  groupId(name: string): Promise<string>
  /** How many requests of this method and path pattern have come; of all with this status. */
  count(method: string, pattern: string): number
  countStatus(status: number): number
  countAll(): number
  forgetRequests(): void
  close(): Promise<void>
}

export const marker = 'tenure-managed'
const providerName = 'okta' as ProviderName
export const signal: AbortSignal = new AbortController().signal

/** Both marker groups, as `tenure init` makes them. */
export const markerGroups = [
  { name: marker, description: 'tenure owner=acme by=test' },
  { name: `${marker}-blocked`, description: 'tenure owner=acme by=test' },
] as const

/** A retry policy that never waits in earnest. */
export const hasty: NonNullable<OktaOptions['retry']> = { tries: 3, baseMs: 1, maxMs: 2_000, random: () => 0.5 }

/** As in earnest, for orgs whose time runs fast. */
export const defaultRetry: NonNullable<OktaOptions['retry']> = {
  tries: 5,
  baseMs: 250,
  maxMs: 65_000,
  random: () => 0.5,
}

/** Starts an org with this state; both markers are there unless the state names groups itself. */
export async function startOrg(
  state: OktaState = {},
  faults = new Faults(),
  clock = new SimulatedClock(),
): Promise<TestOrg> {
  const tenant = oktaTenant({ clock, random: seededRandom(1), state: { groups: [...markerGroups], ...state } })
  const log = new RequestLog()
  const front = new Front(tenant, { faults, log, clock })
  const server = await listen({ port: 0 }, request => front.answer(request))
  const providers: Provider[] = []
  const options: OktaOptions = {
    name: providerName,
    orgUrl: `http://127.0.0.1:${server.port}`,
    clientId: tenant.clientId,
    privateKey: async () => tenant.privateKeyPem,
    scopes: requiredScopes,
    marker,
    offboardingAction: 'Suspend',
    now: () => clock.now(),
    extraAttributes: [],
    retry: hasty,
    requestTimeoutMs: 5_000,
  }
  const ask: TestOrg['ask'] = (method, path, body) => askTenant(tenant, { method, path, body })
  return {
    tenant,
    clock,
    faults,
    options,
    ask,
    provider: changes => {
      const provider = oktaProvider({ ...options, ...changes })
      providers.push(provider)
      return provider
    },
    user: async (login, { status = 'ACTIVE', profile = {} } = {}) => makeUser(tenant, { login, status, profile }),
    status: async id => field(await ask('GET', `/api/v1/users/${id}`), 'status'),
    profile: async id => ((await ask('GET', `/api/v1/users/${id}`)) as { profile: Record<string, unknown> }).profile,
    groupsOf: async id => namesOf(await ask('GET', `/api/v1/users/${id}/groups`)).filter(name => name !== 'Everyone'),
    groupId: async name => {
      const groups = (await ask('GET', '/api/v1/groups')) as { id: string; profile: { name: string } }[]
      return groups.find(group => group.profile.name === name)?.id ?? ''
    },
    count: (method, pattern) =>
      log.counts().reduce((sum, row) => sum + (row.method === method && row.path === pattern ? row.count : 0), 0),
    countStatus: status => log.counts().reduce((sum, row) => sum + (row.status === status ? row.count : 0), 0),
    countAll: () => log.counts().reduce((sum, row) => sum + row.count, 0),
    forgetRequests: () => log.clear(),
    close: async () => {
      await Promise.all(providers.map(provider => provider.close()))
      await server.close()
    },
  }
}

function field(body: unknown, name: string): string | undefined {
  const value = (body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

function namesOf(groups: unknown): readonly string[] {
  return (groups as { profile: { name: string } }[]).map(group => group.profile.name)
}

async function askTenant(tenant: OktaTenant, of: { method: string; path: string; body: unknown }): Promise<unknown> {
  const url = new URL(of.path, 'http://org.test')
  const body = Buffer.from(of.body === undefined ? '' : JSON.stringify(of.body))
  const reply = await tenant.handle({
    method: of.method,
    url,
    segments: url.pathname
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent),
    headers: { authorization: `SSWS ${tenant.apiToken}`, 'content-length': `${body.length}` },
    body,
  })
  return reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body))
}

/** Statuses that calls cannot reach are written into the org's state. */
async function makeUser(
  tenant: OktaTenant,
  of: { readonly login: string; readonly status: string; readonly profile: Readonly<Record<string, unknown>> },
): Promise<AccountId> {
  const profile = { firstName: 'Ada', lastName: 'Lovelace', login: of.login, email: of.login, ...of.profile }
  const made = await askTenant(tenant, { method: 'POST', path: '/api/v1/users?activate=false', body: { profile } })
  const id = field(made, 'id')
  if (id === undefined) throw new Error(`the org made no user: ${JSON.stringify(made)}`)
  const state = tenant.state()
  const users = (state.users ?? []).map(user =>
    user.id === id ? { ...user, status: of.status as 'ACTIVE', password: true } : user,
  )
  tenant.load({ ...state, users })
  return id as AccountId
}

/** An operation as the executor passes it on, for a person with this account. */
export function operation(
  verb: OperationVerb,
  on: { readonly account?: AccountId; readonly managerAccount?: AccountId; readonly login?: string } = {},
): ApprovedOperation {
  const { account, managerAccount, login = 'ada@example.com' } = on
  const whole: Operation = {
    provider: providerName,
    person: { number: '1001' as EmployeeNumber, employee: 'ada', login },
    target: account === undefined ? { kind: 'Created' } : { kind: 'Bound', account: bareAccount(account, login) },
    lane: 'Repair',
    because: { text: 'a test', sources: [], basis: 'Declared' },
    ...verb,
  }
  return {
    ...whole,
    ...(account === undefined ? {} : { account }),
    ...(managerAccount === undefined ? {} : { managerAccount }),
  } as ApprovedOperation
}

function bareAccount(id: AccountId, login: string): Account {
  return {
    id,
    login,
    state: 'Enabled',
    status: 'ACTIVE',
    departed: false,
    marked: true,
    blockMarked: false,
    attributes: {},
  }
}

/** Carries out operations and gives all outcomes. */
export async function run(
  provider: Provider,
  ...operations: readonly ApprovedOperation[]
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for await (const outcome of provider.apply(operations, signal)) outcomes.push(outcome)
  return outcomes
}

/** Carries out one operation. */
export async function runOne(provider: Provider, one: ApprovedOperation): Promise<Outcome> {
  const [outcome] = await run(provider, one)
  if (outcome === undefined) throw new Error('no outcome')
  return outcome
}
