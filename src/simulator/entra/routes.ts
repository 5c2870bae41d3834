import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { listAllDeleted, listDeleted, purgeDeleted, restoreDeleted } from './deleted.ts'
import {
  checkMemberGroups,
  getByIds,
  getDirectoryObject,
  getMemberGroups,
  objectMemberOf,
  objectTransitiveMemberOf,
} from './directory-objects.ts'
import { bindMembers, countGroups, createGroup, deleteGroup, getGroup, listGroups, updateGroup } from './groups.ts'
import * as members from './members.ts'
import { groupPatchNeeds, NEEDS, type Needs, userPatchNeeds } from './permissions.ts'
import * as roles from './role-routes.ts'
import * as tenant from './tenant-routes.ts'
import * as units from './units.ts'
import { createUser, deleteUser, removeManager, revokeSessions, setManager, updateUser } from './user-writes.ts'
import * as users from './users.ts'

/** What answers one method of one path. `{}` in the path stands for an id, `{cast}` for `microsoft.graph.…`. */
export interface Route {
  readonly method: string
  readonly path: readonly string[]
  readonly needs: Needs
  readonly answer: (call: Call) => SimulatedReply
  /** Base cost of the read in resource units. */
  readonly cost: number
}

function route(line: string, needs: Needs, answer: Route['answer'], cost = 1): Route {
  const [method = '', path = ''] = line.split(' ')
  return { method, path: path.split('/').filter(segment => segment !== ''), needs, answer, cost }
}

const USERS: readonly Route[] = [
  route('GET /users', NEEDS.readUsers, users.listUsers, 2),
  route('GET /users/$count', NEEDS.readUsers, users.countUsers),
  route('POST /users', NEEDS.writeUsers, createUser),
  route('GET /users/{}', NEEDS.readUsers, users.getUser),
  route('PATCH /users/{}', userPatchNeeds, updateUser),
  route('DELETE /users/{}', NEEDS.deleteUsers, deleteUser),
  route('GET /users/{}/manager', NEEDS.readManager, users.getManager),
  route('GET /users/{}/manager/$ref', NEEDS.readManager, users.getManagerRef),
  route('PUT /users/{}/manager/$ref', NEEDS.writeUsers, setManager),
  route('DELETE /users/{}/manager/$ref', NEEDS.writeUsers, removeManager),
  route('GET /users/{}/directReports', NEEDS.readManager, users.listDirectReports),
  route('POST /users/{}/revokeSignInSessions', NEEDS.revoke, revokeSessions),
  route('POST /users/{}/microsoft.graph.revokeSignInSessions', NEEDS.revoke, revokeSessions),
  route('GET /users/{}/memberOf', NEEDS.readMemberOf, users.listMemberOf, 2),
  route('GET /users/{}/memberOf/{cast}', NEEDS.readMemberOf, users.listMemberOf, 2),
  route('GET /users/{}/transitiveMemberOf', NEEDS.readMemberOf, users.listTransitiveMemberOf, 2),
  route('GET /users/{}/transitiveMemberOf/{cast}', NEEDS.readMemberOf, users.listTransitiveMemberOf, 2),
  route('POST /users/{}/checkMemberGroups', NEEDS.readMemberOf, checkMemberGroups, 4),
  route('POST /users/{}/getMemberGroups', NEEDS.readMemberOf, getMemberGroups, 2),
]

const GROUPS: readonly Route[] = [
  route('GET /groups', NEEDS.readGroups, listGroups),
  route('GET /groups/$count', NEEDS.readGroups, countGroups),
  route('POST /groups', NEEDS.createGroups, createGroup),
  route('GET /groups/{}', NEEDS.readGroups, getGroup),
  route('PATCH /groups/{}', groupPatchNeeds, updateGroup),
  route('DELETE /groups/{}', NEEDS.writeGroups, deleteGroup),
  route('GET /groups/{}/members', NEEDS.readMembers, members.listMembers, 3),
  route('GET /groups/{}/members/$ref', NEEDS.readMembers, members.listMemberRefs, 3),
  route('GET /groups/{}/members/$count', NEEDS.readMembers, members.countMembers),
  route('GET /groups/{}/members/{cast}', NEEDS.readMembers, members.listMembers, 3),
  route('GET /groups/{}/members/{cast}/$count', NEEDS.readMembers, members.countMembers),
  route('POST /groups/{}/members/$ref', NEEDS.writeMembers, members.addMember),
  route('POST /groups/{}/members', NEEDS.writeMembers, bindMembers),
  route('PATCH /groups/{}/members', NEEDS.writeMembers, bindMembers),
  route('DELETE /groups/{}/members/{}/$ref', NEEDS.writeMembers, members.removeMember),
  route('DELETE /groups/{}/members/{}', NEEDS.writeMembers, members.deleteMemberObject),
  route('GET /groups/{}/transitiveMembers', NEEDS.readMembers, members.listTransitiveMembers, 5),
  route('GET /groups/{}/transitiveMembers/$count', NEEDS.readMembers, members.countTransitiveMembers, 5),
  route('GET /groups/{}/transitiveMembers/{cast}', NEEDS.readMembers, members.listTransitiveMembers, 5),
  route('GET /groups/{}/owners', NEEDS.readGroups, members.listOwners),
  route('GET /groups/{}/owners/$ref', NEEDS.readGroups, members.listOwnerRefs),
  route('GET /groups/{}/owners/{cast}', NEEDS.readGroups, members.listOwners),
  route('POST /groups/{}/owners/$ref', NEEDS.writeGroups, members.addOwner),
  route('DELETE /groups/{}/owners/{}/$ref', NEEDS.writeGroups, members.removeOwner),
  route('GET /groups/{}/memberOf', NEEDS.readMemberOf, objectMemberOf),
  route('GET /groups/{}/transitiveMemberOf', NEEDS.readMemberOf, objectTransitiveMemberOf, 2),
  route('POST /groups/{}/checkMemberGroups', NEEDS.readMemberOf, checkMemberGroups, 4),
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
    route(`POST ${root}/{}/members/$ref`, NEEDS.writeUnits, units.addUnitMember),
    route(`POST ${root}/{}/members`, NEEDS.createGroups, units.createGroupInUnit),
    route(`DELETE ${root}/{}/members/{}/$ref`, NEEDS.writeUnits, units.removeUnitMember),
  ]
}

const ROLES = '/roleManagement/directory'

const REST: readonly Route[] = [
  route('GET /directory/deletedItems', NEEDS.readDirectory, listAllDeleted),
  route('GET /directory/deletedItems/{}', NEEDS.readAnything, listDeleted),
  route('POST /directory/deletedItems/{}/restore', NEEDS.deleteUsers, restoreDeleted),
  route('DELETE /directory/deletedItems/{}', NEEDS.deleteUsers, purgeDeleted),
  route('POST /directoryObjects/getByIds', NEEDS.readAnything, getByIds, 3),
  route('POST /directoryObjects/microsoft.graph.getByIds', NEEDS.readAnything, getByIds, 3),
  route('GET /directoryObjects/{}', NEEDS.readAnything, getDirectoryObject),
  route('POST /directoryObjects/{}/checkMemberGroups', NEEDS.readMemberOf, checkMemberGroups, 4),
  route(`GET ${ROLES}/roleDefinitions`, NEEDS.readRoles, roles.listDefinitions),
  route(`GET ${ROLES}/roleDefinitions/{}`, NEEDS.readRoles, roles.getDefinition),
  route(`GET ${ROLES}/roleAssignments`, NEEDS.readRoles, roles.listAssignments),
  route(`GET ${ROLES}/roleAssignments/{}`, NEEDS.readRoles, roles.getAssignment),
  route(`POST ${ROLES}/roleAssignments`, NEEDS.writeRoles, roles.createAssignment),
  route(`DELETE ${ROLES}/roleAssignments/{}`, NEEDS.writeRoles, roles.deleteAssignment),
  route('GET /directoryRoles', NEEDS.readRoles, roles.listDirectoryRoles),
  route('GET /directoryRoles/{}/members', NEEDS.readRoles, roles.listRoleMembers),
  route('GET /organization', NEEDS.readOrganization, tenant.listOrganization),
  route('GET /domains', NEEDS.readDomains, tenant.listDomains),
  route('GET /domains/{}', NEEDS.readDomains, tenant.getDomain),
  route('GET /servicePrincipals', NEEDS.readApplications, tenant.listPrincipals),
  route('GET /servicePrincipals/$count', NEEDS.readApplications, tenant.countPrincipals),
  route('GET /servicePrincipals/{}', NEEDS.readApplications, tenant.getPrincipal),
  route('GET /servicePrincipals/{}/appRoleAssignments', NEEDS.readApplications, tenant.listGrants, 2),
  route('GET /servicePrincipals/{}/memberOf', NEEDS.readMemberOf, objectMemberOf),
  route('GET /servicePrincipals/{}/transitiveMemberOf', NEEDS.readMemberOf, objectTransitiveMemberOf, 2),
]

/** Every route, those with fixed segments before those with ids. */
export const ROUTES: readonly Route[] = [
  ...USERS,
  ...GROUPS,
  ...unitRoutes('/directory/administrativeUnits'),
  ...unitRoutes('/administrativeUnits'),
  ...REST,
]
