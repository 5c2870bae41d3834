import type { Entitlement } from '../../model/entitlement.ts'
import type { AttributeName } from '../../model/ids.ts'
import type { ApprovedOperation, MarkerKind } from '../../model/plan.ts'
import type { MemoryClient } from './client.ts'
import { applied, attempt, failed, goneResult, type Result, skipped, writeMember } from './outcome.ts'
import { attributeFault } from './schema.ts'
import type { MemoryAccount } from './state.ts'

type Approved<Kind> = Extract<ApprovedOperation, { kind: Kind }>

/** Makes an account with its marks and as many grants as fit in the same write; what does not fit follows. */
export function created(client: MemoryClient, operation: Approved<'create'>): Result {
  const { traits } = client.settings
  const login = operation.login.toLowerCase()
  const holder = client.tenant.holderOf(login)
  if (holder !== undefined) return loginTaken(login, holder)
  const attributes = { [traits.numberAttribute]: operation.person.number, ...operation.attributes }
  const fault = creationFault(client, login, attributes, operation.grants)
  if (fault !== undefined) return fault
  const marks: readonly MarkerKind[] = operation.state === 'Staged' ? ['Managed', 'Blocked'] : ['Managed']
  const groups = [...marks.map(kind => client.marker(kind)), ...operation.grants]
  const id = client.tenant.newAccountId()
  client.write(() => {
    client.tenant.addAccount({ id, login, state: operation.state, attributes })
    for (const group of groups.slice(0, traits.groupsOnCreate)) client.tenant.setMember(group.id, id, true)
  })
  const notes = groups
    .slice(traits.groupsOnCreate)
    .flatMap(group => attempt(`Adding it to "${group.name}"`, () => writeMember(client, group, id, true)))
  return { kind: 'applied', account: id, login, ...(notes.length === 0 ? {} : { note: notes.join(' ') }) }
}

function creationFault(
  client: MemoryClient,
  login: string,
  attributes: Readonly<Record<AttributeName, string>>,
  grants: readonly Entitlement[],
): Result | undefined {
  const domains = client.settings.loginDomains
  if (domains !== undefined && !domains.some(domain => login.endsWith(`@${domain}`))) {
    return failed(
      'ProviderFailed',
      `The login "${login}" is in no domain of the tenant: use one of ${domains.join(', ')}.`,
    )
  }
  const faults = Object.entries(attributes).flatMap(
    ([name, value]) => attributeFault(client.settings, name, value) ?? [],
  )
  if (faults.length > 0)
    return failed('AttributeUnknown', `The account was not made: the tenant ${faults.join(' and ')}.`)
  const fixed = grants.find(({ id }) => client.tenant.entitlement(id)?.readOnly !== undefined)
  if (fixed !== undefined)
    return failed('ProviderFailed', `The account was not made: "${fixed.name}" cannot be written.`)
  const missing = grants.find(({ id }) => client.tenant.entitlement(id) === undefined)
  if (missing === undefined) return undefined
  return failed('EntitlementMissing', `The account was not made: there is no "${missing.name}" (${missing.id}).`)
}

/** Somebody else has the login. */
export function loginTaken(login: string, holder: MemoryAccount): Result {
  const held = `account ${holder.id}, which is ${holder.state.toLowerCase()}, holds it`
  return failed(
    'LoginTaken',
    `The login "${login}" is taken: ${held}; give the person another work e-mail or free this one.`,
  )
}

/** Takes an account out of the bin, blocked and without anything it held, but for the marks. Goes on where it was broken off. */
export function restored(client: MemoryClient, operation: Approved<'restore'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  if (!account) return goneResult(operation.account)
  if (account.state === 'Enabled') {
    return failed('AdoptionRefused', `Account ${account.id} is out of the bin and enabled: somebody else restored it.`)
  }
  if (account.state === 'Deleted') {
    const holder = client.tenant.holderOf(account.login)
    if (holder !== undefined) return loginTaken(account.login, holder)
    client.write(() => client.tenant.setState(account.id, 'Blocked'))
  }
  for (const held of client.held(account.id)) {
    if (held.readOnly === undefined) writeMember(client, held, account.id, false)
  }
  writeMember(client, client.marker('Blocked'), account.id, true)
  writeMember(client, client.marker('Managed'), account.id, true)
  return applied(account)
}

/** Puts an account that exists under the marker; changes nothing else. A departed one must be there already. */
export function adopted(client: MemoryClient, operation: Approved<'adopt'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  if (!account) return refusedAdoption(operation.account ?? '(none named)', 'it is not there')
  if (account.state === 'Departed' && operation.how === 'Marked') return applied(account)
  if (account.state === 'Departed' || account.state === 'Deleted') {
    return refusedAdoption(account.id, `it is ${account.state.toLowerCase()}`)
  }
  writeMember(client, client.marker('Managed'), account.id, true)
  return applied(account)
}

function refusedAdoption(id: string, why: string): Result {
  return failed('AdoptionRefused', `Account ${id} cannot be adopted: ${why}; enable it there or let a new one be made.`)
}

/** Adds to, or takes out of, a marker group. */
export function marked(client: MemoryClient, operation: Approved<'mark' | 'unmark'>): Result {
  const account = operation.account && client.tenant.account(operation.account)
  const adding = operation.kind === 'mark'
  if (!account || account.state === 'Deleted') return goneResult(operation.account)
  const group = client.marker(operation.marker)
  if (adding && account.state === 'Departed' && !client.tenant.isMember(group.id, account.id)) {
    return skipped('ProviderFailed', `Account ${account.id} has departed; the tenant adds it to no group.`)
  }
  writeMember(client, group, account.id, adding)
  return applied(account)
}
