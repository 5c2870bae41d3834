import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SimulatorAddresses } from '../src/simulator/index.ts'

const root = join(import.meta.dirname, '..')

async function readyAddresses(simulator: ChildProcess, readyFile: string): Promise<SimulatorAddresses> {
  for (let attempt = 0; attempt < 300 && simulator.exitCode === null; attempt += 1) {
    const text = existsSync(readyFile) ? readFileSync(readyFile, 'utf8') : ''
    if (text.endsWith('}') || text.endsWith('}\n')) return JSON.parse(text) as SimulatorAddresses
    await sleep(100)
  }
  throw new Error('`tenure simulate` did not write its ready file within 30 seconds')
}

/** Fills the tenants with what the clients need: permissions of their application, and another application. */
async function fill({ control }: SimulatorAddresses): Promise<void> {
  const body = readFileSync(join(root, 'test/clients/tenants.json'))
  const reply = await fetch(`${control}/state`, { method: 'PUT', body })
  if (!reply.ok) throw new Error(`the simulated tenants refuse test/clients/tenants.json: ${await reply.text()}`)
}

/** Starts the simulated tenants, hands their addresses on and ends them. */
export async function withTenants(use: (addresses: SimulatorAddresses) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-clients-'))
  const readyFile = join(folder, 'ready.json')
  const flags = [join(root, 'src/main.ts'), 'simulate', '--ready-file', readyFile]
  const simulator = spawn(process.execPath, flags, { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    const addresses = await readyAddresses(simulator, readyFile)
    await fill(addresses)
    use(addresses)
  } finally {
    if (simulator.exitCode === null) {
      simulator.kill('SIGTERM')
      await once(simulator, 'exit')
    }
    rmSync(folder, { recursive: true })
  }
}
