import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ruleFaults, simulatorsPage, statedRules, statedSwitches, vendorSection } from '../script/gen-simulators.ts'

const stated = (says: string, more = {}) => ({ area: 'A', says, source: 'S', file: 'a.test.ts', line: 1, ...more })

describe('reading the rules of a test file', () => {
  test('takes plain strings of every kind, wherever the call stands', () => {
    const text = [
      "import { rule } from '../rule.ts'",
      '// rule({ area: "in a comment" })',
      "rule({ area: 'Users', says: 'it\\'s 400 E0000001', source: \"Okta's words\" }, async () => {",
      '  expect(1).toBe(1)',
      '})',
      'for (const one of all)',
      '  rule(',
      '    {',
      "      area: 'Groups: members',",
      '      says: `a $count of "x" | y`,',
      "      source: 'Microsoft Graph',",
      "      unconfirmed: 'retryAfter',",
      '    },',
      '    body,',
      '  )',
    ].join('\n')
    expect(statedRules('t.test.ts', text)).toEqual({
      faults: [],
      rules: [
        { area: 'Users', says: "it's 400 E0000001", source: "Okta's words", file: 't.test.ts', line: 3 },
        {
          area: 'Groups: members',
          says: 'a $count of "x" | y',
          source: 'Microsoft Graph',
          unconfirmed: 'retryAfter',
          file: 't.test.ts',
          line: 7,
        },
      ],
    })
  })

  test('takes a name that the file gives a plain string', () => {
    const text = "const CREATE =\n  'Okta, Users API'\nrule({ area: 'a', says: 'x', source: CREATE }, body)"
    expect(statedRules('t.test.ts', text).rules).toMatchObject([{ source: 'Okta, Users API', line: 3 }])
  })

  test.each([
    [
      'a name of something else',
      "rule({ area: 'a', says: SAID, source: 'y' }, body)",
      'write the rule as an object literal of plain strings',
    ],
    [
      'a variable',
      "rule({ area, says: 'x', source: 'y' }, body)",
      'write the rule as an object literal of plain strings',
    ],
    ['another object', 'rule(what, body)', 'write the rule as an object literal of plain strings'],
    [
      'a template with a substitution',
      ["rule({ area: 'a', says: `x $", "{y}`, source: 's' }, body)"].join(''),
      'write the rule as an object literal of plain strings',
    ],
    ['an unknown field', "rule({ area: 'a', says: 'x', source: 's', why: 'z' }, body)", 'a rule has no "why"'],
    ['a lacking field', "rule({ area: 'a', says: 'x' }, body)", 'a rule needs area, says and source'],
    ['no body', "rule({ area: 'a', says: 'x', source: 's' })", 'write the rule as an object literal of plain strings'],
  ])('refuses %s and says where', (_, call, words) => {
    expect(statedRules('t.test.ts', `\n${call}`)).toEqual({ rules: [], faults: [`t.test.ts:2: ${words}.`] })
  })
})

test('two rules may not say the same, and a switch must be one', () => {
  const rules = [
    stated('suspend is 200'),
    stated('Suspend  is `200`', { line: 7 }),
    stated('other', { unconfirmed: 'nope' }),
    stated('third', { unconfirmed: 'asyncStatus' }),
  ]
  expect(ruleFaults(rules, [{ name: 'asyncStatus', meaning: '', usual: '' }])).toEqual([
    'a.test.ts:7: says the same as a.test.ts:1.',
    'a.test.ts:1: there is no switch "nope".',
  ])
})

test('switches are read with their comments and defaults', () => {
  const text =
    '/** All. */\nexport interface Switches {\n  /** One\n   * over lines. */\n  readonly one: 1 | 2\n  /** Two. */\n  two?: string[]\n}\n'
  expect(statedSwitches(text, { one: 2, two: ['a'] })).toEqual([
    { name: 'one', meaning: 'One over lines.', usual: '2' },
    { name: 'two', meaning: 'Two.', usual: '["a"]' },
  ])
})

test('a section has a table per area in order, and nothing in a cell breaks the table', () => {
  const rules = [stated('b | c <x>', { area: 'Z', unconfirmed: 'one' }), stated('first', { area: 'B' })]
  const text = vendorSection('Okta', { rules, switches: [{ name: 'one', meaning: 'either|or', usual: '"a|b"' }] })
  expect(text.match(/^### .*/gm)).toEqual(['### Okta: B', '### Okta: Z', '### Okta: switches'])
  expect(text).toContain('| b \\| c \\<x> | S | `one` | [a.test.ts](../a.test.ts) |')
  expect(text).toContain('| `one` | `"a\\|b"` | either\\|or |')
})

describe('the page of a repository', () => {
  let root = ''
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'gen-simulators-'))
    for (const vendor of ['okta', 'entra']) {
      await mkdir(join(root, 'test/simulators', vendor, 'deeper'), { recursive: true })
      await mkdir(join(root, 'src/simulator', vendor), { recursive: true })
      for (const file of ['switches.ts', 'lag.ts']) {
        const path = join('src/simulator', vendor, file)
        await cp(join(import.meta.dirname, '..', path), join(root, path))
      }
    }
    const rule = "rule({ area: 'Users', says: 'it is so', source: 'Okta' }, body)\n"
    await writeFile(join(root, 'test/simulators/okta/deeper/one.test.ts'), rule)
    await writeFile(join(root, 'test/simulators/entra/two.test.ts'), `${rule}${rule}`)
  })
  afterAll(() => rm(root, { recursive: true }))

  test('has both vendors, rules of deeper folders as well, and every switch with a meaning and a default', () => {
    const { text, faults } = simulatorsPage(root)
    expect(text).toContain('[one.test.ts](../test/simulators/okta/deeper/one.test.ts)')
    expect(text.match(/^## .*/gm)).toEqual(['## Okta', '## Microsoft Entra ID'])
    expect(text).toMatch(/^\| `suspendFrom` \| `\["ACTIVE"\]` \| \w.+ \|$/m)
    expect(text).toMatch(/^\| `lag.deltaSeconds` \| `\d+` \| \w.+ \|$/m)
    expect(text).toMatch(/^\| `retryAfter` \| `true` \| \w.+ \|$/m)
    expect(text).not.toMatch(/^\| `\w+` \| (?:``|`undefined`) /m)
    expect(faults).toEqual([
      'test/simulators/entra/two.test.ts:2: says the same as test/simulators/entra/two.test.ts:1.',
    ])
  })
})
