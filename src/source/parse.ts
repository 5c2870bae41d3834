import type { Employee } from '../model/employee.ts'
import type { Manifests, SourceReading } from '../model/manifests.ts'
import type { GroupMapping } from '../model/mapping.ts'
import type { Finding } from '../model/origin.ts'
import type { IdentityProvider } from '../model/provider.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { checkAlone, typed } from './checks.ts'
import {
  numbersOf,
  refuseDuplicateNames,
  refuseDuplicateNumbers,
  refuseSharedTenants,
  reportDuplicateEmails,
} from './crosscheck.ts'
import { employeeOf } from './employee.ts'
import { identityProviderOf } from './identity-provider.ts'
import { groupMappingOf } from './mapping.ts'
import { settleNamespace } from './organisation.ts'
import { placeText } from './place.ts'
import {
  type Parsed,
  reportMissingManagers,
  withKnownProviders,
  withKnownTargets,
  withoutManagerCycles,
} from './relations.ts'

/**
 * Turns what was read into people, mappings and providers, checked alone and against each other. Pure. What is wrong is a finding at
 * its place; a wrong manifest is left out, and the numbers it claims are untouchable.
 */
export function parseManifests(reading: SourceReading): Manifests {
  const candidates = reading.manifests.flatMap(raw => candidateOf(raw) ?? [])
  for (const candidate of candidates) checkAlone(candidate)
  const home = settleNamespace(candidates)
  const local = candidates.filter(({ namespace }) => namespace === undefined || namespace === home)
  const employees = local.filter(each => each.kind === 'Employee')
  refuseDuplicateNames(local)
  refuseDuplicateNumbers(employees)
  reportDuplicateEmails(employees)
  refuseSharedTenants(local.filter(each => each.kind === 'IdentityProvider' && each.usable))
  const parsed = resolved(parsedAll(local, home), local)
  const found = candidates.flatMap(each => each.findings)
  return {
    employees: parsed.employees.map(each => each.value),
    mappings: parsed.mappings.map(each => each.value),
    providers: parsed.providers,
    findings: [...withoutEchoes(reading.findings, found), ...found],
    complete: reading.complete && !found.some(provesIncomplete),
    untouchable: new Set(
      candidates
        .filter(each => each.kind === 'Employee' && !each.usable)
        .flatMap(each => numbersOf(each).map(claim => claim.number)),
    ),
  }
}

interface ParsedAll {
  readonly employees: readonly Parsed<Employee>[]
  readonly mappings: readonly Parsed<GroupMapping>[]
  readonly providers: readonly IdentityProvider[]
}

function parsedAll(candidates: readonly Candidate[], namespace: string): ParsedAll {
  const employees: Parsed<Employee>[] = []
  const mappings: Parsed<GroupMapping>[] = []
  const providers: IdentityProvider[] = []
  for (const candidate of candidates) {
    if (!candidate.usable) continue
    const { origin } = candidate.raw
    const { kind, object } = typed(candidate)
    if (kind === 'Employee') employees.push({ value: employeeOf(object, namespace, origin), candidate })
    else if (kind === 'GroupMapping') mappings.push({ value: groupMappingOf(object, namespace, origin), candidate })
    else providers.push(identityProviderOf(object, namespace, origin))
  }
  return { employees, mappings, providers }
}

/** Names looked up among all that is declared, also what is wrong: a fault there is no reason to call the name unknown. */
function resolved(parsed: ParsedAll, candidates: readonly Candidate[]): ParsedAll {
  const named = (kind: Candidate['kind']): ReadonlySet<string> =>
    new Set(candidates.flatMap(each => (each.kind === kind && each.name !== undefined ? [each.name] : [])))
  const providers = named('IdentityProvider')
  const employees = withKnownProviders(parsed.employees, providers)
  reportMissingManagers(employees, named('Employee'))
  return {
    employees: withoutManagerCycles(employees),
    mappings: withKnownTargets(parsed.mappings, providers),
    providers: parsed.providers,
  }
}

/** A shared address alone leaves it clear who is declared. */
function provesIncomplete(finding: Finding): boolean {
  return finding.severity === 'Error' && finding.reason !== 'DuplicateWorkEmail'
}

/** Leaves out what the reader said about a place where something worse was found: one mistake, one sentence. */
function withoutEchoes(fromReading: readonly Finding[], found: readonly Finding[]): readonly Finding[] {
  const worse = new Set(
    found.flatMap(({ severity, origin }) => (severity === 'Error' && origin ? [placeText(origin)] : [])),
  )
  return fromReading.filter(
    each => each.severity !== 'Warning' || each.origin === undefined || !worse.has(placeText(each.origin)),
  )
}
