import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { companyOf, manifestOf, mappingOf, type Person } from './company.ts'
import { startLoop, until } from './loop.ts'
import { type Directory, entraManifest, oktaManifest, startTenants, type Tenants } from './stage.ts'

/** Manifests are named by number here: where a manifest lies is told in logs, and that is a place, no fact about a person. */
const people = companyOf(12, 7).map(person => ({ ...person, name: `p-${person.number}`, manager: undefined }))
const [mover, leaver, suspended, broken, stuck] = people.slice(1) as [Person, Person, Person, Person, Person]
const seed = {
  version: 1,
  okta: { groups: [{ name: 'Staff' }] },
  entra: { tenant: { domains: ['acme.example'] }, groups: [{ displayName: 'Staff' }] },
}
const staff = mappingOf('staff', { expression: 'true' }, [
  { provider: 'okta', groups: ['Staff'] },
  { provider: 'entra', groups: ['Staff'] },
])

let tenants: Tenants
let directory: Directory
/** Everything that was written anywhere, by what it is. */
const written = new Map<string, string>()

beforeAll(async () => {
  tenants = await startTenants({ seed })
  directory = await tenants.directory({
    ...Object.fromEntries(people.map(person => [`${person.name}.yaml`, manifestOf(person)])),
    'staff.yaml': staff,
    'okta.yaml': oktaManifest,
    'entra.yaml': entraManifest,
  })
  await directory.must(['init', '--create', '--verbose'], 0)
  const file = join(directory.path, '.tenure', 'plan.json')
  for (const output of ['text', 'json', 'markdown'])
    await directory.must(['plan', '--output', output, '--out', file, '--verbose'], 2)
  await directory.must(['apply', '--yes', '--verbose'], 0)
  await runThroughAWeek()
  written.set('stdout and stderr of init, plan and apply', directory.printed)
  written.set('the audit log', await readFile(directory.audit, 'utf8'))
  written.set('the plan in a file', await readFile(file, 'utf8'))
})
afterAll(() => tenants.close())

/** The loop, with a joiner, a mover, a leaver, a suspension, a faulty manifest, failing calls, and a tenant that refuses everything. */
async function runThroughAWeek(): Promise<void> {
  const loop = await startLoop(directory, tenants, ['--settle', '0'])
  const told = (fields: object): Promise<unknown> =>
    until(() => loop.log().find(line => Object.entries(fields).every(([name, value]) => line[name] === value)))
  try {
    await until(async () => (await fetch(`${loop.url}/readyz`)).status === 200)
    tenants.simulator.faults.add({
      provider: 'entra',
      method: 'PATCH',
      path: '/v1.0/users/*',
      fault: 'status',
      status: 400,
      body: { error: { code: 'Request_BadRequest', message: `${stuck.email} ${stuck.familyName} is refused.` } },
    })
    const change = (person: Person, more: Parameters<typeof manifestOf>[1], title = person.title): Promise<void> =>
      directory.write({ [`${person.name}.yaml`]: manifestOf({ ...person, title }, more) })
    await change(mover, {}, 'Grand Vizier')
    await change(stuck, {}, 'Countess')
    await change(leaver, { employment: { endDate: '2026-03-01' } })
    await change(suspended, { suspended: true })
    await directory.write({ [`${broken.name}.yaml`]: manifestOf(broken).replace('givenName:', 'givenname:') })
    await told({ msg: 'operation', employee: stuck.number, outcome: 'failed' })
    await told({ msg: 'operation', employee: leaver.number, operation: 'block', outcome: 'applied' })
    await told({ msg: 'finding', reason: 'ManifestInvalid' })
    tenants.simulator.faults.clear()
    tenants.simulator.faults.add({ provider: 'okta', path: '/api/v1/*', fault: 'status', status: 500 })
    await change(mover, {}, 'Grand Duke')
    await until(async () => /"readWhole":false/.test(await (await fetch(`${loop.url}/status`)).text()))
    tenants.simulator.faults.clear()
    for (const path of ['metrics', 'status']) written.set(`/${path}`, await (await fetch(`${loop.url}/${path}`)).text())
  } finally {
    await loop.stop()
    written.set('the log of run', loop.printed())
  }
}

describe('after a plan, an apply and a run', () => {
  test('passwords, assertions, tokens, the client secret and the private key have passed by', () => {
    const kinds = [...new Set(tenants.overheard.secrets.values())].join('\n')
    for (const kind of ['private key', 'client secret of', 'client_assertion', 'a password in', 'a token of'])
      expect(kinds).toContain(kind)
    expect(tenants.overheard.secrets.size).toBeGreaterThan(30)
  })

  test('none of them is in anything that was written', () => {
    expect([...written.keys()]).toHaveLength(6)
    for (const [what, text] of written) {
      expect(text.length).toBeGreaterThan(100)
      expect([what, tenants.overheard.in(text)]).toEqual([what, []])
    }
  })

  test('no line of the log above debug, no metric and no status names or describes a person', () => {
    for (const what of ['the log of run', '/metrics', '/status']) {
      const text = written.get(what) ?? ''
      expect(text).not.toMatch(/[\w.+-]+@[\w-]+\.\w/)
      for (const { givenName, familyName, email, rest } of people) {
        const phone = (rest.phone ?? {}) as Readonly<Record<string, string>>
        for (const fact of [givenName, familyName, email.split('@')[0], rest.personalEmail, ...Object.values(phone)])
          if (typeof fact === 'string') expect([what, text.includes(fact), fact]).toEqual([what, false, fact])
      }
      for (const fact of ['Grand Vizier', 'Countess', 'Grand Duke']) expect(text).not.toContain(fact)
    }
  })
})
