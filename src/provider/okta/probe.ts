import type { Probe, ProbeProblem } from '../../model/provider.ts'
import type { ProbeOptions } from '../provider.ts'
import { appScopes } from './apps.ts'
import type { OktaClient } from './client.ts'
import { groupOf, type OktaGroup } from './group.ts'
import { computedGroups, readable } from './groups.ts'
import { listOf } from './json.ts'
import { type MarkerGroups, type Markers, markerState } from './markers.ts'
import type { OktaOptions } from './options.ts'
import { rolePermissions } from './permissions.ts'
import { anyUser, someGroups } from './requests.ts'

/** Scopes without which nothing works; they are also the default. */
export const requiredScopes = [
  'okta.users.read',
  'okta.users.manage',
  'okta.groups.read',
  'okta.groups.manage',
] as const

const scopeUse: Readonly<Record<string, string>> = {
  'okta.users.read': 'accounts cannot be read',
  'okta.users.manage': 'accounts cannot be created, changed or blocked',
  'okta.groups.read': 'groups and their members cannot be read',
  'okta.groups.manage': 'memberships cannot be changed',
  [appScopes[0]]: 'mappings that name apps do not work',
  [appScopes[1]]: 'nobody gets an app or loses one',
  'okta.schemas.read': 'attributes the org does not have are noticed only when they are written',
  'okta.logs.read': 'nothing is lost: Tenure does not read the System Log',
  'okta.roles.read': 'accounts and groups with admin roles cannot be told from others',
}

/** What the app may do, the markers and the clock. Throws AuthError when Okta gives no token. */
export async function probeOrg(
  from: { readonly client: OktaClient; readonly markers: Markers; readonly options: OktaOptions },
  signal: AbortSignal,
  how: ProbeOptions = {},
): Promise<Probe> {
  const { client, markers, options } = from
  const granted = await client.scopes()
  const problems = scopeProblems(options, granted, how.kinds)
  if (!granted.has('okta.groups.read')) {
    const marker = { kind: 'Unwritable', name: options.marker, why: 'the scope okta.groups.read is missing' } as const
    return { identity: options.clientId, problems, marker, clock: client.clock() }
  }
  const groups = await readable(() => markers.find(signal))
  const computed = await computedGroups(client, signal)
  const visible = await roleProblems(client, { granted, computed, groups }, signal)
  problems.push(...visible)
  if (how.thorough === true && !visible.some(({ severity }) => severity === 'Error'))
    problems.push(...(await rolePermissions(from, { granted, marker: groups?.managed[0]?.id }, signal)))
  const marker = markerState(groups ?? { managed: [], blocked: [] }, options.marker, computed ?? new Set())
  return { identity: options.clientId, problems, marker, clock: client.clock() }
}

function scopeProblems(
  options: OktaOptions,
  granted: ReadonlySet<string>,
  kinds: ProbeOptions['kinds'] = new Set(),
): ProbeProblem[] {
  const wanted = new Set<string>([...requiredScopes, ...options.scopes, ...(kinds.has('App') ? appScopes : [])])
  const missing = [...wanted].filter(scope => !granted.has(scope))
  return missing.map(scope => ({
    severity: requiredScopes.some(required => required === scope) ? 'Error' : 'Warning',
    ...(scope.endsWith('.manage') ? { writing: true } : {}),
    missing: scope,
    message: `Without the scope ${scope}, ${scopeUse[scope] ?? 'what it is for does not work'}: grant it to app ${options.clientId} on its tab "Okta API Scopes" and name it in scopes.`,
  }))
}

/**
 * Scopes and admin roles are separate gates. An app without a role is not refused: it gets empty lists. Every org has groups (Everyone
 * at least), so seeing none means that the role is missing, and so do groups that have users of whom none is seen.
 */
async function roleProblems(
  client: OktaClient,
  seen: {
    readonly granted: ReadonlySet<string>
    readonly computed: ReadonlySet<string> | undefined
    readonly groups: MarkerGroups | undefined
  },
  signal: AbortSignal,
): Promise<readonly ProbeProblem[]> {
  const groups = await visibleGroups(client, seen.groups, signal)
  if (groups === undefined || groups.length === 0)
    return [problem('Error', 'okta.groups.read', 'no group is visible, so nothing can be read or granted')]
  const problems: ProbeProblem[] = []
  const users = seen.granted.has('okta.users.read')
    ? await readable(async () => listOf((await client.send(anyUser(), signal)).body))
    : 'NotAsked'
  if (users === undefined || (users.length === 0 && groups.some(group => (group.users ?? 0) > 0)))
    problems.push(problem('Error', 'okta.users.read', 'no user is visible, so accounts cannot be read'))
  if (seen.computed === undefined)
    problems.push(
      problem(
        'Warning',
        'okta.groups.manage',
        'group rules cannot be read, so groups that a rule computes cannot be told from others',
      ),
    )
  return problems
}

/** The markers with their counts of users where they are there, which spares a call; else whatever groups can be seen. */
async function visibleGroups(
  client: OktaClient,
  markers: MarkerGroups | undefined,
  signal: AbortSignal,
): Promise<readonly OktaGroup[] | undefined> {
  const found = [...(markers?.managed ?? []), ...(markers?.blocked ?? [])]
  if (found.some(group => (group.users ?? 0) > 0)) return found
  return readable(async () => listOf((await client.send(someGroups(), signal)).body).map(groupOf))
}

function problem(severity: ProbeProblem['severity'], permission: string, effect: string): ProbeProblem {
  const how = 'assign the app an admin role with this permission and a resource set that covers it (tab "Admin roles")'
  return {
    severity,
    missing: permission,
    message: `The app's admin role lacks the permission ${permission}: ${effect}; ${how}.`,
  }
}
