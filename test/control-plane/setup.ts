import { createServer, type Server } from 'node:http'
import type { TestProject } from 'vitest/node'
import { type Assets, findAssets } from './assets.ts'
import type { Whereabouts } from './cluster.ts'
import { type ControlPlane, startControlPlane } from './index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for the control plane they share: GET /assets, GET /cluster. */
    sharedControlPlane: string
  }
}

/** What a test file is told at /cluster. */
export type SharedCluster = Whereabouts | { readonly failed: string }

let assets: Promise<Assets> | undefined
let shared: Promise<ControlPlane> | undefined

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function findAndSay(): Promise<Assets> {
  const slow = setTimeout(
    () => say('script/control-plane builds a Kubernetes control plane, which takes minutes …'),
    5000,
  )
  const found = await findAssets()
  clearTimeout(slow)
  if ('missing' in found) say(`There is no real API server for the tests that need one: ${found.missing}`)
  return found
}

const lookForAssets = (): Promise<Assets> => {
  assets ??= findAndSay()
  return assets
}

async function start(): Promise<ControlPlane> {
  const found = await lookForAssets()
  if ('missing' in found) throw new Error(found.missing)
  const controlPlane = await startControlPlane(found.folder)
  await controlPlane.applyCrds()
  return controlPlane
}

async function answer(path: string | undefined): Promise<Assets | SharedCluster> {
  if (path === '/assets') return lookForAssets()
  shared ??= start()
  return shared.then(
    ({ whereabouts }) => whereabouts,
    (error: Error) => ({ failed: error.message }),
  )
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    })
  })
}

/** Once per run: lets test files ask for one control plane that they share. It is started when the first of them asks. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    void answer(request.url).then(told => response.end(JSON.stringify(told)))
  })
  project.provide('sharedControlPlane', await listen(server))
  return async () => {
    server.closeAllConnections()
    server.close()
    const running = await shared?.catch(() => undefined)
    await running?.stop()
  }
}
