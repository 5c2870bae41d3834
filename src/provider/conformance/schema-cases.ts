import { expect } from 'vitest'
import { desiredState } from '../../../test/support/builders.ts'
import type { DesiredAccount, DesiredState } from '../../model/desired.ts'
import type { EmployeeField } from '../../model/employee.ts'
import type { AttributeName } from '../../model/ids.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

/** Every field a person can have, as people write them. */
const FULL: Partial<Record<EmployeeField, string>> = {
  personalEmail: 'ada@home.example',
  'phone.work': '+49 30 1234567',
  'phone.mobile': '+49 170 1234567',
  title: 'Analyst',
  department: 'Mathematics',
  division: 'Research',
  organization: 'Acme',
  costCenter: '4711',
  employeeType: 'Employee',
  'address.street': 'Main Street 1',
  'address.locality': 'Zürich',
  'address.region': 'ZH',
  'address.postalCode': '8001',
  'address.country': 'CH',
  preferredLanguage: 'en-GB',
  'employment.startDate': '2020-01-01',
  'employment.timeZone': 'Europe/Zurich',
}

async function canonical(scene: Scene, people: readonly DesiredAccount[]): Promise<DesiredState> {
  const catalog = await scene.provider.catalog([], scene.signal)
  return scene.provider.canonicalize(desiredState(people), catalog)
}

function only(state: DesiredState): DesiredAccount {
  const [person] = state.people.values()
  if (person === undefined) throw new Error('canonicalize lost the person')
  return person
}

function valuesOf(person: DesiredAccount): Record<AttributeName, string> {
  const values: Record<AttributeName, string> = {}
  for (const [name, { value }] of person.attributes) if (value !== undefined) values[name] = value
  return values
}

function nameOf(scene: Scene, field: EmployeeField): AttributeName {
  const name = scene.attribute(field)
  if (name === undefined) throw new Error(`the provider has no attribute for ${field}`)
  return name
}

/** `canonicalize`, and that what it gives is what a read returns after a write. */
export const schemaCases: Cases = {
  'says the same when it is asked again about its own answer': async scene => {
    const catalog = await scene.provider.catalog([], scene.signal)
    const messy = scene.desired(
      'E1',
      scene.attributes({ ...scene.basics('E1'), ...FULL, title: '  Analyst ', department: '' }),
    )
    const once = scene.provider.canonicalize(desiredState([messy]), catalog)
    const twice = scene.provider.canonicalize(once, catalog)
    expect(twice.people).toEqual(once.people)
    expect(twice.findings).toEqual(once.findings)
  },
  'keeps a person who is canonical already as the same object': async scene => {
    const catalog = await scene.provider.catalog([], scene.signal)
    const messy = scene.desired('E1', scene.attributes({ ...scene.basics('E1'), ...FULL }))
    const once = scene.provider.canonicalize(desiredState([messy]), catalog)
    expect(only(scene.provider.canonicalize(once, catalog))).toBe(only(once))
  },
  'does not change what it was given': async scene => {
    const person = scene.desired('E1', scene.attributes({ ...scene.basics('E1'), title: '  Analyst ' }))
    await canonical(scene, [person])
    expect(person.attributes.get(nameOf(scene, 'title'))?.value).toBe('  Analyst ')
  },
  'takes an empty or blank value for a cleared one': async scene => {
    const title = nameOf(scene, 'title')
    const department = nameOf(scene, 'department')
    const person = only(await canonical(scene, [scene.desired('E1', { [title]: '', [department]: '   ' })]))
    expect([person.attributes.get(title)?.value, person.attributes.get(department)?.value]).toEqual([
      undefined,
      undefined,
    ])
  },
  'leaves out a value that is too long, says whose and which, and keeps the others': async scene => {
    const title = nameOf(scene, 'title')
    const department = nameOf(scene, 'department')
    const long = scene.desired('E1', { [title]: 'x'.repeat(20_000), [department]: 'Mathematics' })
    const other = scene.desired('E2', { [title]: 'Analyst' })
    const state = await canonical(scene, [long, other])
    const [first, second] = state.people.values()
    expect(first?.attributes.has(title)).toBe(false)
    expect(first?.attributes.get(department)?.value).toBe('Mathematics')
    expect(second?.attributes.get(title)?.value).toBe('Analyst')
    expect(state.findings).toHaveLength(1)
    expect(state.findings[0]).toMatchObject({
      reason: 'AttributeUnknown',
      subject: { kind: 'Employee', name: 'person-e1' },
    })
    expect(state.findings[0]?.message).toContain(title)
  },
  'leaves out an attribute that accounts do not have, and says so': async scene => {
    const title = nameOf(scene, 'title')
    const state = await canonical(scene, [scene.desired('E1', { shoeSizeOfTheCat: '3', [title]: 'Analyst' })])
    expect([...only(state).attributes.keys()]).toEqual([title])
    expect(state.findings[0]).toMatchObject({ reason: 'AttributeUnknown' })
    expect(state.findings[0]?.message).toContain('shoeSizeOfTheCat')
  },
  'reads every attribute back exactly as it made it canonical': async scene => {
    const written = scene.attributes({ ...scene.basics('E1'), ...FULL, title: '  Analyst ' })
    const values = valuesOf(only(await canonical(scene, [scene.desired('E1', written)])))
    const outcome = await scene.run({
      kind: 'create',
      state: 'Enabled',
      login: scene.login('E1'),
      attributes: values,
      grants: [],
    })
    if (outcome.kind !== 'applied' || outcome.account === undefined) throw new Error(`create was ${outcome.kind}`)
    expect((await scene.read(outcome.account))?.attributes).toMatchObject(values)
    expect((await scene.snapshot()).accounts.get(outcome.account)?.attributes).toMatchObject(values)
  },
}
