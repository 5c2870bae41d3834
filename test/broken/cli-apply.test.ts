import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Plain, plainGraph, plainOkta } from '../e2e/plain.ts'
import { type Directory, startTenants, type Tenants } from '../e2e/stage.ts'
import { type View, viewOfEntra, viewOfOkta } from '../e2e/view.ts'
import { brokenCases } from './cases.ts'
import { company, person, seed } from './cli-company.ts'
import { expectForPeople } from './cli-words.ts'

let tenants: Tenants
let directory: Directory
let okta: Plain
let graph: Plain
beforeAll(async () => {
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  graph = await plainGraph(tenants.simulator)
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
  await directory.must(['apply', '--yes'], 0)
})
afterAll(async () => {
  await graph.close()
  await tenants.close()
})

const names = new Set([
  'a tab in the indentation',
  'an empty file, which may be one that was cut off',
  'a file of 50 MB',
  'an alias bomb',
  'a binary file',
  'a symbolic link to a file outside',
  'a kind that does not exist',
  'an unknown field',
  'an employee number that is too long',
  'a day the calendar does not have',
  'an expression that is no CEL',
  'a provider with two vendors',
  'two people with one number, on both with the place of the other',
  'a file that was copied',
])
const cases = brokenCases.filter(each => names.has(each.name))

/** What people hold, but for whom a case adds. */
function holdings({ accounts, sets }: View, without: string): unknown {
  const added = (login: string): boolean => login.startsWith(without)
  return [
    [...accounts].filter(([login]) => !added(login)),
    [...sets].map(([name, { members }]) => [name, members.filter(login => !added(login))]),
  ]
}

test('every case named here is one of the broken inputs', () => {
  expect(cases.map(each => each.name).sort()).toEqual([...names].sort())
})

describe('plan and apply end with 1, do the rest, and lose nothing:', () => {
  test.for(cases.map((each, index) => [each.name, index] as const))('%s', async ([, index]) => {
    const broken = cases[index]
    if (!broken) throw new Error('there is such a case')
    const joiner = `joiner${index}`
    const before = [await viewOfOkta(okta), await viewOfEntra(graph)].map(view => holdings(view, joiner))
    await directory.delete('bad.yaml')
    await directory.write({ ...broken.files, 'new.yaml': person(joiner, String(3000 + index)) })
    try {
      const plans = index < 4 ? [await directory.must(['plan'], 1)] : []
      const apply = await directory.must(['apply', '--yes'], 1)
      for (const text of [...plans, apply]) {
        expectForPeople(text)
        const told = text
          .split('\n')
          .filter(line => line.includes(directory.path) && line.includes(`(${broken.reason}`))
        expect(told, text).toHaveLength(broken.findings ?? 1)
      }
      const [atOkta, atEntra] = [await viewOfOkta(okta), await viewOfEntra(graph)]
      expect(atOkta.sets.get('Staff')?.members).toContain(`${joiner}@acme.example`)
      expect(atEntra.accounts.get(`${joiner}@acme.example`)?.accountEnabled).toBe(true)
      expect([atOkta, atEntra].map(view => holdings(view, joiner))).toEqual(before)
    } finally {
      await directory.delete(...Object.keys(broken.files).filter(file => file !== 'bad.yaml'))
      await directory.delete('bad.yaml').catch(() => undefined)
      await directory.write({
        'bad.yaml': company['bad.yaml'] ?? '',
        [`kept/${joiner}.yaml`]: person(joiner, String(3000 + index)),
      })
      await directory.delete('new.yaml')
    }
  })
})
