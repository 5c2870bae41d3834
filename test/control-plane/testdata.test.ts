import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { CustomResourceDefinition } from '../../src/api/crd.ts'
import { compileCrd, type Validation } from '../../src/source/schema.ts'
import { type Answer, type ApiServer, startApiServer } from './apiserver.ts'
import { type Case, readCases } from './cases.ts'

const assets = process.env.KUBEBUILDER_ASSETS
const reason = 'needs KUBEBUILDER_ASSETS, a folder with etcd and kube-apiserver'
const folder = join(import.meta.dirname, '../../crds')
type Thing = Readonly<Record<string, unknown>>

const crds = readdirSync(folder)
  .filter(name => name.endsWith('.yaml'))
  .map(name => parse(readFileSync(join(folder, name), 'utf8')) as CustomResourceDefinition)
const kinds = new Map(
  crds.map(crd => [crd.spec.names.kind, { plural: crd.spec.names.plural, validator: compileCrd(crd) }]),
)

const kindOf = (object: Thing) => {
  const kind = kinds.get(String(object.kind))
  if (!kind) throw new Error(`there is no kind ${String(object.kind)}`)
  return kind
}
const path = (object: Thing) => `/apis/tenure.dev/v1alpha1/namespaces/default/${kindOf(object).plural}`
const named = (object: Thing) => `${path(object)}/${(object.metadata as { name: string }).name}`
const strict = 'fieldValidation=Strict'
const inDefault = (object: Thing): Thing => ({
  ...object,
  metadata: { ...(object.metadata as Thing), namespace: 'default' },
})

/** Both judge alike; where it is a rule they say the same; what is accepted has the same defaults. */
function expectAgreement(answer: Answer, offline: Validation): void {
  const messages = offline.findings.map(({ path, message }) => `${path}: ${message}`)
  expect({ accepted: answer.status < 300, said: answer.body.message }).toEqual({
    accepted: messages.length === 0,
    said: messages.length === 0 ? undefined : expect.any(String),
  })
  for (const finding of offline.findings)
    if (finding.keyword === 'rule')
      expect(answer.body.message).toContain(/no day|duration/.test(finding.message) ? finding.path : finding.message)
  if (messages.length === 0) expect(answer.body.spec).toEqual(offline.object.spec)
}

describe.skipIf(assets === undefined)(
  `a real API server judges crds/testdata as the offline validator does (${reason})`,
  () => {
    let server: ApiServer

    beforeAll(async () => {
      server = await startApiServer(assets ?? '')
      for (const crd of crds) {
        const answer = await server.call(
          'POST',
          `/apis/apiextensions.k8s.io/v1/customresourcedefinitions?${strict}`,
          crd,
        )
        expect(answer).toMatchObject({ status: 201 })
      }
      for (const { plural } of kinds.values())
        for (let attempt = 0; attempt < 100; attempt++) {
          const list = await server.call('GET', `/apis/tenure.dev/v1alpha1/${plural}`)
          if (list.status === 200) break
          await sleep(100)
        }
    }, 120_000)
    afterAll(() => server?.stop())

    const create = async ({ objects: [object = {}] }: Case) => {
      const given = inDefault(object)
      const answer = await server.call('POST', `${path(given)}?dryRun=All&${strict}`, given)
      expectAgreement(answer, kindOf(given).validator.validate(given))
    }
    test.each(readCases('valid'))('$name is accepted', create)
    test.each(readCases('invalid'))('$name is refused', create)

    test.each(readCases('transition'))(
      '$name is judged by what was there before',
      async ({ objects: [before = {}, after = {}] }) => {
        const [stored, given] = [inDefault(before), inDefault(after)]
        const created = await server.call('POST', `${path(stored)}?${strict}`, stored)
        expect(created).toMatchObject({ status: 201 })
        const { resourceVersion } = created.body.metadata as { resourceVersion: string }
        const update = { ...given, metadata: { ...(given.metadata as Thing), resourceVersion } }
        const answer = await server.call('PUT', `${named(given)}?dryRun=All&${strict}`, update)
        await server.call('DELETE', named(stored))
        expectAgreement(answer, kindOf(given).validator.validate(update, created.body))
      },
    )

    test('the CRDs are structural and accepted without a complaint', async () => {
      for (const crd of crds) {
        const answer = await server.call(
          'GET',
          `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.spec.names.plural}.tenure.dev`,
        )
        const { conditions = [] } = answer.body.status as { conditions?: readonly { type: string; status: string }[] }
        expect(conditions.map(({ type, status }) => `${type}=${status}`).sort()).toEqual([
          'Established=True',
          'NamesAccepted=True',
        ])
      }
    })

    test('a new object is born with observedGeneration -1, so that no tool takes it for done', async () => {
      const [one] = readCases('valid')
      const object = inDefault(one?.objects[0] ?? {})
      const created = await server.call('POST', path(object), object)
      expect(created.body.status).toEqual({ observedGeneration: -1 })
      await server.call('DELETE', named(object))
    })
  },
)
