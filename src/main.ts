#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 22) {
  process.stderr.write(
    `error: Tenure runs on Node 22.19 or newer, and this is ${process.version}; from a checkout, "npm run --silent tenure --" brings its own\n`,
  )
  process.exit(1)
}

const [{ runProgram }, { processTerminal }] = await Promise.all([
  import('./cli/program.ts'),
  import('./cli/terminal.ts'),
])
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
const { env } = process
process.exitCode = await runProgram(process.argv.slice(2), { terminal: processTerminal(env), env, signal: stop.signal })

export {}
