import { expect, test } from 'vitest'
import { textOf } from './send.ts'

test('a body is one text, also where a character lies over a border of its pieces', async () => {
  async function* pieces() {
    const bytes = new TextEncoder().encode('Zoë ✓')
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  expect(await textOf(pieces())).toBe('Zoë ✓')
})
