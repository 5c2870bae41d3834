/** One YAML document of a file, as text, and where it begins. */
export interface DocumentText {
  readonly text: string
  /** Characters before it in the file. */
  readonly offset: number
}

/**
 * The documents of a YAML stream. `---` and `...` at the start of a line are boundaries whatever surrounds them (YAML 1.2.2,
 * §9.1.2: no scalar may hold such a line), so a fault in one document cannot swallow the next.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const documents: DocumentText[] = []
  let start = 0
  const cut = (end: number): void => {
    if (end > start) documents.push({ text: text.slice(start, end), offset: start })
    start = end
  }
  const boundary = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm
  for (let match = boundary.exec(text); match; match = boundary.exec(text)) {
    if (match[0] === '---') {
      if (!isPrelude(text.slice(start, match.index))) cut(match.index)
    } else {
      const lineEnd = text.indexOf('\n', match.index)
      cut(lineEnd < 0 ? text.length : lineEnd + 1)
    }
  }
  cut(text.length)
  return documents
}

/** Only comments, directives and blank lines: they belong to the document that follows. */
function isPrelude(text: string): boolean {
  return /^(?:[ \t]*(?:#.*)?\r?\n|%.*\r?\n)*$/.test(text)
}

/** Turns a position in a file into line and column, both counted from 1. */
export class LineIndex {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}
