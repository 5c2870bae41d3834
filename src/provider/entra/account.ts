import type { Account, AccountState } from '../../model/account.ts'
import type { AccountId, AttributeName, EmployeeNumber, Instant } from '../../model/ids.ts'
import { type EntraAttribute, storedValue } from './schema.ts'

/** A user as Microsoft Graph gives it, its id known to be there. */
export type GraphUser = Readonly<Record<string, unknown>> & { readonly id: string }

/** What is known of an account besides the user itself. */
export interface Surroundings {
  readonly attributes: readonly EntraAttribute[]
  readonly marked: boolean
  readonly blockMarked: boolean
  /** It lies in the bin. */
  readonly binned: boolean
  /** Ids of all who hold administrative rights; undefined where that cannot be read. */
  readonly admins: ReadonlySet<string> | undefined
}

/** The object with an id, or undefined when what came is none. */
export function graphUser(json: unknown): GraphUser | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  return typeof (json as Record<string, unknown>).id === 'string' ? (json as GraphUser) : undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function instant(value: unknown): Instant | undefined {
  const at = Date.parse(text(value) ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** The login of a user, also of one in the bin, where it is written behind the id without dashes ("Delete a user"). */
function loginOf(user: GraphUser, binned: boolean): string {
  const login = text(user.userPrincipalName) ?? ''
  const prefix = user.id.replaceAll('-', '').toLowerCase()
  return binned && login.toLowerCase().startsWith(prefix) ? login.slice(prefix.length) : login
}

/** Given by Graph as `manager: { id }` where it was expanded. */
function managerOf(user: GraphUser): AccountId | undefined {
  return graphUser(user.manager)?.id as AccountId | undefined
}

function attributesOf(user: GraphUser, known: readonly EntraAttribute[]): Record<AttributeName, string> {
  const attributes: Record<AttributeName, string> = {}
  for (const one of known) {
    const value = storedValue(one, user)
    if (value !== undefined) attributes[one.name] = value
  }
  return attributes
}

const STATUS: Readonly<Record<AccountState, string>> = {
  Enabled: 'enabled',
  Blocked: 'disabled',
  Deleted: 'deleted',
  Staged: 'disabled',
}

/** The account that a user is. Entra ID does not tell a user who was never enabled from one who was disabled. */
export function accountFrom(user: GraphUser, around: Surroundings): Account {
  const state = around.binned ? 'Deleted' : user.accountEnabled === false ? 'Blocked' : 'Enabled'
  const email = text(user.mail)
  const number = text(user.employeeId) as EmployeeNumber | undefined
  const createdAt = instant(user.createdDateTime)
  const stateSince = instant(user.signInSessionsValidFromDateTime)
  const manager = managerOf(user)
  return {
    id: user.id as AccountId,
    login: loginOf(user, around.binned),
    state,
    status: STATUS[state],
    departed: state !== 'Enabled',
    marked: around.marked,
    blockMarked: around.blockMarked,
    attributes: attributesOf(user, around.attributes),
    ...(email === undefined ? {} : { email }),
    ...(number === undefined ? {} : { number }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(stateSince === undefined ? {} : { stateSince }),
    ...(manager === undefined ? {} : { manager }),
    ...(around.admins === undefined ? {} : { admin: around.admins.has(user.id) }),
    ...(user.onPremisesSyncEnabled === true ? { masteredBy: 'on-premises directory' } : {}),
  }
}
