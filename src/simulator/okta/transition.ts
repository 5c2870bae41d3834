import { loseAllApps, regainApps } from './app-access.ts'
import type { AnnouncedStatus, User, UserStatus } from './objects.ts'
import type { Org } from './org.ts'
import { endSessionsOf } from './sessions.ts'

/** Puts a user into a status now and moves the times that go with it. */
export function setStatus(org: Org, user: User, status: UserStatus): void {
  org.lag.userChanges(user)
  const returns = user.status === 'DEPROVISIONED' && status !== 'DEPROVISIONED'
  const starts = (returns || user.status === 'STAGED') && status !== 'STAGED' && status !== 'DEPROVISIONED'
  user.status = status
  if (returns) regainApps(org, user)
  user.transition = null
  org.moving.delete(user)
  user.statusChanged = org.now()
  if (starts) user.activated = org.now()
  if (status === 'DEPROVISIONED') {
    user.roles = []
    loseAllApps(org, user)
    if (!org.switches.passwordSurvivesDeactivation) user.hasPassword = false
  }
  if (status === 'DEPROVISIONED' || status === 'SUSPENDED') endSessionsOf(org, user)
  org.touch(user)
}

/** Announces a status that is reached `seconds` later by the tenant's clock. */
export function announceStatus(org: Org, user: User, to: AnnouncedStatus, seconds: number): void {
  org.lag.userChanges(user)
  user.transition = { to, at: org.clock.now() + seconds * 1000 }
  org.moving.add(user)
  org.touch(user)
}

/** Completes the announced changes whose time has come. */
export function settleTransitions(org: Org): void {
  for (const user of [...org.moving]) {
    if (user.transition !== null && org.clock.now() >= user.transition.at) setStatus(org, user, user.transition.to)
  }
}
