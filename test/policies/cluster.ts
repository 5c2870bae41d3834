import { Agent, type RequestOptions, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import type { Thing } from './cases.ts'

/** What the API server answered. */
export interface Answer {
  readonly status: number
  readonly body: Thing
}

/** One call. `user` is impersonated; without one the caller is the administrator of the kubeconfig. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: Thing
  readonly user?: string
  /** Of the body; JSON if absent. */
  readonly type?: string
}

/** An API server that is really there. */
export interface Cluster {
  call(call: Call): Promise<Answer>
  /** Throws when the answer is none of success. */
  expectDone(call: Call): Promise<Thing>
  close(): void
}

const answerOf = (status: number, text: string): Answer => ({
  status,
  body: text.startsWith('{') ? (JSON.parse(text) as Thing) : { text },
})

function send(options: RequestOptions, body: Thing | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())))
    })
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}

/** Reaches the cluster of the current context of a kubeconfig. */
export async function connect(kubeconfig: string): Promise<Cluster> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const server = new URL(config.getCurrentCluster()?.server ?? '')
  const given: RequestOptions = {}
  await config.applyToHTTPSOptions(given)
  const { agent: _, headers, ...tls } = given
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 8 } as ConstructorParameters<typeof Agent>[0])
  const call = ({ method, path, body, user, type = 'application/json' }: Call) =>
    send(
      {
        ...tls,
        agent,
        method,
        path,
        host: server.hostname.replaceAll(/[[\]]/g, ''),
        port: server.port || 443,
        headers: { ...headers, 'content-type': type, ...(user && { 'impersonate-user': user }) },
      },
      body,
    )
  return {
    call,
    async expectDone(one) {
      const { status, body } = await call(one)
      if (status >= 300) throw new Error(`${one.method} ${one.path}: ${status} ${String(body.message)}`)
      return body
    },
    close: () => agent.destroy(),
  }
}

/** Asks again until the answer is as wanted; throws after some seconds. */
export async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`${what} did not come about`)
    await sleep(50)
  }
}
