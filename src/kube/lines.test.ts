import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linesOf } from './lines.ts'

async function* pieces(bytes: Uint8Array, sizes: readonly number[]) {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

async function linesIn(text: string, sizes: readonly number[] = []): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesOf(pieces(new TextEncoder().encode(text), sizes))) lines.push(line)
  return lines
}

describe('lines of a stream', () => {
  test('come whole however the bytes are cut, also inside a character', async () => {
    const lines = fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter(line => !/[\n\r]/.test(line) && line.trim() !== ''),
    )
    await fc.assert(
      fc.asyncProperty(lines, fc.array(fc.nat({ max: 7 })), async (expected, sizes) => {
        expect(await linesIn(expected.map(line => `${line}\n`).join(''), sizes)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  test('are told as soon as they end, empty ones never', async () => {
    expect(await linesIn('a\n\n  \nb\n', [1])).toEqual(['a', 'b'])
  })

  test('that were cut off are dropped', async () => {
    expect(await linesIn('{"a":1}\n{"b":')).toEqual(['{"a":1}'])
  })
})
