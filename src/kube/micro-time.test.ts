import { expect, test } from 'vitest'
import { microTime } from './micro-time.ts'

test('a micro time has six digits of a fraction, also at a full second', () => {
  expect(microTime(new Date('2026-11-24T10:00:00.951Z'))).toBe('2026-11-24T10:00:00.951000Z')
  expect(microTime(new Date('2026-11-24T10:00:00Z'))).toBe('2026-11-24T10:00:00.000000Z')
})
