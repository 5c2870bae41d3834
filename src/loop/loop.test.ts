import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RawManifest } from '../model/manifests.ts'
import type { RunReport } from '../model/plan.ts'
import { runLoop } from './loop.ts'
import { SettlingSource } from './settle.ts'
import { Waker } from './waker.ts'
import { watchTree } from './watch.ts'

const report = (error?: string): RunReport => ({
  startedAt: 0,
  finishedAt: 0,
  employees: 0,
  mappings: 0,
  complete: true,
  findings: [],
  providers: [
    {
      provider: 'memory' as never,
      drift: [],
      outcomes: [],
      findings: [],
      managedAccounts: 0,
      entitlements: [],
      ...(error ? { error } : {}),
    },
  ],
})

describe('the loop', () => {
  it('passes at once, again on a wake, and ends with the signal', async () => {
    const stop = new AbortController()
    const waker = new Waker(1)
    let passes = 0
    const running = runLoop({
      pass: async () => {
        passes += 1
        if (passes === 3) stop.abort()
        else setImmediate(() => waker.wake())
        return report()
      },
      waker,
      restMs: () => 3_600_000,
      backOffMs: 1,
      failed: () => undefined,
      signal: stop.signal,
    })
    await running
    expect(passes).toBe(3)
  })

  it('tries again soon, and ever later, while a provider fails or a pass throws', async () => {
    const stop = new AbortController()
    const slept: number[] = []
    const waker = new Waker(1)
    waker.sleep = async ms => {
      slept.push(ms)
      if (slept.length === 5) stop.abort()
    }
    let passes = 0
    const failures: unknown[] = []
    await runLoop({
      pass: async () => {
        passes += 1
        if (passes === 2) throw new Error('no network')
        return report(passes < 4 ? 'unreadable' : undefined)
      },
      waker,
      restMs: () => 60_000,
      backOffMs: 10,
      failed: error => failures.push(error),
      signal: stop.signal,
    })
    expect(slept).toEqual([10, 20, 40, 60_000, 60_000])
    expect(failures).toHaveLength(1)
  })
})

describe('a sleeper', () => {
  it('is not kept asleep by something that never rests', async () => {
    const waker = new Waker(5, 20)
    const restless = setInterval(() => waker.wake(), 1)
    try {
      await waker.sleep(60_000, new AbortController().signal)
    } finally {
      clearInterval(restless)
    }
  })
})

describe('a watched folder', () => {
  it('wakes on a changed manifest and not on our own record', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tenure-watch-'))
    const stop = new AbortController()
    try {
      const seen = new Promise<void>((resolve, reject) => watchTree(dir, resolve, reject, stop.signal))
      await writeFile(join(dir, 'ada.yaml'), 'kind: Employee\n')
      await seen
    } finally {
      stop.abort()
      await rm(dir, { recursive: true })
    }
  })
})

describe('a deletion', () => {
  const employee = (name: string, number: string): RawManifest => ({
    object: { kind: 'Employee', metadata: { name }, spec: { employeeNumber: number } },
    origin: { kind: 'File', file: `${name}.yaml`, line: 1, column: 1 },
    locate: () => ({ kind: 'File', file: `${name}.yaml`, line: 1, column: 1 }),
  })
  const signal = new AbortController().signal

  class Scene {
    now = 0
    manifests = [employee('ada', '1'), employee('grace', '2')]
    readonly source = new SettlingSource(
      {
        read: async () => ({ manifests: this.manifests, findings: [], complete: true }),
        recheck: async () => 'Same',
      },
      30_000,
      () => this.now,
    )

    async names(): Promise<string[]> {
      const { manifests } = await this.source.read(signal)
      return manifests.map(one => (one.object as { metadata: { name: string } }).metadata.name)
    }
  }

  it('counts only after it has lasted half a minute', async () => {
    const state = new Scene()
    await state.names()
    state.manifests = [employee('grace', '2')]
    expect(await state.names()).toEqual(['grace', 'ada'])
    expect(state.source.settlesInMs).toBe(30_000)
    state.now = 29_999
    expect(await state.names()).toEqual(['grace', 'ada'])
    state.now = 30_000
    expect(await state.names()).toEqual(['grace'])
    expect(state.source.settlesInMs).toBeUndefined()
  })

  it('of a mapping settles as well, and a renumbered Employee leaves no ghost', async () => {
    const state = new Scene()
    const mapping = employee('engineers', '')
    const object = { kind: 'GroupMapping', metadata: { name: 'engineers' }, spec: {} }
    state.manifests = [...state.manifests, { ...mapping, object }]
    await state.names()
    const renumbered = {
      kind: 'Employee',
      metadata: { name: 'ada-king' },
      spec: { employeeNumber: '7', previousEmployeeNumbers: ['1'] },
    }
    state.manifests = [{ ...employee('ada-king', '7'), object: renumbered }, employee('grace', '2')]
    expect(await state.names()).toEqual(['ada-king', 'grace', 'engineers'])
    state.now = 30_000
    expect(await state.names()).toEqual(['ada-king', 'grace'])
  })

  it('is none when the file comes back, and none when the manifest was renamed', async () => {
    const state = new Scene()
    await state.names()
    state.manifests = []
    await state.names()
    state.now = 20_000
    state.manifests = [employee('ada-king', '1'), employee('grace', '2')]
    expect(await state.names()).toEqual(['ada-king', 'grace'])
    state.now = 60_000
    expect(await state.names()).toEqual(['ada-king', 'grace'])
  })
})
