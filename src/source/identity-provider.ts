import { dirname } from 'node:path'
import type { IdentityProvider as IdentityProviderObject, IdentityProviderSpec } from '../api/identity-provider.ts'
import type { ProviderName, SetHash } from '../model/ids.ts'
import type { Origin } from '../model/origin.ts'
import type { GuardPolicy, IdentityProvider, ProviderPolicy } from '../model/provider.ts'
import { durationMs } from './days.ts'
import { selectorOf } from './mapping.ts'

/** A valid IdentityProvider in the words of the model. */
export function identityProviderOf(
  object: IdentityProviderObject,
  namespace: string,
  origin: Origin,
): IdentityProvider {
  const { spec, metadata } = object
  return {
    policy: policyOf(spec, { name: metadata.name as ProviderName, namespace, origin }),
    connection: { ...spec },
    ...(origin.kind === 'File' && { baseDir: dirname(origin.file) }),
  }
}

function policyOf(
  spec: IdentityProviderSpec,
  identity: Pick<ProviderPolicy, 'name' | 'namespace' | 'origin'>,
): ProviderPolicy {
  const { graceDays, revokeSessions, revokeGrants, action } = spec.offboarding
  return {
    ...identity,
    employeeSelector: selectorOf(spec.employeeSelector),
    onUnmatched: spec.onUnmatched,
    marker: spec.ownership.marker,
    owner: spec.ownership.owner,
    adopt: spec.ownership.adopt,
    lifecycle: spec.lifecycle,
    offboarding: { delete: action === 'Delete', graceDays, revokeSessions, revokeGrants },
    firstCredential: spec.firstCredential !== 'None',
    attributes: (spec.attributes ?? []).map(entry => ({ ...entry, owner: entry.owner ?? 'Git' })),
    mode: spec.mode,
    guard: guardOf(spec.guard),
    fullReadEveryMs: durationMs(spec.fullReadEvery),
    paused: spec.paused,
  }
}

function guardOf(guard: IdentityProviderSpec['guard']): GuardPolicy {
  const { leave, block, revoke, enable, rename } = guard
  return {
    limits: { leave, block, revoke, enable, rename },
    protected: guard.protected ?? [],
    approved: (guard.approved ?? []).map(hash => hash as SetHash),
  }
}
