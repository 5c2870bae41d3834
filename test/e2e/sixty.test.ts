import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { companyOf, manifestOf, type Person } from './company.ts'
import { entraFields, oktaProfile } from './expected.ts'
import { type Plain, plainGraph, plainOkta } from './plain.ts'
import { mappings, seed } from './sixty-tenants.ts'
import { type Directory, entraManifest, monday, oktaManifest, startTenants, type Tenants } from './stage.ts'
import { heldBy, type View, viewOfEntra, viewOfOkta } from './view.ts'

const people = companyOf(60, 42)
const files = (of: readonly Person[]): Record<string, string> =>
  Object.fromEntries(of.map(person => [`people/${person.name}.yaml`, manifestOf(person)]))
const atEntra = people.filter(person => !person.contractor)
const managerOf = (person: Person): Person | undefined => people.find(one => one.name === person.manager)

let tenants: Tenants
let directory: Directory
let okta: Plain
let graph: Plain

const views = async (): Promise<{ okta: View; entra: View }> => ({
  okta: await viewOfOkta(okta),
  entra: await viewOfEntra(graph),
})

/** All that is nobody's business, as text: strangers with what they hold, and groups no mapping names. */
function foreign(view: View, groups: readonly string[]): string {
  const strangers = [...view.accounts].filter(([login]) => /^(breakglass|vera|zed)@/.test(login))
  return JSON.stringify([
    ...strangers.map(([login, raw]) => [raw, heldBy(view, login), view.managers.get(login)]),
    ...groups.map(name => view.sets.get(name)),
  ])
}

const untouched = (all: { okta: View; entra: View }): readonly string[] => [
  foreign(all.okta, ['Chess Club', 'Partners']),
  foreign(all.entra, ['Book Club', 'Everybody Computed', 'Board AU']),
]

beforeAll(async () => {
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  graph = await plainGraph(tenants.simulator)
  directory = await tenants.directory({
    ...files(people),
    ...mappings,
    'okta.yaml': oktaManifest,
    'entra.yaml': entraManifest,
  })
})
afterAll(async () => {
  await graph.close()
  await tenants.close()
})

/** People by what is special about them; the first is the one at the top. */
const byIndex = (index: number): Person => {
  const person = people[index]
  if (!person) throw new Error(`there is no person ${index}`)
  return person
}
const [newcomer, onLeave, suspended] = [byIndex(56), byIndex(57), byIndex(58)]
const leavers = [7, 13, 20, 33, 52].map(byIndex)

describe('sixty people on both tenants, step by step:', () => {
  let before: readonly string[]

  test('an apply makes them all and changes nothing that nobody declared', async () => {
    directory.at('2026-02-27T09:00:00Z')
    before = untouched(await views())
    await directory.must(['init', '--create'], 0)
    await directory.must(['apply', '--yes'], 0)
    const { okta, entra } = await views()
    expect(untouched({ okta, entra })).toEqual(before)
    expect([okta.accounts.size, entra.accounts.size]).toEqual([3 + 60, 2 + 56])
  })

  test('everybody but some leavers answers the mail of Okta, which is no drift', async () => {
    const idle = leavers.slice(3).map(({ email }) => email)
    const { okta } = (await (await fetch(`${tenants.simulator.control}/state`)).json()) as {
      readonly okta: {
        readonly users: readonly { readonly status: string; readonly profile: { readonly login: string } }[]
      }
    }
    const users = okta.users.map(user =>
      user.status === 'PROVISIONED' && !idle.includes(user.profile.login) ? { ...user, status: 'ACTIVE' } : user,
    )
    const body = JSON.stringify({ okta: { ...okta, users } })
    const answer = await fetch(`${tenants.simulator.control}/state`, { method: 'PUT', body })
    expect(answer.status).toBe(204)
    await directory.must(['plan'], 0)
  })

  test('a leave begins and somebody is suspended', async () => {
    directory.at(monday)
    await directory.write({ [`people/${suspended.name}.yaml`]: manifestOf(suspended, { suspended: true }) })
    await directory.must(['apply', '--yes'], 0)
    const { okta, entra } = await views()
    const statusOf = (person: Person): unknown => [
      okta.accounts.get(person.email)?.status,
      entra.accounts.get(person.email)?.accountEnabled,
    ]
    for (const person of people) {
      const blocked = person === onLeave || person === suspended
      const enabled = person.contractor ? undefined : !blocked && person !== newcomer
      const status = blocked
        ? 'SUSPENDED'
        : person === newcomer
          ? 'STAGED'
          : expect.stringMatching(/^(ACTIVE|PROVISIONED)$/)
      expect([person.name, statusOf(person)]).toEqual([person.name, [status, enabled]])
    }
  })

  test('every account at Okta says what was declared', async () => {
    const { okta } = await views()
    for (const person of people)
      expect(okta.accounts.get(person.email)?.profile).toEqual(oktaProfile(person, managerOf(person), okta))
  })

  test('every account at Entra says what was declared', async () => {
    const { entra } = await views()
    for (const person of atEntra) expect(entra.accounts.get(person.email)).toMatchObject(entraFields(person))
    for (const { email, contractor } of people) expect(entra.accounts.has(email)).toBe(!contractor)
  })

  test('groups, units and managers are as mapped, and blocked people keep theirs', async () => {
    const { okta, entra } = await views()
    for (const person of people) {
      const engineer = person.department === 'Engineering'
      expect(heldBy(okta, person.email)).toEqual(
        [
          'All Staff',
          'Everyone',
          'tenure-managed',
          ...(engineer ? ['Engineering', 'Engineers by rule'] : []),
          ...(person.department === 'Sales' ? ['Sales'] : []),
          ...(person.groups.includes('on-call') ? ['On-Call'] : []),
          ...(([newcomer, onLeave, suspended] as readonly Person[]).includes(person) ? ['tenure-managed-blocked'] : []),
        ].sort(),
      )
      expect(okta.managers.get(person.email)).toBe(managerOf(person)?.email)
    }
    for (const person of atEntra) {
      expect(heldBy(entra, person.email)).toEqual(
        [
          'All Staff',
          'tenure-managed',
          ...(person.department === 'Engineering' ? ['Eng-Users', 'Product AU'] : []),
          ...(person.groups.includes('on-call') ? ['On-Call'] : []),
          ...(([newcomer, onLeave, suspended] as readonly Person[]).includes(person) ? ['tenure-managed-blocked'] : []),
        ].sort(),
      )
      const manager = managerOf(person)
      expect(entra.managers.get(person.email)).toBe(manager?.contractor ? undefined : manager?.email)
    }
  })

  test('memberships given by hand outside mapped groups are no drift: the plan is empty and nothing is written', async () => {
    const given = [leavers[0], leavers[1], byIndex(2), byIndex(3)].flatMap(person => person ?? [])
    const { okta: seenOkta, entra: seenEntra } = await views()
    for (const { email } of given) {
      await okta.ask(
        'PUT',
        `/api/v1/groups/${seenOkta.sets.get('Chess Club')?.raw.id}/users/${seenOkta.accounts.get(email)?.id}`,
      )
      const reference = {
        '@odata.id': `${tenants.simulator.entra.graphUrl}/v1.0/directoryObjects/${seenEntra.accounts.get(email)?.id}`,
      }
      await graph.ask('POST', `/groups/${seenEntra.sets.get('Book Club')?.raw.id}/members/$ref`, reference)
      await graph.ask(
        'POST',
        `/directory/administrativeUnits/${seenEntra.sets.get('Board AU')?.raw.id}/members/$ref`,
        reference,
      )
    }
    before = untouched(await views())
    const whole = JSON.stringify(await viewsAsText())
    tenants.simulator.forgetRequests()
    const plan = await directory.must(['plan'], 0)
    expect(plan).toMatch(/^Nothing to do: 60 employees/)
    await directory.must(['apply', '--yes'], 0)
    const writes = tenants.simulator
      .requests()
      .filter(({ method, path }) => method !== 'GET' && !/token$|\$batch$/.test(path))
    expect(writes).toEqual([])
    expect(JSON.stringify(await viewsAsText())).toBe(whole)
  })

  test('five leave: their groups are stripped, the unmapped ones too, and nobody else loses one', async () => {
    const chess = (await views()).okta.sets.get('Chess Club')?.members ?? []
    for (const leaver of leavers)
      await directory.write({
        [`people/${leaver.name}.yaml`]: manifestOf(leaver, { employment: { endDate: '2026-03-01' } }),
      })
    await directory.must(['apply', '--yes'], 0)
    const { okta: seenOkta, entra: seenEntra } = await views()
    for (const { email, contractor } of leavers) {
      expect(heldBy(seenOkta, email).filter(name => !['Everyone', 'Engineers by rule'].includes(name))).toEqual([
        'tenure-managed',
        'tenure-managed-blocked',
      ])
      expect(seenOkta.accounts.get(email)?.status).toMatch(/^(SUSPENDED|DEPROVISIONED)$/)
      if (contractor) continue
      expect(heldBy(seenEntra, email)).toEqual(['tenure-managed', 'tenure-managed-blocked'])
      expect(seenEntra.accounts.get(email)?.accountEnabled).toBe(false)
    }
    const gone = leavers.map(leaver => leaver.email)
    const stay = (members: readonly string[] | undefined): readonly string[] =>
      (members ?? []).filter(email => !gone.includes(email))
    expect(seenOkta.sets.get('Chess Club')?.members).toEqual(stay(chess))
    expect(seenOkta.sets.get('Chess Club')?.members).toHaveLength(3)
    expect(seenEntra.sets.get('Book Club')?.members).toEqual(
      [byIndex(2).email, byIndex(3).email, 'zed@acme.example'].sort(),
    )
    expect(seenEntra.sets.get('Board AU')?.members).toEqual(
      [byIndex(2).email, byIndex(3).email, 'breakglass@acme.example'].sort(),
    )
    await directory.must(['plan'], 0)
  })

  test('a copy of the directory is refused until it takes over, and then the first one is', async () => {
    const copy = await tenants.copyOf(directory)
    const whole = JSON.stringify(await viewsAsText())
    const refused = await copy.must(['apply', '--yes'], 1)
    for (const provider of ['entra', 'okta'])
      expect(refused).toMatch(
        new RegExp(`${provider}.yaml:\\d+:\\d+: error: .* was taken by another directory .*--take-over`),
      )
    expect(await copy.must(['init', '--create'], 1)).toMatch(/--take-over/)
    expect(await copy.must(['apply', '--yes'], 1)).toContain('OwnedElsewhere')
    expect(JSON.stringify(await viewsAsText())).toBe(whole)
    await copy.must(['init', '--take-over'], 0)
    expect(await directory.must(['plan'], 1)).toContain('OwnedElsewhere')
    await copy.must(['apply', '--yes'], 0)
    await copy.must(['plan'], 0)
    const shown = (text: string): string =>
      text.replace(/tenure owner=acme-people by=dir-[0-9a-f-]+/g, '').replace(movedByTakeOver, '')
    expect(shown(JSON.stringify(await viewsAsText()))).toBe(shown(whole))
  })
})

/** Okta's time of the last change of a group. */
const movedByTakeOver = /"lastUpdated":"[^"]*"/g

/** Everything both tenants show. */
async function viewsAsText(): Promise<unknown> {
  const { okta, entra } = await views()
  return [okta, entra].map(({ accounts, managers, sets }) => [[...accounts], [...managers], [...sets]])
}
