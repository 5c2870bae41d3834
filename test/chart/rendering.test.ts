import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fieldFaults } from './fields.ts'
import { chart, describeWith, type KubeObject, objectsIn, renderChart, run } from './render.ts'

const folder = join(import.meta.dirname, 'values')
const files = readdirSync(folder)
const clusterWide =
  /^(ClusterRole|ClusterRoleBinding|CustomResourceDefinition|ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding)$/
const own = ({ metadata }: KubeObject) => !/-(extra|text)$/.test(metadata.name)
const named = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`

describeWith(['3', '4'], 'the chart, with values of every kind', () => {
  test.each(files.flatMap(file => (['3', '4'] as const).map(helm => [file, helm] as const)))(
    'passes the strict lint with %s in Helm %s',
    (file, helm) => {
      expect(run(helm, ['lint', '--strict', chart, '--values', join(folder, file)])).toContain('0 chart(s) failed')
    },
  )

  test.each(files)('renders to the same objects in Helm 3 and 4 with %s', file => {
    const files = [join(folder, file)]
    expect(renderChart({}, { helm: '3', files })).toEqual(renderChart({}, { helm: '4', files }))
  })

  test.each(files)('has no field that Kubernetes does not know with %s', file => {
    const objects = renderChart({}, { files: [join(folder, file)] }).filter(({ kind }) => kind !== 'ServiceMonitor')
    expect(objects.length).toBeGreaterThan(0)
    expect(objects.flatMap(fieldFaults)).toEqual([])
  })

  test.each(files)('names everything once, and says where it is, with %s', file => {
    const objects = renderChart({}, { files: [join(folder, file)] })
    const names = objects.map(named)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(
      objects.filter(({ kind, metadata }) => clusterWide.test(kind) === (metadata.namespace !== undefined)).map(named),
    ).toEqual([])
    expect(
      objects.filter(({ metadata }) => !/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(metadata.name)).map(named),
    ).toEqual([])
  })

  test.each(files)('puts the recommended labels on everything with %s', file => {
    const labels = ['name', 'instance', 'version', 'part-of', 'managed-by'].map(label => `app.kubernetes.io/${label}`)
    const objects = renderChart({}, { files: [join(folder, file)] }).filter(own)
    const without = objects.filter(
      ({ metadata }) => ![...labels, 'helm.sh/chart'].every(label => metadata.labels?.[label]),
    )
    expect(without.map(named)).toEqual([])
  })

  test('keeps names short enough for any name of a release', () => {
    const release = 'r'.repeat(53)
    for (const helm of ['3', '4'] as const) {
      const objects = renderChart({ watchNamespaces: ['people'] }, { helm, release })
      expect(objects.filter(({ metadata }) => metadata.name.length > 63).map(named)).toEqual([])
      expect(objects.flatMap(fieldFaults)).toEqual([])
    }
  })

  test('packs into an archive that both can read, README and all', () => {
    const to = mkdtempSync(join(tmpdir(), 'tenure-chart-'))
    try {
      run('4', ['package', chart, '--destination', to])
      const [archive = ''] = readdirSync(to).map(name => join(to, name))
      for (const helm of ['3', '4'] as const) {
        expect(run(helm, ['show', 'readme', archive])).toContain('| `watchNamespaces` | array | `[]` |')
        expect(objectsIn(run(helm, ['template', 'tenure', archive, '--namespace', 'tenure-system']))).toEqual(
          renderChart(),
        )
      }
    } finally {
      rmSync(to, { recursive: true })
    }
  })
})
