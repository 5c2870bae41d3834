import { EVENTUAL, equals, type GraphRequest, PAGE, read, userPath, write } from './requests.ts'

/** App properties that decide what may be given of it. */
const APP_PROPERTIES = 'id,displayName,appRoles'

const appPath = (app: string): string => `/servicePrincipals/${encodeURIComponent(app)}`

/** Enterprise applications with this exact name, in any case of letters. */
export const findApps = (name: string): GraphRequest =>
  read(`/servicePrincipals?$filter=${equals('displayName', name)}&$select=${APP_PROPERTIES}&$top=${PAGE}`)

/** One enterprise application. */
export const readApp = (id: string): GraphRequest => read(`${appPath(id)}?$select=${APP_PROPERTIES}`)

/** Everybody and every group that holds a role of an application. */
export const listAppHolders = (app: string): GraphRequest => read(`${appPath(app)}/appRoleAssignedTo?$top=${PAGE}`)

/** Every app role that a user holds directly. */
export const listAppRoles = (user: string): GraphRequest => read(`${userPath(user)}/appRoleAssignments?$top=${PAGE}`)

/** Gives a user a role of an application; the zero GUID stands for access without a role. */
export const assignAppRole = (app: string, role: string, user: string): GraphRequest =>
  write('POST', `${appPath(app)}/appRoleAssignedTo`, { principalId: user, resourceId: app, appRoleId: role })

/** Takes an app role away, by the id of its assignment. */
export const unassignAppRole = (app: string, assignment: string): GraphRequest =>
  write('DELETE', `${appPath(app)}/appRoleAssignedTo/${encodeURIComponent(assignment)}`)

/** Every Entra role there is. */
export const listRoleDefinitions = (): GraphRequest =>
  read('/roleManagement/directory/roleDefinitions?$select=id,displayName,templateId,isEnabled')

/** Every Entra role anyone holds, with the holder, whose type tells a group from a user. */
export const listRoleAssignments = (): GraphRequest =>
  read('/roleManagement/directory/roleAssignments?$expand=principal')

/** Every Entra role one principal holds. */
export const listRolesOf = (principal: string): GraphRequest =>
  read(`/roleManagement/directory/roleAssignments?$filter=${equals('principalId', principal)}`)

/** Gives a user an Entra role in the whole tenant. */
export const assignRole = (role: string, user: string): GraphRequest =>
  write('POST', '/roleManagement/directory/roleAssignments', {
    roleDefinitionId: role,
    principalId: user,
    directoryScopeId: '/',
  })

/** Takes an Entra role away, by the id of its assignment. */
export const unassignRole = (assignment: string): GraphRequest =>
  write('DELETE', `/roleManagement/directory/roleAssignments/${encodeURIComponent(assignment)}`)

/** Every licence the tenant has subscribed to. */
export const listSkus = (): GraphRequest => read('/subscribedSkus')

/** Users who hold a licence, with how each came to it. */
export const listLicensed = (sku: string): GraphRequest =>
  read(
    `/users?$filter=${encodeURIComponent(`assignedLicenses/any(l:l/skuId eq ${sku})`)}&$select=id,licenseAssignmentStates&$top=${PAGE}&$count=true`,
    EVENTUAL,
  )

/** One user with the licences it holds and how it came to them. */
export const readLicenses = (user: string): GraphRequest =>
  read(`${userPath(user)}?$select=id,usageLocation,licenseAssignmentStates`)

/** Gives and takes licences of one user; both lists have to be there. */
export const changeLicenses = (
  user: string,
  { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): GraphRequest =>
  write('POST', `${userPath(user)}/assignLicense`, {
    addLicenses: add.map(skuId => ({ skuId, disabledPlans: [] })),
    removeLicenses: remove,
  })

const passes = (user: string): string => `${userPath(user)}/authentication/temporaryAccessPassMethods`

/** Temporary Access Passes of a user; the passes themselves are not shown. */
export const listPasses = (user: string): GraphRequest => read(passes(user))

/** Makes a Temporary Access Pass for one sign-in. Without a lifetime the tenant's policy decides. */
export const createPass = (user: string, lifetimeInMinutes?: number): GraphRequest => ({
  method: 'POST',
  path: passes(user),
  repeatable: 'Once',
  body: { isUsableOnce: true, ...(lifetimeInMinutes === undefined ? {} : { lifetimeInMinutes }) },
})

/** Deletes a Temporary Access Pass. */
export const deletePass = (user: string, pass: string): GraphRequest =>
  write('DELETE', `${passes(user)}/${encodeURIComponent(pass)}`)
