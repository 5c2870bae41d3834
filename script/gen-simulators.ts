import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DEFAULT_LAG } from '../src/simulator/entra/lag.ts'
import { DEFAULT_SWITCHES } from '../src/simulator/entra/switches.ts'
import { lagOff } from '../src/simulator/okta/lag.ts'
import { defaultSwitches } from '../src/simulator/okta/switches.ts'

/** One rule of a vendor as a call of `rule` in a test file states it. */
export interface StatedRule {
  readonly area: string
  readonly says: string
  readonly source: string
  readonly unconfirmed?: string
  /** The file from the root of the repository. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/** A switch of a simulated tenant: what it means and what holds unless it is said. */
export interface StatedSwitch {
  readonly name: string
  readonly meaning: string
  readonly usual: string
}

/** What was found in a file, and a sentence for everything that cannot stay so. */
export interface Reading {
  readonly rules: readonly StatedRule[]
  readonly faults: readonly string[]
}

const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.|\$(?!\{))*)`/y
const FIELDS = ['area', 'says', 'source', 'unconfirmed']

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char))

/** What a name stands for that the file gives a plain string: `const CREATE = 'Okta, Users API'`. */
function constantIn(text: string, name: string): string | undefined {
  const declared = new RegExp(`^const ${name}(?:: string)? =\\s*`, 'm').exec(text)
  if (declared === null) return undefined
  LITERAL.lastIndex = declared.index + declared[0].length
  return stringOf(LITERAL.exec(text))
}

const stringOf = (literal: RegExpExecArray | null | undefined): string | undefined =>
  literal ? unescaped(literal[1] ?? literal[2] ?? literal[3] ?? '') : undefined

/** The fields of an object literal of plain strings, or names of such, that begins at `from`; undefined for anything else. */
function fieldsAt(text: string, from: number): Readonly<Record<string, string>> | undefined {
  const fields: Record<string, string> = {}
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at = pattern.lastIndex
    return found ?? undefined
  }
  let at = from
  if (take(/\s*\{\s*/y) === undefined) return undefined
  while (take(/\}/y) === undefined) {
    const name = take(/(\w+)\s*:\s*/y)?.[1]
    const literal = stringOf(take(LITERAL))
    const value = literal ?? constantIn(text, take(/[A-Za-z]\w*/y)?.[0] ?? '-')
    if (name === undefined || value === undefined || take(/\s*,?\s*/y) === undefined) return undefined
    fields[name] = value
  }
  return take(/\s*,/y) === undefined ? undefined : fields
}

/** The rules that a test file states by its calls of `rule({…}, …)`; `file` is its path from the root. */
export function statedRules(file: string, text: string): Reading {
  const rules: StatedRule[] = []
  const faults: string[] = []
  for (const call of text.matchAll(/^(?!\s*(?:\/\/|\*)).*?(?<![\w.'"`])rule\(/gm)) {
    const end = call.index + call[0].length
    const line = text.slice(0, end).split('\n').length
    const fields = fieldsAt(text, end)
    const { area = '', says = '', source = '', unconfirmed } = fields ?? {}
    const unknown = Object.keys(fields ?? {}).filter(name => !FIELDS.includes(name))
    if (fields === undefined) faults.push(`${file}:${line}: write the rule as an object literal of plain strings.`)
    else if (unknown.length > 0) faults.push(`${file}:${line}: a rule has no "${unknown[0]}".`)
    else if ([area, says, source].some(each => each.trim() === ''))
      faults.push(`${file}:${line}: a rule needs area, says and source.`)
    else rules.push({ area, says, source, ...(unconfirmed === undefined ? {} : { unconfirmed }), file, line })
  }
  return { rules, faults }
}

/** The fields that an interface of a file declares, with their comments; `usual` holds the defaults. */
export function statedSwitches(
  text: string,
  usual: Readonly<Record<string, unknown>>,
  { of, prefix }: { readonly of: string; readonly prefix: string } = { of: 'Switches', prefix: '' },
): readonly StatedSwitch[] {
  const body = new RegExp(`export interface ${of} \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? ''
  return [...body.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(?:readonly )?(\w+)\??:/g)].map(([, comment = '', name = '']) => ({
    name: `${prefix}${name}`,
    meaning: comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim(),
    usual: JSON.stringify(usual[name]) ?? '',
  }))
}

/** Rules that say the same as an earlier one, and ones that name a switch that is none. */
export function ruleFaults(rules: readonly StatedRule[], switches: readonly StatedSwitch[]): readonly string[] {
  const faults: string[] = []
  const said = new Map<string, StatedRule>()
  const names = new Set(switches.map(({ name }) => name))
  for (const rule of rules) {
    const key = rule.says.toLowerCase().replaceAll(/\W+/g, ' ').trim()
    const earlier = said.get(key)
    if (earlier === undefined) said.set(key, rule)
    else faults.push(`${rule.file}:${rule.line}: says the same as ${earlier.file}:${earlier.line}.`)
    if (rule.unconfirmed !== undefined && !names.has(rule.unconfirmed))
      faults.push(`${rule.file}:${rule.line}: there is no switch "${rule.unconfirmed}".`)
  }
  return faults
}

const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[|<*]/g, '\\$&')
const link = (file: string): string => `[${basename(file)}](../${file})`

/** One vendor's part of the page: its rules by area, then its switches. */
export function vendorSection(
  title: string,
  { rules, switches }: { readonly rules: readonly StatedRule[]; readonly switches: readonly StatedSwitch[] },
): string {
  const areas = [...new Set(rules.map(({ area }) => area))].sort()
  const tables = areas.map(area => {
    const rows = rules
      .filter(rule => rule.area === area)
      .map(({ says, source, unconfirmed, file }) => {
        const choice = unconfirmed === undefined ? '' : `\`${unconfirmed}\``
        return `| ${cell(says)} | ${cell(source)} | ${choice} | ${link(file)} |`
      })
    return `### ${title}: ${area}\n\n| rule | source | switch | test |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
  })
  const choices = switches.map(
    ({ name, usual, meaning }) => `| \`${name}\` | \`${usual.replaceAll('|', '\\|')}\` | ${cell(meaning)} |`,
  )
  const table = `### ${title}: switches\n\n| switch | default | meaning |\n| --- | --- | --- |\n${choices.join('\n')}\n`
  return `## ${title}\n\n${rules.length} rules.\n\n${[...tables, table].join('\n')}`
}

const VENDORS = [
  { vendor: 'okta', title: 'Okta', usual: defaultSwitches, lag: lagOff },
  { vendor: 'entra', title: 'Microsoft Entra ID', usual: DEFAULT_SWITCHES, lag: DEFAULT_LAG },
] as const

/** docs/simulators.md as the tests in test/simulators and the switches say; `root` is the folder of the repository. */
export function simulatorsPage(root: string): { readonly text: string; readonly faults: readonly string[] } {
  const faults: string[] = []
  const sections = VENDORS.map(({ vendor, title, usual, lag }) => {
    const files = globSync(`test/simulators/${vendor}/**/*.test.ts`, { cwd: root }).sort()
    const readings = files.map(file => statedRules(file, readFileSync(join(root, file), 'utf8')))
    const rules = readings.flatMap(reading => reading.rules)
    const declared = (file: string): string => readFileSync(join(root, `src/simulator/${vendor}/${file}.ts`), 'utf8')
    const switches = [
      ...statedSwitches(declared('switches'), { ...usual }),
      ...statedSwitches(declared('lag'), { ...lag }, { of: 'LagSettings', prefix: 'lag.' }),
    ]
    faults.push(...readings.flatMap(reading => reading.faults), ...ruleFaults(rules, switches))
    return vendorSection(title, { rules, switches })
  })
  const intro =
    'Every rule of the vendors that the [simulated tenants](simulator.md) keep, who says so, and the test that holds it. Where a\n' +
    'vendor does not confirm a behaviour, a switch chooses it; its default is the documented or most likely one. A state sets\n' +
    'switches under `okta.switches` and `entra.switches`, those with `lag.` in front under `okta.lag` and `entra.lag`.'
  return { text: `# Rules of the simulated tenants\n\n${intro}\n\n${sections.join('\n')}`, faults }
}
