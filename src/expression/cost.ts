import type { ASTNode } from '@marcbachmann/cel-js'
import { childrenOf } from './functions.ts'

/** Longest list an Employee can hold, and longest string, by the bounds of its schema. */
export const listBound = 256
export const stringBound = 1024
/** How often the bodies of an expression may run at most: two lists of an Employee within each other. */
const iterationLimit = listBound * listBound

const macros = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

function listSize(node: ASTNode): number {
  if (node.op === 'list' || node.op === 'map') return node.args.length
  if (node.op === '+') return listSize(node.args[0]) + listSize(node.args[1])
  if (node.op === '?:') return Math.max(listSize(node.args[1]), listSize(node.args[2]))
  if (node.op !== 'rcall') return listBound
  const [name, receiver] = node.args
  if (name === 'split') return stringSize(receiver) + 1
  return macros.has(name) ? listSize(receiver) : listBound
}

function stringSize(node: ASTNode): number {
  if (node.op === 'value') return typeof node.args === 'string' ? node.args.length : stringBound
  if (node.op === '+') return stringSize(node.args[0]) + stringSize(node.args[1])
  if (node.op === '?:') return Math.max(stringSize(node.args[1]), stringSize(node.args[2]))
  if (node.op !== 'rcall') return stringBound
  const [name, receiver, args] = node.args
  const [first, second] = args
  if (name === 'join') return listSize(receiver) * ((first ? stringSize(first) : 0) + stringBound)
  if (name === 'replace') return stringSize(receiver) * (second ? stringSize(second) + 1 : 1)
  if (name === 'orValue') return Math.max(stringBound, first ? stringSize(first) : 0)
  return ['substring', 'lowerAscii', 'upperAscii', 'trim', 'charAt'].includes(name) ? stringSize(receiver) : stringBound
}

/** The first node whose body could run more often than is allowed, or whose text could grow without measure. */
export function tooCostly(node: ASTNode, iterations = 1): ASTNode | undefined {
  if (
    node.op === 'rcall' &&
    (node.args[0] === 'replace' || node.args[0] === 'join') &&
    stringSize(node) * iterations > 2 ** 26
  )
    return node
  const inBody = node.op === 'rcall' && macros.has(node.args[0]) ? iterations * listSize(node.args[1]) : iterations
  if (inBody > iterationLimit) return node
  for (const [index, child] of childrenOf(node).entries()) {
    const costly = tooCostly(child, index === 0 ? iterations : inBody)
    if (costly) return costly
  }
  return undefined
}
