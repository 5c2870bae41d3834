import type { ApprovedOperation, BlockReason } from '../../model/plan.ts'
import type { MemoryClient } from './client.ts'
import { applied, attempt, failed, goneResult, type Result, skipped, writeMember } from './outcome.ts'
import type { MemoryAccount, MemoryAccountState } from './state.ts'

type Approved<Kind> = Extract<ApprovedOperation, { kind: Kind }>

/** Lets the person sign in, then takes them out of the blocked marker. */
export function enabled(client: MemoryClient, operation: Approved<'enable'>): Result {
  const account = live(client, operation)
  if (account === undefined) return goneResult(operation.account)
  if (account.state !== 'Enabled') client.write(() => client.tenant.setState(account.id, 'Enabled'))
  const notes = attempt('Taking it out of the blocked marker', () =>
    writeMember(client, client.marker('Blocked'), account.id, false),
  )
  return applied(account, notes)
}

/**
 * Blocks as deep as the reason asks for, the blocked marker first.
 *
 * | state    | offboarding | Departure        | Suspension, Leave |
 * | -------- | ----------- | ---------------- | ----------------- |
 * | Enabled  | Block       | Blocked          | Blocked           |
 * | Enabled  | Delete      | Departed         | Blocked           |
 * | Staged   | Block       | as it is         | as it is          |
 * | Staged   | Delete      | Departed         | as it is          |
 * | Blocked  | Block       | already          | already           |
 * | Blocked  | Delete      | Departed         | already           |
 * | Departed | either      | already          | already           |
 */
export function blocked(client: MemoryClient, operation: Approved<'block'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  if (!account) return goneResult(operation.account)
  const goal = blockedState(client, operation.why)
  const reached = account.state !== 'Enabled' && (goal === 'Blocked' || client.isDeparted(account.state))
  if (reached && account.state !== 'Staged') {
    if (client.account(account).blockMarked) return applied(account)
    return skipped('BlockedElsewhere', `Account ${account.id} is already ${account.state.toLowerCase()}, not by us.`)
  }
  if (account.admin && !reached) {
    return failed('LeaverNotBlocked', `The tenant does not let us block administrator ${account.id}: block it by hand.`)
  }
  const notes = attempt('Adding it to the blocked marker', () =>
    writeMember(client, client.marker('Blocked'), account.id, true),
  )
  if (!reached) client.write(() => client.tenant.setState(account.id, goal))
  const proof = client.tenant.account(account.id)
  if (proof?.state === 'Enabled')
    return failed('Unconfirmed', `Account ${account.id} is still enabled after the block.`)
  return applied(account, notes)
}

function blockedState(client: MemoryClient, why: BlockReason): MemoryAccountState {
  return why === 'Departure' && client.settings.offboarding === 'Delete' ? 'Departed' : 'Blocked'
}

/** Signs the person out everywhere. */
export function sessionsEnded(client: MemoryClient, operation: Approved<'end-sessions'>): Result {
  const account = live(client, operation)
  if (account === undefined) return goneResult(operation.account)
  client.write(() => client.tenant.edit(account.id, { signedIn: false }))
  return applied(account)
}

/** Makes a first credential and hands it on; an earlier one is worth nothing any more. */
export function credentialIssued(client: MemoryClient, operation: Approved<'issue-credential'>): Result {
  const account = live(client, operation)
  if (account === undefined) return goneResult(operation.account)
  client.write(() => client.tenant.edit(account.id, { credentials: account.credentials + 1 }))
  return applied(account)
}

/** Deletes an account that is proven blocked: into the bin where there is one. */
export function deleted(client: MemoryClient, operation: Approved<'delete'>): Result {
  if (operation.account === undefined) return goneResult(undefined)
  const account = client.tenant.account(operation.account)
  if (account === undefined) return { kind: 'applied', account: operation.account }
  if (account.state === 'Deleted') return applied(account)
  if (account.state === 'Staged' || !client.isDeparted(account.state)) {
    return failed(
      'Unconfirmed',
      `Account ${account.id} is ${account.state.toLowerCase()}: block it before it is deleted.`,
    )
  }
  client.deletion(() => client.tenant.setState(account.id, 'Deleted'))
  return applied(account)
}

function live(client: MemoryClient, operation: ApprovedOperation): MemoryAccount | undefined {
  const account = operation.account && client.tenant.account(operation.account)
  return account && account.state !== 'Deleted' ? account : undefined
}
