import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServerCertificate } from './certificate.ts'
import { instantMs, SimulatedClock } from './clock.ts'
import { type Controlled, control, loadState } from './control.ts'
import { type EntraTenant, entraTenant } from './entra/index.ts'
import { Faults } from './faults.ts'
import { Front } from './front.ts'
import { type OktaTenant, oktaTenant } from './okta/index.ts'
import { seededRandom } from './random.ts'
import { type RequestCount, RequestLog } from './requests.ts'
import { type LocalServer, listen } from './server.ts'

export { SimulatedClock } from './clock.ts'
export type { Fault } from './faults.ts'
export { seededRandom } from './random.ts'
export type { RequestCount } from './requests.ts'

/** How to start the simulated tenants; everything may be left out. */
export interface SimulatorOptions {
  /** What the tenants hold: `{version: 1, now?, okta?, entra?}`. */
  readonly seed?: unknown
  /** Ports on the loopback address; 0, the default, takes free ones. */
  readonly ports?: { readonly okta?: number; readonly entra?: number; readonly control?: number }
  /** The vendors' rate limits; off by default. */
  readonly quota?: 'on' | 'off'
  /** The vendors' read-after-write delays; off by default. */
  readonly lag?: 'on' | 'off'
  /** Where the tenants' clock starts, ISO 8601; by default the machine's time. */
  readonly now?: string
  /** How many seconds pass on the tenants' clock per second of the machine; 1 by default. */
  readonly speed?: number
  /** Gets the line of JSON once everything listens. */
  readonly readyFile?: string
  /** Repeats the ids that the tenants make up. Default 1. */
  readonly randomSeed?: number
}

/** Where the tenants are and how to sign in: the line of JSON that `tenure simulate` prints. */
export interface SimulatorAddresses {
  readonly okta: {
    readonly orgUrl: string
    readonly apiToken: string
    readonly clientId: string
    readonly privateKeyFile: string
  }
  readonly entra: {
    readonly graphUrl: string
    readonly authorityHost: string
    readonly tenantId: string
    readonly clientId: string
    readonly clientSecret: string
    readonly caFile: string
  }
  readonly control: string
}

/** Running simulated tenants, with direct access for tests in the same process. */
export interface Simulator extends SimulatorAddresses {
  readonly tenants: { readonly okta: OktaTenant; readonly entra: EntraTenant }
  readonly clock: SimulatedClock
  readonly faults: Faults
  /** What was asked so far. */
  requests(): readonly RequestCount[]
  /** Forgets what was asked. */
  forgetRequests(): void
  /** Stops listening, breaks open connections and removes the temporary files. */
  close(): Promise<void>
}

interface Parts extends Controlled {
  readonly tenants: { readonly okta: OktaTenant; readonly entra: EntraTenant }
}

function partsFrom(options: SimulatorOptions): Parts {
  const { now, speed = 1 } = options
  const clock = new SimulatedClock({ speed, ...(now === undefined ? {} : { now: instantMs(now) }) })
  const seed = options.randomSeed ?? 1
  const tenants = {
    okta: oktaTenant({ clock, random: seededRandom(seed) }),
    entra: entraTenant({ clock, random: seededRandom(seed + 1) }),
  }
  return { clock, tenants, faults: new Faults(), log: new RequestLog() }
}

async function secretFile(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content, { mode: 0o600 })
  return path
}

interface Servers {
  readonly okta: LocalServer
  readonly entra: LocalServer
  readonly control: LocalServer
}

async function startServers(
  parts: Parts,
  options: SimulatorOptions,
  tls: { cert: string; key: string },
): Promise<Servers> {
  const { tenants, faults } = parts
  const okta = new Front(tenants.okta, parts)
  const entra = new Front(tenants.entra, parts)
  tenants.entra.intercept((request, next) => entra.answerBatched(request, next))
  const { ports = {} } = options
  const started: LocalServer[] = []
  const start = async (...[settings, answer]: Parameters<typeof listen>): Promise<LocalServer> => {
    const server = await listen(settings, answer)
    started.push(server)
    return server
  }
  try {
    return {
      okta: await start({ port: ports.okta ?? 0 }, request => okta.answer(request)),
      entra: await start({ port: ports.entra ?? 0, tls: { ...tls, fault: () => faults.strikeConnection() } }, request =>
        entra.answer(request),
      ),
      control: await start({ port: ports.control ?? 0 }, async request => control(parts, request)),
    }
  } catch (error) {
    await Promise.all(started.map(server => server.close()))
    throw error
  }
}

function addressesOf(
  { tenants }: Parts,
  servers: Servers,
  files: { privateKeyFile: string; caFile: string },
): SimulatorAddresses {
  const { okta, entra } = tenants
  const graph = `https://localhost:${servers.entra.port}`
  return {
    okta: {
      orgUrl: `http://127.0.0.1:${servers.okta.port}`,
      apiToken: okta.apiToken,
      clientId: okta.clientId,
      privateKeyFile: files.privateKeyFile,
    },
    entra: {
      graphUrl: graph,
      authorityHost: graph,
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      clientSecret: entra.clientSecret,
      caFile: files.caFile,
    },
    control: `http://127.0.0.1:${servers.control.port}`,
  }
}

/** Starts a simulated Okta org and a simulated Entra tenant on the loopback address. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const parts = partsFrom(options)
  if (options.seed !== undefined) loadState(parts, options.seed)
  if (options.now !== undefined) parts.clock.set(instantMs(options.now))
  for (const feature of ['quota', 'lag'] as const)
    if (options[feature] === 'on') for (const tenant of Object.values(parts.tenants)) tenant.turn(feature, true)
  const certificate = createServerCertificate()
  const servers = await startServers(parts, options, { cert: certificate.certPem, key: certificate.keyPem })
  parts.faults.watch(({ fault }) => {
    if (fault.startsWith('tls')) servers.entra.dropIdle()
  })
  const folder = await mkdtemp(join(tmpdir(), 'simulated-tenants-'))
  const addresses = addressesOf(parts, servers, {
    privateKeyFile: await secretFile(folder, 'okta-private-key.pem', parts.tenants.okta.privateKeyPem),
    caFile: await secretFile(folder, 'ca.pem', certificate.caPem),
  })
  if (options.readyFile !== undefined)
    await writeFile(options.readyFile, `${JSON.stringify(addresses)}\n`, { mode: 0o600 })
  return {
    ...addresses,
    tenants: parts.tenants,
    clock: parts.clock,
    faults: parts.faults,
    requests: () => parts.log.counts(),
    forgetRequests: () => parts.log.clear(),
    close: async () => {
      await Promise.all([servers.okta.close(), servers.entra.close(), servers.control.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
