import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RequestContext } from '@kubernetes/client-node'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { FakeCluster } from '../../test/kube/fake/cluster.ts'
import { isWatch } from '../../test/kube/fake/faults.ts'
import { type HttpFront, listen } from '../../test/kube/fake/http.ts'
import { plainConfig } from '../../test/kube/plain-config.ts'
import { WIDGET_DEFINITION, type Widget, widget, widgetPath } from '../../test/kube/widgets.ts'
import { createClientCertificate, createServerCertificate } from '../simulator/certificate.ts'
import { KubeClient } from './client.ts'
import { Unanswered } from './errors.ts'
import { connect, loadKubeconfig, type PooledKubeConfig } from './kubeconfig.ts'
import { Reflector } from './reflector.ts'
import { textOf } from './send.ts'
import { machineTime } from './time.ts'

const folder = mkdtempSync(join(tmpdir(), 'tenure-kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(content: string): string {
  files += 1
  const path = join(folder, `file-${files}`)
  writeFileSync(path, content)
  return path
}

/** A kubeconfig in YAML for a server, with whatever its cluster and its user have besides. */
function kubeconfig(server: string, cluster: object, user: object, context: object = {}): string {
  return file(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'c', cluster: { server, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [
        { name: 'here', context: { cluster: 'c', user: 'u', ...context } },
        { name: 'there', context: { cluster: 'c', user: 'u', namespace: 'elsewhere' } },
      ],
    }),
  )
}

async function served(tls?: Parameters<typeof listen>[1]): Promise<{ cluster: FakeCluster; front: HttpFront }> {
  const cluster = new FakeCluster({ definitions: [WIDGET_DEFINITION] })
  const front = await listen(cluster, tls)
  onTestFinished(() => front.stop())
  return { cluster, front }
}

function clientOver(config: PooledKubeConfig): KubeClient {
  const client = new KubeClient(connect(config), { version: '1.2.3' })
  onTestFinished(() => client.close())
  return client
}

const plain = { 'insecure-skip-tls-verify': true }

describe('connections', () => {
  test('are used again: two hundred calls one after the other need two at most, where the stock client opens two hundred', async () => {
    const { front } = await served()
    const client = clientOver(plainConfig(front.url))
    for (let call = 0; call < 200; call += 1) await client.list(widgetPath())
    expect(front.sockets).toBeLessThanOrEqual(2)
  })

  test('are few, however many calls there are at once', async () => {
    const { front } = await served()
    const client = clientOver(plainConfig(front.url))
    await Promise.all(Array.from({ length: 200 }, () => client.list(widgetPath())))
    expect(front.sockets).toBeLessThanOrEqual(4)
  })

  test('over HTTP/2 carry every call and every watch on a few sockets, and all watches come back when these are cut', async () => {
    const { certPem, keyPem, caPem } = createServerCertificate()
    const { cluster, front } = await served({ cert: certPem, key: keyPem })
    const path = kubeconfig(front.url, { 'certificate-authority': file(caPem) }, {})
    const client = clientOver(loadKubeconfig({ path }))
    const stop = new AbortController()
    const hurried = {
      now: () => machineTime.now(),
      sleep: (ms: number, signal?: AbortSignal) => machineTime.sleep(ms < 5000 ? ms / 50 : ms, signal),
    }
    const follow = () => new Reflector<Widget>({ client, path: widgetPath(), time: hurried })
    const reflectors = Array.from({ length: 5 }, follow)
    const have = async (size: number) => {
      while (reflectors.some(reflector => reflector.store.size < size)) await machineTime.sleep(5)
    }
    const runs = reflectors.map(reflector => reflector.run(stop.signal))
    await Promise.all(reflectors.map(reflector => reflector.synced))
    await Promise.all(Array.from({ length: 50 }, () => client.list(widgetPath())))
    await client.create(widgetPath(), widget('a'))
    await have(1)
    expect(front.sockets).toBeLessThanOrEqual(3)
    expect(cluster.streams).toBe(5)
    front.cut()
    cluster.call('POST', widgetPath(), widget('b'))
    await have(2)
    expect(cluster.seen.filter(({ path: asked }) => asked.includes('limit=500')).length).toBe(5 + 50)
    stop.abort(new Error('over'))
    await Promise.all(runs)
  })

  test('for watches are apart, so that any number of them keeps no call from going out', async () => {
    const { cluster, front } = await served()
    const client = clientOver(plainConfig(front.url))
    const stop = new AbortController()
    const open = () => client.watch(widgetPath(), { resourceVersion: '', timeoutSeconds: 300, signal: stop.signal })
    const bodies = await Promise.all(Array.from({ length: 12 }, open))
    expect(cluster.streams).toBe(12)
    expect((await client.list(widgetPath())).items).toEqual([])
    stop.abort(new Error('over'))
    await Promise.all(bodies.map(body => expect(textOf(body)).rejects.toThrow()))
  })

  test('of the official client made from the same configuration share the pool', async () => {
    const { front } = await served()
    const config = plainConfig(front.url)
    const client = clientOver(config)
    await client.list(widgetPath())
    const contexts = [new RequestContext(front.url, 'GET' as never), new RequestContext(front.url, 'GET' as never)]
    for (const context of contexts) await config.applySecurityAuthentication(context)
    expect(contexts[0]?.getDispatcher()).toBeDefined()
    expect(contexts[0]?.getDispatcher()).toBe(contexts[1]?.getDispatcher())
  })

  test('are trusted by the authority of the file as it is now: one that changes is used from then on', async () => {
    const { certPem, keyPem, caPem } = createServerCertificate()
    const { front } = await served({ cert: certPem, key: keyPem })
    const authority = file(caPem)
    const client = clientOver(
      loadKubeconfig({ path: kubeconfig(front.url, { 'certificate-authority': authority }, {}) }),
    )
    await client.list(widgetPath())
    writeFileSync(authority, createServerCertificate().caPem)
    await expect(client.list(widgetPath())).rejects.toThrow(Unanswered)
    writeFileSync(authority, caPem)
    await client.list(widgetPath())
  })

  test('are made anew with a new client certificate, and kept while only the token changes', async () => {
    const { certPem, keyPem, caPem } = createServerCertificate()
    const { front } = await served({ cert: certPem, key: keyPem, requestCert: true })
    const own = createClientCertificate('tenure')
    const [cert, key] = [file(own.certPem), file(own.keyPem)]
    const config = loadKubeconfig({
      path: kubeconfig(
        front.url,
        { 'certificate-authority': file(caPem) },
        { 'client-certificate': cert, 'client-key': key, token: 'one' },
      ),
    })
    const client = clientOver(config)
    await client.list(widgetPath())
    config.users = config.users.map(user => ({ ...user, token: 'two' }))
    await client.list(widgetPath())
    expect(front.sockets).toBe(1)
    const next = createClientCertificate('tenure')
    writeFileSync(cert, next.certPem)
    writeFileSync(key, next.keyPem)
    await client.list(widgetPath())
    expect(front.sockets).toBe(2)
  })

  test('that are reset are an answer that never came', async () => {
    const { cluster, front } = await served()
    const client = clientOver(plainConfig(front.url))
    cluster.faults.plan({ when: () => true, effect: { kind: 'lose' } })
    await expect(client.create(widgetPath(), widget('a'))).rejects.toThrow(Unanswered)
    expect((await client.list<Widget>(widgetPath())).items).toHaveLength(1)
  })

  test('are all given back: calls end, open watches are cut', async () => {
    const { cluster, front } = await served()
    const client = new KubeClient(connect(plainConfig(front.url)), { version: '1.2.3' })
    cluster.faults.plan({ when: request => !isWatch(request), effect: { kind: 'delay', ms: 50 } })
    const body = await client.watch(widgetPath(), { resourceVersion: '', timeoutSeconds: 300 })
    const cut = expect(textOf(body)).rejects.toThrow()
    const called = client.list(widgetPath())
    await new Promise(resolve => setTimeout(resolve, 20))
    await client.close()
    expect((await called).items).toEqual([])
    await cut
  })
})

describe('a kubeconfig', () => {
  test('gives the server, the namespace of its context, and default where that has none', () => {
    const path = kubeconfig('http://127.0.0.1:1', plain, {})
    expect(connect(loadKubeconfig({ path })).namespace).toBe('default')
    expect(connect(loadKubeconfig({ path, context: 'there' })).namespace).toBe('elsewhere')
  })

  test('authenticates each request, by a token file that may end in a line end too', async () => {
    const { cluster, front } = await served()
    const inline = clientOver(loadKubeconfig({ path: kubeconfig(front.url, plain, { token: 'inline' }) }))
    await inline.list(widgetPath())
    const tokenFile = file('from-file\n')
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }
    await clientOver(loadKubeconfig({ path: kubeconfig(front.url, plain, user) })).list(widgetPath())
    expect(cluster.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer inline', 'Bearer from-file'])
    expect(cluster.seen[0]?.headers['user-agent']).toBe('tenure/1.2.3')
  })

  test('that cannot be read is said to be so, by its name', () => {
    const missing = join(folder, 'missing')
    expect(() => loadKubeconfig({ path: missing })).toThrow(`${missing} cannot be read as a kubeconfig`)
    const empty = file('')
    expect(() => loadKubeconfig({ path: empty })).toThrow(`${empty} cannot be read as a kubeconfig`)
  })

  test('without the context that is asked for says which there are', () => {
    const path = kubeconfig('http://127.0.0.1:1', plain, {})
    expect(() => loadKubeconfig({ path, context: 'nowhere' })).toThrow('"nowhere": choose one of "here", "there"')
  })

  test('of a pod is its service account', () => {
    const before = { host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT }
    process.env.KUBERNETES_SERVICE_HOST = 'fd00::1'
    process.env.KUBERNETES_SERVICE_PORT = '443'
    try {
      expect(loadKubeconfig({}).getCurrentCluster()?.server).toBe('https://[fd00::1]:443')
    } finally {
      restore('KUBERNETES_SERVICE_HOST', before.host)
      restore('KUBERNETES_SERVICE_PORT', before.port)
    }
  })
})

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
