import type { Condition } from '../api/shared.ts'
import type { KubeObject } from '../kube/object.ts'
import type { DeclaredKind } from '../source/kubernetes.ts'

/** A custom resource of ours, of whichever kind, as the API server has it. */
export interface Declared extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: object & { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] }
}

/** Names one object of a namespace among all kinds: `Employee/ada`. */
export function nameKey(kind: DeclaredKind, name: string): string {
  return `${kind}/${name}`
}

/** Holds an object until what it stands for is settled at the providers. */
export const finalizer = 'tenure.dev/offboard'

/** Whether the object is going to be deleted as soon as nobody holds it. */
export function isDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined
}
