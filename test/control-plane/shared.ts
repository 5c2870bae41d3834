import { request } from 'node:http'
import { beforeAll, describe, inject, type TestContext, test } from 'vitest'
import type { Assets } from './assets.ts'
import { Cluster } from './cluster.ts'
import type { SharedCluster } from './setup.ts'

/** Starting takes seconds, but other tests want the machine too. */
const START_MS = 180_000

/** Asks the run itself; may take as long as building the programs does, so there is no time limit here. */
function ask<T>(path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, inject('sharedControlPlane')), response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve(JSON.parse(text) as T))
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Known before tests are collected, because what cannot run says so instead. */
const assets = await ask<Assets>('/assets')

const isCi = process.env.CI === 'true'

function describeWithPrograms(name: string, suite: (programs: string) => void): void {
  if (!('missing' in assets)) describe(name, () => suite(assets.folder))
  else if (isCi)
    test(`${name}: a real API server`, () => {
      throw new Error(`CI needs a real API server. ${assets.missing}`)
    })
  else describe.skip(`${name}: skipped. ${assets.missing}`, () => suite(''))
}

/**
 * A suite on a real API server, which all test files of a run share: each makes namespaces of its own, and nothing of the cluster
 * that others could stumble over. The CRDs are installed. Without the programs of an API server it is skipped and says why; with
 * `CI=true` it fails.
 *
 * @param suite gets a function that gives the API server once tests run
 */
export function describeWithControlPlane(name: string, suite: (cluster: () => Cluster) => void): void {
  describeWithPrograms(name, () => {
    let cluster: Cluster | undefined
    beforeAll(async () => {
      const told = await ask<SharedCluster>('/cluster')
      if ('failed' in told) throw new Error(told.failed)
      cluster = new Cluster(told)
    }, START_MS)
    suite(() => {
      if (!cluster) throw new Error('the API server is there only while tests run')
      return cluster
    })
  })
}

/**
 * A suite that starts control planes of its own, with startControlPlane of the folder it is given, because it kills them, say.
 * Skipped or failed without the programs as above.
 */
export function describeWithOwnControlPlane(name: string, suite: (programs: string) => void): void {
  describeWithPrograms(name, suite)
}

/** Skips a test that needs kube-controller-manager where KUBEBUILDER_ASSETS has none. @throws Error with `CI=true` */
export function skipWithoutControllers({ hasControllers }: Cluster, context: TestContext): void {
  if (hasControllers) return
  if (isCi) throw new Error('CI needs kube-controller-manager, which KUBEBUILDER_ASSETS lacks.')
  context.skip('kube-controller-manager is not there')
}
