import type { PolicyCase, Resource, Thing } from './cases.ts'
import { type Answer, type Cluster, until } from './cluster.ts'
import { policyFiles, readPolicyFile } from './policy.ts'

const admission = '/apis/admissionregistration.k8s.io/v1'
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** Where objects of a resource are. */
export function pathOf(resource: Resource, namespace: string): string {
  if (resource === 'namespaces') return '/api/v1/namespaces'
  if (resource === 'customresourcedefinitions') return definitions
  return `/apis/tenure.dev/v1alpha1/namespaces/${namespace}/${resource}`
}

const policyPath = (kind: string) =>
  `${admission}/${kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`

/** Puts all policies of config/policies in force. The server takes about a second to heed them: see {@link untilHeeded}. */
export async function installPolicies(cluster: Cluster): Promise<void> {
  for (const one of policyFiles.flatMap(readPolicyFile))
    await cluster.expectDone({ method: 'POST', path: policyPath(one.kind), body: one as unknown as Thing })
}

/** The name of the one who has exactly these rights beyond reading and writing. */
export const userWith = (rights: readonly string[]): string =>
  `may-${rights.join('-').replaceAll(/[^a-z-]/g, '-') || 'write'}`

const ourRule = (resources: readonly string[], verbs: readonly string[]) => ({
  apiGroups: ['tenure.dev', '', 'apiextensions.k8s.io'],
  resources,
  verbs,
})
const writing = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection']

/** Makes one user for each set of rights: for our kinds in the namespace only, for the cluster's own kinds in the cluster. */
export async function installUsers(cluster: Cluster, namespace: string, cases: readonly PolicyCase[]): Promise<void> {
  const sets = new Map(cases.map(({ rights = [] }) => [userWith(rights), rights]))
  for (const [user, rights] of sets) {
    const asked = rights.map(right => right.split(' ')).map(([verb = '', resource = '']) => ourRule([resource], [verb]))
    const clusterWide = asked.filter(({ resources: [one = ''] }) => /^(namespaces|customres)/.test(one))
    const local = asked.filter(rule => !clusterWide.includes(rule))
    const roles = [
      [
        'Role',
        `${rbac}/namespaces/${namespace}`,
        [ourRule(['employees', 'groupmappings', 'identityproviders'], writing), ...local],
      ],
      ['ClusterRole', rbac, [ourRule(['namespaces', 'customresourcedefinitions'], writing), ...clusterWide]],
    ] as const
    for (const [kind, path, rules] of roles) {
      const metadata = { name: `tenure-policies-${user}` }
      const plural = kind === 'Role' ? 'roles' : 'clusterroles'
      const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }]
      const roleRef = { kind, name: metadata.name, apiGroup: 'rbac.authorization.k8s.io' }
      for (const [where, body] of [
        [plural, { metadata, rules }],
        [plural.replace('roles', 'rolebindings'), { metadata, subjects, roleRef }],
      ] as const) {
        await cluster.call({ method: 'DELETE', path: `${path}/${where}/${metadata.name}` })
        await cluster.expectDone({ method: 'POST', path: `${path}/${where}`, body })
      }
    }
  }
}

/** Waits until every policy refuses something it is to refuse. */
export async function untilHeeded(cluster: Cluster, namespace: string, cases: readonly PolicyCase[]): Promise<void> {
  for (const one of cases)
    await until(`that ${one.title}`, async () => (await attempt(cluster, namespace, one)).status === 403)
}

/** Removes an object whatever protects it. A namespace stays, since only a controller can end one. */
async function clear(cluster: Cluster, resource: Resource, path: string): Promise<void> {
  const body = { metadata: { annotations: null, finalizers: null } }
  await cluster.call({ method: 'PATCH', path, body, type: 'application/merge-patch+json' })
  if (resource === 'namespaces') return
  await cluster.call({ method: 'DELETE', path })
  await until(`the end of ${path}`, async () => (await cluster.call({ method: 'GET', path })).status === 404)
}

/** Stores an object as the administrator, over one that is there. Gives it as stored. */
export async function store(cluster: Cluster, path: string, object: Thing): Promise<Thing> {
  const { status, body } = await cluster.call({ method: 'POST', path, body: object })
  if (status < 300) return body
  if (status !== 409) throw new Error(`POST ${path}: ${status} ${String(body.message)}`)
  const at = `${path}/${nameOf(object)}`
  const there = await cluster.expectDone({ method: 'GET', path: at })
  return cluster.expectDone({ method: 'PUT', path: at, body: over(object, there) })
}

const nameOf = (object: Thing): string => (object.metadata as { readonly name: string }).name

/** An object as it is sent to replace what is stored. */
export function over(object: Thing, stored: Thing): Thing {
  const { resourceVersion } = stored.metadata as { readonly resourceVersion: string }
  return { ...object, metadata: { ...(object.metadata as Thing), resourceVersion } }
}

/** Tries an update, anew when the server has written the status in between. */
async function replace(cluster: Cluster, path: string, after: Thing, user: string): Promise<Answer> {
  for (let attempts = 1; ; attempts++) {
    const stored = await cluster.expectDone({ method: 'GET', path })
    const answer = await cluster.call({ method: 'PUT', path: `${path}?dryRun=All`, body: over(after, stored), user })
    if (answer.status !== 409 || attempts === 10) return answer
  }
}

/** Stores what was before as the administrator, then tries the request as the one with the rights; nothing is left. */
export async function attempt(cluster: Cluster, namespace: string, one: PolicyCase): Promise<Answer> {
  const { resource, rights = [], before, after } = one
  const path = pathOf(resource, namespace)
  const user = userWith(rights)
  if (!before) return cluster.call({ method: 'POST', path: `${path}?dryRun=All`, body: after ?? {}, user })
  await store(cluster, path, before)
  const at = `${path}/${nameOf(before)}`
  try {
    if (!after) return await cluster.call({ method: 'DELETE', path: `${at}?dryRun=All`, user })
    return await replace(cluster, at, after, user)
  } finally {
    await clear(cluster, resource, at)
  }
}
