import type { Simulator } from '../../src/simulator/index.ts'
import type { SimulatedReply, SimulatedRequest, Tenant } from '../../src/simulator/kernel.ts'

/** Every secret that went to or came from simulated tenants, by where it was seen. */
export class Overheard {
  readonly secrets = new Map<string, string>()

  add(secret: unknown, where: string): void {
    if (typeof secret === 'string' && secret.length >= 8 && !this.secrets.has(secret)) this.secrets.set(secret, where)
  }

  /** Where secrets are found in a text; empty when there are none. */
  in(text: string): readonly string[] {
    const found = [...this.secrets].filter(([secret]) => text.includes(secret)).map(([, where]) => where)
    const shapes = [
      /-----BEGIN [A-Z ]*PRIVATE KEY/,
      /\beyJ[\w-]{10,}\.[\w-]{10,}/,
      /\bBearer\s+\S{8}/,
      /\bSSWS\s+\S{8}/,
    ]
    return [...found, ...shapes.filter(shape => shape.test(text)).map(String)]
  }
}

/** Listens at both tenants from now on. */
export function overhear(simulator: Simulator): Overheard {
  const heard = new Overheard()
  for (const line of simulator.tenants.okta.privateKeyPem.split('\n'))
    if (!line.startsWith('-')) heard.add(line.trim(), 'the private key of the Okta app')
  heard.add(simulator.okta.apiToken, 'the API token of the Okta org')
  heard.add(simulator.entra.clientSecret, 'the client secret of the Entra application')
  for (const tenant of [simulator.tenants.okta, simulator.tenants.entra]) listenAt(tenant, heard)
  return heard
}

function listenAt(tenant: Tenant, heard: Overheard): void {
  const answer = tenant.handle.bind(tenant)
  tenant.handle = async (request: SimulatedRequest): Promise<SimulatedReply> => {
    const path = request.url.pathname
    heard.add(request.headers.authorization?.replace(/^\w+\s+/, ''), `the token of ${request.method} ${path}`)
    const body = request.body.toString('utf8')
    for (const field of ['client_assertion', 'client_secret'])
      heard.add(new URLSearchParams(body).get(field), `the ${field} of ${path}`)
    for (const [, password] of body.matchAll(/"password":"((?:[^"\\]|\\.)+)"/g))
      heard.add(JSON.parse(`"${password}"`), `a password in ${path}`)
    const reply = await answer(request)
    heard.add((reply.body as { readonly access_token?: unknown } | undefined)?.access_token, `a token of ${path}`)
    return reply
  }
}
