import type { EntitlementKind } from '../../model/entitlement.ts'
import { AuthError } from '../../model/errors.ts'
import type { Probe, ProbeProblem } from '../../model/provider.ts'
import type { EntraClient } from './client.ts'
import { IMMUTABLE_ID_ADVICE } from './create.ts'
import { DeniedError } from './errors.ts'
import type { MarkerBook } from './markers.ts'
import { NEEDS, type Need, unmet } from './needs.ts'
import { listDomains, peekUsers } from './requests.ts'
import type { TokenClaims } from './token.ts'

/** What is done with a tenant, which decides what is needed for it. */
export interface Uses {
  readonly deletes: boolean
  /** First credentials are made. */
  readonly delivers: boolean
  /** Kinds of entitlements that mappings name. */
  readonly kinds: ReadonlySet<EntitlementKind>
}

const READING: Uses = { deletes: false, delivers: false, kinds: new Set() }

/** Domains change so seldom that they are read once an hour, in milliseconds. */
const DOMAINS_KEPT_MS = 3_600_000

/** What was found out about the domains, and when. */
export interface DomainNotes {
  read: { readonly at: number; readonly problems: readonly ProbeProblem[] } | undefined
}

interface ProbeDesk {
  readonly client: EntraClient
  readonly book: MarkerBook
  readonly kinds: ReadonlySet<EntitlementKind> | undefined
  readonly domains: DomainNotes
  readonly signal: AbortSignal
}

/** Who we are at this tenant, what the application lacks, whose the markers are, and what time it is there. Writes nothing. */
export async function probeTenant({ client, book, kinds = new Set(), domains, signal }: ProbeDesk): Promise<Probe> {
  const { clientId, offboardingAction, deliver, now } = client.options
  const claims = await client.token.claims(signal)
  const uses = { deletes: offboardingAction === 'Delete', delivers: deliver !== undefined, kinds }
  const problems = missingRights(claims, uses)
  try {
    const { date } = await client.send(peekUsers(), signal)
    const clock = date === undefined ? undefined : { theirs: date, ours: now() }
    const at = client.time.now()
    if (domains.read === undefined || at - domains.read.at > DOMAINS_KEPT_MS)
      domains.read = { at, problems: await domainProblems(client, claims, signal) }
    return {
      identity: clientId,
      problems: [...problems, ...domains.read.problems],
      marker: await book.state(signal),
      clock,
    }
  } catch (error) {
    if (!(error instanceof DeniedError)) throw error
    const missing = problems.filter(problem => problem.severity === 'Error').map(problem => problem.missing)
    const advice =
      missing.length === 0 ? 'an administrator must consent to its permissions' : `grant it ${missing.join(', ')}`
    throw new AuthError(`Application ${clientId} may not read the tenant; ${advice}. ${error.message}`, {
      cause: error,
    })
  }
}

/**
 * The rights that the token does not carry; none when it cannot be read. Rights that come from an Entra role of the application do
 * not show in it, so that with such a role a missing permission only warns.
 */
export function missingRights({ roles, directoryRoles }: TokenClaims, uses: Uses = READING): readonly ProbeProblem[] {
  if (roles === undefined) return []
  const byRole = directoryRoles.some(role => ADMINISTRATORS.has(role))
  return NEEDS.filter(need => isUsed(need, uses)).flatMap(need => {
    const lacking = unmet(need, roles)
    if (lacking === undefined) return []
    const { severity, without, writing } = need
    const [missing = '', ...others] = lacking
    const or = others.length === 0 ? '' : ` (or ${others.join(', ')})`
    const message = `Without the application permission ${missing}${or} ${without}; grant it in the app registration and have an administrator consent.`
    return [{ severity: byRole ? 'Warning' : severity, ...(writing && { writing }), missing, message }]
  })
}

function isUsed({ when }: Need, { deletes, delivers, kinds }: Uses): boolean {
  if (when === undefined) return true
  if (when === 'Deleting') return deletes
  return when === 'Delivering' ? delivers : kinds.has(when)
}

const DOMAIN_READERS = ['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All']

/** Accounts in a federated domain need what only the domain's own identity provider knows ("Create user"). */
async function domainProblems(
  client: EntraClient,
  { roles = [] }: TokenClaims,
  signal: AbortSignal,
): Promise<readonly ProbeProblem[]> {
  if (client.options.extraAttributes.includes('onPremisesImmutableId')) return []
  if (!DOMAIN_READERS.some(permission => roles.includes(permission))) return []
  const { items } = await client.list(listDomains(), 'domains', signal)
  return items.flatMap(({ id, authenticationType }) => {
    if (authenticationType !== 'Federated') return []
    const message = `The domain ${String(id)} is federated, so that accounts in it cannot be created without an onPremisesImmutableId. ${IMMUTABLE_ID_ADVICE}`
    return [{ severity: 'Warning' as const, writing: true, missing: 'onPremisesImmutableId', message }]
  })
}

/** Template ids of the roles that carry what these permissions do. */
const ADMINISTRATORS = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
])
