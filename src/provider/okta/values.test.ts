import { describe, expect, test } from 'vitest'
import type { CatalogAttribute } from '../../model/entitlement.ts'
import { fitted, schemaAttributes, storedValue, textOfValue } from './values.ts'

describe('the user schema', () => {
  test('tells type, lengths, allowed values and what can be written of each attribute', () => {
    const schema = {
      definitions: {
        base: {
          properties: {
            title: { type: 'string', mutability: 'READ_WRITE' },
            countryCode: { type: 'string', minLength: 2, maxLength: 2 },
          },
        },
        custom: {
          properties: {
            size: { type: 'string', enum: ['S', 'M'], mutability: 'READ_WRITE' },
            site: { type: 'string', oneOf: [{ const: 'LON', title: 'London' }, { const: 'BER' }] },
            badge: { type: 'integer', mutability: 'READ_ONLY' },
            secret: { type: 'string', mutability: 'WRITE_ONLY' },
            born: { type: 'string', mutability: 'IMMUTABLE' },
            ratio: { type: 'number' },
            remote: { type: 'boolean' },
            skills: { type: 'array', items: { type: 'string', enum: ['ts', 'go'] } },
          },
        },
      },
    }
    expect(Object.fromEntries(schemaAttributes(schema))).toEqual({
      title: { writable: true, type: 'Text' },
      countryCode: { writable: true, type: 'Text', minLength: 2, maxLength: 2 },
      size: { writable: true, type: 'Text', values: ['S', 'M'] },
      site: { writable: true, type: 'Text', values: ['LON', 'BER'] },
      badge: { writable: false, type: 'Integer' },
      secret: { writable: false, type: 'Text' },
      born: { writable: false, type: 'Text' },
      ratio: { writable: true, type: 'Number' },
      remote: { writable: true, type: 'Boolean' },
      skills: { writable: true, type: 'TextList', values: ['ts', 'go'] },
    })
  })
})

const attribute = (type: CatalogAttribute['type'], more: Partial<CatalogAttribute> = {}): CatalogAttribute => ({
  writable: true,
  ...(type === undefined ? {} : { type }),
  ...more,
})

describe('a text', () => {
  test.each([
    ['7.0', attribute('Integer'), '7', 7],
    ['1e3', attribute('Number'), '1000', 1000],
    ['0.50', attribute('Number'), '0.5', 0.5],
    ['TRUE', attribute('Boolean'), 'true', true],
    ['false', attribute('Boolean'), 'false', false],
    ['["a","b"]', attribute('TextList'), '["a","b"]', ['a', 'b']],
    ['a, b ,', attribute('TextList'), '["a","b"]', ['a', 'b']],
    ['[1, 2]', attribute('TextList'), '[1,2]', [1, 2]],
    ['7', attribute('Text'), '7', '7'],
    ['true', undefined, 'true', 'true'],
  ])('%s is stored in its type, and reads back as it was made canonical', (text, known, canonical, stored) => {
    expect(fitted(text, known)).toEqual({ kind: 'Fits', text: canonical })
    expect(storedValue(canonical, known?.type)).toEqual(stored)
    expect(textOfValue(storedValue(canonical, known?.type))).toBe(canonical)
    expect(fitted(canonical, known)).toEqual({ kind: 'Fits', text: canonical })
  })

  test.each([
    ['seven', attribute('Integer'), /whole number/],
    ['7.5', attribute('Integer'), /whole number/],
    ['seven', attribute('Number'), /a number/],
    ['yes', attribute('Boolean'), /true or false/],
    ['{"a":1}', attribute('TextList', { values: ['a'] }), /only a/],
    ['["a"', attribute('TextList'), /list/],
    ['["a",{}]', attribute('TextList'), /list/],
    ['ts,rust', attribute('TextList', { values: ['ts', 'go'] }), /only ts, go/],
    ['L', attribute('Text', { values: ['S', 'M'] }), /only S, M/],
    ['xx', attribute('Text', { maxLength: 1 }), /at most 1/],
    ['', attribute('Text', { minLength: 1 }), /no fewer than 1/],
  ])('%s does not fit, and why is said', (text, known, why) => {
    expect(fitted(text, known)).toMatchObject({ kind: 'Fault', why: expect.stringMatching(why) })
  })

  test('of an empty list is the same as unset, as a cleared one is', () => {
    expect(fitted('[]', attribute('TextList'))).toEqual({ kind: 'Fits', text: undefined })
    expect([textOfValue([]), textOfValue(null), textOfValue('')]).toEqual([undefined, undefined, undefined])
    expect(storedValue(null, 'Integer')).toBeNull()
  })
})
