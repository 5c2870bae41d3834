import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MONDAY, number, providerName } from '../../test/support/builders.ts'
import type { FirstCredential } from '../model/credential.ts'
import { credentialFiles, removeExpired } from './credential-files.ts'

const hour = 3_600_000
const credential: FirstCredential = {
  provider: providerName('entra'),
  number: number('1001'),
  employee: 'ada-lovelace',
  login: 'ada@acme.example',
  what: 'Temporary Access Pass',
  secret: 'a-pass',
  validFrom: MONDAY,
  validUntil: MONDAY + 8 * hour,
}

let home = ''
let folder = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'credentials-'))
  folder = join(home, 'first-credentials')
})
afterEach(() => rm(home, { recursive: true }))

describe('a delivered credential', () => {
  it('lies in a file that only its owner may read, and says whose it is and how long it holds', async () => {
    await credentialFiles(folder, () => MONDAY)(credential)
    const file = join(folder, 'ada-lovelace.entra.json')
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      employee: 'ada-lovelace',
      number: '1001',
      provider: 'entra',
      login: 'ada@acme.example',
      what: 'Temporary Access Pass',
      secret: 'a-pass',
      validFrom: '2026-03-02T09:00:00.000Z',
      validUntil: '2026-03-02T17:00:00.000Z',
      removedAfter: '2026-03-02T17:00:00.000Z',
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readdir(folder)).toEqual(['ada-lovelace.entra.json'])
  })

  it('takes the place of an earlier one', async () => {
    const deliver = credentialFiles(folder, () => MONDAY)
    await deliver(credential)
    await deliver({ ...credential, secret: 'another' })
    expect(await readFile(join(folder, 'ada-lovelace.entra.json'), 'utf8')).toContain('another')
  })

  it('is removed once it has expired, and after a day at the latest', async () => {
    const deliver = credentialFiles(folder, () => MONDAY)
    await deliver(credential)
    await deliver({ ...credential, employee: 'grace', validUntil: MONDAY + 90 * 24 * hour })
    await writeFile(join(folder, 'notes.json'), 'not ours')
    await removeExpired(folder, MONDAY + 8 * hour)
    expect(await readdir(folder)).toEqual(['grace.entra.json', 'notes.json'])
    await removeExpired(folder, MONDAY + 24 * hour)
    expect(await readdir(folder)).toEqual(['notes.json'])
  })

  it('that cannot be put there is an error, so that nobody thinks it was', async () => {
    await writeFile(folder, 'a file where the folder should be')
    await expect(credentialFiles(folder, () => MONDAY)(credential)).rejects.toThrow()
  })
})
