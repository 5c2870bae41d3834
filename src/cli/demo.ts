import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Simulator, startSimulator } from '../simulator/index.ts'
import { borrowCompany, borrowedSecrets } from './borrowed-company.ts'
import { DemoStage } from './demo-stage.ts'
import { tellStory } from './demo-story.ts'
import type { RunCommand, Surroundings } from './surroundings.ts'

/** The company of the demo, as it lies in the repository and in the package. */
const acme = fileURLToPath(new URL('../../examples/acme', import.meta.url))

/** The day the demo takes place. */
const demoDay = '2026-03-02T09:00:00Z'

/**
 * `tenure demo`: starts both simulated tenants, applies an example company and shows what happens to it. Ends by itself, or with
 * `--keep` leaves everything running until it is stopped. Exit 0 when every chapter went as told, else 1.
 */
export async function demo(
  options: { readonly keep: boolean; readonly command: RunCommand },
  surroundings: Surroundings,
): Promise<number> {
  const { terminal, signal } = surroundings
  const seed = JSON.parse(await readFile(join(acme, 'tenants.json'), 'utf8')) as unknown
  const simulator = await startSimulator({ seed, now: demoDay })
  const folder = await mkdtemp(join(tmpdir(), 'tenure-demo-'))
  const dir = join(folder, 'acme')
  try {
    await borrowCompany(acme, dir, simulator)
    const env = { ...surroundings.env, ...(await borrowedSecrets(simulator)) }
    const stage = new DemoStage({ dir, simulator, command: options.command, terminal, env, signal })
    const told = await tellStory(stage)
    if (told && options.keep) await keepRunning(stage, simulator, dir)
    return told ? 0 : 1
  } finally {
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function keepRunning(stage: DemoStage, simulator: Simulator, dir: string): Promise<void> {
  stage.say(`
Everything stays up until Ctrl-C. Edit the files in ${dir} and watch the lines below.
  Okta      ${simulator.okta.orgUrl}/api/v1/users        (Authorization: SSWS ${simulator.okta.apiToken})
  Entra     ${simulator.entra.graphUrl}/v1.0/users
  control   ${simulator.control}/state, and POST ${simulator.control}/clock {"advance": "40d"} to move time
`)
  await stage.follow(['run', '--http', '127.0.0.1:0', '--log-format', 'pretty', '--settle', '5'])
}
