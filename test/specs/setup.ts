import { subscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach } from 'vitest'
import type { Exchange } from '../../src/simulator/exchange.ts'
import { described } from './descriptions.ts'

/*
 * Stands before every test file: whatever a simulated tenant answers in this process is held against the vendor's own description,
 * and the test that caused a departure fails. Nothing is loaded before the first answer comes.
 */

/** The channel of src/simulator/exchange.ts, which is not loaded here for the sake of files that simulate nothing. */
const CHANNEL = 'simulated-tenant:response'

type Judge = (exchange: Exchange) => readonly string[]

const departures = new Set<string>()
let loading: Promise<void> | undefined
let judge: Judge = exchange => {
  waiting.push(exchange)
  loading ??= load()
  return []
}
const waiting: Exchange[] = []

async function load(): Promise<void> {
  judge = (await import('./judges.ts')).departuresOf
  for (const exchange of waiting.splice(0)) note(exchange)
}

function note(exchange: Exchange): void {
  for (const departure of judge(exchange)) departures.add(departure)
}

async function fail(): Promise<void> {
  await loading
  if (departures.size === 0) return
  const lines = [...departures]
  departures.clear()
  throw new Error(`What was answered differs from the vendor's description:\n${lines.slice(0, 20).join('\n')}`)
}

if (described) {
  subscribe(CHANNEL, message => note(message as Exchange))
  afterEach(fail)
  afterAll(fail)
}
