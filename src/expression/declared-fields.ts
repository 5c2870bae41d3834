import type { ASTNode } from '@marcbachmann/cel-js'
import type { DeclaredType } from './cel-values.ts'
import { childrenOf } from './functions.ts'

/** The types of the variables that are in sight. */
export type Scope = ReadonlyMap<string, DeclaredType>

/** A field that is asked for and not declared. */
export interface UndeclaredField {
  readonly name: string
  readonly known: readonly string[]
  readonly node: ASTNode
}

const macros = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** The declared type of a path of fields; undefined for anything else. */
function typeOf(node: ASTNode, scope: Scope): DeclaredType | undefined {
  if (node.op === 'id') return scope.get(node.args)
  if (node.op === '[]' || node.op === '[?]') {
    const owner = typeOf(node.args[0], scope)
    return owner?.items ?? owner?.values
  }
  if (node.op !== '.' && node.op !== '.?') return undefined
  const owner = typeOf(node.args[0], scope)
  return owner?.values ?? owner?.fields?.get(node.args[1])
}

/** What is in sight within the body of a macro: one more variable, of the type of the list's entries. */
function scopeWithin(node: ASTNode, scope: Scope): Scope {
  if (node.op !== 'rcall' || !macros.has(node.args[0])) return scope
  const [, list, [variable]] = node.args
  if (variable?.op !== 'id') return scope
  const within = new Map(scope)
  const items = typeOf(list, scope)?.items
  if (items) within.set(variable.args, items)
  else within.delete(variable.args)
  return within
}

/**
 * The first undeclared field below a node. The engine's type checker finds most of them, but lets those within `has()` and after
 * `.?` pass; there a slip of the pen would quietly mean "not set" for everyone.
 */
export function undeclaredField(node: ASTNode, scope: Scope): UndeclaredField | undefined {
  if (node.op === '.' || node.op === '.?') {
    const fields = typeOf(node.args[0], scope)?.fields
    if (fields && !fields.has(node.args[1])) return { name: node.args[1], known: [...fields.keys()], node }
  }
  const within = scopeWithin(node, scope)
  for (const [index, child] of childrenOf(node).entries()) {
    const found = undeclaredField(child, index === 0 ? scope : within)
    if (found) return found
  }
  return undefined
}
