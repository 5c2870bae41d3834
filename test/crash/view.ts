import { RecordBook } from '../../src/reconcile/record.ts'
import { openAuditLog } from '../../src/report/audit.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { seenFromOutside } from '../support/outside.ts'

/** Everything that must be the same whether or not the program was killed on the way: no ids and no times. */
export interface View {
  /** Both tenants as anybody sees them. */
  readonly tenants: unknown
  /** What the record says of each person, by provider. */
  readonly record: unknown
}

/** What holds now, for comparing with an undisturbed run. */
export async function viewOf(simulator: Simulator, auditFile: string): Promise<View> {
  return { tenants: await seenFromOutside(simulator), record: await recordIn(auditFile) }
}

async function recordIn(auditFile: string): Promise<unknown> {
  const { entries } = await openAuditLog(auditFile, { now: () => 0, readOnly: true })
  const book = new RecordBook(entries)
  const providers = [...new Set(entries.map(entry => entry.provider))].sort()
  return Object.fromEntries(providers.map(name => [name, recordOf(book.of(name))]))
}

type ProviderRecord = ReturnType<RecordBook['of']>
type PersonRecord = ProviderRecord['people'] extends ReadonlyMap<unknown, infer P> ? P : never

function recordOf({ people, mapped, trustedAccounts }: ProviderRecord): unknown {
  return {
    trustedAccounts,
    mapped: [...mapped.values()]
      .map(({ entitlement, mode, mappings }) => `${entitlement.kind} ${entitlement.name} ${mode} ${mappings.join()}`)
      .sort(),
    people: Object.fromEntries([...people].sort(([a], [b]) => (a < b ? -1 : 1)).map(([n, one]) => [n, personIn(one)])),
  }
}

function personIn(person: PersonRecord): unknown {
  const { employee, login, intent, grants, enabledOnce, retain, orphan } = person
  const known = (
    ['account', 'blockedAt', 'departureSeenAt', 'sessionsEndedAt', 'offboardedAt', 'deletedAt'] as const
  ).filter(name => person[name] !== undefined)
  return {
    employee,
    login,
    intent: intent?.login,
    known,
    flags: { enabledOnce, retain, orphan },
    grants: [...grants.values()]
      .map(({ entitlement, mappings }) => `${entitlement.kind} ${entitlement.name}: ${[...mappings].sort().join()}`)
      .sort(),
  }
}

/** Employee numbers and logins that more than one account of a tenant has, the bin included. */
export function duplicatesIn({ tenants }: Simulator): readonly string[] {
  const okta = (tenants.okta.state().users ?? []).flatMap(({ profile }) => [
    ['okta number', profile.employeeNumber],
    ['okta login', String(profile.login).toLowerCase()],
  ])
  const entra = (tenants.entra.state().users ?? []).flatMap(({ employeeId, userPrincipalName }) => [
    ['entra number', employeeId],
    ['entra login', String(userPrincipalName).toLowerCase()],
  ])
  const seen = new Set<string>()
  const twice: string[] = []
  for (const [what, value] of [...okta, ...entra]) {
    if (value === undefined || value === null) continue
    const key = `${String(what)} ${String(value)}`
    if (seen.has(key)) twice.push(key)
    seen.add(key)
  }
  return twice
}

/** What is wrong with how leavers are kept out: an account that can sign in, or that has a session from before they left. */
export function openDoors({ tenants }: Simulator, leavers: ReadonlyMap<string, string>): readonly string[] {
  const open: string[] = []
  for (const { profile, status, sessions } of tenants.okta.state().users ?? []) {
    if (!leavers.has(String(profile.employeeNumber))) continue
    const blocked = status === 'SUSPENDED' || status === 'DEPROVISIONED'
    if (!blocked || sessions !== 0) open.push(`okta ${String(profile.login)}: ${status}, ${sessions} sessions`)
  }
  for (const user of tenants.entra.state().users ?? []) {
    const since = leavers.get(String(user.employeeId))
    if (since === undefined) continue
    const valid = Date.parse(String(user.signInSessionsValidFromDateTime))
    if (user.accountEnabled !== false || !(valid >= Date.parse(since)))
      open.push(`entra ${String(user.userPrincipalName)}: enabled or its sessions are valid`)
  }
  return open
}
