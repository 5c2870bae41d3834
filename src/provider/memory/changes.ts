import type { AttributeName } from '../../model/ids.ts'
import type { ApprovedOperation } from '../../model/plan.ts'
import { loginTaken } from './accounts.ts'
import type { MemoryClient } from './client.ts'
import { applied, failed, goneResult, type Result, writeMember } from './outcome.ts'
import { attributeFault } from './schema.ts'

type Approved<Kind> = Extract<ApprovedOperation, { kind: Kind }>

/** Writes the attributes named and no others. One that is refused does not keep the others back. */
export function updated(client: MemoryClient, operation: Approved<'update'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  if (!account || account.state === 'Deleted') return goneResult(operation.account)
  if (account.masteredBy !== undefined) {
    const where = `Change it in ${account.masteredBy}, which masters account ${account.id}.`
    return failed('ExternallyMastered', `The tenant refuses changes of this account. ${where}`)
  }
  const faults: string[] = []
  const set: Record<AttributeName, string | null> = {}
  for (const [name, value] of Object.entries(operation.set)) {
    const fault = attributeFault(client.settings, name, value)
    if (fault === undefined) set[name] = value
    else faults.push(fault)
  }
  const login = operation.login?.to.toLowerCase()
  const holder = login === undefined ? undefined : client.tenant.holderOf(login)
  const taken = holder !== undefined && holder.id !== account.id
  const change = { attributes: set, ...(login === undefined || taken ? {} : { login }) }
  if (Object.keys(set).length > 0 || 'login' in change) client.write(() => client.tenant.edit(account.id, change))
  if (taken && login !== undefined) return loginTaken(login, holder)
  if (faults.length > 0)
    return failed('AttributeUnknown', `The tenant ${faults.join(' and ')}; the other values are set.`)
  return applied(client.tenant.account(account.id) ?? account)
}

/** Sets the manager, or clears it. */
export function managerSet(client: MemoryClient, operation: Approved<'set-manager'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  if (!account || account.state === 'Deleted') return goneResult(operation.account)
  const manager = operation.manager === undefined ? undefined : operation.managerAccount
  if (operation.manager !== undefined && (manager === undefined || client.tenant.account(manager) === undefined)) {
    return failed('ProviderFailed', `The manager ${operation.manager.number} has no account yet; the next run sets it.`)
  }
  if (account.manager !== manager) client.write(() => client.tenant.edit(account.id, { manager }))
  return applied(account)
}

/** Gives an entitlement. */
export function granted(client: MemoryClient, operation: Approved<'grant'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  const { id, name } = operation.entitlement
  if (!account || account.state === 'Deleted') return goneResult(operation.account)
  const entitlement = client.tenant.entitlement(id)
  if (entitlement === undefined) return failed('EntitlementMissing', `There is no "${name}" (${id}) any more.`)
  if (client.tenant.isMember(id, account.id)) return applied(account)
  if (entitlement.readOnly !== undefined) return unwritable(name, entitlement.readOnly)
  if (account.state === 'Departed') {
    return failed('ProviderFailed', `Account ${account.id} has departed; the tenant adds it to no group.`)
  }
  writeMember(client, entitlement, account.id, true)
  return applied(account)
}

/** Takes an entitlement away. That the entitlement, or the account, is gone means it is so already. */
export function revoked(client: MemoryClient, operation: Approved<'revoke'>): Result {
  if (operation.account === undefined) return goneResult(undefined)
  const { id, name } = operation.entitlement
  const account = client.tenant.account(operation.account)
  const entitlement = client.tenant.entitlement(id)
  if (account === undefined || entitlement === undefined || !client.tenant.isMember(id, account.id)) {
    return { kind: 'applied', account: operation.account }
  }
  if (entitlement.readOnly !== undefined) return unwritable(name, entitlement.readOnly)
  writeMember(client, entitlement, account.id, false)
  return applied(account)
}

function unwritable(name: string, why: string): Result {
  return failed(
    'ProviderFailed',
    `The tenant refuses changes of "${name}": its members are ${why}; take it out of the mapping.`,
  )
}
