/*
 * How quickly the bundle starts and what it holds while it rests: `script/bundle && node bench/bundle.ts [kubeconfig]`.
 *
 * Prints the milliseconds of `--version` and `operator --help` from the start of node to its end, and of the processor, which says most on a
 * machine that does other things too (the fastest and the median of 15 runs); and the memory of `tenure run` over an empty folder three
 * seconds after its start; with a kubeconfig that of `tenure operator` at that API server as well. Linux only, for /proc.
 */

import { type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const [kubeconfig] = process.argv.slice(2)
const bundle = join(import.meta.dirname, '../dist/tenure.mjs')
/** What we hold ourselves to. */
const target = { startMs: 300, restMiB: 120 }
const RUNS = 15

const row = (what: string, figure: string): void => console.log(`| ${what} | ${figure} |`)

/** Said by the child as it ends, on a descriptor of its own: the milliseconds of processor time it took. */
const telling = `data:text/javascript,import { writeSync } from 'node:fs';
process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(3, String((user + system) / 1000)) })`

function startUp(...args: readonly string[]): void {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe']
  const runs = Array.from({ length: RUNS }, () => {
    const from = performance.now()
    const node = ['--import', telling, bundle, ...args]
    const { status, output } = spawnSync(process.execPath, node, { encoding: 'utf8', stdio })
    if (status !== 0) throw new Error(`tenure ${args.join(' ')} ended with ${status}: ${output[2]}`)
    return { elapsed: performance.now() - from, processor: Number(output[3]) }
  })
  const figures = (['elapsed', 'processor'] as const).map(of => {
    const sorted = runs.map(run => Math.round(run[of])).sort((a, b) => a - b)
    return `${sorted[0]} ms, median ${sorted[RUNS >> 1]} ms`
  })
  row(`\`tenure ${args.join(' ')}\``, `${figures[0]} (target ${target.startMs}); of the processor ${figures[1]}`)
}

/** Memory of a process in MiB: what it holds now, and the most it ever held. */
function memoryOf(pid: number): { now: number; most: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mebibytes = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)?.[1]) / 1024)
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') }
}

async function atRest(...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [bundle, ...args, '--http', '127.0.0.1:0'], { stdio: 'ignore' })
  try {
    await pause(3000)
    if (child.pid === undefined || child.exitCode !== null)
      throw new Error(`tenure ${args[0]} ended with ${child.exitCode}`)
    const { now, most } = memoryOf(child.pid)
    row(`\`tenure ${args[0]}\` at rest`, `${now} MiB, at most ${most} MiB (target ${target.restMiB})`)
  } finally {
    child.kill()
  }
}

if (!existsSync(bundle)) throw new Error('there is no dist/tenure.mjs: run script/bundle first')
row('what', 'figure')
row('---', '---')
startUp('--version')
startUp('operator', '--help')
const folder = mkdtempSync(join(tmpdir(), 'tenure-bench-'))
try {
  await atRest('run', folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (kubeconfig !== undefined) await atRest('operator', '--kubeconfig', kubeconfig)
