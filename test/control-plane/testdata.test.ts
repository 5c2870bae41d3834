import { beforeAll, expect, test } from 'vitest'
import { compileCrd, type Validation } from '../../src/source/schema.ts'
import { type Case, readCases } from './cases.ts'
import { type Answer, readCrds } from './cluster.ts'
import { describeWithControlPlane } from './shared.ts'

type Thing = Readonly<Record<string, unknown>>

const crds = readCrds()
const kinds = new Map(
  crds.map(crd => [crd.spec.names.kind, { plural: crd.spec.names.plural, validator: compileCrd(crd) }]),
)

const kindOf = (object: Thing) => {
  const kind = kinds.get(String(object.kind))
  if (!kind) throw new Error(`there is no kind ${String(object.kind)}`)
  return kind
}
const strict = 'fieldValidation=Strict'

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

describeWithControlPlane('a real API server judges crds/testdata as the offline validator does', cluster => {
  let namespace = ''
  beforeAll(async () => {
    namespace = await cluster().createNamespace('testdata')
  })
  const path = (object: Thing) => `/apis/tenure.dev/v1alpha1/namespaces/${namespace}/${kindOf(object).plural}`
  const named = (object: Thing) => `${path(object)}/${(object.metadata as { name: string }).name}`
  const placed = (object: Thing): Thing => ({ ...object, metadata: { ...(object.metadata as Thing), namespace } })

  const create = async ({ objects: [object = {}] }: Case) => {
    const given = placed(object)
    const answer = await cluster().call('POST', `${path(given)}?dryRun=All&${strict}`, given)
    expectAgreement(answer, kindOf(given).validator.validate(given))
  }
  test.each(readCases('valid'))('$name is accepted', create)
  test.each(readCases('invalid'))('$name is refused', create)

  test.each(readCases('transition'))(
    '$name is judged by what was there before',
    async ({ objects: [before = {}, after = {}] }) => {
      const [stored, given] = [placed(before), placed(after)]
      const created = await cluster().call('POST', `${path(stored)}?${strict}`, stored)
      expect(created).toMatchObject({ status: 201 })
      const { resourceVersion } = created.body.metadata as { resourceVersion: string }
      const update = { ...given, metadata: { ...(given.metadata as Thing), resourceVersion } }
      const answer = await cluster().call('PUT', `${named(given)}?dryRun=All&${strict}`, update)
      await cluster().call('DELETE', named(stored))
      expectAgreement(answer, kindOf(given).validator.validate(update, created.body))
    },
  )

  test('the CRDs are structural and accepted without a complaint', async () => {
    for (const { metadata } of crds) {
      const answer = await cluster().call(
        'GET',
        `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`,
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
    const object = placed(one?.objects[0] ?? {})
    const created = await cluster().call('POST', path(object), object)
    expect(created.body.status).toEqual({ observedGeneration: -1 })
    await cluster().call('DELETE', named(object))
  })
})
