import type { ASTNode, Environment } from '@marcbachmann/cel-js'

/** Global functions that Kubernetes 1.30 and this engine both have. */
const globals = new Set([
  'size',
  'has',
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'bytes',
  'dyn',
  'type',
  'timestamp',
  'duration',
])

/** Methods that both have, macros included. */
const methods = new Set([
  ...['all', 'exists', 'exists_one', 'filter', 'map', 'size'],
  ...['contains', 'startsWith', 'endsWith', 'matches', 'charAt', 'indexOf', 'lastIndexOf', 'lowerAscii', 'upperAscii'],
  ...['replace', 'split', 'join', 'substring', 'trim'],
  ...['orValue', 'or', 'hasValue', 'value', 'of', 'none'],
  ...[
    'getDate',
    'getDayOfMonth',
    'getDayOfWeek',
    'getDayOfYear',
    'getFullYear',
    'getHours',
    'getMilliseconds',
    'getMinutes',
    'getMonth',
    'getSeconds',
  ],
])

/** The nodes directly below a node of a parsed expression. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    case 'list':
    case '[]':
    case '[?]':
    case '?:':
    case '||':
    case '&&':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args
  }
}

/** The first function call below a node that Kubernetes 1.30 does not have, such as `cel.bind`. */
export function foreignFunction(node: ASTNode): { readonly name: string; readonly node: ASTNode } | undefined {
  if (node.op === 'call' && !globals.has(node.args[0])) return { name: node.args[0], node }
  if (node.op === 'rcall' && !methods.has(node.args[0])) return { name: node.args[0], node }
  for (const child of childrenOf(node)) {
    const found = foreignFunction(child)
    if (found) return found
  }
  return undefined
}

/** All names that expressions may call. */
export const functionNames: readonly string[] = [...globals, ...methods]

/** Throws when a rule calls a function that Kubernetes 1.30 does not have. */
export function refuseForeignFunctions(node: ASTNode): void {
  const found = foreignFunction(node)
  if (found) throw new Error(`function ${found.name} does not exist in Kubernetes 1.30`)
}

const ascii = (text: string, change: (letters: string) => string) => text.replace(/[A-Za-z]+/g, change)

function replaceSome(text: string, from: string, to: string, limit: number): string {
  if (limit < 0) return text.replaceAll(from, () => to)
  const parts = text.split(from)
  const done = Math.min(limit, parts.length - 1)
  return (
    parts.slice(0, done + 1).join(to) +
    parts
      .slice(done + 1)
      .map(part => from + part)
      .join('')
  )
}

function charAt(text: string, index: number): string {
  const letters = [...text]
  if (index < 0 || index > letters.length) throw new Error(`index ${index} is out of range`)
  return letters[index] ?? ''
}

/**
 * Methods that this engine reads otherwise than CEL does, with the name the right one is registered under: a call of the first
 * is turned into a call of the second after parsing, because built-in functions cannot be replaced.
 */
export const renamed: ReadonlyMap<string, string> = new Map([
  ['lowerAscii', 'lowerAsciiOnly'],
  ['upperAscii', 'upperAsciiOnly'],
  ['matches', 'matchesPattern'],
])

/** Registers string functions of Kubernetes that the engine lacks, or reads otherwise. `matches` is left to the caller. */
export function registerStringFunctions(environment: Environment): Environment {
  const register = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, { handler, async: false })
  register('string.lowerAsciiOnly(): string', (text: string) => ascii(text, letters => letters.toLowerCase()))
  register('string.upperAsciiOnly(): string', (text: string) => ascii(text, letters => letters.toUpperCase()))
  register('string.replace(string, string): string', (text: string, from: string, to: string) =>
    replaceSome(text, from, to, -1),
  )
  register('string.replace(string, string, int): string', (text: string, from: string, to: string, limit: bigint) =>
    replaceSome(text, from, to, Number(limit)),
  )
  register('string.charAt(int): string', (text: string, index: bigint) => charAt(text, Number(index)))
  return environment
}
