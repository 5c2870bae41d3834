import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type ControlPlane, startControlPlane } from '../control-plane/index.ts'
import { describeWithOwnControlPlane } from '../control-plane/shared.ts'
import { chart, describeWith, type KubeObject, objectsIn, renderChart, run } from './render.ts'

const folder = join(import.meta.dirname, 'values')
const account = 'system:serviceaccount:tenure-system:tenure'

const employee = (name: string, more: object = {}) => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'Employee',
  metadata: { name, ...more },
  spec: { employeeNumber: '1', givenName: 'Ada', familyName: 'Lovelace', employment: { startDate: '2026-01-05' } },
})

describeWithOwnControlPlane('the chart on a real API server', programs => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane(programs)
    for (const name of ['tenure-system', 'people', 'contractors', 'monitoring', 'elsewhere'])
      await plane.call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }, 180_000)
  afterAll(() => plane.stop())

  const helm = (major: '3' | '4', ...args: readonly string[]) =>
    run(major, [...args, '--kubeconfig', plane.kubeconfig, '--namespace', 'tenure-system'])
  const apply = (objects: readonly KubeObject[], ...flags: readonly string[]) => {
    const input = objects.map(object => stringify(object)).join('---\n')
    return plane.kubectl(['apply', '--server-side', '--validate=strict', ...flags, '-f', '-'], { input })
  }
  /** Runs kubectl as Tenure's own account; what the API server refuses comes as text. */
  const asTenure = (args: readonly string[], input = '') =>
    plane.kubectl(['--as', account, '--as-group', 'system:serviceaccounts', ...args], { input }).catch(String)

  describeWith(['3', '4'], 'what Helm makes', () => {
    test.each(readdirSync(folder))('is accepted to the last field with the values of %s', async file => {
      const objects = renderChart({}, { files: [join(folder, file)] }).filter(({ kind }) => kind !== 'ServiceMonitor')
      const said = await apply(objects, '--dry-run=server')
      expect(said.trim().split('\n')).toHaveLength(objects.length)
    })

    test('are pods that a namespace held to the restricted standard admits', async () => {
      const name = 'restricted'
      const labels = { 'pod-security.kubernetes.io/enforce': name }
      await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }])
      const values = { extraCaCertificates: 'x', watchNamespaces: ['people'] }
      const objects = renderChart(values, { namespace: name })
      const specs = objects.flatMap(object => {
        if (object.kind === 'Pod') return object.spec
        return object.kind === 'Deployment' ? (object.spec as { template: { spec: object } }).template.spec : []
      })
      const pod = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: name }, spec })
      expect(specs).toHaveLength(2)
      for (const spec of specs) expect(await apply([pod(spec)], '--dry-run=server')).toContain('pod/x')
      const careless = apply([pod({ containers: [{ name: 'x', image: 'x' }] })], '--dry-run=server')
      await expect(careless).rejects.toThrow('violates PodSecurity "restricted')
    })

    test.each(['3', '4'] as const)(
      'is installed, upgraded and uninstalled by Helm %s, and people outlive it',
      async major => {
        helm(major, 'install', 'tenure', chart, '--set', 'watchNamespaces={people}')
        await plane.kubectl(['wait', '--for=condition=Established', 'crd/employees.tenure.dev', '--timeout=20s'])
        await plane.kubectl(['apply', '--namespace', 'people', '-f', '-'], { input: JSON.stringify(employee('ada')) })
        helm(major, 'upgrade', 'tenure', chart, '--set', 'watchNamespaces={people,contractors}', '--set', 'replicas=3')
        const shown = await plane.kubectl(['get', 'deployment', 'tenure', '--namespace', 'tenure-system', '-o', 'json'])
        expect(JSON.parse(shown)).toMatchObject({ spec: { replicas: 3 } })
        expect(await plane.kubectl(['get', 'rolebinding', 'tenure', '--namespace', 'contractors'])).toContain(
          'Role/tenure',
        )
        helm(major, 'uninstall', 'tenure')
        expect(await plane.kubectl(['get', 'employee', 'ada', '--namespace', 'people', '-o', 'name'])).toContain('ada')
        await plane.kubectl(['delete', 'employee', 'ada', '--namespace', 'people'])
        // What was kept belongs to the release of that name; the next one takes it up again.
      },
    )
  })

  describeWith(['4'], "Tenure's own account", () => {
    beforeAll(async () => {
      helm('4', 'install', 'tenure', chart, '--set', 'watchNamespaces={people}')
      await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=20s'])
      for (const namespace of ['people', 'elsewhere'])
        await plane.kubectl(['apply', '--namespace', namespace, '-f', '-'], {
          input: JSON.stringify(employee('grace')),
        })
    })
    afterAll(() => {
      helm('4', 'uninstall', 'tenure')
    })

    const finalizers = (list: readonly string[]) => JSON.stringify({ metadata: { finalizers: list } })
    const people = ['--namespace', 'people']
    const lease = (name: string) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'tenure-system' },
      spec: { holderIdentity: 'a', leaseDurationSeconds: 15 },
    })

    test('reads, and writes status and finalizers, where it serves', async () => {
      expect(await asTenure(['get', 'employees,groupmappings,identityproviders', ...people, '-o', 'name'])).toContain(
        'grace',
      )
      const status = JSON.stringify({ status: { observedGeneration: 1 } })
      expect(
        await asTenure(['patch', 'employee', 'grace', ...people, '--subresource=status', '--type=merge', '-p', status]),
      ).toContain('patched')
      for (const list of [['tenure.dev/offboard'], []])
        expect(
          await asTenure(['patch', 'employee', 'grace', ...people, '--type=merge', '-p', finalizers(list)]),
        ).toContain('patched')
    })

    test('makes and deletes nobody, and sees nothing where it does not serve', async () => {
      expect(await asTenure(['create', ...people, '-f', '-'], JSON.stringify(employee('new')))).toContain('forbidden')
      expect(await asTenure(['delete', 'employee', 'grace', ...people])).toContain('forbidden')
      for (const resource of ['employees', 'secrets'])
        expect(await asTenure(['get', resource, '--namespace', 'elsewhere'])).toContain('forbidden')
      expect(await asTenure(['get', 'secrets', ...people])).not.toContain('forbidden')
      expect(await asTenure(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'])).toMatch(
        /^[0-9a-f-]{36}$/,
      )
      expect(await asTenure(['get', 'namespaces'])).toContain('forbidden')
    })

    test('holds the Leases of the namespaces it serves, and no other', async () => {
      expect(await asTenure(['create', '-f', '-'], JSON.stringify(lease('tenure-people')))).toContain('created')
      expect(await asTenure(['replace', '-f', '-'], JSON.stringify(lease('tenure-people')))).toContain('replaced')
      await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(lease('of-another')) })
      expect(await asTenure(['replace', '-f', '-'], JSON.stringify(lease('of-another')))).toContain('forbidden')
    })

    test('is not stopped by the policies, which stop people', async () => {
      const add = ['patch', 'employee', 'grace', ...people, '--type=merge', '-p', finalizers(['tenure.dev/offboard'])]
      expect(await asTenure(add)).toContain('patched')
      await plane.kubectl([
        'create',
        'rolebinding',
        'hr',
        ...people,
        '--clusterrole=tenure-employees-edit',
        '--user=hr',
      ])
      const take = ['patch', 'employee', 'grace', ...people, '--type=merge', '-p', finalizers([])]
      const asPeople = (args: readonly string[]) => plane.kubectl(['--as', 'hr', ...args]).catch(String)
      const title = ['patch', 'employee', 'grace', ...people, '--type=merge', '-p', '{"spec":{"title":"Admiral"}}']
      expect(await asPeople(title)).toContain('patched')
      expect(await asPeople(take)).toContain('needs update on employees/finalizers.tenure.dev')
      const orphan = '{"metadata":{"annotations":{"tenure.dev/orphan":"true"}}}'
      const free = ['patch', 'employee', 'grace', ...people, '--type=merge', '-p', orphan]
      expect(await asPeople(free)).toContain('needs the verb orphan')
      await plane.kubectl(['create', 'rolebinding', 'security', ...people, '--clusterrole=tenure-safety', '--user=hr'])
      expect(await asPeople(free)).toContain('patched')
      expect(await asTenure(take)).toContain('patched')
    })
  })

  describe('the kustomize base', () => {
    test('is accepted to the last field, and applies a second time without a change', async () => {
      const objects = objectsIn(await plane.kubectl(['kustomize', join(chart, '../../config/default')]))
      const versions = async () =>
        JSON.parse(
          await plane.kubectl(['get', 'deployment,role,networkpolicy', '--namespace', 'tenure-system', '-o', 'json']),
        ) as {
          items: { metadata: { resourceVersion: string } }[]
        }
      await apply(objects, '--force-conflicts')
      const before = (await versions()).items.map(({ metadata }) => metadata.resourceVersion)
      await apply(objects)
      expect(before).toHaveLength(3)
      expect((await versions()).items.map(({ metadata }) => metadata.resourceVersion)).toEqual(before)
    })
  })
})
