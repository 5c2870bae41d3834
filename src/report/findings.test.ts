import { describe, expect, it } from 'vitest'
import type { Finding, Origin } from '../model/origin.ts'
import { renderFindings } from './findings.ts'

const at = (file: string, line: number, column = 1): Origin => ({ kind: 'File', file, line, column })

function finding(options: Partial<Finding> & { readonly at?: Origin }): Finding {
  const { at: origin, ...rest } = options
  return {
    severity: 'Error',
    reason: 'ManifestInvalid',
    message: 'it is wrong',
    subject: { kind: 'File', name: 'x' },
    ...(origin ? { origin } : {}),
    ...rest,
  }
}

describe('findings as text', () => {
  it('are one line each, place first, sorted by file and by line as a number', () => {
    const found = [
      finding({ message: 'no place', subject: { kind: 'Run', name: 'run' } }),
      finding({ at: at('b.yaml', 1), severity: 'Warning', reason: 'ManagerMissing' }),
      finding({ at: at('./a.yaml', 10, 3) }),
      finding({ at: at('./a.yaml', 9, 12), severity: 'Info', reason: 'OutOfScope', provider: 'memory' }),
      finding({ at: { kind: 'Object', namespace: 'people', name: 'ada', uid: 'u1' } }),
    ]
    const expected = [
      './a.yaml:9:12: info: it is wrong (OutOfScope, memory)',
      './a.yaml:10:3: error: it is wrong (ManifestInvalid)',
      'b.yaml:1:1: warning: it is wrong (ManagerMissing)',
      'people/ada: error: it is wrong (ManifestInvalid)',
      'error: no place (ManifestInvalid)',
    ].join('\n')
    expect(renderFindings(found, { color: false })).toBe(expected)
    expect(renderFindings([...found].reverse(), { color: false })).toBe(expected)
  })

  it('says the very same thing once, and cannot be made to write a second line', () => {
    const one = finding({ at: at('a.yaml', 1), message: 'bad\nb.yaml:1:1: error: forged' })
    expect(renderFindings([one, { ...one }], { color: false })).toBe(
      'a.yaml:1:1: error: bad\\u{a}b.yaml:1:1: error: forged (ManifestInvalid)',
    )
  })

  it('is coloured only when asked', () => {
    expect(renderFindings([finding({})], { color: true })).toContain('\u001b[31m')
    expect(renderFindings([finding({})], { color: false })).not.toContain('\u001b')
  })
})
