import { addPassword, removePassword } from './app-passwords.ts'
import * as appRoles from './app-roles.ts'
import * as applications from './applications.ts'
import * as federated from './federated-credentials.ts'
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

function appRoutes(path: string, kind: applications.AppKind): readonly Route[] {
  const reads = applications.ownedNeeds(kind, NEEDS.readApplications)
  const writes = applications.ownedNeeds(kind, NEEDS.writeApplications)
  return [
    route(`GET ${path}/{}/owners`, reads, applications.listAppOwners(kind)),
    route(`GET ${path}/{}/owners/$ref`, reads, applications.listAppOwnerRefs(kind)),
    route(`GET ${path}/{}/owners/{}/$ref`, reads, applications.getAppOwnerRef(kind)),
    route(`POST ${path}/{}/owners/$ref`, writes, applications.addAppOwner(kind)),
    route(`DELETE ${path}/{}/owners/{}/$ref`, writes, applications.removeAppOwner(kind)),
    route(`POST ${path}/{}/addPassword`, writes, addPassword(kind)),
    route(`POST ${path}/{}/removePassword`, writes, removePassword(kind)),
  ]
}

const APPLICATION_READS = applications.ownedNeeds('application', NEEDS.readApplications)
const APPLICATION_WRITES = applications.ownedNeeds('application', NEEDS.writeApplications)
const PRINCIPAL_READS = applications.ownedNeeds('servicePrincipal', NEEDS.readApplications)
const PRINCIPAL_WRITES = applications.ownedNeeds('servicePrincipal', NEEDS.writeApplications)
const FEDERATED = '/applications/{}/federatedIdentityCredentials'

const FEDERATED_ROUTES: readonly Route[] = [
  route(`GET ${FEDERATED}`, APPLICATION_READS, federated.listFederated),
  route(`GET ${FEDERATED}/{}`, APPLICATION_READS, federated.getFederated),
  route(`POST ${FEDERATED}`, APPLICATION_WRITES, federated.createFederated),
  route(`PATCH ${FEDERATED}/{}`, APPLICATION_WRITES, federated.updateFederated),
  route(`DELETE ${FEDERATED}/{}`, APPLICATION_WRITES, federated.deleteFederated),
]

/** Applications, their service principals, and who holds their roles. */
export const APPLICATION_ROUTES: readonly Route[] = [
  route('GET /applications', NEEDS.readApplications, applications.listApplications, 2),
  route('GET /applications/$count', NEEDS.readApplications, applications.countApplications),
  route('POST /applications', NEEDS.createApplications, applications.createApplication),
  route('GET /applications/{}', APPLICATION_READS, applications.getApplication),
  route('PATCH /applications/{}', APPLICATION_WRITES, applications.updateApplication),
  route('DELETE /applications/{}', APPLICATION_WRITES, applications.deleteApplication),
  ...appRoutes('/applications', 'application'),
  ...FEDERATED_ROUTES,
  route('GET /servicePrincipals', NEEDS.readApplications, tenant.listPrincipals),
  route('GET /servicePrincipals/$count', NEEDS.readApplications, tenant.countPrincipals),
  route('POST /servicePrincipals', NEEDS.createApplications, applications.createPrincipal),
  route('GET /servicePrincipals/{}', PRINCIPAL_READS, tenant.getPrincipal),
  route('PATCH /servicePrincipals/{}', PRINCIPAL_WRITES, applications.updatePrincipal),
  route('DELETE /servicePrincipals/{}', PRINCIPAL_WRITES, applications.deletePrincipal),
  ...appRoutes('/servicePrincipals', 'servicePrincipal'),
  ...APP_ROLES,
]
