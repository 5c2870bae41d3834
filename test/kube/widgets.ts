import { KubeClient } from '../../src/kube/client.ts'
import { type KubeObject, pathOf, type Resource } from '../../src/kube/object.ts'
import type { FakeCluster } from './fake/cluster.ts'

/** A kind made for tests of everything a custom resource can be. */
export interface Widget extends KubeObject {
  readonly spec: {
    readonly size?: number
    readonly colour?: string
    readonly note?: string | null
    readonly parts?: readonly string[]
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly phase?: string
    readonly accounts?: readonly { readonly provider: string; readonly phase?: string }[]
  }
}

const WIDGETS: Resource = { group: 'test.tenure.dev', version: 'v1', plural: 'widgets' }

const text = { type: 'string' }

/** The definition of that kind. */
export const WIDGET_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.tenure.dev' },
  spec: {
    group: WIDGETS.group,
    scope: 'Namespaced',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: WIDGETS.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        selectableFields: [{ jsonPath: '.spec.colour' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', minimum: 0, maximum: 100, default: 1 },
                  colour: { type: 'string', enum: ['red', 'green', 'blue'] },
                  note: { type: 'string', nullable: true },
                  parts: { type: 'array', items: text },
                },
              },
              status: {
                type: 'object',
                default: { observedGeneration: -1 },
                properties: {
                  observedGeneration: { type: 'integer' },
                  phase: { type: 'string', enum: ['New', 'Ready', 'Broken'] },
                  accounts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['provider'],
                    items: {
                      type: 'object',
                      required: ['provider'],
                      properties: { provider: text, phase: text },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
} as const

/** A widget as a user writes it. */
export const widget = (name: string, spec: Widget['spec'] = {}, metadata: object = {}) => ({
  apiVersion: 'test.tenure.dev/v1',
  kind: 'Widget',
  metadata: { name, ...metadata },
  spec,
})

/** Path of the widgets of a namespace, or of one of them. */
export const widgetPath = (namespace = 'default', name?: string) => pathOf(WIDGETS, namespace, name)

/** A client whose calls end in a fake cluster, without sockets. */
export const clientOf = (cluster: FakeCluster) => new KubeClient(cluster.connection(), { version: '0.0.0-test' })
