import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SnapshotError } from '../../model/errors.ts'
import { type OktaClient, oktaClient } from './client.ts'
import { objectOf } from './json.ts'
import { wholeList } from './paging.ts'
import { groupMembers } from './requests.ts'
import { hasty, signal } from './testing/org.ts'

/** A page as a server would send it: ids, and the `after` of the next one. */
interface Page {
  readonly ids: readonly string[]
  readonly next?: string
}

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A client of a server that answers each request for members by `pageFor`. */
async function serving(pageFor: (limit: number, after: string) => Page): Promise<OktaClient> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    if (url.pathname.startsWith('/oauth2/')) {
      response.end('{"access_token":"t","expires_in":3600}')
      return
    }
    const { ids, next } = pageFor(Number(url.searchParams.get('limit')), url.searchParams.get('after') ?? '')
    const links = [`<${url.href}>; rel="self"`]
    if (next !== undefined) {
      url.searchParams.set('after', next)
      links.push(`<${url.href}>; rel="next"`)
    }
    response.setHeader('link', links)
    response.end(JSON.stringify(ids.map(id => ({ id }))))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { privateKey } = await import('node:crypto').then(crypto =>
    crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  )
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const client = oktaClient({
    name: 'okta' as never,
    orgUrl: `http://127.0.0.1:${port}`,
    clientId: '0oa1',
    privateKey: async () => pem,
    scopes: ['okta.groups.read'],
    marker: 'tenure-managed',
    offboardingAction: 'Suspend',
    now: Date.now,
    extraAttributes: [],
    retry: hasty,
  })
  ends.push(
    () => client.close(),
    () => new Promise(resolve => server.close(resolve)),
  )
  return client
}

function read(client: OktaClient): Promise<ReadonlyMap<string, unknown>> {
  const parse = (json: unknown) => ({ id: `${objectOf(json).id}` })
  const page = (limit: number) => groupMembers('00g1', limit)
  return wholeList(client, { what: 'the members', page, parse, limits: [4, 3] }, signal)
}

const people = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `u${index}`)

/** Pages of an honest server. */
function honest(all: readonly string[]): (limit: number, after: string) => Page {
  return (limit, after) => {
    const start = Number(after || 0)
    const ids = all.slice(start, start + limit)
    return start + limit < all.length ? { ids, next: `${start + limit}` } : { ids }
  }
}

describe('a list', () => {
  test.each([0, 1, 3, 4, 5, 8, 12, 13])('of %i is read whole', async count => {
    expect([...(await read(await serving(honest(people(count))))).keys()]).toEqual(people(count))
  })

  test('whose server gives an empty last page is read whole', async () => {
    const pages = honest(people(8))
    const client = await serving((limit, after) => {
      const page = pages(limit, after)
      return page.next === undefined && page.ids.length > 0 ? { ...page, next: '8' } : page
    })
    expect((await read(client)).size).toBe(8)
  })

  test('whose first page is empty is read whole', async () => {
    const pages = honest(people(7))
    const client = await serving((limit, after) => (after === '' ? { ids: [], next: '0' } : pages(limit, after)))
    expect((await read(client)).size).toBe(7)
  })

  test('whose server gives fewer than asked for is read whole', async () => {
    const pages = honest(people(7))
    expect((await read(await serving((_limit, after) => pages(2, after)))).size).toBe(7)
  })

  const broken: Readonly<Record<string, (limit: number, after: string) => Page>> = {
    'breaks off after a full page': limit => ({ ids: people(limit) }),
    'leads back to a page already read': (limit, after) => ({
      ids: people(limit).map(id => `${after}${id}`),
      next: after === '' ? 'a' : '',
    }),
    'gives the same page under ever new links': (limit, after) => ({ ids: people(limit), next: `${after}x` }),
    'names somebody twice on one page': () => ({ ids: ['u1', 'u1'] }),
    'has only empty pages': (_limit, after) => (after === '' ? { ids: [], next: 'a' } : { ids: [] }),
    'shows other people with every page size': (limit, after) =>
      after === '' ? { ids: [], next: 'a' } : { ids: people(9).slice(limit) },
  }
  test.each(Object.entries(broken))('that %s is refused', async (_sentence, pageFor) => {
    await expect(read(await serving(pageFor))).rejects.toThrow(SnapshotError)
  })

  test('that was broken the first time is read again', async () => {
    const pages = honest(people(10))
    let first = true
    const client = await serving((limit, after) => {
      const page = pages(limit, after)
      if (!first) return page
      first = false
      return { ids: page.ids }
    })
    expect((await read(client)).size).toBe(10)
  })
})
