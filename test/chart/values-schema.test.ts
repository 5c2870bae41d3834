import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { chart, describeWith, Refused, renderChart } from './render.ts'

interface Schema {
  readonly type?: string
  readonly default?: unknown
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
}

const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema
const values: unknown = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'))

/** The defaults as the schema gives them. */
const defaultsOf = ({ properties, default: given }: Schema): unknown =>
  properties ? Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, defaultsOf(inner)])) : given

/** Places where a value could be given that nobody knows. */
function openPlaces(place: Schema, path: string): string[] {
  if (!place.properties) return []
  const here = place.additionalProperties === false ? [] : [path]
  return [...here, ...Object.entries(place.properties).flatMap(([name, inner]) => openPlaces(inner, `${path}.${name}`))]
}

describeWith(['3', '4'], 'the schema of values', () => {
  test('is closed, and gives the defaults that values.yaml holds', () => {
    expect(openPlaces(schema, 'values')).toEqual([])
    expect(values).toEqual(defaultsOf(schema))
  })

  test.each<[string, object, RegExp]>([
    ['a misspelt value', { replicaCout: 2 }, /replicaCout/],
    ['a misspelt value further in', { image: { repo: 'x' } }, /repo/],
    ['a text for a number', { replicas: '2' }, /replicas/],
    ['a negative number', { replicas: -1 }, /replicas/],
    ['a tag in place of a digest', { image: { digest: 'v1' } }, /digest/],
    ['a name that no namespace can have', { watchNamespaces: ['People'] }, /watchNamespaces/],
    ['a namespace twice', { watchNamespaces: ['people', 'people'] }, /watchNamespaces/],
    ['a level of log that there is not', { log: { level: 'trace' } }, /level/],
    ['a URL in place of a host', { providers: { allowedHosts: ['https://login.acme.example'] } }, /allowedHosts/],
    ['a port that there is not', { http: { port: 70_000 } }, /port/],
    ['a token that ends too soon', { serviceAccount: { tokenSeconds: 60 } }, /tokenSeconds/],
    [
      'a policy that denies and warns, which the API server refuses',
      { policies: { actions: ['Deny', 'Warn'] } },
      /actions/,
    ],
    ['a policy without consequence', { policies: { actions: [] } }, /actions/],
    ['a duration without a unit', { serviceMonitor: { interval: '30' } }, /interval/],
    ['a mode of rendering that there is not', { serviceMonitor: { renderMode: 'always' } }, /renderMode/],
  ])('refuses %s, in Helm 3 and 4', (_, given, message) => {
    for (const helm of ['3', '4'] as const) {
      expect(() => renderChart(given, { helm })).toThrow(Refused)
      expect(() => renderChart(given, { helm })).toThrow(message)
    }
  })
})
