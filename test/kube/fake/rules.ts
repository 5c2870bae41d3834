import type { CustomResourceDefinition } from '../../../src/api/crd.ts'
import { compileCrd } from '../../../src/source/schema.ts'
import type { Ground } from './writes.ts'

/**
 * The rules in CEL of our own definitions, by the offline validator, which a real server keeps honest. Compiling takes a while:
 * make it once for many clusters.
 */
export function rulesOf(definitions: readonly CustomResourceDefinition[]): Ground['admit'] {
  const validators = new Map(definitions.map(definition => [definition.spec.names.kind, compileCrd(definition)]))
  return (kind, object, before) =>
    (validators.get(kind.kind)?.validate(object, before).findings ?? [])
      .filter(finding => finding.keyword === 'rule')
      .map(({ path, message }) => ({ field: path, message }))
}
