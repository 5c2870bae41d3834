import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { company, seed } from '../../test/broken/cli-company.ts'
import { type Plain, plainOkta, type Thing } from '../../test/e2e/plain.ts'
import { entraManifest, oktaManifest, startTenants, type Tenants } from '../../test/e2e/stage.ts'

let tenants: Tenants
let okta: Plain
let state: { readonly okta: object; readonly entra: object }
beforeAll(async () => {
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  const { okta: ofOkta, entra: ofEntra } = tenants.simulator.tenants
  state = structuredClone({ okta: ofOkta.state(), entra: ofEntra.state() })
})
afterEach(() => {
  tenants.simulator.tenants.okta.load(state.okta)
  tenants.simulator.tenants.entra.load(state.entra)
})
afterAll(() => tenants.close())

const markers = async (): Promise<readonly string[]> => {
  const groups = await okta.list('/api/v1/groups')
  const profiles = groups.map(group => group.profile as Thing)
  return profiles.flatMap(({ name, description }) => (/^tenure/.test(String(name)) ? [`${name}: ${description}`] : []))
}

/** Replaces the role of the Okta app by permissions, without the one to make groups. */
function withoutGroupCreation(): void {
  const { apps } = state.okta as { readonly apps: readonly object[] }
  const roles = [{ permissions: ['okta.users.manage', 'okta.groups.read', 'okta.groups.members.manage'] }]
  tenants.simulator.tenants.okta.load({ ...state.okta, apps: apps.map(app => ({ ...app, roles })) })
}

describe('init', () => {
  test('alone writes nothing, names both groups and says what to run', async () => {
    const directory = await tenants.directory(company)
    const before = JSON.stringify(tenants.simulator.tenants.okta.state())
    const text = await directory.must(['init'], 1)
    expect(text).toMatch(/^okta: connected as 0oa\w+$/m)
    expect(text.match(/✓ every permission is there/g)).toHaveLength(2)
    expect(text).toMatch(/✗ the marker groups are not ready; --create makes them/)
    expect(text.match(/name: tenure-managed$/gm)).toHaveLength(2)
    expect(text.match(/name: tenure-managed-blocked$/gm)).toHaveLength(2)
    expect(JSON.stringify(tenants.simulator.tenants.okta.state())).toBe(before)
    await expect(readFile(join(directory.path, '.tenure', 'id'))).rejects.toThrow()
  })

  test('says which writes the admin role does not allow, and what for, by trying what cannot do anything', async () => {
    const { apps } = state.okta as { readonly apps: readonly object[] }
    const roles = [
      {
        permissions: [
          'okta.users.read',
          'okta.users.lifecycle.suspend',
          'okta.groups.read',
          'okta.groups.members.manage',
        ],
      },
    ]
    tenants.simulator.tenants.okta.load({ ...state.okta, apps: apps.map(app => ({ ...app, roles })) })
    const before = JSON.stringify(tenants.simulator.tenants.okta.state())
    const directory = await tenants.directory({ 'okta.yaml': oktaManifest })
    const text = await directory.must(['init'], 1)
    expect(text).toMatch(/✗ missing okta\.users\.create: The app's admin role lacks .*joiners get no account/)
    expect(text).toMatch(/✗ missing okta\.users\.userprofile\.manage: /)
    expect(text).toMatch(/✗ missing okta\.users\.lifecycle\.unsuspend: /)
    expect(text).toMatch(/! missing okta\.users\.lifecycle\.clearSessions: /)
    expect(text).not.toMatch(/missing okta\.users\.lifecycle\.suspend/)
    expect(JSON.stringify(tenants.simulator.tenants.okta.state())).toBe(before)
  })

  test('with --create makes the id, kept out of git, and the markers; again it finds all in order', async () => {
    const directory = await tenants.directory(company)
    expect(await directory.must(['init', '--create'], 0)).toMatch(
      /✓ the marker groups tenure-managed and tenure-managed-blocked now name acme-people and this directory/,
    )
    const id = (await readFile(join(directory.path, '.tenure', 'id'), 'utf8')).trim()
    expect(await markers()).toEqual([
      `tenure-managed: tenure owner=acme-people by=${id}`,
      `tenure-managed-blocked: tenure owner=acme-people by=${id}`,
    ])
    expect(await readFile(join(directory.path, '.tenure', '.gitignore'), 'utf8')).toBe('*\n')
    for (const flags of [[], ['--create']])
      expect(await directory.must(['init', ...flags], 0)).toMatch(
        /✓ the marker groups name acme-people and this directory/,
      )
    expect(await markers()).toHaveLength(2)
  })

  test('gives the exact names and texts to make by hand where the credential may not, and takes what was made', async () => {
    withoutGroupCreation()
    const directory = await tenants.directory({ ...company, 'entra.yaml': '' })
    const text = (await directory.run(['init', '--create'])).out
    const id = (await readFile(join(directory.path, '.tenure', 'id'), 'utf8')).trim()
    const made = [...text.matchAll(/name: (\S+)\n\s+description: (.*)/g)].map(([, name, description]) => ({
      name,
      description,
    }))
    expect(made).toEqual([
      { name: 'tenure-managed', description: `tenure owner=acme-people by=${id}` },
      { name: 'tenure-managed-blocked', description: `tenure owner=acme-people by=${id}` },
    ])
    expect((await directory.run(['init'])).out).toContain(`description: tenure owner=acme-people by=${id}`)
    for (const profile of made) await okta.ask('POST', '/api/v1/groups', { profile })
    const after = await directory.run(['init'])
    expect(after.out).toMatch(/✓ the marker groups name acme-people and this directory/)
  })

  test('makes an owner where the manifest has none, writes it there and keeps the rest of the file', async () => {
    const manifest = oktaManifest.replace(
      '{ marker: tenure-managed, owner: acme-people }',
      '\n    marker: tenure-managed # ours',
    )
    const directory = await tenants.directory({ 'okta.yaml': manifest })
    const before = await readFile(join(directory.path, 'okta.yaml'), 'utf8')
    expect(await directory.must(['init'], 1)).toMatch(/✗ the manifest has no ownership\.owner; --create makes one/)
    const text = await directory.must(['init', '--create'], 0)
    const owner = /✓ wrote owner: (\S+) into \S+okta\.yaml:\d+/.exec(text)?.[1]
    const after = await readFile(join(directory.path, 'okta.yaml'), 'utf8')
    expect(owner).toMatch(/-[0-9a-f]{4}$/)
    expect(after.replace(new RegExp(`\\n *owner: ${owner}`), '')).toBe(before)
    expect((await markers())[0]).toContain(`owner=${owner} by=dir-`)
    await directory.must(['init'], 0)
  })

  test('never takes the markers of somebody else, and with --take-over does, which the other then notices', async () => {
    const first = await tenants.directory(company)
    await first.must(['init', '--create'], 0)
    const before = await markers()
    const second = await tenants.directory(company)
    for (const flags of [[], ['--create']])
      expect(await second.must(['init', ...flags], 1)).toMatch(
        /✗ the marker groups name acme-people \(dir-[0-9a-f-]+\); with --take-over this directory takes them, and the other must stop first/,
      )
    expect(await markers()).toEqual(before)
    await second.must(['init', '--take-over'], 0)
    expect(await markers()).not.toEqual(before)
    await second.must(['init'], 0)
    expect(await first.must(['init'], 1)).toMatch(/✗ the marker groups name acme-people \(dir-/)
    expect(await readFile(second.audit, 'utf8')).toMatch(/"owner"/)
  })

  test('says for each missing permission which feature it is for, and fails only on what everything needs', async () => {
    const { apps } = state.okta as { readonly apps: readonly object[] }
    const scopes = ['okta.users.read', 'okta.groups.read', 'okta.groups.manage']
    tenants.simulator.tenants.okta.load({ ...state.okta, apps: apps.map(app => ({ ...app, scopes })) })
    const { applications } = state.entra as { readonly applications: readonly { permissions: readonly string[] }[] }
    const fewer = applications.map(one => ({
      ...one,
      permissions: ['User.ReadWrite.All', 'GroupMember.ReadWrite.All', 'User.EnableDisableAccount.All', 'Group.Create'],
    }))
    tenants.simulator.tenants.entra.load({ ...state.entra, applications: fewer })
    const directory = await tenants.directory(company)
    const text = await directory.must(['init', '--create'], 1)
    expect(text).toMatch(/✗ missing okta\.users\.manage: .*accounts cannot be created, changed or blocked/)
    expect(text).toMatch(
      /! missing AdministrativeUnit\.ReadWrite\.All: .*administrative units cannot be given or taken/,
    )
  })

  test('goes on with the other provider when one cannot be reached, and ends with 1', async () => {
    const directory = await tenants.directory(company)
    const { code, out, err } = await directory.run(['init', '--create'], {
      ...directory.env,
      ENTRA_CLIENT_SECRET: 'wrong~secret',
    })
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(/^entra: ✗ .*AADSTS7000215/m)
    expect(out).toMatch(/^okta: connected[\s\S]*✓ the marker groups/m)
    expect(out).not.toContain('wrong~secret')
  })

  test('says what is wrong in a folder without providers, or with a broken one', async () => {
    const none = await tenants.directory({ 'people.yaml': company['people.yaml'] ?? '' })
    expect(await none.must(['init'], 1)).toMatch(
      /^error: \S+ declares no IdentityProvider; add one first, the README shows how$/m,
    )
    const broken = await tenants.directory({ 'entra.yaml': entraManifest.replace('ownership:', 'ownershop:') })
    expect(await broken.must(['init'], 1)).toMatch(/^error: (\S+entra\.yaml:\d+:\d+: )?.*ownershop/m)
  })
})
