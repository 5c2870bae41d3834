import type { SimulatedReply } from '../kernel.ts'
import { type Call, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { objectMemberOf, objectTransitiveMemberOf } from './directory-objects.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { NEEDS } from './permissions.ts'
import { notFound } from './reply.ts'
import { type Route, route } from './route.ts'
import { objectReply } from './users.ts'

function allContacts(call: Call): Listing {
  return {
    context: 'contacts',
    kinds: ['orgContact'],
    objects: call.world.directory.all('orgContact').values(),
    all: true,
  }
}

function contactOf(call: Call): DirectoryObject {
  const contact = call.world.directory.find(param(call), 'orgContact')
  if (contact === undefined) throw notFound(param(call))
  return contact
}

/** Organisational contacts: they come from a local directory or from Exchange, and Microsoft Graph only reads them. */
export const CONTACT_ROUTES: readonly Route[] = [
  route('GET /contacts', NEEDS.readContacts, call => pageReply(call, allContacts(call))),
  route('GET /contacts/$count', NEEDS.readContacts, call => countReply(call, allContacts(call))),
  route(
    'GET /contacts/{}',
    NEEDS.readContacts,
    (call): SimulatedReply => objectReply(call, contactOf(call), 'contacts'),
  ),
  route('GET /contacts/{}/memberOf', NEEDS.readContacts, objectMemberOf),
  route('GET /contacts/{}/transitiveMemberOf', NEEDS.readContacts, objectTransitiveMemberOf, 2),
]
