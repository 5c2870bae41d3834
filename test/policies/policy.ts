import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { Thing } from './cases.ts'

interface ResourceRule {
  readonly apiGroups: readonly string[]
  readonly apiVersions: readonly string[]
  readonly operations: readonly string[]
  readonly resources: readonly string[]
}

interface NamedExpression {
  readonly name: string
  readonly expression: string
}

/** A ValidatingAdmissionPolicy, as far as ours use it. */
export interface Policy {
  readonly kind: 'ValidatingAdmissionPolicy'
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly failurePolicy: string
    readonly matchConstraints: { readonly resourceRules: readonly ResourceRule[] }
    readonly matchConditions?: readonly NamedExpression[]
    readonly variables?: readonly NamedExpression[]
    readonly validations: readonly {
      readonly expression: string
      readonly messageExpression: string
      readonly reason: string
    }[]
  }
}

/** What puts a policy in force. */
export interface Binding {
  readonly kind: 'ValidatingAdmissionPolicyBinding'
  readonly metadata: { readonly name: string }
  readonly spec: { readonly policyName: string; readonly validationActions: readonly string[] }
}

const folder = join(import.meta.dirname, '../../config/policies')

/** Names of the files in config/policies, but for the list of them. */
export const policyFiles: readonly string[] = readdirSync(folder)
  .filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  .sort()

/** What a file of config/policies holds. */
export function readPolicyFile(name: string): readonly (Policy | Binding)[] {
  return parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map(
    document => document.toJS() as Policy | Binding,
  )
}

/** All policies, without their bindings. */
export const policies: readonly Policy[] = policyFiles
  .flatMap(readPolicyFile)
  .filter(one => one.kind === 'ValidatingAdmissionPolicy')

/** Files the kustomization lists. */
export function listedFiles(): readonly string[] {
  const list = parseAllDocuments(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))[0]?.toJS() as Thing
  return list.resources as readonly string[]
}
