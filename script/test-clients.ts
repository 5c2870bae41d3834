/**
 * Runs each client of test/clients, a program on a vendor's own Python SDK, against `tenure simulate`. Its packages go into a
 * virtual environment in the cache, outside of the checkout. Without Python the clients are skipped, but not in CI.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SimulatorAddresses } from '../src/simulator/index.ts'

type Environment = Readonly<Record<string, string>>

interface Client {
  readonly title: string
  /** Folder in test/clients with client.py and requirements.txt. */
  readonly folder: string
  environment(addresses: SimulatorAddresses): Environment
}

const root = join(import.meta.dirname, '..')
const { env } = process
const cache = env.TENURE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenure')

const oktaPython = ({ okta }: SimulatorAddresses): Environment => ({
  OKTA_CLIENT_ORGURL: okta.orgUrl,
  OKTA_TESTING_TESTINGDISABLEHTTPSCHECK: 'true',
})

const clients: readonly Client[] = [
  {
    title: 'okta for Python, with an API token',
    folder: 'okta-python',
    environment: addresses => ({ ...oktaPython(addresses), OKTA_CLIENT_TOKEN: addresses.okta.apiToken }),
  },
  {
    title: 'okta for Python, with a private key',
    folder: 'okta-python',
    environment: addresses => ({
      ...oktaPython(addresses),
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: addresses.okta.clientId,
      OKTA_CLIENT_SCOPES: 'okta.users.read,okta.users.manage,okta.groups.read,okta.groups.manage',
      OKTA_CLIENT_PRIVATEKEY: readFileSync(addresses.okta.privateKeyFile, 'utf8'),
    }),
  },
  {
    title: 'msgraph-sdk for Python',
    folder: 'graph-python',
    environment: ({ entra }) => ({
      AZURE_AUTHORITY_HOST: entra.authorityHost,
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: entra.clientId,
      AZURE_CLIENT_SECRET: entra.clientSecret,
      GRAPH_BASE_URL: `${entra.graphUrl}/v1.0`,
      CA_FILE: entra.caFile,
    }),
  },
]

/** What a program printed, and whether it ended well. */
function ran(
  program: string,
  flags: readonly string[],
  environment: Environment = {},
): { well: boolean; said: string } {
  const done = spawnSync(program, flags, { env: { ...env, ...environment }, encoding: 'utf8', timeout: 600_000 })
  return { well: done.status === 0, said: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}` }
}

/** The Python of a client's virtual environment, made when it is not there; throws with what went wrong. */
function pythonOf(folder: string): string {
  const requirements = join(root, 'test/clients', folder, 'requirements.txt')
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const place = join(cache, 'clients', `${folder}-${hash}`)
  const python = join(place, 'bin/python')
  if (existsSync(join(place, 'complete'))) return python
  rmSync(place, { recursive: true, force: true })
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', place]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]],
    [python, ['-c', `open(${JSON.stringify(join(place, 'complete'))}, 'w').close()`]],
  ]
  for (const [program, flags] of steps) {
    const { well, said } = ran(program, flags)
    if (!well) throw new Error(`${program} ${flags.join(' ')}: ${said}`)
  }
  return python
}

async function readyAddresses(simulator: ChildProcess, readyFile: string): Promise<SimulatorAddresses> {
  for (let attempt = 0; attempt < 300 && simulator.exitCode === null; attempt += 1) {
    const text = existsSync(readyFile) ? readFileSync(readyFile, 'utf8') : ''
    if (text.endsWith('}') || text.endsWith('}\n')) return JSON.parse(text) as SimulatorAddresses
    await sleep(100)
  }
  throw new Error('`tenure simulate` did not write its ready file within 30 seconds')
}

/** Starts the simulated tenants, hands their addresses on and ends them. */
async function withTenants(use: (addresses: SimulatorAddresses) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-clients-'))
  const readyFile = join(folder, 'ready.json')
  const flags = [join(root, 'src/main.ts'), 'simulate', '--ready-file', readyFile]
  const simulator = spawn(process.execPath, flags, { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    use(await readyAddresses(simulator, readyFile))
  } finally {
    if (simulator.exitCode === null) {
      simulator.kill('SIGTERM')
      await once(simulator, 'exit')
    }
    rmSync(folder, { recursive: true })
  }
}

/** Runs one client and says how it went. */
function passes(client: Client, addresses: SimulatorAddresses): boolean {
  const start = performance.now()
  const program = join(root, 'test/clients', client.folder, 'client.py')
  let result = { well: false, said: '' }
  try {
    const python = pythonOf(client.folder)
    result = ran(python, [program], { ...client.environment(addresses), PYTHONDONTWRITEBYTECODE: '1' })
  } catch (error) {
    result = { well: false, said: String(error) }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(result.well ? `ok      ${client.title} (${seconds} s)` : `${result.said}\nFAILED  ${client.title}`)
  return result.well
}

const totals = { passed: 0, failed: 0, skipped: 0 }
if (!ran('python3', ['-c', 'import venv, ensurepip']).well && !env.CI) {
  console.log('Skipped: python3 with venv and pip is not installed.')
  totals.skipped = clients.length
} else
  try {
    await withTenants(addresses => {
      for (const client of clients) totals[passes(client, addresses) ? 'passed' : 'failed'] += 1
    })
  } catch (error) {
    console.log(String(error))
    totals.failed = clients.length - totals.passed
  }
if (totals.failed > 0) process.exitCode = 1
console.log(`Tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
