import { budgetOf } from '../guard/budgets.ts'
import type { Ownership, Reading } from '../guard/check.ts'
import { judgePlan } from '../guard/judge.ts'
import type { AccountKey, LookupResult, Snapshot } from '../model/account.ts'
import type { DesiredState } from '../model/desired.ts'
import type { Catalog, EntitlementKind } from '../model/entitlement.ts'
import { AuthError, PermissionError, TenureError } from '../model/errors.ts'
import type { AccountId, Instant, SetHash } from '../model/ids.ts'
import { lookupKey } from '../model/keys.ts'
import type { Manifests } from '../model/manifests.ts'
import type { Finding, Reason } from '../model/origin.ts'
import type { Drift, Plan, Verdict } from '../model/plan.ts'
import type { Probe, ProbeProblem, ProviderPolicy } from '../model/provider.ts'
import type { ProviderRecord } from '../model/record.ts'
import type { Actual } from '../plan/bindings.ts'
import { diff, type Observation } from '../plan/diff.ts'
import { setHash } from '../plan/hash.ts'
import { planOperations } from '../plan/plan.ts'
import { departuresToRead, questionsOf } from '../plan/questions.ts'
import { resolveDesired } from '../plan/resolve.ts'
import { namesIn, retiredNames } from '../plan/scope.ts'
import type { Provider } from '../provider/provider.ts'
import { ownershipOf } from './ownership.ts'
import { populationOf } from './population.ts'

export interface PlanProviderInput {
  readonly provider: Provider
  readonly policy: ProviderPolicy
  readonly manifests: Manifests
  readonly record: ProviderRecord
  /** Who we are beside the owner name: the id of this directory or cluster; undefined where it is not known (a plan in CI). */
  readonly by: string | undefined
  readonly approved: readonly SetHash[]
  readonly now: Instant
  /** What changed since the last whole read is enough. */
  readonly incremental?: boolean
  readonly signal: AbortSignal
}

/** Everything known about one provider when its plan is ready. */
export interface PlannedProvider {
  readonly policy: ProviderPolicy
  readonly provider: Provider
  readonly desired: DesiredState
  readonly drift: readonly Drift[]
  readonly plan: Plan
  readonly verdict: Verdict
  readonly ownership: Ownership
  readonly findings: readonly Finding[]
  readonly observations: readonly Observation[]
  readonly snapshot: Snapshot | undefined
  /** Why the provider was not read whole. */
  readonly error: string | undefined
}

/**
 * Steps 3 to 10 of the chain for one provider: probe, catalogue, desired, snapshot, direct reads, difference, plan, verdict.
 * Throws AuthError when the provider refuses us altogether, TenureError when it cannot even be probed.
 */
export async function planProvider(input: PlanProviderInput): Promise<PlannedProvider> {
  const { provider, policy, manifests, record, now, signal } = input
  const probe = await provider.probe(signal, { kinds: kindsNamed(input) })
  const findings = probe.problems.map(problem => problemFinding(policy, problem))
  const lacking = probe.problems.filter(problem => problem.severity === 'Error' && !isTolerable(problem, policy))
  const fatal = lacking.find(problem => !problem.writing)
  if (fatal) throw new PermissionError(`${policy.name}: ${fatal.message} (missing: ${fatal.missing})`)
  const { catalog, failure } = await readCatalog(input, lacking)
  const resolved = resolveDesired({ manifests, policy, catalog, record, traits: provider.traits, now })
  const desired = provider.canonicalize(resolved, catalog)
  const whole = failure === undefined ? await readWhole(input, desired) : partial(failure)
  const direct = await answersTo(input, desired, whole.snapshot)
  const { snapshot, reading } =
    direct.failure === undefined ? whole : partial(`a direct read failed: ${direct.failure}`)
  const actual: Actual = { snapshot, answers: direct.answers }
  const { drift, findings: seen, observations } = diff({ desired, actual, record, traits: provider.traits })
  const plan = planOperations(drift, desired, provider.traits)
  const ownership = ownershipOf(probe.marker, policy, input.by)
  const verdict = judgePlan({
    plan,
    desired,
    bound: boundIn(record),
    population: populationOf(record, snapshot),
    reading,
    ownership,
    clockSkewMs: probe.clock ? probe.clock.theirs - probe.clock.ours : undefined,
    recordLost: isLost(record, snapshot),
    approved: [...input.approved, ...policy.guard.approved],
    hashOf: setHash,
  })
  const error = reading.kind === 'Partial' ? reading.why : undefined
  findings.push(...(error === undefined ? ownershipFindings(policy, ownership) : [readFinding(policy, error)]))
  findings.push(...clockFindings(policy, probe), ...emptyFindings(policy, verdict), ...desired.findings, ...seen)
  return { policy, provider, desired, drift, plan, verdict, ownership, findings, observations, snapshot, error }
}

/** Who only observes needs neither a right to write nor ownership. */
function isTolerable(problem: ProbeProblem, policy: ProviderPolicy): boolean {
  return problem.writing === true && writesNothing(policy)
}

function writesNothing(policy: ProviderPolicy): boolean {
  return policy.mode === 'Observe' || policy.paused
}

/** The provider holds accounts marked as ours, and nothing was ever written down of them, or what followed still waits. */
export function isLost(record: ProviderRecord, snapshot: Snapshot | undefined): boolean {
  return record.lost || (record.empty && [...(snapshot?.accounts.values() ?? [])].some(account => account.marked))
}

function boundIn(record: ProviderRecord): ReadonlySet<AccountId> {
  const bound = new Set<AccountId>()
  for (const person of record.people.values()) if (person.account) bound.add(person.account)
  return bound
}

function kindsNamed({ manifests, policy }: PlanProviderInput): ReadonlySet<EntitlementKind> {
  return new Set(namesIn(manifests.mappings, policy.name).map(({ kind }) => kind))
}

/** A catalogue that cannot be read, like a right that is missing elsewhere, leaves declared departures, which need neither. */
async function readCatalog(
  input: PlanProviderInput,
  lacking: readonly ProbeProblem[],
): Promise<{ readonly catalog: Catalog; readonly failure?: string }> {
  if (lacking.length > 0) {
    const missing = lacking.map(problem => problem.missing).join(', ')
    return { catalog: { entitlements: new Map() }, failure: `a right to write is missing: ${missing}` }
  }
  const { mappings } = input.manifests
  const { name } = input.policy
  const names = [...namesIn(mappings, name), ...retiredNames(mappings, name, input.record.mapped)]
  try {
    return { catalog: await input.provider.catalog(names, input.signal) }
  } catch (error) {
    return { catalog: { entitlements: new Map() }, failure: asPartial(error) }
  }
}

interface WholeRead {
  readonly snapshot: Snapshot | undefined
  readonly reading: Reading
}

function partial(why: string): WholeRead {
  return { snapshot: undefined, reading: { kind: 'Partial', why } }
}

/** A snapshot, and a second one when the first holds far fewer accounts than the last we trusted. */
async function readWhole(input: PlanProviderInput, desired: DesiredState): Promise<WholeRead> {
  const { provider, policy, record, signal } = input
  const scope = { bound: [...boundIn(record)], entitlements: [...desired.scope.values()].map(one => one.entitlement) }
  try {
    const first = await provider.snapshot({ ...scope, incremental: input.incremental ?? false }, signal)
    const trusted = record.trustedAccounts ?? 0
    const drop = trusted - first.accounts.size
    if (drop <= budgetOf(policy.guard.limits.block, trusted)) return { snapshot: first, reading: { kind: 'Whole' } }
    const second = await provider.snapshot(scope, signal)
    const problem = (await provider.probe(signal, { kinds: kindsNamed(input) })).problems.find(
      one => one.severity === 'Error',
    )
    if (!problem && second.accounts.size === first.accounts.size)
      return { snapshot: second, reading: { kind: 'Whole' } }
    return partial(
      `${first.accounts.size} managed accounts were read, ${trusted} at the last trusted read, and a second read does not agree`,
    )
  } catch (error) {
    return partial(asPartial(error))
  }
}

/**
 * Why only a part is known, for a failure that leaves declared departures possible: they need a direct read and nothing else. A
 * credential that is refused altogether ends everything; a right that is missing somewhere does not.
 */
function asPartial(error: unknown): string {
  if (error instanceof AuthError && !(error instanceof PermissionError)) throw error
  if (error instanceof TenureError) return error.message
  throw error
}

interface DirectReads {
  readonly answers: ReadonlyMap<string, LookupResult>
  /** Why some questions have no answer. */
  readonly failure?: string
}

/**
 * Asks directly until no answer raises another question. What declared departures and suspensions need is asked first, each by itself,
 * so that nobody else's trouble holds one up.
 */
async function answersTo(
  input: PlanProviderInput,
  desired: DesiredState,
  snapshot: Snapshot | undefined,
): Promise<DirectReads> {
  const answers = new Map<string, LookupResult>()
  const ask = async (keys: readonly AccountKey[]): Promise<string | undefined> => {
    try {
      for (const result of await input.provider.lookup(keys, input.signal)) answers.set(lookupKey(result.key), result)
      return undefined
    } catch (error) {
      return asPartial(error)
    }
  }
  const urgent = departuresToRead(desired, input.record)
  const failures = await Promise.all(urgent.map(key => ask([key]))) // the provider itself bounds what is in flight
  let failure = failures.find(one => one !== undefined)
  for (let round = 0; round < 3 && failure === undefined; round += 1) {
    const questions = questionsOf(desired, input.record, { snapshot, answers })
    if (questions.length === 0) break
    failure = await ask(questions)
  }
  return { answers, ...(failure === undefined ? {} : { failure }) }
}

function finding(policy: ProviderPolicy, severity: Finding['severity'], reason: Reason, message: string): Finding {
  const subject = { kind: 'IdentityProvider' as const, name: policy.name }
  return {
    reason,
    severity,
    message: `IdentityProvider ${policy.name}: ${message}`,
    subject,
    origin: policy.origin,
    provider: policy.name,
  }
}

function problemFinding(policy: ProviderPolicy, problem: Probe['problems'][number]): Finding {
  return finding(
    policy,
    problem.severity === 'Error' && !isTolerable(problem, policy) ? 'Error' : 'Info',
    'PermissionMissing',
    `${problem.message} (missing: ${problem.missing})`,
  )
}

function readFinding(policy: ProviderPolicy, why: string): Finding {
  return finding(
    policy,
    'Error',
    'ReadIncomplete',
    `it could not be read whole, so only declared departures go on: ${why}`,
  )
}

/** Where nothing may be written the run has failed, also when there is nothing to write just now. */
function ownershipFindings(policy: ProviderPolicy, ownership: Ownership): Finding[] {
  if (ownership.kind === 'Ours') return []
  const reason = ownership.kind === 'Foreign' ? 'OwnedElsewhere' : 'MarkerMissing'
  return [finding(policy, writesNothing(policy) ? 'Warning' : 'Error', reason, ownership.message)]
}

/** Nothing is taken away, but a broken mount must not look like a good run. */
function emptyFindings(policy: ProviderPolicy, verdict: Verdict): Finding[] {
  if (!verdict.refusals.some(refusal => refusal.reason === 'DesiredEmpty')) return []
  const message =
    'no Employee is declared at all, and it holds people of ours; check the folder, nobody loses anything meanwhile'
  return [finding(policy, 'Error', 'DesiredEmpty', message)]
}

function clockFindings(policy: ProviderPolicy, probe: Probe): Finding[] {
  const skew = probe.clock ? Math.abs(probe.clock.theirs - probe.clock.ours) : 0
  if (skew <= 5 * 60_000) return []
  return [
    finding(
      policy,
      'Error',
      'ClockSkewed',
      `its clock and ours differ by ${Math.round(skew / 60_000)} minutes; what is due by date waits`,
    ),
  ]
}
