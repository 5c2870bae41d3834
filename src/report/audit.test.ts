import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JournalError } from '../model/errors.ts'
import type { JournalEntry } from '../model/record.ts'
import { type AuditLog, acceptBreak, openAuditLog, verifyAuditLog } from './audit.ts'
import { sha256 } from './audit-line.ts'

let root = ''
let file = ''
let opened: AuditLog[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenure-audit-'))
  file = join(root, '.tenure', 'audit.jsonl')
  opened = []
})
afterEach(async () => {
  for (const log of opened) await log.close()
  await rm(root, { recursive: true, force: true })
})

const at = Date.UTC(2026, 0, 5, 12)
const now = (): number => at
const open = async (readOnly = false): Promise<AuditLog> => {
  const log = await openAuditLog(file, { now, readOnly })
  opened.push(log)
  return log
}
const entry = (accounts: number): JournalEntry =>
  ({ at: at + accounts, provider: 'okta', kind: 'trusted', accounts }) as JournalEntry

/** A log of that many lines, closed. */
async function written(lines: number): Promise<readonly string[]> {
  const log = await open()
  for (let i = 1; i <= lines; i++) await log.append([entry(i)])
  await log.close()
  return (await readFile(file, 'utf8')).trimEnd().split('\n')
}
const rewrite = (lines: readonly string[]): Promise<void> => writeFile(file, lines.map(line => `${line}\n`).join(''))
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  )

describe('an audit log', () => {
  test('gives back entries of every kind there is', async () => {
    const provider = 'okta'
    const person = { number: '1', employee: 'ada' }
    const kinds = {
      intent: { ...person, id: 'a', operation: 'block', detail: '', because: '', plan: '', actor: '' },
      outcome: { number: '1', id: 'a', operation: 'block', result: 'applied', facts: [{ kind: 'blocked' }] },
      fact: { ...person, facts: [{ kind: 'offboarded' }] },
      mapped: { mapped: [] },
      trusted: { accounts: 1 },
      lost: { lost: true },
      owner: { owner: 'acme', by: 'here' },
      decision: { hash: 'sha256:0', decision: 'Approve', source: 'here' },
    } satisfies Record<JournalEntry['kind'], object>
    const entries = Object.entries(kinds).map(([kind, rest]) => ({ at, provider, kind, ...rest }) as never)
    const log = await open()
    await log.append(entries)
    await log.close()
    expect((await open()).entries).toEqual(entries)
  })

  test('gives back what was appended, after it was opened again', async () => {
    const log = await open()
    expect(log.existed).toBe(false)
    const decision = { at, provider: 'okta', kind: 'decision', hash: 'sha256:1', decision: 'Approve', source: 'x\n"ü' }
    await log.append([entry(1), entry(2)])
    await log.append([decision as JournalEntry])
    await log.append([])
    expect(log.entries).toEqual([entry(1), entry(2), decision])
    await log.close()
    const again = await open()
    expect(again.existed).toBe(true)
    expect(again.entries).toEqual([entry(1), entry(2), decision])
    expect(again.findings).toEqual([])
    await again.append([entry(3)])
    await again.close()
    expect(await verifyAuditLog(file)).toEqual({ ok: true, lines: 4, torn: false, breaks: 0 })
  })

  test('chains its lines by the SHA-256 of the line before', async () => {
    const lines = await written(3)
    const parsed = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(parsed.map(each => each.seq)).toEqual([1, 2, 3])
    expect(parsed.map(each => each.prev)).toEqual(['0'.repeat(64), sha256(lines[0] ?? ''), sha256(lines[1] ?? '')])
    expect(parsed[0]).toMatchObject({
      time: '2026-01-05T12:00:00.001Z',
      kind: 'trusted',
      accounts: 1,
      provider: 'okta',
    })
  })

  test('writes what is appended at once in the order of the calls', async () => {
    const log = await open()
    await Promise.all(Array.from({ length: 500 }, (_, i) => log.append([entry(i)])))
    expect(log.entries).toEqual(Array.from({ length: 500 }, (_, i) => entry(i)))
    await log.close()
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true, lines: 500 })
  })

  test('has on disk what an append has resolved for', async () => {
    const log = await open()
    for (let i = 1; i <= 5; i++) {
      await log.append([entry(i)])
      expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(i)
    }
  })

  test('is readable by its owner only', async () => {
    await written(1)
    expect((await stat(file)).mode & 0o077).toBe(0)
  })

  test('is read without lock or trace for a plan, also while it is written', async () => {
    const nothing = await open(true)
    expect([nothing.existed, nothing.entries, await readdir(root)]).toEqual([false, [], []])
    const writer = await open()
    await writer.append([entry(1)])
    await appendFile(file, '{"seq":2,"pr')
    const reader = await open(true)
    expect(reader.entries).toEqual([entry(1)])
    expect(await failure(reader.append([entry(2)]))).toBeInstanceOf(JournalError)
  })
})

describe('a crash', () => {
  test('that cut off the last line costs that line only, which is set aside and reported', async () => {
    const lines = await written(2)
    for (const torn of ['{"seq":3,"prev":"0', `${lines[1]}`, '\0\0\0\0']) {
      await appendFile(file, torn)
      expect(await verifyAuditLog(file)).toMatchObject({ ok: true, lines: 2, torn: true })
      const log = await open()
      expect(log.entries).toEqual([entry(1), entry(2)])
      expect(log.findings).toEqual([expect.objectContaining({ reason: 'RecordTorn', severity: 'Warning' })])
      await log.close()
    }
    const aside = (await readdir(join(root, '.tenure'))).filter(name => name.includes('torn')).sort()
    expect(aside).toEqual(['audit.jsonl.torn-1', 'audit.jsonl.torn-2', 'audit.jsonl.torn-3'])
    expect(await readFile(`${file}.torn-1`, 'utf8')).toBe('{"seq":3,"prev":"0')
    const log = await open()
    await log.append([entry(3)])
    await log.close()
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true, lines: 3, torn: false })
  })

  test('before the head was written does no harm', async () => {
    const lines = await written(3)
    for (const head of ['', 'garbage', `2 ${sha256(lines[1] ?? '')}\n`]) {
      await writeFile(`${file}.head`, head)
      expect(await verifyAuditLog(file)).toMatchObject({ ok: true, lines: 3 })
    }
    await unlink(`${file}.head`)
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true, lines: 3 })
  })

  test('leaves a lock that the next process takes over, and a lock of a live one is respected', async () => {
    const module = new URL('./audit.ts', import.meta.url).href
    const script = `import { openAuditLog } from ${JSON.stringify(module)}
      const log = await openAuditLog(process.argv[1], { now: Date.now })
      await log.append([{ at: 1, provider: 'okta', kind: 'trusted', accounts: 1 }])
      console.log('open'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const refused = await failure(open())
    expect(refused).toBeInstanceOf(JournalError)
    expect(String(refused)).toContain(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const log = await open()
    expect(log.entries).toHaveLength(1)
    await log.append([entry(2)])
  })
})

async function lockNames(): Promise<readonly string[]> {
  return (await readdir(join(root, '.tenure'))).filter(name => name.includes('.lock'))
}

async function lockHolder(): Promise<Readonly<Record<string, unknown>>> {
  const [name = ''] = await lockNames()
  return JSON.parse(await readFile(join(root, '.tenure', name), 'utf8')) as Record<string, unknown>
}

describe('one writer', () => {
  test('keeps a second one in the same process out until it is closed', async () => {
    const first = await open()
    expect(String(await failure(open()))).toMatch(
      /is being written by process \d+ on .*; wait for it to end, or stop it/,
    )
    await first.append([entry(1)])
    await first.close()
    await (await open()).append([entry(2)])
    expect(await failure(first.append([entry(3)]))).toBeInstanceOf(JournalError)
  })

  test('is not kept out by a lock whose process id means another process by now', async () => {
    const first = await open()
    const holder = await lockHolder()
    await first.close()
    await writeFile(`${file}.lock.${process.pid}-x`, JSON.stringify({ ...holder, started: '1' }))
    await (await open()).append([entry(1)])
    expect(await lockNames()).toHaveLength(1)
  })

  test.skipIf(process.platform !== 'linux')(
    'is not kept out by a process that was killed and not yet buried',
    async () => {
      const first = await open()
      const holder = await lockHolder()
      await first.close()
      // The shell replaces itself by a program that never asks what became of its child, well before the child ends.
      const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
      try {
        const [line] = (await once(parent.stdout, 'data')) as [Buffer]
        const pid = Number(line.toString())
        const stat = async (): Promise<string> => readFile(`/proc/${pid}/stat`, 'utf8')
        await expect.poll(stat, { timeout: 20_000 }).toContain(') Z ')
        const started = (await stat()).split(') ')[1]?.split(' ')[19]
        await writeFile(`${file}.lock.${pid}-x`, JSON.stringify({ ...holder, pid, started }))
        await (await open()).append([entry(1)])
      } finally {
        parent.kill()
      }
    },
  )

  test('is kept out by a lock nobody can judge, and told which file to remove', async () => {
    const first = await open()
    await first.close()
    const left = `${file}.lock.1-x`
    for (const lock of [JSON.stringify({ pid: 1, host: `${hostname()}-other`, since: 'x' }), '', '{']) {
      await writeFile(left, lock)
      expect(String(await failure(open()))).toMatch(/audit\.jsonl\.lock\.1-x .*remove that file/)
      expect(await lockNames()).toEqual(['audit.jsonl.lock.1-x'])
    }
  })

  test('is one of many that start at the same moment', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    const first = await open()
    const holder = await lockHolder()
    await first.close()
    await writeFile(`${file}.lock.${dead}-x`, JSON.stringify({ ...holder, pid: dead, started: '1' }))
    const results = await Promise.all(Array.from({ length: 10 }, () => failure(open())))
    expect(results.filter(each => each === 'no error')).toHaveLength(1)
    expect(await lockNames()).toHaveLength(1)
  })
})

describe('a chain that is broken', () => {
  const damages: Readonly<
    Record<string, readonly [(lines: readonly string[]) => readonly string[], number, RegExp, number?]>
  > = {
    'by a changed line': [
      lines => lines.with(1, (lines[1] ?? '').replace('"accounts":2', '"accounts":9')),
      2,
      /was changed after it was written/,
    ],
    'by a changed last line': [
      lines => lines.with(4, (lines[4] ?? '').replace('"accounts":5', '"accounts":9')),
      5,
      /was changed/,
    ],
    'by a removed line': [
      lines => lines.toSpliced(2, 1),
      3,
      /follows number 2, but is number 4: lines between them were removed/,
    ],
    'by a removed first line': [lines => lines.slice(1), 1, /follows number 0, but is number 2/],
    'by removed last lines': [
      lines => lines.slice(0, 3),
      4,
      /is missing: number 5 was written last, and the file ends with number 3/,
    ],
    'by moved lines': [lines => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''), 2, /removed|moved/, 3],
    'by a line written twice': [lines => lines.toSpliced(2, 0, lines[1] ?? ''), 3, /moved or written twice/],
    'by a line of something else': [lines => lines.toSpliced(2, 0, 'hello'), 3, /is no line of an audit log/],
    'by an empty line': [lines => lines.toSpliced(2, 0, ''), 3, /is no line of an audit log/],
    'by a replaced line with a sum of its own': [
      lines => {
        const open = (lines[2] ?? '').replace(/,"sum".*/, '').replace('"accounts":3', '"accounts":9')
        return lines.with(2, `${open},"sum":"${sha256(open)}"}`)
      },
      4,
      /does not continue the line before it/,
    ],
    'by a replaced last line with a sum of its own': [
      lines => {
        const open = (lines[4] ?? '').replace(/,"sum".*/, '').replace('"accounts":5', '"accounts":9')
        return lines.with(4, `${open},"sum":"${sha256(open)}"}`)
      },
      5,
      /is not the line that was written here/,
    ],
  }

  test.for(Object.entries(damages))('%s is found, and nothing is written until it is accepted', async ([, damage]) => {
    const [change, line, why] = damage
    await rewrite(change(await written(5)))
    const found = await verifyAuditLog(file)
    expect([found.ok, found.brokenAt, found.why]).toEqual([false, line, expect.stringMatching(why)])
    expect(found.breaks).toBe(damage[3] ?? 1)
    const refused = await failure(open())
    expect(refused).toBeInstanceOf(JournalError)
    expect(String(refused)).toMatch(new RegExp(`line ${line} of .*--accept ${line}$`))
    expect((await open(true)).findings).toEqual([expect.objectContaining({ reason: 'RecordTorn', severity: 'Error' })])

    expect(String(await failure(acceptBreak(file, 99, now)))).toMatch(/line 99 .* is not broken|line 4 .* is missing/)
    for (let each = found; !each.ok; each = await verifyAuditLog(file)) await acceptBreak(file, each.brokenAt ?? 0, now)
    const log = await open()
    await log.append([entry(6)])
    await log.close()
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true })
  })

  test('and accepted is broken again when the line changes once more', async () => {
    const lines = await written(3)
    await rewrite(lines.with(1, (lines[1] ?? '').replace('"accounts":2', '"accounts":9')))
    await acceptBreak(file, 2, now)
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true })
    await writeFile(file, (await readFile(file, 'utf8')).replace('"accounts":9', '"accounts":8'))
    expect(await verifyAuditLog(file)).toMatchObject({ ok: false, brokenAt: 2 })
  })

  test('by a version that knew more is told apart', async () => {
    await written(1)
    const [line = ''] = (await readFile(file, 'utf8')).split('\n')
    const open = line.replace(/,"sum".*/, '').replace('"trusted"', '"future"')
    await rewrite([`${open},"sum":"${sha256(open)}"}`])
    expect((await verifyAuditLog(file)).why).toMatch(/use the version that wrote it/)
  })
})

describe('a write that fails', () => {
  test.skipIf(process.platform !== 'linux')(
    'on a full disk ends the log: this append and every later one is refused',
    async () => {
      const link = join(root, 'full.jsonl')
      const script = `import { openAuditLog } from ${JSON.stringify(new URL('./audit.ts', import.meta.url).href)}
      const log = await openAuditLog(process.argv[1], { now: Date.now })
      const tell = error => console.log(error.constructor.name + ': ' + error.message)
      const big = 'x'.repeat(4096)
      const entry = { at: 1, provider: 'okta', kind: 'owner', owner: big, by: big }
      await log.append([{ at: 1, provider: 'okta', kind: 'trusted', accounts: 1 }])
      await Promise.all([log.append([entry]).catch(tell), log.append([entry]).catch(tell)])
      await log.append([{ at: 1, provider: 'okta', kind: 'trusted', accounts: 2 }]).catch(tell)
      console.log(log.entries.length)
      await log.close()`
      // A limit on the size of files fails a write as a full disk does: in the middle.
      const { stdout, stderr } = spawnSync(
        'bash',
        ['-c', `trap '' XFSZ; ulimit -f 4; exec "$0" --input-type=module -e "$1" "$2"`, process.execPath, script, link],
        { encoding: 'utf8' },
      )
      expect(stderr).toBe('')
      expect(stdout.trim().split('\n')).toEqual([
        expect.stringMatching(/^JournalError: the record .* cannot be read or written, so nothing was sent: EFBIG/),
        expect.stringMatching(/^JournalError: /),
        expect.stringMatching(/^JournalError: /),
        '1',
      ])
      file = link
      const log = await open()
      expect(log.entries).toEqual([{ at: 1, provider: 'okta', kind: 'trusted', accounts: 1 }])
      expect(log.findings[0]?.reason).toBe('RecordTorn')
    },
  )

  test('since the file was removed or written to meanwhile is refused', async () => {
    const log = await open()
    await log.append([entry(1)])
    await copyFile(file, `${file}.copy`)
    await appendFile(file, 'x\n')
    expect(String(await failure(log.append([entry(2)])))).toContain('was changed by somebody else')
    await truncate(file, (await stat(`${file}.copy`)).size)
    expect(String(await failure(log.append([entry(2)])))).toContain('was changed by somebody else')
    await log.close()
    const next = await open()
    await unlink(file)
    expect(String(await failure(next.append([entry(2)])))).toContain('was removed while it was in use')
  })

  test('where it cannot be made says what to do', async () => {
    await writeFile(join(root, '.tenure'), '')
    expect(String(await failure(open()))).toMatch(/JournalError: the record .*--audit$/)
  })

  test('a log that is not there cannot be verified', async () => {
    expect(String(await failure(verifyAuditLog(join(root, 'none'))))).toMatch(
      /is empty or does not exist; give the audit log/,
    )
  })
})
