import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from './index.ts'
import { describeWithOwnControlPlane, skipWithoutControllers } from './shared.ts'

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 40_000
  while (!(await isSo()) && Date.now() < end) await sleep(50)
}

describeWithOwnControlPlane('a control plane of its own', programs => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane(programs)
  }, 120_000)
  afterAll(() => plane?.stop())
  const status = async (path: string) => (await plane.call('GET', path)).status
  const maps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`

  test('keeps its data when its API server is killed, and comes back on the same port', async () => {
    await plane.call('POST', maps('default'), configMap('kept'))
    await plane.kill()
    await expect(plane.call('GET', '/readyz')).rejects.toThrow('ECONNREFUSED')
    await plane.restart()
    expect(await status(`${maps('default')}/kept`)).toBe(200)
  })

  test('takes connections but does not answer while it is paused, and answers once it is resumed', async () => {
    await plane.pause()
    const answer = plane.call('GET', '/version')
    const first = await Promise.race([answer, sleep(300, 'nothing yet')])
    plane.resume()
    expect(first).toBe('nothing yet')
    expect((await answer).body).toMatchObject({ gitVersion: expect.stringMatching(/^v1\./) })
  })

  test('knows who calls by a certificate, and lets them do what their roles allow', async () => {
    const group = 'people-readers'
    const reader = plane.kubeconfigFor({ user: 'grace', groups: [group, 'others'] })
    await plane.kubectl(['create', 'role', 'reader', '--verb=list', '--resource=configmaps'])
    await plane.kubectl(['create', 'rolebinding', 'reader', '--role=reader', `--group=${group}`])
    expect(await plane.kubectl(['auth', 'whoami', '-o', 'json'], { kubeconfig: reader })).toContain('"grace"')
    expect(await plane.kubectl(['get', 'configmaps', '-o', 'name'], { kubeconfig: reader })).toContain('configmap/kept')
    await expect(plane.kubectl(['get', 'secrets'], { kubeconfig: reader })).rejects.toThrow(
      /User "grace" cannot list .*secrets/,
    )
  })

  test('notes who wrote what, refused or not, and no reading', async () => {
    const before = plane.writes().length
    await plane.call('GET', `${maps('default')}/kept`)
    await plane.call('PATCH', `${maps('default')}/kept`, { data: { a: 'b' } }, 'application/merge-patch+json')
    await plane.call('DELETE', `${maps('default')}/nothing`)
    const writes = plane.writes().slice(before)
    expect(writes.filter(({ user }) => user === 'admin')).toMatchObject([
      { verb: 'patch', resource: 'configmaps', namespace: 'default', name: 'kept', code: 200 },
      { verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'nothing', code: 404 },
    ])
  })

  test('lets a deleted namespace go with all that was in it', async context => {
    skipWithoutControllers(plane, context)
    const namespace = await plane.createNamespace()
    await plane.call('POST', maps(namespace), configMap('inside'))
    await plane.call('DELETE', `/api/v1/namespaces/${namespace}`)
    await until(async () => (await status(`/api/v1/namespaces/${namespace}`)) === 404)
    expect(await status(`/api/v1/namespaces/${namespace}`)).toBe(404)
    expect(await status(`${maps(namespace)}/inside`)).toBe(404)
  })

  test('collects what no owner is left of', async context => {
    skipWithoutControllers(plane, context)
    const owner = await plane.call('POST', maps('default'), configMap('owner'))
    const { uid } = owner.body.metadata as { uid: string }
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]
    await plane.call('POST', maps('default'), configMap('owned', { ownerReferences }))
    await plane.call('DELETE', `${maps('default')}/owner`)
    await until(async () => (await status(`${maps('default')}/owned`)) === 404)
    expect(await status(`${maps('default')}/owned`)).toBe(404)
  })

  test('leaves neither a process nor a file when it is stopped, even paused', async () => {
    const other = await startControlPlane(programs)
    const { pids } = other
    expect(pids).toHaveLength(other.hasControllers ? 3 : 2)
    await other.pause()
    await other.stop()
    expect(pids.filter(isAlive)).toEqual([])
    expect(existsSync(other.whereabouts.folder)).toBe(false)
  })

  test('leaves neither a process nor a file when the process that started it is killed', async () => {
    const program = `
      const { startControlPlane } = await import(process.argv[1])
      const { pids, whereabouts } = await startControlPlane(process.argv[2])
      console.log(JSON.stringify({ pids, folder: whereabouts.folder }))`
    const module = join(import.meta.dirname, 'index.ts')
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
    const flags = ['--input-type=module', '--eval', program, module, programs]
    const starter = spawn(process.execPath, flags, { stdio })
    const [line] = await once(starter.stdout, 'data')
    const { pids, folder } = JSON.parse(String(line)) as { pids: number[]; folder: string }
    expect(pids.filter(isAlive)).toEqual(pids)
    starter.kill('SIGKILL')
    await until(() => !pids.some(isAlive) && !existsSync(folder))
    expect(pids.filter(isAlive)).toEqual([])
    expect(existsSync(folder)).toBe(false)
  })
})
