import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { fieldFaults } from './fields.ts'
import { describeWith, type KubeObject, objectsIn, renderChart, root, run } from './render.ts'

/** What says who put an object there: Helm or kustomize, and which version. */
const packaging = [
  'helm.sh/chart',
  'helm.sh/resource-policy',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
]

type Labels = Readonly<Record<string, string>>

const without = (labels: Labels | undefined): Labels =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !packaging.includes(name)))

interface Templated {
  readonly template?: { readonly metadata: KubeObject['metadata'] }
}

/** An object without what differs by packaging. */
function substance(object: KubeObject): KubeObject {
  const { metadata } = object
  const spec = object.spec as Templated | undefined
  const template = spec?.template
  return {
    ...object,
    metadata: { ...metadata, labels: without(metadata.labels), annotations: without(metadata.annotations) },
    ...(template && {
      spec: {
        ...spec,
        template: { ...template, metadata: { ...template.metadata, labels: without(template.metadata.labels) } },
      },
    }),
  }
}

const byName = (objects: readonly KubeObject[]) =>
  new Map(
    objects.map(object => [
      `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      substance(object),
    ]),
  )

describeWith(['4', 'kubectl'], 'the kustomize base', () => {
  const built = objectsIn(run('kubectl', ['kustomize', 'config/default']))

  test('is what the chart makes with its default values, in a namespace of its own', () => {
    const helm = renderChart().filter(({ kind }) => kind !== 'Pod')
    const ours = built.filter(({ kind }) => kind !== 'Namespace')
    expect([...byName(ours).keys()].sort()).toEqual([...byName(helm).keys()].sort())
    expect(byName(ours)).toEqual(byName(helm))
  })

  test('makes a namespace that holds pods to the restricted standard', () => {
    const namespaces = built.filter(({ kind }) => kind === 'Namespace')
    expect(namespaces.map(({ metadata }) => metadata.name)).toEqual(['tenure-system'])
    expect(namespaces[0]?.metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted')
  })

  test('takes the image of an overlay', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenure-overlay-'))
    try {
      const images = [{ name: 'tenure', newName: 'registry.acme.example/tenure', newTag: 'v1' }]
      const resources = [relative(realpathSync(folder), join(root, 'config/default'))]
      writeFileSync(join(folder, 'kustomization.yaml'), stringify({ resources, images }))
      const overlaid = run('kubectl', ['kustomize', folder])
      expect(overlaid.match(/image: .*/g)).toEqual(['image: registry.acme.example/tenure:v1'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('has no field that Kubernetes does not know', () => {
    expect(built.flatMap(fieldFaults)).toEqual([])
  })
})
