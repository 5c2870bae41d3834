import type { SimulatedReply } from '../kernel.ts'
import { type Call, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { checkObjectQuota } from './limits.ts'
import { graphDate, newProperties } from './new-object.ts'
import { badRequest, invalidValues, json } from './reply.ts'

const KNOWN = new Set(
  'invitedUserDisplayName invitedUserEmailAddress invitedUserMessageInfo invitedUserType inviteRedirectUrl resetRedemption sendInvitationMessage'.split(
    ' ',
  ),
)

function guestName(call: Call, mail: string): string {
  const { domains } = call.world.identity
  const initial = domains.find(domain => domain.endsWith('.onmicrosoft.com')) ?? domains[0] ?? ''
  return `${mail.replace('@', '_')}#EXT#@${initial}`
}

function addGuest(call: Call, mail: string, fields: Readonly<Record<string, unknown>>): DirectoryObject {
  const { world } = call
  const id = randomGuid(world.random)
  const given = {
    userPrincipalName: guestName(call, mail),
    displayName: typeof fields.invitedUserDisplayName === 'string' ? fields.invitedUserDisplayName : mail.split('@')[0],
    mail,
    mailNickname: `${mail.replace('@', '_')}#EXT#`,
    userType: fields.invitedUserType === 'Member' ? 'Member' : 'Guest',
    creationType: 'Invitation',
    externalUserState: 'PendingAcceptance',
    externalUserStateChangeDateTime: graphDate(world.clock.now()),
  }
  const user: DirectoryObject = {
    id,
    kind: 'user',
    properties: { ...newProperties(world, 'user', id, given), ...given },
  }
  world.directory.add(user)
  world.directory.claim('userPrincipalName', given.userPrincipalName, id)
  world.directory.claim('proxyAddresses', `SMTP:${mail}`, id)
  return user
}

/** POST /invitations: a guest who has not accepted yet; somebody invited before is invited again. */
export function createInvitation(call: Call): SimulatedReply {
  const { world } = call
  const fields = writtenFields(call)
  const { invitedUserEmailAddress: mail, inviteRedirectUrl } = fields
  if (Object.keys(fields).some(name => !KNOWN.has(name))) throw invalidValues()
  if (typeof mail !== 'string' || typeof inviteRedirectUrl !== 'string') throw invalidValues()
  if (!/^[^@\s]+@[^@\s]+$/.test(mail)) throw badRequest('The invited user email address is not valid.')
  checkObjectQuota(world)
  const known = world.directory.user(guestName(call, mail))
  const user = known ?? addGuest(call, mail, fields)
  const id = randomGuid(world.random)
  const body = {
    id,
    inviteRedeemUrl: `https://login.microsoftonline.com/redeem?rd=${encodeURIComponent(inviteRedirectUrl)}&invitation=${id}`,
    invitedUserDisplayName: fields.invitedUserDisplayName ?? null,
    invitedUserType: user.properties.userType,
    invitedUserEmailAddress: mail,
    sendInvitationMessage: fields.sendInvitationMessage === true,
    resetRedemption: fields.resetRedemption === true,
    inviteRedirectUrl,
    status: 'PendingAcceptance',
    invitedUserMessageInfo: fields.invitedUserMessageInfo ?? {
      messageLanguage: null,
      customizedMessageBody: null,
      ccRecipients: [{ emailAddress: { name: null, address: null } }],
    },
    invitedUser: { id: user.id },
  }
  return json({ '@odata.context': `${call.base}/$metadata#invitations/$entity`, ...body }, 201)
}
