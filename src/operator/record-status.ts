import type { EmployeeAccount, EmployeeAccountGrant } from '../api/employee.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { AccountId, EmployeeNumber, EntitlementId, Instant, ProviderName } from '../model/ids.ts'
import type { Fact, JournalEntry, PersonRecord, RecordedGrant } from '../model/record.ts'

/** Parts of `status.accounts[]` that are the durable record; the others only tell how things stand. */
export type AccountRecordStatus = Omit<EmployeeAccount, 'provider' | 'phase' | 'state'>

const times = [
  'blockedAt',
  'departureSeenAt',
  'sessionsEndedAt',
  'offboardedAt',
  'deletedAt',
  'foreignBlockSeenAt',
  'firstEnabledAt',
] as const

/** What must outlive this process of one person at one provider, as it stands in the status of the Employee. */
export function recordStatusOf(record: PersonRecord): AccountRecordStatus {
  const { account, login, intent, number } = record
  const shownLogin = login ?? intent?.login
  const status: AccountRecordStatus = {
    employeeNumber: number,
    ...(account === undefined ? {} : { id: account }),
    ...(shownLogin === undefined ? {} : { login: shownLogin }),
    ...(intent ? { createSentAt: text(intent.at) } : {}),
    ...(intent && intent.login !== shownLogin ? { createLogin: intent.login } : {}),
    enabledOnce: record.enabledOnce,
    ...(record.made ? { made: true } : {}),
    ...(record.credentialIssued ? { credentialIssued: true } : {}),
    ...(record.blockAnnounced ? { blockSent: true } : {}),
    ...(record.departureDeletes === undefined ? {} : { departureDeletes: record.departureDeletes }),
  }
  for (const name of times) {
    const at = record[name]
    if (at !== undefined) status[name] = text(at)
  }
  const grants = grantStatuses(record)
  return grants.length === 0 ? status : { ...status, grants }
}

/** Sorted, so that the same record is always the same status. */
function grantStatuses({ grants, announced = new Map() }: PersonRecord): EmployeeAccountGrant[] {
  const ids = new Set([...grants.keys(), ...announced.keys()])
  return [...ids].sort().flatMap(id => {
    const [given, sent] = [grants.get(id), announced.get(id)]
    const grant = given ?? sent
    if (!grant) return []
    const { kind, name, privileged } = grant.entitlement
    return {
      kind,
      name,
      id,
      ...(privileged ? { privileged } : {}),
      mappings: [...grant.mappings],
      state: given ? ('Granted' as const) : ('Pending' as const),
      ...(given?.at === undefined ? {} : { givenAt: text(given.at) }),
      ...(sent ? { sent: true } : {}),
    }
  })
}

/** Whose status it is. */
export interface RecordOwner {
  readonly provider: ProviderName
  readonly employee: string
  readonly retain: boolean
  readonly orphan: boolean
}

/**
 * The entries from which a RecordBook folds what {@link recordStatusOf} wrote. Empty for a status that records nothing. What is in a
 * status by hand is taken as it stands: who may write it may claim any account, so nobody but the operator should.
 */
export function entriesOf(status: AccountRecordStatus, owner: RecordOwner): JournalEntry[] {
  const number = status.employeeNumber as EmployeeNumber | undefined
  if (number === undefined) return []
  const { provider, employee, retain, orphan } = owner
  const entry = (at: Instant, ...facts: Fact[]): JournalEntry => ({
    kind: 'fact',
    at,
    provider,
    number,
    employee,
    facts,
  })
  const entries = [entry(0, { kind: 'declared', employee, retain, orphan })]
  const { id, login } = status
  if (id !== undefined) entries.push(entry(0, { kind: 'bound', account: id as AccountId, login: login ?? '' }))
  entries.push(...timedFacts(status).map(([at, fact]) => entry(at, fact)))
  for (const grant of status.grants ?? []) {
    const recorded = recordedGrant(grant)
    if (recorded && grant.givenAt !== undefined)
      entries.push(entry(Date.parse(grant.givenAt), { kind: 'granted', ...recorded }))
  }
  return [...entries, ...openIntents(status, { number, owner })]
}

function timedFacts(status: AccountRecordStatus): [Instant, Fact][] {
  const facts: [Instant, Fact][] = []
  const at = (time: string | undefined, fact: (at: Instant) => Fact): void => {
    if (time !== undefined) facts.push([Date.parse(time), fact(Date.parse(time))])
  }
  if (status.made) facts.push([0, { kind: 'made' }])
  if (status.credentialIssued) facts.push([0, { kind: 'credential-issued' }])
  at(status.firstEnabledAt, () => ({ kind: 'enabled' }))
  at(status.deletedAt, () => ({ kind: 'deleted' }))
  at(status.blockedAt, () => ({ kind: 'blocked' }))
  at(status.departureSeenAt, seen => ({ kind: 'departure-seen', at: seen, deletes: status.departureDeletes ?? false }))
  at(status.sessionsEndedAt, () => ({ kind: 'sessions-ended' }))
  at(status.offboardedAt, () => ({ kind: 'offboarded' }))
  at(status.foreignBlockSeenAt, seenAt => ({ kind: 'foreign-block', seenAt }))
  return facts
}

/** What was announced and not answered before this process began. */
function openIntents(
  status: AccountRecordStatus,
  { number, owner }: { readonly number: EmployeeNumber; readonly owner: RecordOwner },
): JournalEntry[] {
  const intent = (operation: 'create' | 'block' | 'grant', more: object, at = 0): JournalEntry => ({
    kind: 'intent',
    at,
    provider: owner.provider,
    number,
    employee: owner.employee,
    operation,
    id: `before/${owner.provider}/${number}/${operation}`,
    detail: '',
    because: '',
    plan: '',
    actor: '',
    ...more,
  })
  const login = status.createLogin ?? status.login
  const sent = (status.grants ?? []).flatMap(grant => (grant.sent ? (recordedGrant(grant) ?? []) : []))
  return [
    ...(status.createSentAt !== undefined && login !== undefined
      ? [intent('create', { login }, Date.parse(status.createSentAt))]
      : []),
    ...(status.blockSent ? [intent('block', {})] : []),
    ...(sent.length > 0 ? [intent('grant', { grants: sent })] : []),
  ]
}

function recordedGrant({ kind, id, name, privileged, mappings }: EmployeeAccountGrant): RecordedGrant | undefined {
  if (id === undefined) return undefined
  const entitlement: Entitlement = { kind, id: id as EntitlementId, name, privileged: privileged ?? false }
  return { entitlement, mappings: mappings ?? [] }
}

function text(at: Instant): string {
  return new Date(at).toISOString()
}
