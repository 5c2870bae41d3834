import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { ManifestError } from '../model/errors.ts'
import { type SimulatorOptions, startSimulator } from '../simulator/index.ts'
import type { Terminal } from './terminal.ts'

export interface SimulateOptions {
  readonly seed?: string
  readonly oktaPort: number
  readonly entraPort: number
  readonly controlPort: number
  readonly quota: 'on' | 'off'
  readonly lag: 'on' | 'off'
  readonly speed: number
  readonly now?: string
  readonly readyFile?: string
}

/** `tenure simulate`: an Okta org and an Entra tenant on this machine, until the signal. */
export async function simulate(options: SimulateOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { seed, oktaPort, entraPort, controlPort, quota, lag, speed, now, readyFile } = options
  const settings: SimulatorOptions = {
    ports: { okta: oktaPort, entra: entraPort, control: controlPort },
    quota,
    lag,
    speed,
    ...(seed === undefined ? {} : { seed: await seedFrom(seed) }),
    ...(now === undefined ? {} : { now }),
    ...(readyFile === undefined ? {} : { readyFile }),
  }
  const simulator = await started(settings)
  try {
    const { okta, entra, control } = simulator
    terminal.out(JSON.stringify({ okta, entra, control }))
    if (!signal.aborted) await once(signal, 'abort')
    return 0
  } finally {
    await simulator.close()
  }
}

async function started(settings: SimulatorOptions): ReturnType<typeof startSimulator> {
  try {
    return await startSimulator(settings)
  } catch (cause) {
    throw new ManifestError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

async function seedFrom(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ManifestError(
      `--seed ${file}: cannot be read as JSON (${cause instanceof Error ? cause.message : cause})`,
      { cause },
    )
  }
}
