import { Agent, type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { TenureError } from '../model/errors.ts'
import { type Health, type StatusServer, serveStatus } from './http.ts'
import { metricsOf } from './metrics.ts'

const well: Health = { live: true, ready: true, status: { passes: 1 } }
const open: StatusServer[] = []

async function serve(health: () => Health = () => well, metrics: { text(): Promise<string> } = metricsOf()) {
  const server = await serveStatus({ host: '127.0.0.1', port: 0, metrics, health })
  open.push(server)
  return server
}

interface Reply {
  readonly code: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function ask(url: string, options: { readonly method?: string; readonly agent?: Agent } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        body += chunk
      })
      response.on('end', () => resolve({ code: response.statusCode, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()))
})

describe('the status server', () => {
  it('serves figures, health and status', async () => {
    const { url } = await serve()
    const metrics = await ask(`${url}/metrics`)
    expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(metrics.body).toContain('# TYPE tenure_build_info gauge')
    expect((await ask(`${url}/healthz`)).code).toBe(200)
    expect((await ask(`${url}/readyz?verbose=1`)).code).toBe(200)
    expect(JSON.parse((await ask(`${url}/status`)).body)).toEqual({ passes: 1 })
    expect((await ask(`${url}/elsewhere`)).code).toBe(404)
  })

  it('answers 503 while not live or not ready, each on its own', async () => {
    let health: Health = { ...well, ready: false }
    const { url } = await serve(() => health)
    expect([(await ask(`${url}/healthz`)).code, (await ask(`${url}/readyz`)).code]).toEqual([200, 503])
    health = { ...well, live: false }
    expect([(await ask(`${url}/healthz`)).code, (await ask(`${url}/readyz`)).code]).toEqual([503, 200])
  })

  it('refuses every method but GET and HEAD', async () => {
    const { url } = await serve()
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await ask(`${url}/status`, { method })
      expect([method, reply.code, reply.headers.allow]).toEqual([method, 405, 'GET, HEAD'])
    }
    expect(await ask(`${url}/status`, { method: 'HEAD' })).toMatchObject({ code: 200, body: '' })
  })

  it('answers 500, and lives on, when the figures cannot be had', async () => {
    const { url } = await serve(() => well, { text: () => Promise.reject(new Error('a secret detail')) })
    const reply = await ask(`${url}/metrics`)
    expect([reply.code, reply.body.includes('secret')]).toEqual([500, false])
    expect((await ask(`${url}/healthz`)).code).toBe(200)
  })

  it('closes though a client keeps its connection', async () => {
    const server = await serve()
    const agent = new Agent({ keepAlive: true })
    await ask(`${server.url}/healthz`, { agent })
    await server.close()
    await expect(ask(`${server.url}/healthz`)).rejects.toThrow()
    agent.destroy()
  })

  it('does not wait for an answer that never comes', async () => {
    let asked: (() => void) | undefined
    const arrived = new Promise<void>(resolve => {
      asked = resolve
    })
    const server = await serve(() => well, {
      text: () => {
        asked?.()
        return new Promise(() => {})
      },
    })
    const reply = ask(`${server.url}/metrics`).catch((error: NodeJS.ErrnoException) => error.code)
    await arrived
    await server.close()
    expect(await reply).toBe('ECONNRESET')
  })

  it('says which flag to change when it cannot listen there', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    const second = serveStatus({ host: '127.0.0.1', port, metrics: metricsOf(), health: () => well })
    await expect(second).rejects.toThrow(TenureError)
    await expect(second).rejects.toThrow(`--http 127.0.0.1:${port}: cannot listen, something else listens there`)
  })
})
