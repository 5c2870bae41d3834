import type { Plain, Thing } from './plain.ts'

/** What a tenant holds, as plain requests show it. */
export interface View {
  /** Accounts as the vendor gives them, by login. */
  readonly accounts: ReadonlyMap<string, Thing>
  /** Logins of managers, by login. */
  readonly managers: ReadonlyMap<string, string>
  /** Groups, and at Entra administrative units, by name. */
  readonly sets: ReadonlyMap<string, { readonly raw: Thing; readonly members: readonly string[] }>
}

/** Names of what an account holds, sorted. */
export function heldBy(view: View, login: string): readonly string[] {
  return [...view.sets].flatMap(([name, { members }]) => (members.includes(login) ? [name] : [])).sort()
}

/** Everything an Okta org shows of users and groups. Okta has no link for managers: they are two fields of the profile. */
export async function viewOfOkta(okta: Plain): Promise<View> {
  // The plain list leaves out whom Okta calls DEPROVISIONED.
  const users = [
    ...(await okta.list('/api/v1/users?limit=20')),
    ...(await okta.list(`/api/v1/users?filter=${encodeURIComponent('status eq "DEPROVISIONED"')}`)),
  ]
  const accounts = new Map(users.map(user => [profileOf(user, 'login'), user]))
  const logins = new Map(users.map(user => [String(user.id), profileOf(user, 'login')]))
  const managers = [...accounts].flatMap(([login, user]) => {
    const manager = logins.get(profileOf(user, 'managerId'))
    return manager === undefined ? [] : [[login, manager] as const]
  })
  const sets = new Map<string, { raw: Thing; members: readonly string[] }>()
  for (const raw of await okta.list('/api/v1/groups?limit=10')) {
    const members = await okta.list(`/api/v1/groups/${String(raw.id)}/users?limit=25`)
    sets.set(profileOf(raw, 'name'), { raw, members: members.map(user => profileOf(user, 'login')).sort() })
  }
  return { accounts, managers: new Map(managers), sets }
}

/** A field of an Okta profile as text; empty when it is not there. */
function profileOf(thing: Thing | undefined, field: string): string {
  return String((thing?.profile as Thing | undefined)?.[field] ?? '')
}

const selected =
  'id,accountEnabled,userPrincipalName,mail,givenName,surname,displayName,employeeId,jobTitle,department,companyName,employeeType,' +
  'employeeHireDate,employeeOrgData,streetAddress,city,state,postalCode,country,usageLocation,preferredLanguage,otherMails,' +
  'businessPhones,mobilePhone,createdDateTime,passwordPolicies'

/** Everything an Entra tenant shows of users, groups and administrative units. */
export async function viewOfEntra(graph: Plain): Promise<View> {
  const users = await graph.list(`/users?$select=${selected}&$expand=manager($select=id,userPrincipalName)&$top=25`)
  const accounts = new Map(users.map(user => [String(user.userPrincipalName), withoutManager(user)]))
  const managers = users.flatMap(({ userPrincipalName, manager }) => {
    const login = (manager as Thing | undefined)?.userPrincipalName
    return login === undefined ? [] : [[String(userPrincipalName), String(login)] as const]
  })
  const logins = new Map(users.map(user => [user.id, String(user.userPrincipalName)]))
  const sets = new Map<string, { raw: Thing; members: readonly string[] }>()
  for (const kind of ['groups', 'directory/administrativeUnits'])
    for (const raw of await graph.list(`/${kind}`)) {
      const members = await graph.list(`/${kind}/${String(raw.id)}/members?$select=id&$top=25`)
      const names = members.map(member => logins.get(member.id) ?? String(member.id)).sort()
      sets.set(String(raw.displayName), { raw, members: names })
    }
  return { accounts, managers: new Map(managers), sets }
}

function withoutManager({ manager: _, ...user }: Thing): Thing {
  return user
}
