import { acceptBreak, verifyAuditLog } from '../report/audit.ts'
import type { Terminal } from './terminal.ts'

/** `tenure audit verify FILE`: finds any line that was changed, removed or moved. Exit 0 when the chain is whole, else 1. */
export async function auditVerify(
  file: string,
  options: { readonly accept?: number; readonly output: 'text' | 'json' },
  terminal: Terminal,
): Promise<number> {
  if (options.accept !== undefined) await acceptBreak(file, options.accept)
  const result = await verifyAuditLog(file)
  if (options.output === 'json')
    terminal.out(JSON.stringify({ schemaVersion: 1, kind: 'AuditVerification', file, ...result }, null, 2))
  else if (result.ok) terminal.out(`${file}: ${result.lines} lines, the chain is whole.`)
  else terminal.out(`${file}:${result.brokenAt}: the chain is broken: ${result.why}`)
  return result.ok ? 0 : 1
}
