import { describe, expect, it } from 'vitest'
import type { SelectorTerm } from '../model/mapping.ts'
import { selects } from './selector.ts'

const labels = { site: 'london', kind: 'staff' }
const term = (key: string, operator: SelectorTerm['operator'], ...values: string[]): SelectorTerm => ({
  key,
  operator,
  values,
})

describe('a selector', () => {
  it.each([
    ['nothing asked takes everybody', {}, [], true],
    ['a label that is equal', { site: 'london' }, [], true],
    ['one label equal, one not', { site: 'london', kind: 'contractor' }, [], false],
    ['a label that is not there', { team: 'blue' }, [], false],
    ['In', {}, [term('site', 'In', 'austin', 'london')], true],
    ['In, with another value', {}, [term('site', 'In', 'austin')], false],
    ['In, without the label', {}, [term('team', 'In', 'blue')], false],
    ['NotIn', {}, [term('site', 'NotIn', 'austin')], true],
    ['NotIn, with the value', {}, [term('site', 'NotIn', 'london')], false],
    ['NotIn, without the label, holds', {}, [term('team', 'NotIn', 'blue')], true],
    ['Exists', {}, [term('site', 'Exists')], true],
    ['Exists is not fooled by what every object has', {}, [term('constructor', 'Exists')], false],
    ['DoesNotExist', {}, [term('team', 'DoesNotExist')], true],
    ['all terms must hold', { kind: 'staff' }, [term('site', 'In', 'london'), term('kind', 'DoesNotExist')], false],
  ] as const)('%s', (_, matchLabels, matchExpressions, expected) => {
    expect(selects({ matchLabels, matchExpressions }, labels)).toBe(expected)
  })
})
