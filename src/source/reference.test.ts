import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFiles } from '../../test/broken/write.ts'
import { ManifestError } from '../model/errors.ts'
import { resolveSecret, type SecretReference } from './reference.ts'

let baseDir = ''
beforeEach(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'tenure-secret-'))
})
afterEach(() => rm(baseDir, { recursive: true, force: true }))

const env = { KEY: 'from-env\n', EMPTY: '\n' }
const resolved = (reference: SecretReference): Promise<string> =>
  resolveSecret(reference, { what: 'IdentityProvider okta, spec.okta.privateKey', baseDir, env })

test('a secret is read from the environment or a file beside the manifest, each time anew', async () => {
  await writeFile(join(baseDir, 'key.pem'), 'line one\nline two\r\n')
  expect(await resolved({ env: 'KEY' })).toBe('from-env')
  expect(await resolved({ file: 'key.pem' })).toBe('line one\nline two')
  expect(await resolved({ file: join(baseDir, 'key.pem') })).toBe('line one\nline two')
  await writeFile(join(baseDir, 'key.pem'), 'rolled')
  expect(await resolved({ file: './key.pem' })).toBe('rolled')
})

test('what cannot be read is an error that says where, what and how to mend it', async () => {
  await writeFile(join(baseDir, 'empty'), '\n')
  await writeFile(join(baseDir, 'binary'), Buffer.from([0xff, 0xfe, 0x00]))
  await writeFile(join(baseDir, 'large'), Buffer.alloc(300_000, 'x'))
  await writeFiles(baseDir, { pipe: { pipe: true } })
  const cases: readonly (readonly [SecretReference, RegExp])[] = [
    [{ env: 'NONE' }, /the environment variable NONE is not set; set it$/],
    [{ env: 'EMPTY' }, /the environment variable EMPTY is empty; set it$/],
    [{ file: 'none' }, /\/none cannot be read \(ENOENT\); put it there, or mend the path/],
    [{ file: 'empty' }, /\/empty is empty; put the secret into it$/],
    [{ file: 'binary' }, /\/binary is no text; store/],
    [{ file: 'large' }, /\/large is too large for a secret/],
    [{ file: 'pipe' }, /\/pipe is no regular file/],
    [{ file: '.' }, /is no regular file|EISDIR/],
    [{ secretRef: { name: 'okta', key: 'k' } }, /secretRef names a Secret of a cluster.*; use env: or file: instead$/],
    [{}, /names no secret; give one of env: or file:$/],
  ]
  for (const [reference, message] of cases) {
    const failure: unknown = await resolved(reference).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ManifestError)
    expect(String(failure)).toMatch(message)
    expect(String(failure)).toContain('IdentityProvider okta, spec.okta.privateKey: ')
  }
})
