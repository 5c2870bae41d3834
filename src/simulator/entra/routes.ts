import { CONTACT_ROUTES } from './contacts.ts'
import { APPLICATION_ROUTES, LICENCE_ROUTES, METHOD_ROUTES } from './credential-routes.ts'
import { countDeleted, listAllDeleted, listDeleted, purgeDeleted, restoreDeleted } from './deleted.ts'
import { deltaReply } from './delta.ts'
import * as objects from './directory-objects.ts'
import * as directoryRoles from './directory-roles.ts'
import { createSetting, deleteSetting, listSettings } from './group-settings.ts'
import {
  bindMembers,
  countGroups,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  refuseBinds,
  updateGroup,
} from './groups.ts'
import { createInvitation } from './invitations.ts'
import * as members from './members.ts'
import * as permissions from './permissions.ts'
import { NEEDS, type Needs } from './permissions.ts'
import * as roles from './role-routes.ts'
import { type Route, route } from './route.ts'
import * as scoped from './scoped-roles.ts'
import * as tenant from './tenant-routes.ts'
import * as units from './units.ts'
import { createUser, deleteUser, removeManager, revokeSessions, setManager, updateUser } from './user-writes.ts'
import * as users from './users.ts'

export type { Route } from './route.ts'

/** Microsoft's own sync tool reckons with five resource units for a page of a delta. */
const DELTA_COST = 5

function deltaRoutes(path: string, needs: Needs, root = path.slice(1)): readonly Route[] {
  return ['delta', 'microsoft.graph.delta'].map(name =>
    route(`GET ${path}/${name}`, needs, deltaReply(root), DELTA_COST),
  )
}

const DELTAS: readonly Route[] = [
  ...deltaRoutes('/users', NEEDS.readManager),
  ...deltaRoutes('/groups', NEEDS.readGroups),
  ...deltaRoutes('/directory/administrativeUnits', NEEDS.readUnits),
  ...deltaRoutes('/administrativeUnits', NEEDS.readUnits, 'directory/administrativeUnits'),
  ...deltaRoutes('/servicePrincipals', NEEDS.readApplications),
  ...deltaRoutes('/applications', NEEDS.readApplications),
  ...deltaRoutes('/directoryRoles', NEEDS.readRoles),
  ...deltaRoutes('/contacts', NEEDS.readContacts),
  ...deltaRoutes('/oauth2PermissionGrants', NEEDS.readDirectory),
  ...deltaRoutes('/devices', NEEDS.readDirectory),
  ...deltaRoutes('/directoryObjects', NEEDS.readDirectory),
]

const READ_USERS = permissions.userReadNeeds

const USERS: readonly Route[] = [
  route('GET /users', READ_USERS, users.listUsers, 2),
  route('GET /users/$count', NEEDS.readUsers, users.countUsers),
  route('POST /users', NEEDS.writeUsers, createUser),
  route('GET /users/{}', READ_USERS, users.getUser),
  route('PATCH /users/{}', permissions.userPatchNeeds, updateUser),
  route('DELETE /users/{}', NEEDS.deleteUsers, deleteUser),
  route('GET /users/{}/manager', NEEDS.readManager, users.getManager),
  route('GET /users/{}/manager/$ref', NEEDS.readManager, users.getManagerRef),
  route('PUT /users/{}/manager/$ref', NEEDS.writeUsers, setManager),
  route('DELETE /users/{}/manager/$ref', NEEDS.writeUsers, removeManager),
  route('GET /users/{}/directReports', NEEDS.readManager, users.listDirectReports),
  route('GET /users/{}/ownedObjects', NEEDS.readManager, users.listOwnedObjects, 2),
  route('POST /users/{}/revokeSignInSessions', NEEDS.revoke, revokeSessions),
  route('GET /users/{}/memberOf/$count', NEEDS.readMemberOf, users.countMemberOf),
  route('GET /users/{}/memberOf', NEEDS.readMemberOf, users.listMemberOf, 2),
  route('GET /users/{}/memberOf/{cast}', NEEDS.readMemberOf, users.listMemberOf, 2),
  route('GET /users/{}/transitiveMemberOf/$count', NEEDS.readMemberOf, users.countTransitiveMemberOf),
  route('GET /users/{}/transitiveMemberOf', NEEDS.readMemberOf, users.listTransitiveMemberOf, 2),
  route('GET /users/{}/transitiveMemberOf/{cast}', NEEDS.readMemberOf, users.listTransitiveMemberOf, 2),
]

const GROUPS: readonly Route[] = [
  route('GET /groups', NEEDS.readGroups, listGroups),
  route('GET /groups/$count', NEEDS.readGroups, countGroups),
  route('POST /groups', NEEDS.createGroups, createGroup),
  route('GET /groups/{}', NEEDS.readGroups, getGroup),
  route('PATCH /groups/{}', permissions.groupPatchNeeds, updateGroup),
  route('DELETE /groups/{}', NEEDS.writeGroups, deleteGroup),
  route('GET /groups/{}/members', NEEDS.readMembers, members.listMembers, 3),
  route('GET /groups/{}/members/$ref', NEEDS.readMembers, members.listMemberRefs, 3),
  route('GET /groups/{}/members/$count', NEEDS.readMembers, members.countMembers),
  route('GET /groups/{}/members/{cast}', NEEDS.readMembers, members.listMembers, 3),
  route('GET /groups/{}/members/{cast}/$count', NEEDS.readMembers, members.countMembers),
  route('GET /groups/{}/members/{}/$ref', NEEDS.readMembers, members.getMemberRef),
  route('POST /groups/{}/members/$ref', NEEDS.writeMembers, members.addMember),
  route('POST /groups/{}/members', NEEDS.writeMembers, bindMembers),
  route('PATCH /groups/{}/members', NEEDS.writeMembers, bindMembers),
  route('PATCH /groups/{}/members/$ref', NEEDS.writeMembers, refuseBinds),
  route('DELETE /groups/{}/members/{}/$ref', NEEDS.writeMembers, members.removeMember),
  route('DELETE /groups/{}/members/{}', NEEDS.writeMembers, objects.deleteMemberObject),
  route('GET /groups/{}/transitiveMembers', NEEDS.readMembers, members.listTransitiveMembers, 5),
  route('GET /groups/{}/transitiveMembers/$count', NEEDS.readMembers, members.countTransitiveMembers, 5),
  route('GET /groups/{}/transitiveMembers/{cast}', NEEDS.readMembers, members.listTransitiveMembers, 5),
  route('GET /groups/{}/owners', NEEDS.readGroups, members.listOwners),
  route('GET /groups/{}/owners/$ref', NEEDS.readGroups, members.listOwnerRefs),
  route('GET /groups/{}/owners/{cast}', NEEDS.readGroups, members.listOwners),
  route('GET /groups/{}/owners/{}/$ref', NEEDS.readGroups, members.getOwnerRef),
  route('POST /groups/{}/owners/$ref', NEEDS.writeGroups, members.addOwner),
  route('DELETE /groups/{}/owners/{}/$ref', NEEDS.writeGroups, members.removeOwner),
  route('GET /groups/{}/settings', NEEDS.readGroups, listSettings),
  route('POST /groups/{}/settings', NEEDS.writeGroups, createSetting),
  route('DELETE /groups/{}/settings/{}', NEEDS.writeGroups, deleteSetting),
]

function unitRoutes(root: string): readonly Route[] {
  return [
    route(`GET ${root}`, NEEDS.readUnits, units.listUnits),
    route(`GET ${root}/$count`, NEEDS.readUnits, units.countUnits),
    route(`POST ${root}`, NEEDS.writeUnits, units.createUnit),
    route(`GET ${root}/{}`, NEEDS.readUnits, units.getUnit),
    route(`PATCH ${root}/{}`, NEEDS.writeUnits, units.updateUnit),
    route(`DELETE ${root}/{}`, NEEDS.writeUnits, units.deleteUnit),
    route(`GET ${root}/{}/members`, NEEDS.readUnits, units.listUnitMembers),
    route(`GET ${root}/{}/members/$ref`, NEEDS.readUnits, units.listUnitMemberRefs),
    route(`GET ${root}/{}/members/$count`, NEEDS.readUnits, units.countUnitMembers),
    route(`GET ${root}/{}/members/{cast}`, NEEDS.readUnits, units.listUnitMembers),
    route(`GET ${root}/{}/members/{}/$ref`, NEEDS.readUnits, units.getUnitMemberRef),
    route(`POST ${root}/{}/members/$ref`, NEEDS.writeUnits, units.addUnitMember),
    route(`POST ${root}/{}/members`, permissions.groupInUnitNeeds, units.createGroupInUnit),
    route(`DELETE ${root}/{}/members/{}/$ref`, NEEDS.writeUnits, units.removeUnitMember),
    route(`GET ${root}/{}/scopedRoleMembers`, NEEDS.readRoles, scoped.listScopedRoles),
    route(`GET ${root}/{}/scopedRoleMembers/{}`, NEEDS.readRoles, scoped.getScopedRole),
    route(`POST ${root}/{}/scopedRoleMembers`, NEEDS.writeRoles, scoped.addScopedRole),
    route(`DELETE ${root}/{}/scopedRoleMembers/{}`, NEEDS.writeRoles, scoped.removeScopedRole),
  ]
}

const DELETED = '/directory/deletedItems'

const BIN: readonly Route[] = [
  route(`GET ${DELETED}`, NEEDS.readDirectory, listAllDeleted),
  route(`GET ${DELETED}/{}/$count`, permissions.deletedReadNeeds, countDeleted),
  route(`GET ${DELETED}/{}`, permissions.deletedReadNeeds, listDeleted),
  route(`POST ${DELETED}/{}/restore`, permissions.deletedWriteNeeds, restoreDeleted),
  route(`DELETE ${DELETED}/{}`, permissions.deletedWriteNeeds, purgeDeleted),
]

const MEMBER_OF = ['users', 'groups', 'servicePrincipals', 'directoryObjects'].flatMap(
  (collection): readonly Route[] => [
    route(`POST /${collection}/{}/checkMemberGroups`, NEEDS.readMemberOf, objects.checkMemberGroups, 4),
    route(`POST /${collection}/{}/checkMemberObjects`, NEEDS.readMemberOf, objects.checkMemberObjects, 4),
    route(`POST /${collection}/{}/getMemberGroups`, NEEDS.readMemberOf, objects.getMemberGroups, 2),
    route(`POST /${collection}/{}/getMemberObjects`, NEEDS.readMemberOf, objects.getMemberObjects, 2),
    ...(collection === 'groups' || collection === 'servicePrincipals'
      ? [
          route(`GET /${collection}/{}/memberOf`, NEEDS.readMemberOf, objects.objectMemberOf),
          route(`GET /${collection}/{}/transitiveMemberOf`, NEEDS.readMemberOf, objects.objectTransitiveMemberOf, 2),
        ]
      : []),
  ],
)

const OBJECTS: readonly Route[] = [
  route('POST /directoryObjects/getByIds', NEEDS.readAnything, objects.getByIds, 3),
  route('POST /directoryObjects/validateProperties', NEEDS.readGroups, objects.validateProperties),
  route('GET /directoryObjects/{}', NEEDS.readAnything, objects.getDirectoryObject),
  route('DELETE /directoryObjects/{}', NEEDS.nothing, objects.deleteDirectoryObject),
]

const MANAGEMENT = '/roleManagement/directory'

const ROLES: readonly Route[] = [
  route(`GET ${MANAGEMENT}/roleDefinitions`, NEEDS.readRoles, roles.listDefinitions),
  route(`POST ${MANAGEMENT}/roleDefinitions`, NEEDS.writeRoles, roles.createDefinition),
  route(`GET ${MANAGEMENT}/roleDefinitions/{}`, NEEDS.readRoles, roles.getDefinition),
  route(`PATCH ${MANAGEMENT}/roleDefinitions/{}`, NEEDS.writeRoles, roles.updateDefinition),
  route(`DELETE ${MANAGEMENT}/roleDefinitions/{}`, NEEDS.writeRoles, roles.deleteDefinition),
  route(`GET ${MANAGEMENT}/roleAssignments`, NEEDS.readRoles, roles.listAssignments),
  route(`GET ${MANAGEMENT}/roleAssignments/{}`, NEEDS.readRoles, roles.getAssignment),
  route(`POST ${MANAGEMENT}/roleAssignments`, NEEDS.writeRoles, roles.createAssignment),
  route(`DELETE ${MANAGEMENT}/roleAssignments/{}`, NEEDS.writeRoles, roles.deleteAssignment),
  route('GET /directoryRoleTemplates', NEEDS.readRoles, directoryRoles.listTemplates),
  route('GET /directoryRoleTemplates/{}', NEEDS.readRoles, directoryRoles.getTemplate),
  route('GET /directoryRoles', NEEDS.readRoles, directoryRoles.listDirectoryRoles),
  route('POST /directoryRoles', NEEDS.writeRoles, directoryRoles.activateRole),
  route('GET /directoryRoles/{}', NEEDS.readRoles, directoryRoles.getDirectoryRole),
  route('GET /directoryRoles/{}/members', NEEDS.readRoles, directoryRoles.listRoleMembers),
  route('GET /directoryRoles/{}/members/$ref', NEEDS.readRoles, directoryRoles.listRoleMemberRefs),
  route('GET /directoryRoles/{}/members/{}/$ref', NEEDS.readRoles, directoryRoles.getRoleMemberRef),
  route('POST /directoryRoles/{}/members/$ref', NEEDS.writeRoles, directoryRoles.addRoleMember),
  route('DELETE /directoryRoles/{}/members/{}/$ref', NEEDS.writeRoles, directoryRoles.removeRoleMember),
]

const TENANT: readonly Route[] = [
  route('GET /organization', NEEDS.readOrganization, tenant.listOrganization),
  route('GET /organization/{}', NEEDS.readOrganization, tenant.getOrganization),
  route('GET /domains', NEEDS.readDomains, tenant.listDomains),
  route('GET /domains/{}', NEEDS.readDomains, tenant.getDomain),
  route('POST /invitations', NEEDS.invite, createInvitation),
  route('GET /me', NEEDS.nothing, tenant.refuseMe),
]

/** Every route, those with fixed segments before those with ids. */
export const ROUTES: readonly Route[] = [
  ...DELTAS,
  ...USERS,
  ...GROUPS,
  ...unitRoutes('/directory/administrativeUnits'),
  ...unitRoutes('/administrativeUnits'),
  ...BIN,
  ...MEMBER_OF,
  ...OBJECTS,
  ...ROLES,
  ...APPLICATION_ROUTES,
  ...LICENCE_ROUTES,
  ...METHOD_ROUTES,
  ...CONTACT_ROUTES,
  ...TENANT,
]
