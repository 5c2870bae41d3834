import { asJson, isJson, type Json, metaOf } from './answer.ts'

export type Selects = (object: Json) => boolean

function terms(selector: string): string[] {
  return selector === '' ? [] : selector.split(/,(?![^(]*\))/).map(term => term.trim())
}

function labelTerm(term: string): (labels: Json) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map(value => value.trim())
    return labels => values.includes(String(labels[set[1] ?? ''])) === (set[2] === 'in')
  }
  const pair = /^([^!=]+?)\s*(==?|!=)\s*(.*)$/.exec(term)
  if (pair !== null) return labels => (labels[pair[1] ?? ''] === pair[3]) === (pair[2] !== '!=')
  return term.startsWith('!') ? labels => !(term.slice(1) in labels) : labels => term in labels
}

function fieldTerm(term: string): Selects {
  const [, path = '', operator, value] = /^([^!=]+?)\s*(==?|!=)\s*(.*)$/.exec(term) ?? []
  return object => {
    const found = path
      .split('.')
      .reduce<unknown>((inner, part) => (isJson(inner) ? inner[part] : undefined), object as unknown)
    return (String(found ?? '') === value) === (operator !== '!=')
  }
}

/** Whether an object is meant by the selectors of a request. */
export function selects(query: URLSearchParams): Selects {
  const labels = terms(query.get('labelSelector') ?? '').map(labelTerm)
  const fields = terms(query.get('fieldSelector') ?? '').map(fieldTerm)
  return object => labels.every(term => term(asJson(metaOf(object).labels))) && fields.every(term => term(object))
}
