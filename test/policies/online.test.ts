import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane/index.ts'
import { describeWithOwnControlPlane } from '../control-plane/shared.ts'
import { allCases } from './all-cases.ts'
import { employee, mapping, type PolicyCase, protectedNamespace, provider, type Thing } from './cases.ts'
import { type Cluster, connect, until } from './cluster.ts'
import { attempt, installPolicies, installUsers, over, pathOf, store, untilHeeded, userWith } from './company.ts'
import { policies } from './policy.ts'

const namespace = `${protectedNamespace}-people`
const other = `${protectedNamespace}-other`
const every = Object.values(allCases).flat()
const merge = 'application/merge-patch+json'
const apply = 'application/apply-patch+yaml'

const operatorRights = [
  'update employees/finalizers',
  'update groupmappings/finalizers',
  'update identityproviders/finalizers',
]
const operator: PolicyCase = {
  title: 'the operator',
  resource: 'employees',
  rights: [...operatorRights, 'patch employees/status'],
}
const nobody = userWith([])

describeWithOwnControlPlane('admission policies', programs => {
  let controlPlane: ControlPlane
  let cluster: Cluster

  beforeAll(async () => {
    controlPlane = await startControlPlane(programs)
    await controlPlane.applyCrds()
    cluster = await connect(controlPlane.kubeconfig)
    await store(cluster, '/api/v1/namespaces', { metadata: { name: namespace } })
    await installUsers(cluster, namespace, [...every, operator])
    await installPolicies(cluster)
    const firsts = Object.values(allCases).map(cases => cases.find(one => one.refused !== undefined))
    const namespaces = every.find(one => one.resource === 'namespaces' && one.refused !== undefined)
    await untilHeeded(
      cluster,
      namespace,
      [...firsts, namespaces].filter(one => one !== undefined),
    )
  }, 120_000)

  afterAll(async () => {
    cluster?.close()
    await controlPlane?.stop()
  })

  describe.each(Object.entries(allCases))('%s', (_, cases) => {
    it.each(cases)('$title', async one => {
      const { status, body } = await attempt(cluster, namespace, one)
      const told = String(body.message)
      if (one.refused === undefined)
        expect({ status, told }).toMatchObject({ status: expect.toSatisfy(code => code < 300) })
      else expect({ status, told }).toEqual({ status: 403, told: expect.stringContaining(one.refused) })
    })
  })

  const at = (resource: 'employees' | 'groupmappings' | 'identityproviders', name: string) =>
    `${pathOf(resource, namespace)}/${name}`
  const clear = async (path: string) => {
    await cluster.call({
      method: 'PATCH',
      path,
      type: merge,
      body: { metadata: { annotations: null, finalizers: null } },
    })
    await cluster.call({ method: 'DELETE', path })
  }

  it('what is refused to a PUT is refused to a merge patch and to a forced apply', async () => {
    const path = at('identityproviders', 'okta')
    await store(cluster, pathOf('identityproviders', namespace), provider())
    const paused = { apiVersion: 'tenure.dev/v1alpha1', kind: 'IdentityProvider', spec: { paused: true } }
    const patched = await cluster.call({ method: 'PATCH', path, type: merge, body: paused, user: nobody })
    const url = `${path}?fieldManager=git&force=true`
    const applied = await cluster.call({
      method: 'PATCH',
      path: url,
      type: apply,
      body: provider({ paused: true }),
      user: nobody,
    })
    await clear(path)
    expect([patched.status, applied.status]).toEqual([403, 403])
  })

  it('a collection with a protected Employee is not deleted past the protection', async () => {
    const path = pathOf('employees', namespace)
    await store(cluster, path, employee({ annotations: { 'tenure.dev/deletion-protection': 'true' } }))
    const { status, body } = await cluster.call({ method: 'DELETE', path, user: nobody })
    const there = await cluster.call({ method: 'GET', path: `${path}/ada` })
    await clear(`${path}/ada`)
    expect({ status, message: body.message }).toEqual({
      status: 403,
      message: expect.stringContaining('off ada first'),
    })
    expect(there.status).toBe(200)
  })

  it('a protection does not go by way of the status, which whoever may write it writes freely', async () => {
    const path = at('employees', 'ada')
    const user = userWith(operator.rights ?? [])
    await store(
      cluster,
      pathOf('employees', namespace),
      employee({ annotations: { 'tenure.dev/deletion-protection': 'true' } }),
    )
    const body = { metadata: { annotations: null }, status: { phase: 'Active' } }
    const { status } = await cluster.call({ method: 'PATCH', path: `${path}/status`, type: merge, body, user })
    const after = await cluster.expectDone({ method: 'GET', path })
    await clear(path)
    expect(status).toBe(200)
    expect(after).toMatchObject({
      metadata: { annotations: { 'tenure.dev/deletion-protection': 'true' } },
      status: { phase: 'Active' },
    })
  })

  it('a right in another namespace does not count', async () => {
    await store(cluster, '/api/v1/namespaces', { metadata: { name: other } })
    const rights = ['loosen identityproviders']
    await installUsers(cluster, other, [{ title: '', resource: 'identityproviders', rights }])
    const user = 'may-loosen-elsewhere'
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces'
    for (const [where, role] of [
      [namespace, userWith([])],
      [other, userWith(rights)],
    ] as const)
      await store(cluster, `${rbac}/${where}/rolebindings`, {
        metadata: { name: user },
        subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
        roleRef: { kind: 'Role', name: `tenure-policies-${role}`, apiGroup: 'rbac.authorization.k8s.io' },
      })
    await store(cluster, pathOf('identityproviders', namespace), provider())
    const path = at('identityproviders', 'okta')
    const body = { spec: { quota: { percent: 60 } } }
    await until('the right to write', async () => {
      const { status } = await cluster.call({ method: 'PATCH', path, type: merge, body, user })
      return status === 200
    })
    const { status } = await cluster.call({
      method: 'PATCH',
      path,
      type: merge,
      body: { spec: { paused: true } },
      user,
    })
    await clear(path)
    expect(status).toBe(403)
  })

  it('the operator puts its finalizer on and takes it off whatever an object allows, loosens or protects', async () => {
    const user = userWith(operator.rights ?? [])
    const annotations = {
      'tenure.dev/deletion-protection': 'true',
      'tenure.dev/orphan': 'true',
      'tenure.dev/release': 'true',
    }
    const loose: Thing = {
      paused: true,
      mode: 'Observe',
      guard: { block: { percent: 100 }, approved: [`sha256:${'a'.repeat(64)}`] },
    }
    const objects = [
      ['employees', employee({ annotations })],
      ['groupmappings', mapping({ allowPrivileged: true }, { annotations })],
      ['identityproviders', provider(loose, { annotations })],
    ] as const
    for (const [resource, object] of objects) {
      const stored = await store(cluster, pathOf(resource, namespace), object)
      const path = at(resource, (stored.metadata as { name: string }).name)
      const statuses: number[] = []
      for (const finalizers of [['tenure.dev/offboard'], []]) {
        const body = { metadata: { finalizers } }
        statuses.push((await cluster.call({ method: 'PATCH', path, type: merge, body, user })).status)
      }
      const there = await cluster.expectDone({ method: 'GET', path })
      statuses.push((await cluster.call({ method: 'PUT', path, body: over({ ...there }, there), user })).status)
      await clear(path)
      expect(statuses).toEqual([200, 200, 200])
    }
  })

  it('no expression is ill-typed', async context => {
    if (!controlPlane.hasControllers) return context.skip('only kube-controller-manager checks types')
    for (const { metadata } of policies) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${metadata.name}`
      const status = async () => (await cluster.expectDone({ method: 'GET', path })).status as Thing | undefined
      await until(`the type check of ${metadata.name}`, async () => (await status())?.observedGeneration !== undefined)
      expect((await status())?.typeChecking ?? {}).toEqual({})
    }
  })
})
