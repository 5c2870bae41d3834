import { describe, expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'

describe('a pattern', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['^a.c$', 'abc', true],
    ['^a.c$', 'a\nc', false],
    ['^a.c$', 'a\u2028c', true],
    ['^[a-z]+(-[a-z]{2,3})?$', 'ab-cd', true],
    ['^[^a-z]$', 'é', true],
    ['^.$', '😀', true],
    ['^\\d{4}$', '2026', true],
    ['^\\d$', '٣', false],
    ['(?i)^ada$', 'ADA', true],
    ['^(?:a|b){2}$', 'ab', true],
    ['^a\\.b$', 'a.b', true],
    ['^a\\-b$', 'a-b', true],
    ['^[a\\-z]$', '-', true],
    ['^[[]$', '[', true],
    ['^a{$', 'a{', true],
    ['^x\\x41$', 'xA', true],
    ['^a/b$', 'a/b', true],
    ['^[a-z0-9._%+-]+@acme[.]example$', 'ada@acme.example', true],
    ['', '', true],
  ]
  test.each(cases)('%s on %j → %s', (pattern, text, matches) => {
    expect(compilePattern(pattern).test(text)).toBe(matches)
  })
})

describe('a pattern is refused, with the reason,', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['(a+)+', /repeats a group/],
    ['(a*)*b', /repeats a group/],
    ['(a|a)*b', /repeats a group/],
    ['(a?)*b', /repeats a group/],
    ['([a-z]{1,3}[.])+', /repeats a group/],
    ['(a|a){30}', /too many/],
    ['(a{1,9}){9}', /too many/],
    ['a*a*a*a*a*a*a*', /too many/],
    ['a**', /repeated itself/],
    ['a+{2}', /repeated itself/],
    ['a{5,2}', /must rise/],
    ['a{2000}', /below 1000/],
    ['*a', /repeats nothing/],
    ['(a', /without its \)/],
    ['a)', /without its \(/],
    ['[a', /ends too early/],
    ['[]a]', /write \\\]/],
    ['[[:alpha:]]', /named sets/],
    ['(?=a)', /only \(\?: is allowed/],
    ['(?<n>a)', /only \(\?: is allowed/],
    ['(a)\\1', /\\1 is not allowed/],
    ['\\bfoo', /\\b is not allowed/],
    ['\\s', /\\s is not allowed/],
    ['\\pL', /\\p is not allowed/],
    ['a\\', /ends too early/],
    ['a'.repeat(300), /longer than 256/],
  ]
  test.each(cases)('%s', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message)
  })
})

describe('matching takes bounded time', () => {
  const slow = ['a*a*a*b$', '.*.*=.*$', '^[a-z]+[a-z]+[a-z]+[a-z]+$', '^(?:a?){10}a{10}$', '(x+x+)y']
  test.each(slow)('%s on the worst text it takes', pattern => {
    const compiled = compilePattern(pattern)
    for (const length of [40, 80, 160, 320, 640, 1280, 2560, 5120]) {
      const text = `${(pattern.includes('x') ? 'x' : 'a').repeat(length)}!`
      try {
        expect(compiled.test(text)).toBe(false)
      } catch (error) {
        expect(String(error)).toContain('too long for this pattern')
      }
    }
  })

  test('a text too long for a pattern of several repetitions is told, not tried', () => {
    expect(() => compilePattern('a*a*a*$').test('a'.repeat(100_000))).toThrow('too long for this pattern')
  })

  test('a simple pattern takes long texts', () => {
    expect(compilePattern('^a+$').test('a'.repeat(100_000))).toBe(true)
  })
})
