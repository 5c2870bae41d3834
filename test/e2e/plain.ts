import { readFile } from 'node:fs/promises'
import { Agent, fetch as fetchWith } from 'undici'
import type { SimulatorAddresses } from '../../src/simulator/index.ts'

/** An object as a vendor's API gives it. */
export type Thing = Readonly<Record<string, unknown>>

/** Asks a tenant as any script would: plain requests, nothing of the product. */
export interface Plain {
  /** One request; the body of the answer. Throws on a status of 400 and more. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>
  /** A whole list, page by page. */
  list(path: string): Promise<readonly Thing[]>
  close(): Promise<void>
}

/** An Okta org, with its API token. */
export function plainOkta({ okta }: SimulatorAddresses): Plain {
  const headers = {
    authorization: `SSWS ${okta.apiToken}`,
    'content-type': 'application/json',
    accept: 'application/json',
  }
  const send = async (method: string, url: string, body?: unknown): Promise<Response> => {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
    return response
  }
  return {
    async ask(method, path, body) {
      const response = await send(method, `${okta.orgUrl}${path}`, body)
      return response.status === 204 ? undefined : response.json()
    },
    async list(path) {
      const all: Thing[] = []
      let next: string | undefined = `${okta.orgUrl}${path}`
      while (next !== undefined) {
        const response = await send('GET', next)
        all.push(...((await response.json()) as Thing[]))
        next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
      }
      return all
    },
    close: async () => undefined,
  }
}

/** An Entra tenant, with a token for its client secret. */
export async function plainGraph({ entra }: SimulatorAddresses): Promise<Plain> {
  const dispatcher = new Agent({ connect: { ca: await readFile(entra.caFile, 'utf8') } })
  const token = await fetchWith(`${entra.authorityHost}/${entra.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    dispatcher,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: entra.clientId,
      client_secret: entra.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token } = (await token.json()) as { readonly access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const url = path.startsWith('https:') ? path : `${entra.graphUrl}/v1.0${path}`
    const options = { method, headers, dispatcher, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetchWith(url, options)
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : response.json()
  }
  return {
    ask,
    async list(path) {
      const all: Thing[] = []
      let next: string | undefined = path
      while (next !== undefined) {
        const page = (await ask('GET', next)) as { readonly value: Thing[]; readonly '@odata.nextLink'?: string }
        all.push(...page.value)
        next = page['@odata.nextLink']
      }
      return all
    },
    close: () => dispatcher.close(),
  }
}
