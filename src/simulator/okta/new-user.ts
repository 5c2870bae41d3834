import type { Call } from './call.ts'
import type { CredentialWrite } from './credentials.ts'
import { HeldGroups } from './memberships.ts'
import { noLinks, type User, type UserStatus } from './objects.ts'
import type { Org } from './org.ts'
import { defaultType } from './user-types.ts'

/** A user who has just been created, still without a profile and not yet in the org. */
export function newUser(
  org: Org,
  id: string,
  as: { status: UserStatus; typeId: string; credentials: CredentialWrite },
): User {
  const now = org.now()
  const { password, provider, recovery } = as.credentials
  const showsStaged = org.switches.stagedShowsStatusChanged && password !== undefined
  return {
    id,
    seq: org.next(),
    status: as.status,
    transition: null,
    created: now,
    activated: as.status === 'STAGED' ? null : now,
    statusChanged: as.status === 'STAGED' && !showsStaged ? null : now,
    lastLogin: null,
    lastUpdated: now,
    passwordChanged: password === undefined ? null : now,
    typeId: as.typeId,
    profile: {},
    provider:
      provider ??
      (password?.kind === 'hash' || password?.kind === 'hook'
        ? { type: 'IMPORT', name: 'IMPORT' }
        : { type: 'OKTA', name: 'OKTA' }),
    hasPassword: password !== undefined,
    recoveryQuestion: recovery?.question ?? null,
    profileMaster: null,
    sessions: 0,
    version: 1,
    roles: [],
    groups: new HeldGroups(),
    linked: noLinks,
  }
}

/** Who `/users/me` means for an API token that belongs to nobody: an admin who is in no list. Undefined for other callers. */
export function tokenOwner(call: Call): User | undefined {
  const { org, principal } = call
  if (principal.userId !== null || principal.scopes !== undefined) return undefined
  const owner = newUser(org, `00u${principal.counted.slice(3)}`, {
    status: 'ACTIVE',
    typeId: defaultType(org).id,
    credentials: { password: { kind: 'value' } },
  })
  const login = 'admin@example.com'
  owner.profile = { firstName: 'Simulated', lastName: 'Admin', login, email: login }
  return owner
}
