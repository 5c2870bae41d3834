import type { Employee } from '../model/employee.ts'
import type { EmployeeNumber } from '../model/ids.ts'

/**
 * The manager of each employee, by the employee's name, where there is one. A manager who does not exist, and every link of a circle
 * of managers, is left out; whoever merely reports into a circle keeps theirs.
 */
export function managersOf(employees: readonly Employee[]): ReadonlyMap<string, EmployeeNumber> {
  const byName = new Map(employees.map(employee => [employee.name, employee]))
  const circular = circularManagers(byName)
  const managers = new Map<string, EmployeeNumber>()
  for (const employee of employees) {
    const manager = employee.manager === undefined ? undefined : byName.get(employee.manager)
    if (manager && !circular.has(employee.name)) managers.set(employee.name, manager.number)
  }
  return managers
}

/** Names of everybody who is, through managers, their own manager. */
export function circularManagers(byName: ReadonlyMap<string, Employee>): ReadonlySet<string> {
  const settled = new Set<string>()
  const circular = new Set<string>()
  for (const start of byName.keys()) {
    const path = new Map<string, number>()
    let name: string | undefined = start
    while (name !== undefined && byName.has(name) && !settled.has(name) && !path.has(name)) {
      path.set(name, path.size)
      name = byName.get(name)?.manager
    }
    const entry = name === undefined ? undefined : path.get(name)
    for (const [visited, position] of path) {
      if (entry !== undefined && position >= entry) circular.add(visited)
      settled.add(visited)
    }
  }
  return circular
}
