import { concurrently } from '../../http/concurrency.ts'
import { NotFoundError, PermissionError, TenureError } from '../../model/errors.ts'
import type { EntitlementId } from '../../model/ids.ts'
import type { ProbeProblem } from '../../model/provider.ts'
import type { OktaClient } from './client.ts'
import { faultOf } from './errors.ts'
import { listOf } from './json.ts'
import type { OktaOptions } from './options.ts'
import { isRejection } from './outcome.ts'
import {
  addMember,
  anyApp,
  assignApp,
  createGroup,
  createUser,
  deleteUser,
  endSessions,
  lifecycle,
  type OktaRequest,
  readUser,
  replaceGroup,
  roleHolders,
  updateUser,
  userSchema,
} from './requests.ts'

/** Ids in Okta's form that nothing has. */
const nobody = '00u0000000000tenure0'
const noGroup = '00g0000000000tenure0'
const noApp = '0oa0000000000tenure0'

/**
 * One right that only an attempt can tell: a request that Okta refuses to everybody, for what it asks, and refuses with 403 to those
 * who may not ask it. Source: seen in the field.
 */
interface Attempt {
  /** The scope without which it is not even tried. */
  readonly scope: string
  /** The permissions of a custom role that allow it. */
  readonly permission: string
  readonly request: OktaRequest
  /** What does not work without it. */
  readonly effect: string
  /** The work that was ordered cannot be done without it. */
  readonly needed: boolean
}

/** What is known before anything is tried. */
export interface Known {
  readonly granted: ReadonlySet<string>
  /** The marker group, where it is there. */
  readonly marker: EntitlementId | undefined
}

function attemptsFor({ offboardingAction: action }: OktaOptions, { marker }: Known): readonly Attempt[] {
  const profile = {}
  const groupIds = marker === undefined ? [] : [marker]
  const users = (permission: string, request: OktaRequest, effect: string, needed: boolean): Attempt => ({
    scope: 'okta.users.manage',
    permission: `okta.users.${permission}`,
    request,
    effect,
    needed,
  })
  const step = (name: Parameters<typeof lifecycle>[1], effect: string, needed: boolean): Attempt =>
    users(`lifecycle.${name}`, lifecycle(nobody, name), effect, needed)
  return [
    users('create', createUser({ profile, groupIds, activate: false }), 'joiners get no account', true),
    users('userprofile.manage', updateUser(nobody, {}), 'attributes, logins and managers are not kept right', true),
    step('suspend', 'leavers and people on leave stay in', true),
    step('unsuspend', 'who was suspended is not let in again', true),
    step('deactivate', deactivateEffect(action), action !== 'Suspend'),
    step('activate', 'staged accounts are not activated: set lifecycle.stageBeforeDays to 0', false),
    users('lifecycle.clearSessions', endSessions(nobody, false), 'sessions end only by the block itself', false),
    ...(action === 'Delete' ? [users('lifecycle.delete', deleteUser(nobody), 'leavers are not deleted', true)] : []),
    {
      scope: 'okta.groups.manage',
      permission: 'okta.groups.members.manage and okta.users.groupMembership.manage',
      request: addMember(marker ?? noGroup, nobody),
      effect: 'nobody gets into a group or out of one, the marks included',
      needed: true,
    },
    ...(marker === undefined ? groupAttempts : []),
    {
      scope: 'okta.apps.manage',
      permission: 'okta.apps.assignment.manage and okta.users.appAssignment.manage',
      request: assignApp(noApp, nobody),
      effect: 'nobody gets an app or loses one',
      needed: true,
    },
  ]
}

function deactivateEffect(action: OktaOptions['offboardingAction']): string {
  return action === 'Suspend'
    ? 'leavers whose account is not ACTIVE (PROVISIONED, LOCKED_OUT and the like) stay in'
    : 'leavers are not deactivated'
}

const groupAttempts: readonly Attempt[] = [
  {
    scope: 'okta.groups.manage',
    permission: 'okta.groups.create',
    request: createGroup('', ''),
    effect: 'the marker groups have to be made by hand',
    needed: false,
  },
  {
    scope: 'okta.groups.manage',
    permission: 'okta.groups.manage',
    request: replaceGroup(noGroup, '', ''),
    effect: 'the owner has to be written into the marker groups by hand',
    needed: false,
  },
]

/** Tries what the admin role allows, by requests that cannot change anything. */
export async function rolePermissions(
  from: { readonly client: OktaClient; readonly options: OktaOptions },
  known: Known,
  signal: AbortSignal,
): Promise<readonly ProbeProblem[]> {
  const { client, options } = from
  const problems: ProbeProblem[] = [...(await readProblems(client, known, signal))]
  if (!(await isNobody(client, signal))) return [...problems, inconclusive]
  const attempts = attemptsFor(options, known).filter(({ scope }) => known.granted.has(scope))
  const tried = concurrently(attempts, client.concurrency, async attempt => ({
    attempt,
    refused: await isRefused(client, attempt.request, signal),
  }))
  const refused = new Set<Attempt>()
  for await (const one of tried) if (one.refused) refused.add(one.attempt)
  return [...problems, ...attempts.filter(attempt => refused.has(attempt)).map(missing)]
}

/** Whether the id that is to be written to is nobody's. */
async function isNobody(client: OktaClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.send(readUser(nobody), signal)
    return false
  } catch (error) {
    if (error instanceof NotFoundError) return true
    if (error instanceof PermissionError) return false
    throw error
  }
}

const inconclusive: ProbeProblem = {
  severity: 'Warning',
  missing: 'okta.users.read',
  message:
    'Which writes the admin role of the app allows cannot be told, since it sees only some users; compare it with the permissions in the documentation.',
}

/** Whether Okta says that the role does not allow the request; any other refusal is for what it asks. */
async function isRefused(client: OktaClient, request: OktaRequest, signal: AbortSignal): Promise<boolean> {
  try {
    await client.send(request, signal)
    return false
  } catch (error) {
    if (error instanceof PermissionError) return faultOf(error)?.status === 403
    if (!(error instanceof TenureError) || isRejection(error)) throw error
    return false
  }
}

async function readProblems(
  client: OktaClient,
  { granted }: Known,
  signal: AbortSignal,
): Promise<readonly ProbeProblem[]> {
  const problems: ProbeProblem[] = []
  if (granted.has('okta.schemas.read') && (await isRefused(client, userSchema(), signal)))
    problems.push(lacking('a role that may view the user schema', 'attributes are checked only when they are written'))
  if (granted.has('okta.roles.read') && (await isRefused(client, roleHolders(), signal)))
    problems.push(lacking('a role that may view administrators', 'they cannot be told from others'))
  if (granted.has('okta.apps.read') && !(await seesApps(client, signal)))
    problems.push(lacking('okta.apps.read', 'no app is visible, so mappings that name apps do not work'))
  return problems
}

/** Every org has apps, the one we are at least: seeing none means that the role is missing. */
async function seesApps(client: OktaClient, signal: AbortSignal): Promise<boolean> {
  try {
    return listOf((await client.send(anyApp(), signal)).body).length > 0
  } catch (error) {
    if (error instanceof PermissionError) return false
    throw error
  }
}

const how = 'assign the app an admin role with this permission and a resource set that covers it (tab "Admin roles")'

function lacking(what: string, effect: string): ProbeProblem {
  return { severity: 'Warning', missing: what, message: `The app has not got ${what}: ${effect}; ${how}.` }
}

function missing({ permission, effect, needed }: Attempt): ProbeProblem {
  return {
    severity: needed ? 'Error' : 'Warning',
    writing: true,
    missing: permission,
    message: `The app's admin role lacks ${permission}: ${effect}; ${how}.`,
  }
}
