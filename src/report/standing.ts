import type { Finding, Reason } from '../model/origin.ts'
import type { Drift, Operation, Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import { remainingDrift } from './remaining-drift.ts'

/** How an object stands after a run: what its conditions say. */
export interface Standing {
  /**
   * `Ready`: the providers match it. `Stalled`: a person has to mend something about this object. `Waiting`: the operator goes on by
   * itself, or somebody else's decision is awaited.
   */
  readonly kind: 'Ready' | 'Stalled' | 'Waiting'
  readonly reason: Reason | 'InSync' | 'Progressing'
  /** A sentence for people, without times and request ids: it must not change while nothing does. */
  readonly message: string
  /** What differs from the manifest and is not set right by this run. */
  readonly drift?: string
  /** What the guard holds back. */
  readonly withheld?: { readonly reason: Reason; readonly message: string }
}

/** Reasons for which a person has to mend the object; whatever else went wrong is tried again. */
const forPeople: ReadonlySet<Reason> = new Set<Reason>([
  'AccountUnmanaged',
  'AdoptionAmbiguous',
  'AdoptionRefused',
  'BlockedElsewhere',
  'ConfigurationInvalid',
  'CredentialsRejected',
  'DuplicateEmployeeNumber',
  'DuplicateName',
  'DuplicateWorkEmail',
  'EntitlementAmbiguous',
  'EntitlementComputed',
  'EntitlementIsMarker',
  'EntitlementMissing',
  'EntitlementOwnedElsewhere',
  'EntitlementPrivileged',
  'ExternallyMastered',
  'LeaverNotBlocked',
  'LoginTaken',
  'ManifestInvalid',
  'MarkerMissing',
  'NotYetSupported',
  'OwnedElsewhere',
  'PermissionMissing',
  'Protected',
  'ProviderMissing',
])

/** Everything a run said, by the object it said it about: `Employee/ada`. */
export class Standings {
  readonly #findings = new Map<string, Finding[]>()
  readonly #troubles = new Map<string, Trouble[]>()
  readonly #drift = new Map<string, Drift[]>()
  readonly #withheld = new Map<string, NonNullable<Standing['withheld']>>()
  readonly #unread: readonly ProviderReport[]

  constructor(report: RunReport) {
    for (const finding of report.findings) this.#note(finding)
    for (const provider of report.providers) {
      for (const finding of provider.findings) this.#note(finding)
      for (const drift of remainingDrift(provider)) into(this.#drift, drift.person.employee, drift)
      for (const outcome of provider.outcomes) this.#noteOutcome(outcome)
      for (const { reason, message, operations } of provider.verdict?.refusals ?? [])
        for (const { person } of operations) this.#withheld.set(person.employee, { reason, message })
    }
    this.#unread = report.providers.filter(provider => provider.error !== undefined)
  }

  /** How an Employee stands who belongs to these providers. */
  ofEmployee(name: string, providers: ReadonlySet<string>): Standing {
    const findings = (this.#findings.get(`Employee/${name}`) ?? []).filter(({ severity }) => severity !== 'Info')
    const drift = this.#drift.get(name) ?? []
    const withheld = this.#withheld.get(name)
    const told = { ...driftOf(drift), ...(withheld ? { withheld } : {}) }
    const stalling = findings.find(({ reason }) => forPeople.has(reason)) ?? this.#stallingTrouble(name)
    if (stalling) return { kind: 'Stalled', reason: stalling.reason, message: stalling.message, ...told }
    if (withheld) return { kind: 'Waiting', reason: withheld.reason, message: withheld.message, ...told }
    const trouble = this.#troubles.get(name)?.[0]
    if (trouble) return { kind: 'Waiting', reason: trouble.reason, message: trouble.message, ...told }
    const unread = this.#unread.find(({ provider }) => providers.has(provider))
    if (unread)
      return { kind: 'Waiting', reason: 'ReadIncomplete', message: `${unread.provider}: ${unread.error}`, ...told }
    if (drift.length > 0) return { kind: 'Waiting', reason: 'Progressing', message: told.drift ?? '', ...told }
    return { kind: 'Ready', reason: 'InSync', message: 'every provider matches the manifest' }
  }

  /** How a mapping or an IdentityProvider stands, by what was found about itself. */
  ofDeclaration(kind: 'GroupMapping' | 'IdentityProvider', name: string): Standing {
    const findings = (this.#findings.get(`${kind}/${name}`) ?? []).filter(({ severity }) => severity !== 'Info')
    const stalling = findings.find(({ reason }) => forPeople.has(reason))
    if (stalling) return { kind: 'Stalled', reason: stalling.reason, message: stalling.message }
    const error = findings.find(({ severity }) => severity === 'Error')
    if (error) return { kind: 'Waiting', reason: error.reason, message: error.message }
    const unread = kind === 'IdentityProvider' ? this.#unread.find(({ provider }) => provider === name) : undefined
    if (unread) return { kind: 'Waiting', reason: 'ReadIncomplete', message: unread.error ?? '' }
    return { kind: 'Ready', reason: 'InSync', message: 'in force' }
  }

  #note(finding: Finding): void {
    into(this.#findings, `${finding.subject.kind}/${finding.subject.name}`, finding)
  }

  #noteOutcome(outcome: Outcome): void {
    const { employee } = outcome.operation.person
    if (outcome.kind === 'failed' || outcome.kind === 'skipped')
      into(this.#troubles, employee, { reason: outcome.reason, message: sentence(outcome.operation, outcome.message) })
    if (outcome.kind === 'unknown')
      into(this.#troubles, employee, {
        reason: 'ProviderFailed',
        message: sentence(outcome.operation, outcome.message),
      })
  }

  #stallingTrouble(name: string): Trouble | undefined {
    return this.#troubles.get(name)?.find(({ reason }) => forPeople.has(reason))
  }
}

interface Trouble {
  readonly reason: Reason
  readonly message: string
}

function sentence({ provider, kind }: Operation, message: string): string {
  return `${provider}, ${kind}: ${message}`
}

function driftOf(drift: readonly Drift[]): { readonly drift?: string } {
  if (drift.length === 0) return {}
  const kinds = [...new Set(drift.map(({ kind, because }) => `${kind} (${because.text})`))].sort()
  const shown = kinds.slice(0, 5).join(', ')
  return { drift: kinds.length > 5 ? `${shown} and ${kinds.length - 5} more` : shown }
}

function into<T>(map: Map<string, T[]>, key: string, value: T): void {
  const held = map.get(key)
  if (held) held.push(value)
  else map.set(key, [value])
}
