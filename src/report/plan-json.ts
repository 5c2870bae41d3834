import type { Drift, Operation, ProviderReport, RunReport } from '../model/plan.ts'
import { sortedFindings } from './findings.ts'
import { findingJson, operationJson } from './operation-json.ts'
import { sortedProviders, standing } from './plan-summary.ts'
import { refusalGroups, type WithheldSet, withheldSets } from './refusals-text.ts'
import { compareText } from './style.ts'
import { tallyOf } from './tally.ts'

/** Raised when a member is taken out or changes its meaning; members may be added without. */
export const schemaVersion = 1

export interface PlanJsonOptions {
  /** False when there is no record to approve a set in: then sets have no hash. True when not given. */
  readonly approvable?: boolean
}

/**
 * A plan for tools, as docs/reference/plan-json.md describes it. The same report gives the same object with its members in the same
 * order; it holds no time of day. It holds logins and the values of attributes: keep it where those may be kept.
 */
export function planJson(report: RunReport, options: PlanJsonOptions = {}) {
  const approvable = options.approvable ?? true
  return {
    schemaVersion,
    kind: 'Plan' as const,
    ...runJson(report),
    totals: totalsJson(report.providers.flatMap(standing), report),
    providers: sortedProviders(report).map(provider => ({
      ...providerJson(provider, approvable),
      operations: standing(provider).map(operationJson),
    })),
  }
}

/** What a plan and an outcome both say about the run. */
export function runJson({ complete, employees, mappings, findings }: RunReport) {
  return { complete, employees, mappings, findings: sortedFindings(findings).map(findingJson) }
}

/** Counts over all providers; people are counted once. */
export function totalsJson(operations: readonly Operation[], report: RunReport) {
  const { people, accounts, grants, revokes, marks } = tallyOf(operations)
  const refusals = report.providers.flatMap(one => one.verdict?.refusals ?? [])
  const count = (withheld: boolean): number =>
    refusals.filter(one => (one.withheld !== undefined) === withheld).flatMap(one => one.operations).length
  return {
    operations: operations.length,
    people,
    accounts: { ...withoutKey(accounts, 'sign out'), signOut: accounts['sign out'] },
    grants,
    revokes,
    marks,
    withheld: count(true),
    refused: count(false),
  }
}

function withoutKey<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value
  return rest
}

/** What a plan and an outcome both say about a provider. */
export function providerJson(provider: ProviderReport, approvable: boolean) {
  const { plan, error, managedAccounts, entitlements, drift, verdict, findings } = provider
  const refusals = verdict?.refusals ?? []
  return {
    name: provider.provider,
    /** Of all operations, the withheld and refused ones among them; what `apply --plan` compares. */
    hash: plan?.hash ?? null,
    error: error ?? null,
    managedAccounts,
    entitlements: [...entitlements].sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id)),
    drift: driftCounts(drift),
    released: [...(verdict?.released ?? [])].sort(compareText),
    withheld: withheldSets(refusals).map(set => withheldJson(set, approvable)),
    refusals: refusalGroups(refusals).map(({ reason, message, operations }) => ({
      reason,
      message,
      operations: operations.map(operationJson),
    })),
    findings: sortedFindings(findings).map(findingJson),
  }
}

function withheldJson({ check, reason, message, operations, withheld }: WithheldSet, approvable: boolean) {
  return {
    hash: approvable ? withheld.hash : null,
    class: withheld.class,
    count: withheld.count,
    limit: withheld.limit,
    check,
    reason,
    message,
    operations: operations.map(operationJson),
  }
}

function driftCounts(drift: readonly Drift[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { kind } of drift) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => compareText(a, b)))
}
