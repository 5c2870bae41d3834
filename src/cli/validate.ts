import type { Finding } from '../model/origin.ts'
import { renderFindings } from '../report/findings.ts'
import { parseManifests } from '../source/parse.ts'
import { directorySource } from '../source/yaml.ts'
import type { Terminal } from './terminal.ts'

/** `tenure validate DIR…`: everything that can be checked without a network. Exit 0, or 1 with findings. */
export async function validate(
  dirs: readonly string[],
  options: { readonly output: 'text' | 'json' },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const reading = await directorySource({ dirs }).read(signal)
  const manifests = parseManifests(reading)
  const findings = manifests.findings
  const wrong = findings.filter(finding => finding.severity !== 'Info')
  if (options.output === 'json')
    terminal.out(JSON.stringify(validationJson(findings, manifests.employees.length), null, 2))
  else {
    if (findings.length > 0) terminal.out(renderFindings(findings, { color: terminal.color }))
    const { employees, mappings, providers } = manifests
    const counts = [counted(employees, 'employee'), counted(mappings, 'mapping'), counted(providers, 'provider')].join(
      ', ',
    )
    terminal.out(wrong.length === 0 ? `Valid: ${counts}.` : `${counted(wrong, 'finding')}; valid besides: ${counts}.`)
  }
  return wrong.length === 0 ? 0 : 1
}

function counted(things: readonly unknown[], word: string): string {
  return `${things.length} ${word}${things.length === 1 ? '' : 's'}`
}

function validationJson(findings: readonly Finding[], employees: number): object {
  return {
    schemaVersion: 1,
    kind: 'Validation',
    valid: !findings.some(one => one.severity !== 'Info'),
    employees,
    findings,
  }
}
