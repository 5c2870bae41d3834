import * as appRoles from './app-roles.ts'
import * as applications from './applications.ts'
import * as licences from './licence-routes.ts'
import * as methods from './method-routes.ts'
import { type MethodType, methodReaders, methodWriters } from './method-types.ts'
import { appRoleCreateNeeds, NEEDS } from './permissions.ts'
import { type Route, route } from './route.ts'
import * as tenant from './tenant-routes.ts'

const METHODS = '/users/{}/authentication'
const POLICIES = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations'
const PASS_POLICY = `${POLICIES}/TemporaryAccessPass`

function kindRoutes(type: MethodType): readonly Route[] {
  const [path, reads, writes] = [`${METHODS}/${type.path}`, methodReaders(type), methodWriters(type)]
  const create = type.path === 'temporaryAccessPassMethods' ? methods.createPass : methods.createKind(type)
  return [
    route(`GET ${path}`, reads, methods.listKind(type)),
    route(`GET ${path}/{}`, reads, methods.getKind(type)),
    ...(type.create === undefined ? [] : [route(`POST ${path}`, writes, create)]),
    ...(type.update.length === 0 ? [] : [route(`PATCH ${path}/{}`, writes, methods.updateKind(type))]),
    ...(type.deletable ? [route(`DELETE ${path}/{}`, writes, methods.deleteKind(type))] : []),
  ]
}

/** Ways of signing in and the policy for them. */
export const METHOD_ROUTES: readonly Route[] = [
  route(`GET ${METHODS}/methods`, NEEDS.readMethods, methods.listMethods),
  route(`GET ${METHODS}/methods/{}`, NEEDS.readMethods, methods.getMethod),
  route(`POST ${METHODS}/methods/{}/resetPassword`, NEEDS.nothing, methods.resetPassword),
  ...methods.KINDS.flatMap(kindRoutes),
  route(`GET ${PASS_POLICY}`, NEEDS.readMethodPolicy, methods.getPassPolicy),
  route(`PATCH ${PASS_POLICY}`, NEEDS.writeMethodPolicy, methods.updatePassPolicy),
]

/** Products and who has them. */
export const LICENCE_ROUTES: readonly Route[] = [
  route('GET /subscribedSkus', NEEDS.readLicences, licences.listSkus, 3),
  route('GET /subscribedSkus/{}', NEEDS.readLicences, licences.getSku),
  route('GET /users/{}/licenseDetails', NEEDS.readUserLicences, licences.listLicenceDetails, 2),
  route('POST /users/{}/assignLicense', NEEDS.assignLicences, licences.assignToUser),
  route('POST /users/{}/reprocessLicenseAssignment', NEEDS.assignLicences, licences.reprocess),
  route('POST /groups/{}/assignLicense', NEEDS.assignGroupLicences, licences.assignToGroup),
  route('GET /groups/{}/membersWithLicenseErrors', NEEDS.readMembers, licences.listMembersWithErrors),
]

const APP_ROLES = appRoles.SIDES.flatMap((side): readonly Route[] => {
  const path = `/${side.collection}/{}/${side.list}`
  return [
    route(`GET ${path}`, NEEDS.readAppRoles, appRoles.listAppRoles(side), side.list === 'appRoleAssignments' ? 2 : 1),
    route(`GET ${path}/{}`, NEEDS.readAppRoles, appRoles.getAppRole(side)),
    route(`POST ${path}`, appRoleCreateNeeds, appRoles.createAppRole(side)),
    route(`DELETE ${path}/{}`, NEEDS.deleteAppRoles, appRoles.deleteAppRole(side)),
  ]
})

function ownerRoutes(path: string, kind: 'application' | 'servicePrincipal'): readonly Route[] {
  return [
    route(`GET ${path}/{}/owners`, NEEDS.readApplications, applications.listAppOwners(kind)),
    route(`POST ${path}/{}/owners/$ref`, NEEDS.writeApplications, applications.addAppOwner(kind)),
    route(`DELETE ${path}/{}/owners/{}/$ref`, NEEDS.writeApplications, applications.removeAppOwner(kind)),
  ]
}

/** Applications, their service principals, and who holds their roles. */
export const APPLICATION_ROUTES: readonly Route[] = [
  route('GET /applications', NEEDS.readApplications, applications.listApplications, 2),
  route('GET /applications/$count', NEEDS.readApplications, applications.countApplications),
  route('POST /applications', NEEDS.writeApplications, applications.createApplication),
  route('GET /applications/{}', NEEDS.readApplications, applications.getApplication),
  route('PATCH /applications/{}', NEEDS.writeApplications, applications.updateApplication),
  route('DELETE /applications/{}', NEEDS.writeApplications, applications.deleteApplication),
  ...ownerRoutes('/applications', 'application'),
  route('GET /servicePrincipals', NEEDS.readApplications, tenant.listPrincipals),
  route('GET /servicePrincipals/$count', NEEDS.readApplications, tenant.countPrincipals),
  route('POST /servicePrincipals', NEEDS.writeApplications, applications.createPrincipal),
  route('GET /servicePrincipals/{}', NEEDS.readApplications, tenant.getPrincipal),
  route('PATCH /servicePrincipals/{}', NEEDS.writeApplications, applications.updatePrincipal),
  route('DELETE /servicePrincipals/{}', NEEDS.writeApplications, applications.deletePrincipal),
  ...ownerRoutes('/servicePrincipals', 'servicePrincipal'),
  ...APP_ROLES,
]
