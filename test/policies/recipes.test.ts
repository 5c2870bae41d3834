import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { describeWithControlPlane } from '../control-plane/shared.ts'
import type { Thing } from './cases.ts'
import { connect } from './cluster.ts'
import { store } from './company.ts'

const folder = join(import.meta.dirname, '../../config/rbac-recipes')
const files = readdirSync(folder).filter(name => name.endsWith('.yaml'))

interface RbacObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly rules?: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
  readonly subjects?: readonly Thing[]
}
const objectsOf = (file: string): readonly RbacObject[] =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(document => document.toJS() as RbacObject)

/** Whom a recipe lets do what: `who may verb resource`, with the name of an object where it matters. */
const may = [
  'hr may create employees',
  'hr may patch employees',
  'hr may get identityproviders',
  'security may loosen identityproviders',
  'security may decide identityproviders',
  'security may release identityproviders',
  'security may orphan employees',
  'security may unblock employees',
  'security may unprotect employees',
  'security may grant-privileged groupmappings',
  'security may create secrets',
  'approvers may decide identityproviders',
  'approvers may patch identityproviders',
  'team-engineering may patch groupmappings engineering',
  'helpdesk may list employees',
  'people-sync may delete employees',
  'people-sync may create groupmappings',
  'identity-sync may create identityproviders',
  'identity-sync may loosen identityproviders',
  'identity-sync may grant-privileged groupmappings',
]
const mayNot = [
  'hr may delete employees',
  'hr may unblock employees',
  'hr may orphan employees',
  'hr may patch groupmappings',
  'hr may patch identityproviders',
  'hr may get secrets',
  'security may get secrets',
  'security may patch employees/status',
  'security may update employees/finalizers',
  'approvers may loosen identityproviders',
  'approvers may delete identityproviders',
  'team-engineering may patch groupmappings finance',
  'team-engineering may create groupmappings',
  'team-engineering may grant-privileged groupmappings engineering',
  'helpdesk may patch employees',
  'helpdesk may get secrets',
  'people-sync may orphan employees',
  'people-sync may grant-privileged groupmappings',
  'people-sync may get identityproviders',
  'people-sync may unprotect employees',
  'identity-sync may release identityproviders',
  'identity-sync may delete employees',
]

describe('recipes for rights', () => {
  const rules = files.flatMap(objectsOf).flatMap(object => object.rules ?? [])

  it('name every right, and none that is the operator’s alone', () => {
    const named = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs])
    expect(named.filter(name => /[*]|\/(status|finalizers)$/.test(name))).toEqual([])
  })

  it.each(files)('%s binds each role it makes', file => {
    const names = (kind: string) =>
      objectsOf(file)
        .filter(object => object.kind === kind)
        .map(({ metadata }) => metadata.name)
    expect(names('Role').length).toBeGreaterThan(0)
    expect(names('RoleBinding')).toEqual(names('Role'))
  })
})

describeWithControlPlane('recipes for rights', cluster => {
  let namespace = ''
  let review: (sentence: string) => Promise<unknown> = async () => undefined

  beforeAll(async () => {
    namespace = await cluster().createNamespace('recipes')
    const connection = await connect(cluster().kubeconfig)
    for (const object of files.flatMap(objectsOf)) {
      const [group, plural] =
        object.kind === 'ServiceAccount'
          ? ['/api/v1', 'serviceaccounts']
          : ['/apis/rbac.authorization.k8s.io/v1', `${object.kind.toLowerCase()}s`]
      const subjects = object.subjects?.map(subject =>
        subject.namespace === undefined ? subject : { ...subject, namespace },
      )
      const body = { ...object, metadata: { ...object.metadata, namespace }, ...(subjects && { subjects }) }
      await store(connection, `${group}/namespaces/${namespace}/${plural}`, body)
    }
    review = async sentence => {
      const [who = '', , verb, what = '', name] = sentence.split(' ')
      const [resource, subresource] = what.split('/')
      const group = resource === 'secrets' ? '' : 'tenure.dev'
      const user = who.endsWith('-sync') ? `system:serviceaccount:${namespace}:${who}` : 'somebody'
      const spec = {
        user,
        groups: [who],
        resourceAttributes: {
          namespace,
          verb,
          group,
          resource,
          ...(subresource && { subresource }),
          ...(name && { name }),
        },
      }
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }
      const { status } = await connection.expectDone({ method: 'POST', path, body })
      return (status as { allowed: boolean }).allowed
    }
  })

  it.each(may)('%s', async sentence => {
    await expect.poll(() => review(sentence), { timeout: 10_000 }).toBe(true)
  })

  it.each(mayNot.map(sentence => [sentence.replace(' may ', ' may not '), sentence]))(
    '%s',
    async (_, sentence = '') => {
      expect(await review(sentence)).toBe(false)
    },
  )
})
