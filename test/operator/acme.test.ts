import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ClusterScene, exampleText } from './cluster-scene.ts'

const seed = JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/acme/tenants.json'), 'utf8')) as object
let scene: ClusterScene

afterEach(async () => {
  await scene.close()
})

test('the example company, applied to a cluster, becomes Ready as a whole, and then nothing is written any more', async () => {
  scene = await ClusterScene.start({ seed })
  const text = exampleText('acme')
  await scene.claim(text)
  scene.create(text)
  scene.operate()
  const kinds = ['IdentityProvider', 'GroupMapping', 'Employee']
  const unready = () =>
    kinds.flatMap(kind =>
      scene.list(kind).flatMap(({ metadata }) => {
        const ready = scene.condition(kind, metadata.name)
        return ready?.status === 'True' ? [] : [`${kind}/${metadata.name}: ${ready?.reason} ${ready?.message}`]
      }),
    )
  await scene.until('everything Ready', () => unready().length === 0)
  expect(unready()).toEqual([])
})

test('a quiet operator writes nothing, and a change reaches the provider at once', async () => {
  scene = await ClusterScene.start({ seed })
  const text = exampleText('acme')
  await scene.claim(text)
  scene.create(text)
  scene.operate()
  const names = scene.list('Employee').map(({ metadata }) => metadata.name)
  const allReady = () => names.every(name => scene.condition('Employee', name)?.status === 'True')
  await scene.until('everybody Ready', allReady)
  const anotherPass = async (touched: string) => {
    const passes = scene.reports.length
    scene.patch('IdentityProvider', 'okta', { metadata: { annotations: { touched } } })
    await scene.until('another pass', () => scene.reports.length > passes)
  }
  await anotherPass('once')
  scene.cluster.seen.length = 0
  await anotherPass('twice')
  const writes = () =>
    scene.cluster.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
  expect(writes()).toEqual([])

  const [ada] = names
  if (ada === undefined) throw new Error('the example has nobody')
  scene.patch('Employee', ada, { spec: { title: 'Chief of Everything' } })
  await scene.until('the title at both providers', () => {
    const { okta, entra } = scene.tenants.simulator.tenants
    return JSON.stringify([okta.state(), entra.state()]).match(/Chief of Everything/g)?.length === 2
  })
  await scene.until('Ready again', () => {
    const { metadata, status } = scene.get('Employee', ada) ?? { metadata: undefined, status: undefined }
    return status?.observedGeneration === metadata?.generation && scene.condition('Employee', ada)?.status === 'True'
  })
})

test('a deleted Employee is offboarded before it goes, and its record is gone with it', async () => {
  scene = await ClusterScene.start({ seed })
  const text = exampleText('acme')
  await scene.claim(text)
  scene.create(text)
  scene.operate()
  const names = scene.list('Employee').map(({ metadata }) => metadata.name)
  await scene.until('everybody Ready', () => names.every(name => scene.condition('Employee', name)?.status === 'True'))
  const leaver = names.find(name => scene.get('Employee', name)?.metadata.finalizers?.length === 1) ?? ''
  const login = String(scene.get('Employee', leaver)?.spec?.workEmail)
  scene.delete('Employee', leaver)
  await scene.until('the Employee gone', () => scene.get('Employee', leaver) === undefined)
  const user = scene.tenants.simulator.tenants.okta.state().users?.find(({ profile }) => profile.login === login)
  expect(user?.status).toMatch(/SUSPENDED|DEPROVISIONED/)
})

test('an operator that ends and begins again knows from the statuses what it did, and does nothing twice', async () => {
  scene = await ClusterScene.start({ seed })
  const text = exampleText('acme')
  await scene.claim(text)
  scene.create(text)
  scene.operate()
  const names = scene.list('Employee').map(({ metadata }) => metadata.name)
  const allReady = () => names.every(name => scene.condition('Employee', name)?.status === 'True')
  await scene.until('everybody Ready', allReady)
  await scene.stop()
  const before = JSON.stringify(scene.list('Employee'))
  const passes = scene.reports.length
  scene.operate()
  await scene.until('a pass', () => scene.reports.length > passes)
  expect(scene.reports.at(-1)?.providers.flatMap(one => one.outcomes)).toEqual([])
  expect(JSON.stringify(scene.list('Employee'))).toBe(before)
})
