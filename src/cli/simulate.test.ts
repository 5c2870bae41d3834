import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { screenOf } from '../../test/support/example.ts'
import { runProgram } from './program.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-simulate-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('simulate prints one line of JSON, writes it to the ready file, answers, and ends with 0 when stopped', async () => {
  const seed = join(folder, 'seed.json')
  const ready = join(folder, 'ready.json')
  await writeFile(seed, JSON.stringify({ version: 1, okta: { groups: [{ name: 'Staff' }] } }))
  const stop = new AbortController()
  const lines: string[] = []
  const listening = new Promise<string>(resolve => {
    const terminal = {
      out: (text: string) => resolve(lines[lines.push(text) - 1] ?? ''),
      err: (text: string) => void lines.push(text),
      color: false,
      interactive: false,
      confirm: async () => false,
      progress: () => undefined,
    }
    const tenants = ['--quota', 'on', '--lag', 'on', '--speed', '60', '--now', '2026-03-02T09:00:00Z']
    const args = ['simulate', '--seed', seed, '--ready-file', ready, ...tenants]
    ended = runProgram(args, { terminal, env: {}, signal: stop.signal })
  })
  const line = await listening
  const { okta, entra, control } = JSON.parse(line) as Record<string, Record<string, string>> & { control: string }
  expect(line).not.toContain('\n')
  expect(Object.keys(okta ?? {}).sort()).toEqual(['apiToken', 'clientId', 'orgUrl', 'privateKeyFile'])
  expect(Object.keys(entra ?? {}).sort()).toEqual(
    ['authorityHost', 'caFile', 'clientId', 'clientSecret', 'graphUrl', 'tenantId'].sort(),
  )
  expect((await readFile(ready, 'utf8')).trim()).toBe(line)

  const answer = await fetch(`${okta?.orgUrl}/api/v1/groups?q=Staff`, {
    headers: { authorization: `SSWS ${okta?.apiToken}` },
  })
  expect(await answer.json()).toMatchObject([{ profile: { name: 'Staff' } }])
  expect(Number(answer.headers.get('x-rate-limit-limit'))).toBeLessThan(1_000)
  const moved = await fetch(`${control}/clock`, { method: 'POST', body: JSON.stringify({ advance: '40d' }) })
  const clock = (await moved.json()) as { now: string; speed: number }
  expect([clock.now, clock.speed]).toEqual([expect.stringMatching(/^2026-04-11T/), 60])
  const requests = (await (await fetch(`${control}/requests`)).json()) as { path: string; count: number }[]
  expect(requests).toContainEqual(
    expect.objectContaining({ provider: 'okta', method: 'GET', path: '/api/v1/groups', count: 1 }),
  )

  const taken = await screenOf(['simulate', '--control-port', new URL(control).port], {})
  expect([taken.code, taken.out]).toEqual([1, ''])
  expect(taken.err).toMatch(/^error: .*(EADDRINUSE|in use|taken).*\n$/)

  stop.abort()
  expect(await ended).toBe(0)
  await expect(fetch(`${control}/state`)).rejects.toThrow()
  expect(lines).toHaveLength(1)
})

let ended: Promise<number> | undefined
