import type { EntitlementKind } from '../../model/entitlement.ts'
import type { ProbeProblem } from '../../model/provider.ts'
import { ROLE_READERS } from './roles.ts'

/** Permissions for one thing that the product does ("Microsoft Graph permissions reference"). */
export interface Need {
  /** One of each list has to be there; the least that will do comes first in it. */
  readonly allOf: readonly (readonly string[])[]
  readonly severity: ProbeProblem['severity']
  readonly without: string
  /** Reading does without it. */
  readonly writing?: true
  /** Only needed where this is done. */
  readonly when?: 'Deleting' | 'Delivering' | EntitlementKind
}

const READ_ALL = ['Directory.Read.All', 'Directory.ReadWrite.All']
const WRITE_ALL = 'Directory.ReadWrite.All'
const READ_APPS = ['Application.Read.All', 'Application.ReadWrite.All', ...READ_ALL]

/** Everything the product does, with what it needs for it. */
export const NEEDS: readonly Need[] = [
  {
    allOf: [['User.Read.All', 'User.ReadWrite.All', ...READ_ALL]],
    severity: 'Error',
    without: 'users cannot be read',
  },
  {
    allOf: [
      [
        'GroupMember.Read.All',
        'Group.Read.All',
        'GroupMember.ReadWrite.All',
        'Group.ReadWrite.All',
        'Group.ReadBasic.All',
        ...READ_ALL,
      ],
      [
        'GroupMember.Read.All',
        'Group.Read.All',
        'GroupMember.ReadWrite.All',
        'Group.ReadWrite.All',
        'GroupMember.ReadBasic.All',
        ...READ_ALL,
      ],
    ],
    severity: 'Error',
    without: 'groups and their members cannot be read',
  },
  {
    allOf: [['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', WRITE_ALL]],
    severity: 'Error',
    writing: true,
    without: 'nobody can be marked as managed or given a group',
  },
  {
    allOf: [['User.ReadWrite.All', WRITE_ALL]],
    severity: 'Warning',
    writing: true,
    without: 'users cannot be created or changed',
  },
  {
    allOf: [['User.EnableDisableAccount.All', 'User.ReadWrite.All', WRITE_ALL]],
    severity: 'Error',
    writing: true,
    without: 'leavers cannot be blocked',
  },
  {
    allOf: [['User.RevokeSessions.All', 'User.ReadWrite.All', WRITE_ALL]],
    severity: 'Warning',
    writing: true,
    without: 'sessions of leavers cannot be ended',
  },
  {
    allOf: [['User.DeleteRestore.All', 'User.ReadWrite.All', WRITE_ALL]],
    severity: 'Warning',
    writing: true,
    without: 'users can be neither deleted nor restored',
    when: 'Deleting',
  },
  {
    allOf: [['AdministrativeUnit.ReadWrite.All', WRITE_ALL]],
    severity: 'Warning',
    writing: true,
    without: 'administrative units cannot be given or taken',
  },
  {
    allOf: [ROLE_READERS],
    severity: 'Warning',
    without: 'holders of admin roles are not known, so only the protected list shields them',
  },
  {
    allOf: [['AppRoleAssignment.ReadWrite.All'], READ_APPS],
    severity: 'Warning',
    writing: true,
    without: 'app roles cannot be given or taken',
    when: 'App',
  },
  {
    allOf: [['RoleManagement.ReadWrite.Directory']],
    severity: 'Warning',
    writing: true,
    without: 'directory roles cannot be given or taken',
    when: 'DirectoryRole',
  },
  {
    allOf: [['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', WRITE_ALL]],
    severity: 'Warning',
    writing: true,
    without: 'licences cannot be given or taken',
    when: 'License',
  },
  {
    allOf: [['UserAuthMethod-TAP.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All']],
    severity: 'Warning',
    writing: true,
    without: 'no Temporary Access Pass can be made as a first credential',
    when: 'Delivering',
  },
]

/** The first list of a need of which these permissions hold none; undefined when it is met. */
export function unmet({ allOf }: Need, roles: readonly string[]): readonly string[] | undefined {
  return allOf.find(anyOf => !anyOf.some(permission => roles.includes(permission)))
}
