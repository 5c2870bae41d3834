import type { Route } from './call.ts'

interface Compiled {
  readonly route: Route
  readonly parts: readonly string[]
}

/** A route with what its parameters stand for, or the methods a path would have taken. */
export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'method' }
  | { readonly kind: 'nothing' }

/** Finds the operation for a request; fixed parts win over parameters. */
export class Router {
  readonly #byLength = new Map<number, Compiled[]>()

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const parts = route.path.split('/').filter(part => part !== '')
      const same = this.#byLength.get(parts.length) ?? []
      same.push({ route, parts })
      same.sort((left, right) => rank(left.parts).localeCompare(rank(right.parts)))
      this.#byLength.set(parts.length, same)
    }
  }

  find(method: string, segments: readonly string[]): Found {
    let known = false
    for (const { route, parts } of this.#byLength.get(segments.length) ?? []) {
      if (!fits(parts, segments)) continue
      known = true
      if (route.method !== method) continue
      return { kind: 'route', route, parameters: parametersOf(parts, segments) }
    }
    return { kind: known ? 'method' : 'nothing' }
  }

  /** `/api/v1/users/*` for a known path, the path itself for others. */
  pattern(method: string, segments: readonly string[]): string | undefined {
    const found = this.find(method, segments)
    if (found.kind !== 'route') return undefined
    return found.route.path.replace(/:[^/]+/g, '*')
  }
}

function rank(parts: readonly string[]): string {
  return parts.map(part => (part.startsWith(':') ? '1' : '0')).join('')
}

function fits(parts: readonly string[], segments: readonly string[]): boolean {
  return parts.every((part, index) => part.startsWith(':') || part === segments[index])
}

function parametersOf(parts: readonly string[], segments: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    if (part.startsWith(':')) parameters[part.slice(1)] = segments[index] ?? ''
  }
  return parameters
}
