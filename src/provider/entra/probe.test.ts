import { afterEach, expect, test } from 'vitest'
import { EntraScene } from '../../../test/support/entra-scene.ts'
import { entraTenant } from '../../../test/support/entra-tenant.ts'
import type { EntitlementKind } from '../../model/entitlement.ts'
import type { EntraState } from '../../simulator/entra/index.ts'
import { missingRights } from './probe.ts'

const signal = new AbortController().signal
let scene: EntraScene | undefined

afterEach(async () => {
  await scene?.tenant.close()
  scene = undefined
})

const GROUPS = [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }]

async function start(state: EntraState): Promise<EntraScene> {
  scene = new EntraScene(await entraTenant({ groups: GROUPS, ...state }))
  return scene
}

const token = (...roles: string[]) => ({ objectId: undefined, roles, directoryRoles: [] })
const LEAST = ['User.Read.All', 'GroupMember.ReadWrite.All', 'User.EnableDisableAccount.All']
const all = { deletes: true, delivers: true, kinds: new Set(['App', 'DirectoryRole', 'License'] as const) }

test('each feature that is used names the least permission that it lacks, and what does not work without', () => {
  const problems = missingRights(token(...LEAST), all)
  expect(problems.map(({ missing }) => missing)).toEqual([
    'User.ReadWrite.All',
    'User.RevokeSessions.All',
    'User.DeleteRestore.All',
    'AdministrativeUnit.ReadWrite.All',
    'RoleManagement.Read.Directory',
    'AppRoleAssignment.ReadWrite.All',
    'RoleManagement.ReadWrite.Directory',
    'LicenseAssignment.ReadWrite.All',
    'UserAuthMethod-TAP.ReadWrite.All',
  ])
  expect(problems.every(({ severity }) => severity === 'Warning')).toBe(true)
  expect(problems.find(({ missing }) => missing === 'AppRoleAssignment.ReadWrite.All')?.message).toMatch(
    /app roles cannot be given/,
  )
})

test('a feature that nobody uses is not asked for', () => {
  const missing = missingRights(token(...LEAST)).map(problem => problem.missing)
  for (const permission of [
    'AppRoleAssignment.ReadWrite.All',
    'LicenseAssignment.ReadWrite.All',
    'User.DeleteRestore.All',
  ])
    expect(missing).not.toContain(permission)
})

test('of two permissions that are needed together the missing one is named', () => {
  const missing = missingRights(token(...LEAST, 'AppRoleAssignment.ReadWrite.All'), all).map(problem => problem.missing)
  expect(missing).toContain('Application.Read.All')
  expect(missing).not.toContain('AppRoleAssignment.ReadWrite.All')
})

test('the least permissions for reading groups do, once both halves are there', () => {
  const errors = (...roles: string[]) =>
    missingRights(token('User.Read.All', ...roles)).filter(({ severity, writing }) => severity === 'Error' && !writing)
  expect(errors('Group.ReadBasic.All', 'GroupMember.ReadBasic.All')).toEqual([])
  expect(errors('Group.ReadBasic.All').map(({ missing }) => missing)).toEqual(['GroupMember.Read.All'])
})

test('what mappings name is asked for', async () => {
  const { provider } = await start({ applications: [{ permissions: [...LEAST, 'Application.Read.All'] }] })
  const missing = async (...kinds: EntitlementKind[]) =>
    (await provider.probe(signal, { kinds: new Set(kinds) })).problems.map(problem => problem.missing)
  expect(await missing('Group')).not.toContain('AppRoleAssignment.ReadWrite.All')
  expect(await missing('App')).toContain('AppRoleAssignment.ReadWrite.All')
})

test('a federated domain says what accounts in it need, until it is given', async () => {
  const tenant = { domains: ['example.com', 'corp.example'], federatedDomains: ['corp.example'] }
  const { provider, tenant: of } = await start({ tenant })
  const problem = (await provider.probe(signal)).problems.find(({ missing }) => missing === 'onPremisesImmutableId')
  expect(problem?.message).toMatch(/corp\.example is federated.*spec\.attributes/)
  const given = of.provider({ extraAttributes: ['onPremisesImmutableId'] })
  expect((await given.probe(signal)).problems.map(({ missing }) => missing)).not.toContain('onPremisesImmutableId')
  await provider.probe(signal)
  expect(of.requests('GET', /\/domains$/)).toBe(1)
})

test('a create in a federated domain is told what is missing, and made when it is there', async () => {
  const tenant = { domains: ['example.com', 'corp.example'], federatedDomains: ['corp.example'] }
  const at = await start({ tenant })
  const create = (attributes: Record<string, string>) =>
    at.run({
      kind: 'create',
      state: 'Enabled',
      login: 'ada@corp.example',
      attributes: { displayName: 'Ada', ...attributes },
      grants: [],
    })
  const refused = await create({})
  expect(refused).toMatchObject({ kind: 'failed', reason: 'ConfigurationInvalid' })
  expect('message' in refused && refused.message).toMatch(/onPremisesImmutableId/)
  expect(await create({ onPremisesImmutableId: 'A7' })).toMatchObject({ kind: 'applied' })
})
