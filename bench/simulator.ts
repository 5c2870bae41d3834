/*
 * How the simulated tenants carry a large company: `node bench/simulator.ts [people] [groups]`.
 *
 * Seeds both tenants, each in a process of its own, and prints the seconds that takes, what the process holds in memory, and the
 * milliseconds of list pages (the median and the slowest of a walk), without a network in between.
 */

import { fork } from 'node:child_process'
import { SimulatedClock } from '../src/simulator/clock.ts'
import { type EntraTenant, entraTenant } from '../src/simulator/entra/index.ts'
import type { SimulatedReply, SimulatedRequest, Tenant } from '../src/simulator/kernel.ts'
import { type OktaTenant, oktaTenant } from '../src/simulator/okta/index.ts'
import { seededRandom } from '../src/simulator/random.ts'
import { segmentsOf } from '../src/simulator/server.ts'

const [vendor, people = 100_000, groups = 500] = [process.env.BENCH_VENDOR, ...process.argv.slice(2).map(Number)]
const PAGE = 200
const PAGES = 60

/** Everybody is in five groups; one group holds everybody. */
const membersOf = (group: number): number[] => {
  if (group === 0) return Array.from({ length: people }, (_, index) => index)
  return Array.from({ length: Math.floor((people * 5) / groups) }, (_, step) => (group * 131 + step * 7) % people)
}
const login = (index: number): string => `person-${index}@example.com`

function oktaState() {
  return {
    users: Array.from({ length: people }, (_, index) => ({
      status: index % 50 === 0 ? 'SUSPENDED' : 'ACTIVE',
      profile: {
        firstName: `First${index}`,
        lastName: `Last${index % 5000}`,
        login: login(index),
        email: login(index),
        department: `Department ${index % 100}`,
        title: 'Engineer',
        employeeNumber: `${100_000 + index}`,
      },
    })),
    groups: Array.from({ length: groups }, (_, index) => ({
      name: `Group ${index}`,
      members: membersOf(index).map(login),
    })),
  }
}

function entraState() {
  return {
    users: Array.from({ length: people }, (_, index) => ({
      userPrincipalName: login(index),
      displayName: `First${index} Last${index % 5000}`,
      mailNickname: `person-${index}`,
      department: `Department ${index % 100}`,
      jobTitle: 'Engineer',
      employeeId: `${100_000 + index}`,
      accountEnabled: index % 50 !== 0,
    })),
    groups: Array.from({ length: groups }, (_, index) => ({
      displayName: `Group ${index}`,
      members: [...new Set(membersOf(index))].map(login),
    })),
  }
}

interface Asking {
  readonly tenant: Tenant
  readonly authorization: string
}

function ask({ tenant, authorization }: Asking, address: string, method = 'GET', body?: unknown) {
  const url = new URL(address, 'https://tenant.test')
  const text = Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { authorization, 'content-length': String(text.length), consistencylevel: 'eventual' }
  const request: SimulatedRequest = { method, url, segments: segmentsOf(url), headers, body: text }
  return tenant.handle(request)
}

function nextOf(reply: SimulatedReply): string | undefined {
  const link = reply.headers.find(([name, value]) => name.toLowerCase() === 'link' && value.includes('rel="next"'))?.[1]
  return link === undefined
    ? (reply.body as { '@odata.nextLink'?: string })['@odata.nextLink']
    : /<([^>]+)>/.exec(link)?.[1]
}

/** Milliseconds of each page of a walk, with the text that would be sent. */
async function walk(asking: Asking, start: string): Promise<number[]> {
  const times: number[] = []
  for (let path: string | undefined = start; path !== undefined && times.length < PAGES; ) {
    const begun = performance.now()
    const reply: SimulatedReply = await ask(asking, path)
    JSON.stringify(reply.body)
    times.push(performance.now() - begun)
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`)
    path = nextOf(reply)
  }
  return times
}

async function measure(name: string, asking: Asking, paths: Readonly<Record<string, string>>): Promise<void> {
  for (const [title, path] of Object.entries(paths)) {
    const times = (await walk(asking, path)).sort((a, b) => a - b)
    const [middle = 0, slowest = 0] = [times[Math.floor(times.length / 2)], times.at(-1)]
    row(name, title, `${middle.toFixed(2)} ms, slowest ${slowest.toFixed(1)} (${times.length} pages)`)
  }
}

const row = (...cells: string[]): void =>
  console.log(cells.map((cell, index) => cell.padEnd([8, 46, 0][index] ?? 0)).join(''))

async function seeded<Made extends Tenant>(name: string, tenant: Made, state: unknown): Promise<Made> {
  const begun = performance.now()
  const used = process.cpuUsage()
  tenant.load(state)
  const { user } = process.cpuUsage(used)
  row(
    name,
    'seed',
    `${((performance.now() - begun) / 1000).toFixed(2)} s (${(user / 1e6).toFixed(2)} s of a processor)`,
  )
  return tenant
}

async function firstGroup(asking: Asking, path: string): Promise<string> {
  const { body } = await ask(asking, path)
  const [first] = (Array.isArray(body) ? body : (body as { value: unknown[] }).value) as { id: string }[]
  return first?.id ?? ''
}

async function okta(): Promise<void> {
  const made: OktaTenant = oktaTenant({ clock: new SimulatedClock(), random: seededRandom(1) })
  const tenant = await seeded('okta', made, oktaState())
  const asking = { tenant, authorization: `SSWS ${tenant.apiToken}` }
  const group = await firstGroup(asking, '/api/v1/groups?q=Group%200')
  const by = encodeURIComponent('lastUpdated gt "2020-01-01T00:00:00.000Z"')
  await measure('okta', asking, {
    'GET /users, a page of 200': `/api/v1/users?limit=${PAGE}`,
    'GET /groups/{everybody}/users, a page of 200': `/api/v1/groups/${group}/users?limit=${PAGE}`,
    'GET /users?search=lastUpdated, a page of 200': `/api/v1/users?limit=${PAGE}&search=${by}`,
    'GET /groups, a page of 200': `/api/v1/groups?limit=${PAGE}`,
    'GET /users/{login}': `/api/v1/users/${login(7)}`,
  })
}

async function entra(): Promise<void> {
  const made: EntraTenant = entraTenant({ clock: new SimulatedClock(), random: seededRandom(1) })
  const tenant = await seeded('entra', made, entraState())
  const form = new URLSearchParams({
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  })
  const token = await ask(
    { tenant, authorization: '' },
    `/${tenant.tenantId}/oauth2/v2.0/token`,
    'POST',
    form.toString(),
  )
  const asking = { tenant, authorization: `Bearer ${(token.body as { access_token: string }).access_token}` }
  const group = await firstGroup(asking, "/v1.0/groups?$filter=displayName eq 'Group 0'")
  const top = `$top=${PAGE}`
  await measure('entra', asking, {
    'GET /users, a page of 200': `/v1.0/users?${top}`,
    'GET /users?$select, a page of 200': `/v1.0/users?${top}&$select=id,userPrincipalName,accountEnabled,department`,
    'GET /groups/{everybody}/members, a page of 200': `/v1.0/groups/${group}/members?${top}`,
    'GET /users/delta, a page': '/v1.0/users/delta?$select=displayName',
    'GET /users?$filter=startsWith, a page of 200': `/v1.0/users?${top}&$filter=startsWith(displayName,'First1')`,
    'GET /groups, a page of 200': `/v1.0/groups?${top}`,
    'GET /users/{userPrincipalName}': `/v1.0/users/${login(7)}`,
  })
}

async function each(): Promise<void> {
  row('vendor', `${people} people, ${groups} groups`, 'figure')
  for (const BENCH_VENDOR of ['okta', 'entra']) {
    await new Promise<void>((resolve, reject) => {
      const child = fork(import.meta.filename, [String(people), String(groups)], {
        env: { ...process.env, BENCH_VENDOR },
      })
      child.on('exit', code => (code === 0 ? resolve() : reject(new Error(`${BENCH_VENDOR} ended with ${code}`))))
    })
  }
}

if (vendor === undefined) await each()
else {
  await (vendor === 'okta' ? okta() : entra())
  row(vendor, 'memory held', `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`)
}
