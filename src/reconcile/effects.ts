import type { Account } from '../model/account.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { AccountId, AttributeName, Instant } from '../model/ids.ts'
import type { Outcome } from '../model/plan.ts'

/** One thing that a confirmed write has changed about an account. */
export type Effect = { readonly at: Instant } & (
  | { readonly kind: 'Parts'; readonly parts: Partial<Account> }
  | { readonly kind: 'Attributes'; readonly set: Readonly<Record<AttributeName, string | null>> }
  | { readonly kind: 'Manager'; readonly manager: AccountId | undefined }
  | { readonly kind: 'Membership'; readonly entitlement: Entitlement; readonly member: boolean }
)

type Applied = Extract<Outcome, { kind: 'applied' }>

/** What an applied operation has made true of its account. What its note says did not work is left out. */
export function effectsOf(outcome: Applied, at: Instant): readonly Effect[] {
  const { operation, note } = outcome
  const parts = (changed: Partial<Account>): Effect[] => [{ kind: 'Parts', parts: changed, at }]
  const marks = (changed: Partial<Account>): Effect[] => (note === undefined ? parts(changed) : [])
  switch (operation.kind) {
    case 'create': {
      const given = operation.grants.map(
        (entitlement): Effect => ({ kind: 'Membership', entitlement, member: true, at }),
      )
      return [
        ...parts({ state: operation.state }),
        ...marks({ marked: true, blockMarked: operation.state === 'Staged' }),
        ...given,
      ]
    }
    case 'restore':
      return parts({ login: outcome.login ?? operation.login, state: 'Blocked', stateSince: at })
    case 'adopt':
      return marks({ marked: true })
    case 'mark':
      return marks(operation.marker === 'Managed' ? { marked: true } : { blockMarked: true })
    case 'unmark':
      return marks(operation.marker === 'Managed' ? { marked: false } : { blockMarked: false })
    case 'update': {
      const renamed = operation.login ? parts({ login: outcome.login ?? operation.login.to }) : []
      return note === undefined ? [...renamed, { kind: 'Attributes', set: operation.set, at }] : renamed
    }
    case 'set-manager':
      return note === undefined ? [{ kind: 'Manager', manager: operation.managerAccount, at }] : []
    case 'enable':
      return [
        ...parts({ state: 'Enabled', departed: false, deactivated: false, stateSince: at }),
        ...marks({ blockMarked: false }),
      ]
    case 'block':
      return parts({
        state: 'Blocked',
        stateSince: at,
        ...(operation.why === 'Departure' ? { departed: true } : {}),
        ...(note === undefined ? { blockMarked: true } : {}),
      })
    case 'grant':
      return [{ kind: 'Membership', entitlement: operation.entitlement, member: true, at }]
    case 'revoke':
      return [{ kind: 'Membership', entitlement: operation.entitlement, member: false, at }]
    case 'delete':
      return parts({ state: 'Deleted' })
    case 'end-sessions':
    case 'issue-credential':
      return []
  }
}
