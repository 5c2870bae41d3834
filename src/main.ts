#!/usr/bin/env node
import { runProgram } from './cli/program.ts'
import { processTerminal } from './cli/terminal.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
const { env } = process
process.exitCode = await runProgram(process.argv.slice(2), { terminal: processTerminal(env), env, signal: stop.signal })
