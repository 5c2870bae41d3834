import { describe, expect, test } from 'vitest'
import { screenOf } from '../../test/support/example.ts'

/** Every command with the flags it must have. */
const commands: Readonly<Record<string, readonly string[]>> = {
  validate: ['--output'],
  plan: [
    '--output',
    '--out',
    '--approve',
    '--audit',
    '--now',
    '--clock-url',
    '--allow-insecure-providers',
    '--verbose',
  ],
  apply: [
    '--output',
    '--yes',
    '--plan',
    '--approve',
    '--audit',
    '--now',
    '--clock-url',
    '--allow-insecure-providers',
    '--verbose',
  ],
  run: [
    '--http',
    '--log-level',
    '--log-format',
    '--audit',
    '--now',
    '--clock-url',
    '--allow-insecure-providers',
    '--verbose',
  ],
  init: ['--create', '--take-over', '--audit', '--now', '--clock-url', '--allow-insecure-providers', '--verbose'],
  'audit verify': ['--accept', '--output', '--verbose'],
  simulate: [
    '--seed',
    '--okta-port',
    '--entra-port',
    '--control-port',
    '--quota',
    '--lag',
    '--speed',
    '--now',
    '--ready-file',
  ],
  demo: ['--keep', '--verbose'],
}

describe('--help', () => {
  test('of the program lists every command with what it is for, and ends with 0', async () => {
    const { code, out, err } = await screenOf(['--help'], {})
    expect([code, err]).toEqual([0, ''])
    for (const command of new Set(Object.keys(commands).map(name => name.split(' ')[0])))
      expect(out).toMatch(new RegExp(`^ {2}${command}\\b.* {2}\\w.*$`, 'm'))
  })

  test.for(Object.entries(commands))(
    'of %s tells what it does, and what each of its flags means',
    async ([name, flags]) => {
      const { code, out, err } = await screenOf([...name.split(' '), '--help'], {})
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(new RegExp(`^Usage: tenure ${name} `))
      const described = out.slice(out.indexOf('Options:')).replaceAll(/\n {6,}/g, ' ')
      for (const flag of flags) expect(described).toMatch(new RegExp(`^ +(-\\w, )?${flag}\\b( <[^>]+>)? +\\w`, 'm'))
      for (const line of described.split('\n').slice(1))
        if (line.trim() !== '') expect(line).toMatch(/^ {2}\S.* {2,}\S/)
      if (/^(validate|plan|apply|init|audit verify)$/.test(name)) expect(out).toMatch(/^Exit: 0 /m)
    },
  )
})

describe('a command line', () => {
  test('without a command shows the help and ends with 1', async () => {
    const { code, out, err } = await screenOf([], {})
    expect(code).toBe(1)
    expect(out + err).toMatch(/^Usage: tenure /)
  })

  test('with --version shows it and ends with 0', async () => {
    expect(await screenOf(['--version'], {})).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    })
  })

  test('that fails shows one sentence, and a stack only with --verbose', async () => {
    const args = ['plan', '/nowhere/at/all']
    const { err } = await screenOf(args, {})
    expect(err).toBe('error: /nowhere/at/all does not exist; give the folder of your manifests\n')
    expect((await screenOf([...args, '--verbose'], {})).err).toMatch(/^ {4}at /m)
  })
})
