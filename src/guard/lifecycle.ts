import type { Operation } from '../model/plan.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import { type Check, refusing } from './check.ts'

/** The switches `lifecycle.create`, `update` and `offboard` decide which kinds of work are done at all. */
export const lifecycleSwitchesHold: Check = refusing(
  'lifecycleSwitchesHold',
  'LifecycleOff',
  (operation, { desired }) => {
    const part = partOf(operation)
    if (part === undefined || desired.policy.lifecycle[part]) return undefined
    return `lifecycle.${part} is off for ${desired.policy.name}`
  },
)

/** Blocks for a leave or a suspension end access too and belong to offboarding; marks belong to nothing and are always kept right. */
function partOf(
  operation: Operation,
): keyof Pick<ProviderPolicy['lifecycle'], 'create' | 'update' | 'offboard'> | undefined {
  switch (operation.kind) {
    case 'create':
    case 'restore':
      return 'create'
    case 'adopt': // binding again what is ours already is no new account
      return operation.how === 'Adoption' ? 'create' : undefined
    case 'block':
    case 'end-sessions':
    case 'delete':
      return 'offboard'
    case 'revoke':
      return operation.lane === 'Leaver' && operation.counts !== 'revoke' ? 'offboard' : 'update'
    case 'enable':
      return operation.first ? 'create' : 'update'
    case 'update':
    case 'set-manager':
    case 'grant':
    case 'issue-credential':
      return operation.lane === 'Joiner' ? 'create' : 'update'
    case 'mark':
    case 'unmark':
      return undefined
  }
}
