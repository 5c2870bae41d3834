/** Where in an object something is: field names and list indices. */
export type Path = readonly (string | number)[]

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `spec.employment.leaves[0].from`, as people write it; odd keys in brackets, as in `metadata.labels[app/name]`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number' || !plain.test(part)) return `[${part}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}

/** The path and value a JSON pointer leads to in an object. Indices of lists become numbers. */
export function resolvePointer(object: unknown, pointer: string): { readonly path: Path; readonly value: unknown } {
  const path: (string | number)[] = []
  let value = object
  for (const encoded of pointer.split('/').slice(1)) {
    const part = encoded.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(part) : part)
    value = (value as Readonly<Record<string, unknown>>)[part]
  }
  return { path, value }
}
