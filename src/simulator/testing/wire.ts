import { readFileSync } from 'node:fs'
import { type Agent, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import type { Simulator } from '../index.ts'

/** An answer as it came over the wire. */
export interface WireReply {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What a request may say besides its address. */
export interface WireRequest {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
  /** The request target, where it is not the address's path. */
  readonly path?: string
  /** The authority to trust (PEM). */
  readonly ca?: string
}

/** Sends one request over a socket. */
export function send(address: string, options: WireRequest = {}): Promise<WireReply> {
  const { body = '', method = 'GET', ...rest } = options
  return new Promise((resolve, reject) => {
    const ask = address.startsWith('https:') ? httpsRequest : httpRequest
    const request = ask(address, { method, ...rest }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk as Buffer))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Everything a plain-text socket answers to these lines, header lines as they are. */
export function rawAnswer(address: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () =>
      socket.write(`${[...lines, 'Connection: close', '', ''].join('\r\n')}`),
    )
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
}

/** Short ways to ask a running simulator. */
export class Wire {
  readonly #simulator: Simulator
  readonly ca: string
  #token = ''

  constructor(simulator: Simulator) {
    this.#simulator = simulator
    this.ca = readFileSync(simulator.entra.caFile, 'utf8')
  }

  /** Gets an access token with the client secret, and keeps it for `graph`. */
  async signIn(): Promise<WireReply> {
    const { tenantId, clientId, clientSecret, authorityHost } = this.#simulator.entra
    const body = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    })
    const reply = await send(`${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: body.toString(),
      ca: this.ca,
    })
    this.#token = String((JSON.parse(reply.text) as { access_token?: string }).access_token)
    return reply
  }

  readonly graph = (path: string, options: WireRequest = {}): Promise<WireReply> =>
    send(`${this.#simulator.entra.graphUrl}/v1.0${path}`, {
      ca: this.ca,
      ...options,
      headers: { authorization: `Bearer ${this.#token}`, ...options.headers },
    })

  readonly okta = (path: string, options: WireRequest = {}): Promise<WireReply> =>
    send(`${this.#simulator.okta.orgUrl}${path}`, {
      ...options,
      headers: { authorization: `SSWS ${this.#simulator.okta.apiToken}`, ...options.headers },
    })

  readonly control = (path: string, method = 'GET', body?: unknown): Promise<WireReply> =>
    send(`${this.#simulator.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}
