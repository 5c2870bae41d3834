import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuditLog } from '../../src/report/audit.ts'
import { type Directory, monday, startTenants, type Tenants } from '../e2e/stage.ts'
import { company, person, seed } from './cli-company.ts'
import { expectForPeople } from './cli-words.ts'

let tenants: Tenants
let directory: Directory
beforeAll(async () => {
  tenants = await startTenants({ seed })
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
  await directory.must(['apply', '--yes'], 0)
  await directory.write({ 'joiner.yaml': person('joan', '3001') })
})
afterAll(() => tenants.close())

/** Everything both tenants hold. */
const held = (): string =>
  JSON.stringify([tenants.simulator.tenants.okta.state(), tenants.simulator.tenants.entra.state()])

/** Runs `apply` where it must be refused with one error, and must not have written anything anywhere. */
async function refused(at: Directory, flags: readonly string[] = []): Promise<string> {
  const before = held()
  const { code, out, err } = await at.run(['apply', '--yes', ...flags])
  expect(code, out + err).toBe(1)
  expectForPeople(out + err)
  expect(tenants.overheard.in(out + err)).toEqual([])
  expect(held()).toBe(before)
  return out + err
}

/** Runs a command line in a process of its own whose files may not grow beyond so many blocks of 512 bytes. */
async function limited(
  blocks: number,
  args: readonly string[],
  at: Directory,
): Promise<{ code: number | null; text: string }> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const simulated = ['--now', at.now, '--allow-insecure-providers']
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`
  const child = spawn('sh', ['-c', script, process.execPath, main, ...args, ...simulated], {
    env: at.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text }
}

describe('an audit log', () => {
  test('that another process is writing stops apply, not plan, and says who and what to do', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    const holder = await openAuditLog(copy.audit, { now: () => Date.parse(monday) })
    try {
      expect(await refused(copy)).toMatch(
        new RegExp(
          `^error: the record is being written by process ${process.pid} on \\S+, since 2026.*; wait for it to end, or stop it`,
        ),
      )
      await copy.must(['plan'], 2)
    } finally {
      await holder.close()
    }
  })

  test('with a changed line stops apply and fails plan, which gives no hash to approve; --accept goes on', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await copy.delete('bad.yaml', 'people.yaml')
    const lines = (await readFile(copy.audit, 'utf8')).split('\n')
    lines[2] = (lines[2] ?? '').replace('{', '{ ')
    await writeFile(copy.audit, lines.join('\n'))
    const sentence =
      /^error: line 3 of \S+audit\.jsonl .*; restore the file, or accept it as it is with: tenure audit verify \S+ --accept 3$/m
    expect(await refused(copy)).toMatch(sentence)
    const plan = await copy.must(['plan'], 1)
    expect(plan).toMatch(sentence)
    expect(plan).toContain('WITHHELD')
    expect(plan).not.toMatch(/sha256:/)
    const verified = await copy.line(['audit', 'verify', copy.audit])
    expect([verified.code, verified.out + verified.err]).toEqual([
      1,
      expect.stringMatching(/audit\.jsonl:3: the chain is broken: /),
    ])
    await copy.line(['audit', 'verify', copy.audit, '--accept', '3'])
    const after = await copy.line(['audit', 'verify', copy.audit])
    expect(after.code, after.out).toBe(0)
    expect(await copy.must(['plan'], 3)).toMatch(/--approve sha256:/)
  })

  test('with a line cut off, as after a crash, is told and costs nothing', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await writeFile(copy.audit, (await readFile(copy.audit, 'utf8')).replace(/\n$/, '\n{"seq":999,"pr'))
    await copy.delete('joiner.yaml')
    expect(await copy.must(['apply', '--yes'], 0)).toMatch(
      /^warning: \S+ ended in a line that was cut off.*nothing else is lost$/m,
    )
    await copy.must(['plan'], 0)
  })

  test('that cannot be written stops everything before the first call that writes', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await mkdir(join(copy.path, 'folder.jsonl'))
    expect(await refused(copy, ['--audit', join(copy.path, 'folder.jsonl')])).toMatch(
      /that is a folder; give a file with --audit$/m,
    )
    const below = join(copy.path, 'okta.yaml', 'audit.jsonl')
    expect(await refused(copy, ['--audit', below])).toMatch(
      /a part of its path is no folder; give another file with --audit$/m,
    )
  })

  test('that cannot grow, as on a full disk, stops apply before anything unannounced is sent; later it goes on', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    const before = held()
    const { size } = await stat(copy.audit)
    const { code, text } = await limited(Math.ceil(size / 512), ['apply', copy.path, '--yes'], copy)
    expect(code, text).toBe(1)
    expectForPeople(text)
    expect(text).toMatch(
      /STOPPED: the record \S+audit\.jsonl cannot be read or written, so nothing was sent: EFBIG; mend that, then run again/,
    )
    expect(text).toContain('Applied: nothing.')
    expect(held()).toBe(before)
    await copy.delete('joiner.yaml')
    await copy.must(['apply', '--yes'], 0)
    await copy.must(['plan'], 0)
  })

  test('that is lost lets nothing go that only absence asks for', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await rm(copy.audit)
    await rm(`${copy.audit}.head`, { force: true })
    await copy.delete('joiner.yaml')
    await copy.write({ 'bad.yaml': person('ada', '1001').replace('groups: [staff]', 'groups: []') })
    const plan = await copy.run(['plan'])
    expect(plan.code, plan.out).toBe(3)
    expect(plan.err).toMatch(/^note: there is no record at \S+ yet; .* no hash of it can be approved$/m)
    expect(plan.out).toMatch(/WITHHELD.*RecordLost/)
    expect(plan.out + plan.err).not.toMatch(/sha256:/)
    const json = await copy.run(['plan', '--output', 'json'])
    expect(json.out).toMatch(/"reason": "RecordLost"/)
    expect(json.out).toMatch(/"withheld": \[\s*\{\s*"hash": null/)
    expect((await copy.run(['plan', '--output', 'markdown'])).out).not.toMatch(/sha256:/)
  })
})

describe('the place and time a plan is made', () => {
  test('in a copy of the directory with an id of its own is refused until it takes over', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await writeFile(join(copy.path, '.tenure', 'id'), 'dir-00000000-0000-4000-8000-000000000000\n')
    const sentence =
      /was taken by another directory or cluster \(dir-[0-9a-f-]+\); run "tenure init --take-over" if that is meant/
    expect(await refused(copy)).toMatch(sentence)
    expect(await copy.must(['plan'], 1)).toMatch(sentence)
  })

  test('without an id shows the plan, for pull requests, and refuses to apply it', async () => {
    const copy = await tenants.copyOf(directory)
    await copy.must(['plan'], 2)
    expect(await refused(copy)).toMatch(/was taken by another directory/)
  })

  test('with a clock an hour off fails, and what is due by date waits', async () => {
    const copy = await tenants.copyOf(directory, { record: true })
    await copy.delete('joiner.yaml')
    await copy.write({ 'bad.yaml': person('ada', '1001', '    endDate: "2026-03-01"\n') })
    tenants.simulator.clock.advance(3_600_000)
    try {
      const text = await refused(copy)
      expect(text).toMatch(
        /error: IdentityProvider okta: its clock and ours differ by 60 minutes; what is due by date waits/,
      )
      expect(text).toMatch(/not done ClockSkewed: .*ada/)
    } finally {
      tenants.simulator.clock.set(Date.parse(monday))
    }
  })
})
