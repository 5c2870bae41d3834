import { AuthError } from '../../model/errors.ts'
import type { Probe, ProbeProblem } from '../../model/provider.ts'
import type { EntraClient } from './client.ts'
import { DeniedError } from './errors.ts'
import type { MarkerBook } from './markers.ts'
import { peekUsers } from './requests.ts'
import { ROLE_READERS } from './roles.ts'
import type { TokenClaims } from './token.ts'

interface Need {
  /** The least permission that will do comes first ("Microsoft Graph permissions reference"). */
  readonly anyOf: readonly string[]
  readonly severity: ProbeProblem['severity']
  readonly without: string
  /** Reading does without it. */
  readonly writing?: true
  /** Only needed when departures end in deletion. */
  readonly deletes?: true
}

const READ_ALL = ['Directory.Read.All', 'Directory.ReadWrite.All']
const WRITE_ALL = 'Directory.ReadWrite.All'

const NEEDS: readonly Need[] = [
  {
    anyOf: ['User.Read.All', 'User.ReadWrite.All', ...READ_ALL],
    severity: 'Error',
    without: 'users cannot be read',
  },
  {
    anyOf: ['GroupMember.Read.All', 'Group.Read.All', 'GroupMember.ReadWrite.All', 'Group.ReadWrite.All', ...READ_ALL],
    severity: 'Error',
    without: 'groups and their members cannot be read',
  },
  {
    anyOf: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', WRITE_ALL],
    severity: 'Error',
    writing: true,
    without: 'nobody can be marked as managed or given a group',
  },
  {
    anyOf: ['User.ReadWrite.All', WRITE_ALL],
    severity: 'Warning',
    writing: true,
    without: 'users cannot be created or changed',
  },
  {
    anyOf: ['User.EnableDisableAccount.All', 'User.ReadWrite.All', WRITE_ALL],
    severity: 'Error',
    writing: true,
    without: 'leavers cannot be blocked',
  },
  {
    anyOf: ['User.RevokeSessions.All', 'User.ReadWrite.All', WRITE_ALL],
    severity: 'Warning',
    writing: true,
    without: 'sessions of leavers cannot be ended',
  },
  {
    anyOf: ['User.DeleteRestore.All', 'User.ReadWrite.All', WRITE_ALL],
    severity: 'Warning',
    writing: true,
    without: 'users can be neither deleted nor restored',
    deletes: true,
  },
  {
    anyOf: ['AdministrativeUnit.ReadWrite.All', WRITE_ALL],
    severity: 'Warning',
    writing: true,
    without: 'administrative units cannot be given or taken',
  },
  {
    anyOf: ROLE_READERS,
    severity: 'Warning',
    without: 'holders of admin roles are not known, so only the protected list shields them',
  },
]

/** Who we are at this tenant, what the application lacks, whose the markers are, and what time it is there. Writes nothing. */
export async function probeTenant(client: EntraClient, markers: MarkerBook, signal: AbortSignal): Promise<Probe> {
  const claims = await client.token.claims(signal)
  const problems = missingRights(claims, client.options.offboardingAction === 'Delete')
  try {
    const { date } = await client.send(peekUsers(), signal)
    const clock = date === undefined ? undefined : { theirs: date, ours: client.options.now() }
    return { identity: client.options.clientId, problems, marker: await markers.state(signal), clock }
  } catch (error) {
    if (!(error instanceof DeniedError)) throw error
    const missing = problems.filter(problem => problem.severity === 'Error').map(problem => problem.missing)
    const advice =
      missing.length === 0 ? 'an administrator must consent to its permissions' : `grant it ${missing.join(', ')}`
    throw new AuthError(`Application ${client.options.clientId} may not read the tenant; ${advice}. ${error.message}`, {
      cause: error,
    })
  }
}

/**
 * The rights that the token does not carry; none when it cannot be read. Rights that come from an Entra role of the application do not show in it, so that
 * with such a role a missing permission only warns.
 */
export function missingRights({ roles, directoryRoles }: TokenClaims, deletes: boolean): readonly ProbeProblem[] {
  if (roles === undefined) return []
  const byRole = directoryRoles.some(role => ADMINISTRATORS.has(role))
  return NEEDS.flatMap(({ anyOf, severity, without, writing, deletes: onlyToDelete }) => {
    if (anyOf.some(permission => roles.includes(permission)) || (onlyToDelete === true && !deletes)) return []
    const missing = anyOf[0] ?? ''
    const message = `Without the application permission ${missing} (or ${anyOf.slice(1).join(', ')}) ${without}; grant it in the app registration and have an administrator consent.`
    return [{ severity: byRole ? 'Warning' : severity, ...(writing && { writing }), missing, message }]
  })
}

/** Template ids of the roles that carry what these permissions do. */
const ADMINISTRATORS = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
])
