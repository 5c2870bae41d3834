import { styleText } from 'node:util'

/** How a line begins: something is added, changed, taken away, or somebody is shut out. */
export type Sign = '+' | '~' | '-' | '!'

/** Colours for one text; every function gives its text back unchanged when there is no colour. */
export interface Paint {
  sign(sign: Sign): string
  /** A person, a provider, a heading. */
  strong(text: string): string
  /** Reasons and other small print. */
  faint(text: string): string
  error(text: string): string
  warning(text: string): string
}

type Format = Parameters<typeof styleText>[0]

const signs: Readonly<Record<Sign, Format>> = { '+': 'green', '~': 'yellow', '-': 'red', '!': ['red', 'bold'] }

/** Colours if wanted. Whether they are (a terminal, `NO_COLOR`) is for the caller to know. */
export function paintOf(color: boolean): Paint {
  const paint = (format: Format, text: string): string =>
    color && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return {
    sign: sign => paint(signs[sign], sign),
    strong: text => paint('bold', text),
    faint: text => paint('dim', text),
    error: text => paint(['red', 'bold'], text),
    warning: text => paint('yellow', text),
  }
}

/** `1 person`, `2 people`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** Order of text by code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
