import type { SimulatedReply } from '../kernel.ts'
import { type Call, noContent, ok, origin, type Route, userOf } from './call.ts'
import { selfLink } from './paging.ts'
import { blocksOf } from './user-view.ts'

/** What an org without such things answers about a user: nothing of the kind. */
function none(call: Call): SimulatedReply {
  userOf(call)
  return ok([])
}

/** The same with the `Link` that a list with pages has. */
function emptyPage(call: Call): SimulatedReply {
  userOf(call)
  return ok([], [['link', selfLink(call.request.url, 20)]])
}

/** There are no grants to revoke. */
function revokeGrants(call: Call): SimulatedReply {
  userOf(call)
  return noContent
}

/** What the org says about itself. Clients ask it to find out which engine it runs on. */
function orgMetadata(call: Call): SimulatedReply {
  const base = origin(call)
  return ok({
    id: '00o1simulatedOrg5d7',
    pipeline: call.org.switches.classicEngine ? 'v1' : 'idx',
    _links: { organization: { href: base }, alternate: { href: base } },
  })
}

function orgSettings(call: Call): SimulatedReply {
  const base = origin(call)
  const own = `${base}/api/v1/org`
  return ok({
    id: '00o1simulatedOrg5d7',
    subdomain: call.request.url.hostname.split('.')[0],
    companyName: 'Simulated org',
    status: 'ACTIVE',
    expiresAt: null,
    created: '2020-01-01T00:00:00.000Z',
    lastUpdated: '2020-01-01T00:00:00.000Z',
    website: 'https://example.com',
    phoneNumber: '',
    endUserSupportHelpURL: '',
    supportPhoneNumber: '',
    address1: null,
    address2: null,
    city: null,
    state: null,
    country: null,
    postalCode: null,
    _links: {
      preferences: { href: `${own}/preferences` },
      uploadLogo: { href: `${own}/logo`, hints: { allow: ['POST'] } },
      oktaCommunication: { href: `${own}/privacy/oktaCommunication` },
      logo: { href: `${base}/assets/img/logos/org.png` },
      oktaSupport: { href: `${own}/privacy/oktaSupport` },
      contacts: { href: `${own}/contacts` },
    },
  })
}

const ofUser = '/api/v1/users/:user'
const read = { method: 'GET', scope: 'okta.users.read', needs: 'okta.users.read', bucket: 'users' } as const
const write = { scope: 'okta.users.manage', needs: 'okta.users.credentials.manage', bucket: 'users' } as const

/** Questions about users that plain clients ask and this org answers with nothing, and what it says of itself. */
export const extraRoutes: readonly Route[] = [
  { ...read, path: `${ofUser}/grants`, answer: emptyPage },
  { method: 'DELETE', path: `${ofUser}/grants`, ...write, answer: revokeGrants },
  { ...read, path: `${ofUser}/clients`, answer: none },
  { ...read, path: `${ofUser}/idps`, answer: none },
  { ...read, path: `${ofUser}/devices`, answer: none },
  { ...read, path: `${ofUser}/blocks`, answer: call => ok(blocksOf(userOf(call))) },
  {
    method: 'GET',
    path: '/api/v1/org',
    scope: 'okta.orgs.read',
    needs: 'okta.users.read',
    bucket: 'other',
    answer: orgSettings,
  },
  {
    method: 'GET',
    path: '/.well-known/okta-organization',
    scope: '',
    needs: '',
    bucket: 'other',
    open: true,
    answer: orgMetadata,
  },
]
