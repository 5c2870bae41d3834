import type { Ownership } from '../guard/check.ts'
import type { MarkerState, ProviderPolicy } from '../model/provider.ts'

/**
 * Whether what the markers say makes us the owner. `by` is the id of this directory or cluster; where it is not known (a plan made
 * somewhere that never writes) the owner's name alone decides.
 */
export function ownershipOf(marker: MarkerState, policy: ProviderPolicy, by: string | undefined): Ownership {
  const init = (flag = ''): string => `run "tenure init${flag}"`
  if (policy.owner === undefined)
    return { kind: 'Missing', message: `${policy.name} has no ownership.owner; ${init()}, which says what to write` }
  switch (marker.kind) {
    case 'Missing':
      return {
        kind: 'Missing',
        message: `${policy.name} lacks the marker group${marker.names.length > 1 ? 's' : ''} ${marker.names.join(' and ')}; ${init(' --create')}`,
      }
    case 'Ambiguous':
      return {
        kind: 'Missing',
        message: `${policy.name} has more than one group named ${marker.name}; rename all but one`,
      }
    case 'Unwritable':
      return {
        kind: 'Missing',
        message: `the marker group ${marker.name} of ${policy.name} cannot be used: ${marker.why}`,
      }
    case 'Found':
      break
  }
  if (marker.owner === undefined)
    return { kind: 'Missing', message: `the marker groups of ${policy.name} name no owner; ${init(' --create')}` }
  if (marker.owner !== policy.owner)
    return {
      kind: 'Foreign',
      message: `${policy.name} is owned by ${marker.owner}, not by ${policy.owner}; ${init(' --take-over')} if that is meant`,
    }
  if (by !== undefined && marker.by !== by) {
    const holder = marker.by ?? 'an unknown place'
    return {
      kind: 'Foreign',
      message: `${policy.name} was taken by another directory or cluster (${holder}); ${init(' --take-over')} if that is meant`,
    }
  }
  return { kind: 'Ours' }
}
