import { describe, expect, test } from 'vitest'
import { crds } from '../api/schemas.ts'
import { listBound, stringBound } from './cost.ts'
import { compileExpression, type ExpressionResults, prepareEmployee } from './expression.ts'

const spec = {
  employeeNumber: '1001',
  givenName: 'Ada',
  familyName: 'Öztürk',
  title: 'Principal Engineer',
  groups: ['engineering', 'london'],
  attributes: { shirtSize: 'M', constructor: 'x' },
  phone: { work: '+44 20 7946 0001' },
  manager: { name: 'grace-hopper' },
  employment: { startDate: '2026-01-05', timeZone: 'UTC', leaves: [{ from: '2026-07-01', until: '2026-09-30' }] },
  suspended: false,
  retain: false,
}
const ada = prepareEmployee(spec, { site: 'london', 'example.com/team': 'core' })

function evaluate(text: string, result: keyof ExpressionResults) {
  const compiled = compileExpression(text, result)
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`)
  return compiled.evaluate(ada)
}

describe('an expression about a person gives', () => {
  const truths: readonly (readonly [string, boolean])[] = [
    ["employee.title.startsWith('Principal')", true],
    ["'engineering' in employee.groups", true],
    ["employee.groups.exists(group, group.endsWith('don'))", true],
    ["employee.groups.all(group, group == 'london')", false],
    ["labels.site == 'london' && labels['example.com/team'] == 'core'", true],
    ["'floor' in labels", false],
    ['has(employee.department)', false],
    ["has(employee.department) && employee.department == 'x'", false],
    ["employee.department == 'x' || employee.givenName == 'Ada'", true],
    ["employee.?department.orValue('none') == 'none'", true],
    ["employee.attributes.constructor == 'x'", true],
    ["'toString' in employee.attributes", false],
    ['has(employee.attributes.toString)', false],
    ["employee.employment.startDate >= '2026-01-01'", true],
    ['employee.employment.leaves.exists(leave, !has(leave.access))', true],
    ["timestamp(employee.employment.startDate + 'T00:00:00Z').getFullYear() == 2026", true],
    ["employee.title.matches('^Principal .*(Engineer|Manager)$')", true],
    ["employee.title.matches('(?i)engineer')", true],
    ["employee.title.matches('engineer')", false],
    ["employee.manager.name == 'grace-hopper'", true],
    ['size(employee.groups) == 2', true],
    ['employee.suspended', false],
  ]
  test.each(truths)('%s → %s', (text, value) => {
    expect(evaluate(text, 'bool')).toEqual({ ok: true, value })
  })

  const texts: readonly (readonly [string, string])[] = [
    ["employee.givenName.lowerAscii() + '.' + employee.familyName.lowerAscii()", 'ada.Öztürk'],
    ['employee.suspended', 'false'],
    ['size(employee.groups)', '2'],
    ["employee.title.replace('Engineer', 'Architect')", 'Principal Architect'],
    ["employee.title.replace('i', '$&', 1)", 'Pr$&ncipal Engineer'],
    ["employee.title.split(' ')[0]", 'Principal'],
    ['employee.givenName.charAt(0)', 'A'],
    ["employee.groups.map(group, group.upperAscii()).join('+')", 'ENGINEERING+LONDON'],
    ["has(employee.department) ? employee.department : 'Unknown'", 'Unknown'],
    ["{'London': 'GB'}['London']", 'GB'],
  ]
  test.each(texts)('%s → %s', (text, value) => {
    expect(evaluate(text, 'string')).toEqual({ ok: true, value })
  })
})

describe('a person for whom there is no value gets a reason, never a throw', () => {
  const cases: readonly (readonly [string, keyof ExpressionResults, RegExp])[] = [
    ["employee.department == 'x'", 'bool', /^department is not set; ask with has\(\) first$/],
    ['employee.address.country', 'string', /^address is not set/],
    ["labels.floor == '2'", 'bool', /^floor is not set/],
    ['employee.groups[7]', 'string', /out of bounds/],
    ['string(int(employee.title))', 'string', /cannot convert to int/],
    ['1 / (size(employee.groups) - 2)', 'string', /division by zero/i],
    ['dyn(employee.title)', 'bool', /^does not give a bool$/],
    ['dyn(employee.groups)', 'string', /^does not give a string$/],
    ['bool(employee.title)', 'bool', /^bool\(\) conversion error$/],
  ]
  test.each(cases)('%s', (text, result, message) => {
    expect(evaluate(text, result)).toEqual({ ok: false, message: expect.stringMatching(message) })
  })

  test('a text longer than any attribute is refused', () => {
    const compiled = compileExpression("employee.title.replace('', employee.title)", 'string')
    if (!compiled.ok) throw new Error(compiled.message)
    const long = prepareEmployee({ ...spec, title: 'x'.repeat(128) }, {})
    expect(compiled.evaluate(long)).toEqual({
      ok: false,
      message: expect.stringContaining('more than 8192 characters'),
    })
  })
})

describe('a text that is no expression is told with its kind and place', () => {
  const cases: readonly (readonly [string, keyof ExpressionResults, string, string, RegExp])[] = [
    ['', 'bool', 'syntax', '1:1', /is empty/],
    ['1 +', 'string', 'syntax', '1:4', /ends too early/],
    ["employee.title ==\n  'x", 'bool', 'syntax', '2:3', /Unterminated string/],
    ["employee.titel == 'x'", 'bool', 'type', '1:10', /^there is no field titel; did you mean title\?$/],
    ['has(employee.titel)', 'bool', 'type', '1:14', /^there is no field titel; did you mean title\?$/],
    ["employee.?titel.orValue('')", 'string', 'type', '1:11', /^there is no field titel/],
    ['employee.employment.leaves.exists(l, has(l.acess))', 'bool', 'type', '1:44', /did you mean access\?/],
    ['has(employee.phone.fax)', 'bool', 'type', '1:20', /^there is no field fax; there are work, mobile$/],
    ['employee.constructor', 'string', 'type', '1:10', /^there is no field constructor/],
    ['has(employee.constructor)', 'bool', 'type', '1:14', /^there is no field constructor/],
    ['employee.__proto__', 'string', 'type', '1:10', /^there is no field __proto__/],
    ["user.title == 'x'", 'bool', 'type', '1:1', /^there is no variable user; there are employee .* and labels$/],
    ['employee.title', 'bool', 'type', '1:1', /^the expression must give a bool, but gives string$/],
    ['employee.groups', 'string', 'type', '1:1', /must give a string, but gives list<string>/],
    ['1.5', 'string', 'type', '1:1', /gives double/],
    ['employee.title == 3', 'bool', 'type', '1:1', /^there is no operation string == int$/],
    ['employee.title.lowerAscii(1)', 'string', 'type', '1:1', /no function string\.lowerAscii\(int\)$/],
    ['cel.bind(x, 1, x == 1)', 'bool', 'type', '1:1', /^there is no function bind/],
    ['employee.title.startWith("P")', 'bool', 'type', '1:1', /did you mean startsWith\?/],
    ["employee.title.matchesPattern('x')", 'bool', 'type', '1:1', /^there is no function matchesPattern/],
    ["b'x'.base64()", 'string', 'type', '1:1', /^there is no function base64/],
  ]
  test.each(cases)('%s', (text, result, kind, place, message) => {
    const compiled = compileExpression(text, result)
    expect(compiled).toMatchObject({ ok: false, kind, message: expect.stringMatching(message) })
    if (!compiled.ok) expect(`${compiled.position.line}:${compiled.position.column}`).toBe(place)
  })
})

describe('an expression that could take too long is refused', () => {
  const costly: readonly (readonly [string, string])[] = [
    ['three loops within each other', 'employee.groups.all(a, employee.groups.all(b, employee.groups.all(c, true)))'],
    ['a loop over the letters of a joined list', "employee.groups.join('').split('').all(letter, true)"],
    [
      'loops over letters within each other',
      "employee.title.split('').all(a, employee.title.split('').all(b, a == b))",
    ],
    ['a text that grows without measure', `employee.title${".replace('', employee.title)".repeat(4)}`],
    ['a text of many parts', Array(600).fill('true').join(' && ')],
    ['deep nesting', `${'('.repeat(60)}true${')'.repeat(60)}`],
    ['a long text', `true${' '.repeat(3000)}`],
    ['a long list', `1 in [${Array(200).fill('1').join(',')}]`],
    ['a pattern that can take for ever', "employee.title.matches('^(a+)+$')"],
    ['a pattern that is not written out', 'employee.title.matches(employee.givenName)'],
    ['a pattern that is no text', 'employee.title.matches(3)'],
  ]
  test.each(costly)('%s', (_, text) => {
    expect(compileExpression(text, 'bool')).toMatchObject({ ok: false, kind: 'cost' })
  })

  test('two loops within each other are not too many', () => {
    expect(evaluate('employee.groups.all(a, employee.groups.exists(b, a == b))', 'bool')).toEqual({
      ok: true,
      value: true,
    })
  })

  test('looking at a text takes no longer the deeper it is nested', () => {
    const text = `${'employee.groups.all(g, '.repeat(25)}true${')'.repeat(25)}`
    expect(compileExpression(text, 'bool')).toMatchObject({ ok: false, kind: 'cost' })
  })

  test('the bounds it reckons with are those of the Employee', () => {
    const employee = crds.find(crd => crd.spec.names.kind === 'Employee')?.spec.versions[0]?.schema.openAPIV3Schema
    const text = JSON.stringify(employee?.properties?.spec)
    const bounds = (keyword: string) =>
      [...text.matchAll(new RegExp(`"${keyword}":(\\d+)`, 'g'))].map(match => Number(match[1]))
    expect(Math.max(...bounds('maxItems'), ...bounds('maxProperties'))).toBe(listBound)
    expect(Math.max(...bounds('maxLength'))).toBe(stringBound)
  })
})

describe('a prepared person', () => {
  test('serves many expressions and is not changed by them', () => {
    const before = structuredClone(spec)
    for (let i = 0; i < 3; i++)
      expect(evaluate("employee.groups.map(g, g + '!').join(',')", 'string')).toEqual({
        ok: true,
        value: 'engineering!,london!',
      })
    expect(spec).toEqual(before)
  })

  test('leaves out what is not declared, and nulls', () => {
    const odd = prepareEmployee({ ...spec, department: null, secret: 'x' }, {})
    const compiled = compileExpression('has(employee.department)', 'bool')
    expect(compiled.ok && compiled.evaluate(odd)).toEqual({ ok: true, value: false })
    expect(JSON.stringify(odd)).not.toContain('secret')
  })
})
