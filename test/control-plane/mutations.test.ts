import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { compileCrd, type Validation } from '../../src/source/schema.ts'
import { readCases } from './cases.ts'
import { type Answer, readCrds } from './cluster.ts'
import { describeWithControlPlane } from './shared.ts'

type Thing = Readonly<Record<string, unknown>>
type Node = Record<string | number, unknown>

/** How many objects are tried; ADMISSION_RUNS=20000 for a campaign. */
const RUNS = Number(process.env.ADMISSION_RUNS ?? 100)
const kinds = new Map(
  readCrds().map(crd => [crd.spec.names.kind, { plural: crd.spec.names.plural, validator: compileCrd(crd) }]),
)
const originals = readCases('valid').map(({ objects: [object = {}] }) => object)

const oddTexts = [
  '',
  'x',
  ' x ',
  'ä'.repeat(65),
  'a'.repeat(300),
  '\u0000',
  '\u2028',
  '😀',
  '1',
  'true',
  'NO',
  'Enforce',
]
const oddTimes = ['2026-02-30', '0000-01-01', '10000-01-01', '2026-01-01T00:00:00Z', '24h', '-1s', '1h30m']
const oddLinks = ['https://a.b', 'http://127.0.0.1:1', 'http://a.b', 'a@b.c', 'ada-lovelace', 'employee.title == "x"']
const oddNumbers = [0, -1, 1, 1.5, 1e10, 2_147_483_648, true, false]
const oddNodes = [null, [], {}, [null], [{}], ['a', 'a'], { a: 'b' }, { '': 'x' }]
const oddities = [...oddTexts, ...oddTimes, ...oddLinks, ...oddNumbers, ...oddNodes]

interface Change {
  readonly how: 'replace' | 'remove' | 'repeat' | 'add unknown'
  /** Chooses the place. */
  readonly where: number
  readonly value: unknown
}
const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'repeat', 'add unknown'),
  where: fc.nat(),
  value: fc.constantFrom(...oddities),
})

/** Every node below the spec with its parent. */
function places(parent: Node, key: string | number): (readonly [Node, string | number])[] {
  const node = parent[key]
  if (node === null || typeof node !== 'object') return [[parent, key]]
  const children = Object.keys(node).flatMap(child => places(node as Node, Array.isArray(node) ? Number(child) : child))
  return [[parent, key], ...children]
}

function changed(object: Thing, changes: readonly Change[]): Thing {
  const copy = structuredClone(object) as Node
  for (const { how, where, value } of changes) {
    const all = 'spec' in copy ? places(copy, 'spec') : []
    const [parent, key] = all[where % all.length] ?? [copy, 'spec']
    const node = parent[key]
    if (how === 'remove' && Array.isArray(parent)) parent.splice(Number(key), 1)
    else if (how === 'remove') delete parent[key]
    else if (how === 'repeat' && Array.isArray(node) && node.length > 0) node.push(structuredClone(node[0]))
    else if (how === 'add unknown' && node !== null && typeof node === 'object' && !Array.isArray(node))
      Object.assign(node, { unheardOf: value })
    else parent[key] = structuredClone(value)
  }
  return copy
}

function expectSameVerdict(answer: Answer, offline: Validation): void {
  const findings = offline.findings.map(({ path, message }) => `${path}: ${message}`)
  const told = { server: answer.body.message, offline: findings }
  expect({ accepted: findings.length === 0, ...told }).toEqual({ accepted: answer.status < 300, ...told })
  if (answer.status < 300) expect(offline.object.spec).toEqual(answer.body.spec)
}

describeWithControlPlane('a real API server and the offline validator agree', cluster => {
  let namespace = ''
  let name = 0
  beforeAll(async () => {
    namespace = await cluster().createNamespace('mutations')
  })
  const original = fc.constantFrom(...originals)
  const changes = fc.array(change, { minLength: 1, maxLength: 2 })
  const lists = (object: Thing) => {
    const kind = kinds.get(String(object.kind))
    if (!kind) throw new Error(`there is no kind ${String(object.kind)}`)
    return { path: `/apis/tenure.dev/v1alpha1/namespaces/${namespace}/${kind.plural}`, validator: kind.validator }
  }
  const query = 'dryRun=All&fieldValidation=Strict'
  const placed = (object: Thing, more: object = {}): Thing => ({
    ...object,
    metadata: { ...(object.metadata as Thing), namespace, ...more },
  })

  test(`on ${RUNS} new objects with something odd in them`, { timeout: 60_000 + 200 * RUNS }, async () => {
    const isAlike = fc.asyncProperty(original, changes, async (object, odd) => {
      const { path, validator } = lists(object)
      const given = placed(changed(object, odd))
      expectSameVerdict(await cluster().call('POST', `${path}?${query}`, given), validator.validate(given))
    })
    await fc.assert(isAlike, { numRuns: RUNS })
  })

  test(`on ${RUNS} changes of an object that is there`, { timeout: 60_000 + 400 * RUNS }, async () => {
    const isAlike = fc.asyncProperty(original, changes, async (object, odd) => {
      const { path, validator } = lists(object)
      const own = `changing-${++name}`
      const stored = await cluster().call('POST', path, placed(object, { name: own }))
      const { resourceVersion } = stored.body.metadata as { resourceVersion: string }
      const given = placed(changed(object, odd), { name: own, resourceVersion })
      const answer = await cluster().call('PUT', `${path}/${own}?${query}`, given)
      await cluster().call('DELETE', `${path}/${own}`)
      expectSameVerdict(answer, validator.validate(given, stored.body))
    })
    await fc.assert(isAlike, { numRuns: RUNS })
  })
})
