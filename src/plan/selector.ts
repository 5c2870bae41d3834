import type { Selector, SelectorTerm } from '../model/mapping.ts'

/** Whether labels satisfy a selector, by the rules of Kubernetes: all terms must hold, an empty selector takes everything. */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false
  return selector.matchExpressions.every(term => holds(term, labels))
}

function holds(term: SelectorTerm, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, term.key) ? labels[term.key] : undefined
  switch (term.operator) {
    case 'In':
      return value !== undefined && term.values.includes(value)
    case 'NotIn':
      return value === undefined || !term.values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}
