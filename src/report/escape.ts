/** Control characters, line separators and marks that turn the direction of text. */
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** Text that cannot steer a terminal nor break a line: what could is written as its code, `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(steering, one => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Text of at most `atMost` characters, an ellipsis for what is left out. */
export function clipped(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${text.slice(0, atMost - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** A value as people know it from code: in double quotes, and not endless. */
export function quoted(value: string): string {
  return `"${printable(clipped(value, 120).replace(/["\\]/g, '\\$&'))}"`
}

/** Text within a line of Markdown: nothing in it becomes markup, HTML, a mention, a reference or a link. */
export function markdownText(text: string): string {
  return printable(text).replace(/[&<>`*_~[\]|\\#@]|:(?=\S)|(?<=www)\./gi, one => {
    const entity = `&#${one.charCodeAt(0)};`
    return one === '@' || one === '#' ? `${entity}&#8203;` : entity
  })
}

/** A code span whose fence is longer than any run of backticks inside. GitHub links and mentions nobody from within. */
export function codeSpan(text: string): string {
  const content = printable(text)
  const runs = content.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(run => run.length)) + 1)
  const pad = runs.length > 0 || content.trim() === '' ? ' ' : ''
  return `${fence}${pad}${content}${pad}${fence}`
}
