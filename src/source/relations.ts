import { nearestName } from '../expression/nearest.ts'
import type { Employee } from '../model/employee.ts'
import type { GroupMapping } from '../model/mapping.ts'
import { addFinding, type Candidate, type Path, placeOf } from './candidate.ts'
import { placeText } from './place.ts'

/** Something parsed, with the manifest it came from, for places. */
export interface Parsed<Of> {
  readonly value: Of
  readonly candidate: Candidate
}

/** Reports names of IdentityProviders that nobody declared, and gives the employees without them. */
export function withKnownProviders(
  employees: readonly Parsed<Employee>[],
  declared: ReadonlySet<string>,
): readonly Parsed<Employee>[] {
  return employees.map(({ value, candidate }) => {
    const { providers } = value
    if (!providers || providers.every(name => declared.has(name))) return { value, candidate }
    for (const [index, name] of providers.entries())
      if (!declared.has(name)) reportProvider(candidate, ['spec', 'providers', index], name, declared)
    return { value: { ...value, providers: providers.filter(name => declared.has(name)) }, candidate }
  })
}

/** The same for the grants of mappings. */
export function withKnownTargets(
  mappings: readonly Parsed<GroupMapping>[],
  declared: ReadonlySet<string>,
): readonly Parsed<GroupMapping>[] {
  return mappings.map(({ value, candidate }) => {
    for (const [index, { provider }] of value.grants.entries())
      if (!declared.has(provider)) reportProvider(candidate, ['spec', 'grants', index, 'provider'], provider, declared)
    return { value: { ...value, grants: value.grants.filter(grant => declared.has(grant.provider)) }, candidate }
  })
}

function reportProvider(candidate: Candidate, path: Path, name: string, declared: ReadonlySet<string>): void {
  const near = nearestName(name, declared)
  const remedy = near === undefined ? 'declare it, or take the name out' : `did you mean ${near}?`
  const message = `there is no IdentityProvider ${name}; ${remedy}`
  addFinding(candidate, path, { message, reason: 'ProviderMissing', severity: 'Error' })
}

/** Warns of managers nobody declared. `declared` holds the name of every Employee, also of those that are wrong. */
export function reportMissingManagers(employees: readonly Parsed<Employee>[], declared: ReadonlySet<string>): void {
  for (const { value, candidate } of employees) {
    if (value.manager === undefined || declared.has(value.manager)) continue
    const near = nearestName(value.manager, declared)
    const remedy = near === undefined ? 'declare that Employee, or take the manager out' : `did you mean ${near}?`
    const message = `the manager ${value.manager} is no Employee, so none is set; ${remedy}`
    addFinding(candidate, ['spec', 'manager', 'name'], { message, reason: 'ManagerMissing', severity: 'Warning' })
  }
}

/** Warns of people who are their own manager's manager, and gives them without one: no provider could hold the circle. */
export function withoutManagerCycles(employees: readonly Parsed<Employee>[]): readonly Parsed<Employee>[] {
  const byName = new Map(employees.map(each => [each.value.name, each]))
  const inCycle = new Map<string, readonly string[]>()
  const settled = new Set<string>()
  for (const name of byName.keys()) {
    const path: string[] = []
    const onPath = new Map<string, number>()
    let at: string | undefined = name
    while (at !== undefined && !settled.has(at) && !onPath.has(at)) {
      onPath.set(at, path.push(at) - 1)
      at = byName.get(at)?.value.manager
    }
    const start = at === undefined ? undefined : onPath.get(at)
    if (start !== undefined) for (const member of path.slice(start)) inCycle.set(member, path.slice(start))
    for (const member of path) settled.add(member)
  }
  return employees.map(each => {
    const cycle = inCycle.get(each.value.name)
    if (!cycle) return each
    reportCycle(each, cycle, byName)
    const { manager: _, ...value } = each.value
    return { ...each, value }
  })
}

function reportCycle(
  { value, candidate }: Parsed<Employee>,
  cycle: readonly string[],
  byName: ReadonlyMap<string, Parsed<Employee>>,
): void {
  const start = cycle.indexOf(value.name)
  const turned = [...cycle.slice(start), ...cycle.slice(0, start)]
  const names = turned.length > 6 ? [...turned.slice(0, 5), '…'] : turned
  const next = byName.get(turned[1] ?? value.name)
  const path = ['spec', 'manager', 'name']
  const place = next ? ` (${placeText(placeOf(next.candidate, path))})` : ''
  const message = `the managers form a circle, ${[...names, value.name].join(' → ')}, so none is set; change ${value.manager}'s manager${place} or this one`
  addFinding(candidate, path, { message, reason: 'ManagerCycle', severity: 'Warning' })
}
