import { addFault, type Candidate, type Path, placeOf } from './candidate.ts'
import { placeText } from './place.ts'

/** The namespace of objects that name none, where nothing else decides: that of kubectl. */
const defaultNamespace = 'default'

const path: Path = ['metadata', 'namespace']
const remedy = 'one folder is one organisation: keep each in a folder of its own'

/**
 * One reading is one organisation, hence one namespace, which this gives. The IdentityProviders decide which; objects without a
 * namespace belong to it. Whatever names another is faulted, since it would mean another organisation's accounts.
 */
export function settleNamespace(candidates: readonly Candidate[]): string {
  const providers = candidates.filter(({ kind, namespace }) => kind === 'IdentityProvider' && namespace !== undefined)
  const namespaces = byFrequency(providers)
  const home = namespaces[0] ?? byFrequency(candidates)[0] ?? defaultNamespace
  // With IdentityProviders in several namespaces, nobody can say which one is meant: none of them is used.
  if (namespaces.length > 1) refuseProviders(providers)
  for (const candidate of candidates) {
    const { kind, namespace } = candidate
    if (namespace === undefined || namespace === home) continue
    if (kind === 'IdentityProvider' && namespaces.length > 1) continue
    addFault(candidate, path, `metadata.namespace: is ${namespace}, while the rest here is in ${home}; ${remedy}`)
  }
  return home
}

function byFrequency(candidates: readonly Candidate[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { namespace } of candidates) if (namespace) counts.set(namespace, (counts.get(namespace) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([namespace]) => namespace)
}

function refuseProviders(providers: readonly Candidate[]): void {
  for (const one of providers) {
    const other = providers.find(each => each.namespace !== one.namespace)
    if (!other) continue
    const place = placeText(placeOf(other, path))
    addFault(
      one,
      path,
      `metadata.namespace: is ${one.namespace}, while the IdentityProvider at ${place} is in ${other.namespace}; ${remedy}`,
    )
  }
}
