import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { company, person, seed } from '../../test/broken/cli-company.ts'
import { type Running, startLoop, until } from '../../test/e2e/loop.ts'
import { type Plain, plainOkta, type Thing } from '../../test/e2e/plain.ts'
import { type Directory, startTenants, type Tenants } from '../../test/e2e/stage.ts'

let tenants: Tenants
let directory: Directory
let okta: Plain
let loop: Running | undefined
beforeAll(async () => {
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
})
afterEach(async () => {
  await loop?.stop()
  loop = undefined
})
afterAll(() => tenants.close())

const statusOf = (name: string): Promise<unknown> =>
  okta.ask('GET', `/api/v1/users/${name}@acme.example`).then(
    user => (user as Thing).status,
    () => undefined,
  )
const text = async (path: string): Promise<string> => (await fetch(`${loop?.url}${path}`)).text()
const codeOf = async (path: string): Promise<number> => (await fetch(`${loop?.url}${path}`)).status
const passes = (): number => loop?.log().filter(line => line.msg === 'pass finished').length ?? 0
const ready = (): Promise<true> => until(async () => (await codeOf('/readyz')) === 200)

describe('run', () => {
  test('applies at once, tells it at its address, and ends with 0 when stopped', async () => {
    loop = await startLoop(directory, tenants)
    expect(await codeOf('/healthz')).toBe(200)
    await ready()
    expect(await statusOf('ada')).toBe('PROVISIONED')
    const status = JSON.parse(await text('/status')) as { providers: Thing[] }
    expect(status).toMatchObject({ employees: 3, mappings: 1, complete: true })
    expect(status.providers.map(one => [one.provider, one.readWhole])).toEqual(
      expect.arrayContaining([
        ['okta', true],
        ['entra', true],
      ]),
    )
    expect(await text('/metrics')).toMatch(/^controller_runtime_reconcile_total\{.*result="success".*\} 1$/m)
    const { url } = loop
    expect(await loop.stop()).toBe(0)
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    expect(loop.log().at(-1)).toMatchObject({ msg: 'stopped' })
    await directory.must(['plan'], 0)
  })

  test('takes up a changed, a new and a broken file, and goes on beside the broken one', async () => {
    loop = await startLoop(directory, tenants)
    await ready()
    await directory.write({ 'bad.yaml': person('ada', '1001', '  title: Countess\n') })
    await until(
      async () =>
        ((await okta.ask('GET', '/api/v1/users/ada@acme.example')) as { profile: Thing }).profile.title === 'Countess',
    )
    await directory.write({ 'bad.yaml': 'kind: Employee\n\tname: ada\n', 'new.yaml': person('joan', '3001') })
    await until(async () => (await statusOf('joan')) === 'PROVISIONED')
    expect(await statusOf('ada')).toBe('PROVISIONED')
    await until(async () => /"complete":false/.test(await text('/status')))
    expect(loop.log()).toContainEqual(expect.objectContaining({ msg: 'finding', reason: 'ManifestUnreadable' }))
    await directory.write({ 'bad.yaml': company['bad.yaml'] ?? '' })
    await until(async () => /"complete":true/.test(await text('/status')))
  })

  test('blocks a deleted person only after the deletion has settled, and not one whose file came back', async () => {
    loop = await startLoop(directory, tenants, ['--settle', '2'])
    await ready()
    const since = passes()
    await directory.delete('new.yaml')
    await until(() => passes() > since)
    expect(await statusOf('joan')).toBe('PROVISIONED')
    await directory.write({ 'moved.yaml': person('joan', '3001') })
    const later = passes()
    await until(() => passes() > later)
    await directory.delete('moved.yaml')
    const deletedAt = performance.now()
    await until(async () => (await statusOf('joan')) !== 'PROVISIONED')
    expect(performance.now() - deletedAt).toBeGreaterThan(2_000)
  })

  test('keeps the record to itself while it runs, and goes on when a provider fails', async () => {
    loop = await startLoop(directory, tenants)
    await ready()
    expect(await directory.must(['apply', '--yes'], 1)).toMatch(/the record is being written by process \d+ on /)
    await directory.must(['plan'], 0)
    tenants.simulator.faults.add({
      provider: 'okta',
      path: '/api/v1/*',
      fault: 'status',
      status: 403,
      body: { errorCode: 'E0000006' },
    })
    await directory.write({ 'new.yaml': person('kit', '3002') })
    await until(async () => /"provider":"okta"[^}]*"readWhole":false/.test(await text('/status')))
    expect(await codeOf('/healthz')).toBe(200)
    tenants.simulator.faults.clear()
    await directory.write({ 'new.yaml': person('kit', '3002', '  title: Engineer\n') })
    await until(async () => (await statusOf('kit')) === 'PROVISIONED')
  })

  test('says in one sentence when its address is taken, and leaves the record free', async () => {
    loop = await startLoop(directory, tenants)
    const port = new URL(loop.url).port
    const other = await tenants.directory(company)
    const { code, err } = await other.run(['run', '--http', `127.0.0.1:${port}`])
    expect([code, err]).toEqual([
      1,
      `error: --http 127.0.0.1:${port}: cannot listen, something else listens there; choose another address or port\n`,
    ])
    await writeFile(join(other.path, 'note.txt'), '')
    await loop.stop()
    await directory.must(['apply', '--yes'], 0)
  })
})
