import type { Finding, Origin, Reason } from '../model/origin.ts'

/** A place as people write it: `file:line:column`, or `namespace/name` of an object in a cluster. */
export function placeText(origin: Origin): string {
  return origin.kind === 'File'
    ? `${origin.file}:${origin.line}:${origin.column}`
    : `${origin.namespace}/${origin.name}`
}

/** The first character of a file: where a fault of the whole file is shown. */
export function startOfFile(file: string): Origin {
  return { kind: 'File', file, line: 1, column: 1 }
}

/** A finding about a file or a part of it; `Error` and `ManifestUnreadable` unless told otherwise. */
export function fileFinding(
  origin: Origin,
  message: string,
  options: { readonly severity?: Finding['severity']; readonly reason?: Reason } = {},
): Finding {
  const name = origin.kind === 'File' ? origin.file : `${origin.namespace}/${origin.name}`
  return {
    reason: options.reason ?? 'ManifestUnreadable',
    severity: options.severity ?? 'Error',
    message,
    subject: { kind: 'File', name },
    origin,
  }
}

/** Text for a message: no control characters, so that a name in a file cannot steer a terminal, and not endless. */
export function printable(text: string, atMost = 200): string {
  const clean = text.replace(/\p{Cc}/gu, '?')
  return clean.length > atMost ? `${clean.slice(0, atMost)}…` : clean
}
