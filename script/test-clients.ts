/**
 * Runs each client of test/clients, a program on a vendor's own SDK or on the libraries of Terraform's providers, against
 * `tenure simulate`. What it is built of goes into the cache, outside of the checkout. A client whose language is not installed is
 * skipped, but not in CI.
 */
import type { SimulatorAddresses } from '../src/simulator/index.ts'
import { type Client, clients } from './client-list.ts'
import { type Command, commandOf, compiledPython, missing, ran } from './client-programs.ts'
import { withTenants } from './client-tenants.ts'

const totals = { passed: 0, failed: 0, skipped: 0 }

const secondsSince = (start: number): string => ((performance.now() - start) / 1000).toFixed(1)

function failed(client: Client, said: string): void {
  totals.failed += 1
  console.log(`${said}\nFAILED  ${client.title}`)
}

/** The clients that can run, with their commands; the others are counted as skipped or failed. */
function built(): readonly (readonly [Client, Command])[] {
  return clients.flatMap(client => {
    const lack = missing(client.language)
    if (lack !== undefined && !process.env.CI) {
      totals.skipped += 1
      console.log(`skipped ${client.title}: ${lack}`)
      return []
    }
    const start = performance.now()
    try {
      const command = commandOf(client)
      if (performance.now() - start > 1000) console.log(`built   ${client.folder} (${secondsSince(start)} s)`)
      return [[client, command] as const]
    } catch (error) {
      failed(client, String(error))
      return []
    }
  })
}

/** Runs one client and says how it went. */
function run(client: Client, command: Command, addresses: SimulatorAddresses): void {
  const start = performance.now()
  const environment = { ...client.environment(addresses), ...compiledPython }
  const { well, said } = ran(command, { environment })
  if (!well) {
    failed(client, said)
    return
  }
  totals.passed += 1
  console.log(`${said.trimEnd().replaceAll(/^/gm, '  ')}\nok      ${client.title} (${secondsSince(start)} s)`)
}

const ready = built()
try {
  if (ready.length > 0)
    await withTenants(addresses => {
      for (const [client, command] of ready) run(client, command, addresses)
    })
} catch (error) {
  console.log(String(error))
  totals.failed = clients.length - totals.passed - totals.skipped
}
if (totals.failed > 0) process.exitCode = 1
console.log(`Tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
