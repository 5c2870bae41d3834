import { expect } from 'vitest'

/** What no output for people may hold: a stack, values that are none, our own excuse for a fault of the program. */
export function expectForPeople(text: string): void {
  expect(text).not.toMatch(/^ {4}at /m)
  expect(text).not.toMatch(/\bundefined\b|\[object \w+\]|\bNaN\b/)
  expect(text).not.toContain('This is a fault of Tenure itself')
}
