import { expect } from 'vitest'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const people = Array.from({ length: 120 }, (_, index) => ({ userPrincipalName: `u${index}@example.com` }))
const roleAssignments = people.map(({ userPrincipalName }) => ({
  role: 'User Administrator',
  principal: userPrincipalName,
}))
const ASSIGNMENTS = '/roleManagement/directory/roleAssignments'

async function pages({ call }: TestTenant, first: string): Promise<readonly Answer[]> {
  const found: Answer[] = []
  let path: unknown = first
  while (typeof path === 'string') {
    const page = await call(`GET ${path}`)
    found.push(page)
    path = page.body['@odata.nextLink']
  }
  return found
}

rule(
  {
    area: 'Directory roles',
    says: 'role assignments and role definitions come in pages of 100, or of $top, with @odata.nextLink; or all at once',
    source: 'Microsoft Graph, Paging Microsoft Graph data',
    unconfirmed: 'roleListsPage',
  },
  async () => {
    const tenant = testTenant({ users: people, roleAssignments })
    const sizes = async (path: string): Promise<readonly number[]> =>
      (await pages(tenant, path)).map(({ value }) => value.length)
    expect(await sizes(ASSIGNMENTS)).toEqual([100, 20])
    expect(await sizes(`${ASSIGNMENTS}?$top=50`)).toEqual([50, 50, 20])
    expect((await tenant.call(`GET ${ASSIGNMENTS}?$top=1000`)).status).toBe(400)
    const all = (await pages(tenant, `${ASSIGNMENTS}?$top=7`)).flatMap(({ value }) => value.map(({ id }) => id))
    expect(new Set(all).size).toBe(120)
    const roles = (await pages(tenant, '/roleManagement/directory/roleDefinitions?$top=4')).flatMap(
      ({ value }) => value,
    )
    expect(new Set(roles.map(({ id }) => id)).size).toBe(roles.length)
    const whole = testTenant({ users: people, roleAssignments, switches: { roleListsPage: false } })
    expect((await whole.call(`GET ${ASSIGNMENTS}?$top=5`)).value).toHaveLength(120)
  },
)

rule(
  {
    area: 'Paging',
    says: 'a first page that is empty by switch also begins lists of what are no directory objects',
    source: 'Microsoft Graph, Paging Microsoft Graph data',
    unconfirmed: 'emptyPages',
  },
  async () => {
    const tenant = testTenant({ users: people, roleAssignments, switches: { emptyPages: true } })
    expect((await pages(tenant, ASSIGNMENTS)).map(({ value }) => value.length)).toEqual([0, 100, 20])
  },
)
