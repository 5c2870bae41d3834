import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultAttribute } from '../src/model/traits.ts'
import { entraAttribute, entraTraits } from '../src/provider/entra/schema.ts'
import { oktaTraits, valueFault } from '../src/provider/okta/schema.ts'

/*
 * Writes the tables of default attributes into docs/okta.md and docs/entra.md, from what the providers do. With `--check` nothing is
 * written, and a difference ends in 1.
 */

const root = join(import.meta.dirname, '..')
const begin = '<!-- generated: attributes -->'
const end = '<!-- /generated: attributes -->'

interface Page {
  readonly file: string
  readonly vendor: string
  readonly attributes: readonly DefaultAttribute[]
  /** What is worth knowing of one attribute, as parts of a sentence. */
  readonly notes: (name: string) => readonly string[]
}

const pages: readonly Page[] = [
  { file: 'docs/okta.md', vendor: 'Okta', attributes: oktaTraits.attributes, notes: oktaNotes },
  { file: 'docs/entra.md', vendor: 'Entra ID', attributes: entraTraits.attributes, notes: entraNotes },
]

/** Beyond this many characters a limit is none of Okta's that anybody would meet. */
const farAway = 4096

/** The limits as the provider judges them: the shortest and the longest text it takes. */
function oktaNotes(name: string): readonly string[] {
  const takes = (length: number): boolean => valueFault(name, 'x'.repeat(length)) === undefined
  const taken = Array.from({ length: farAway }, (_, index) => index + 1).filter(takes)
  const [least = 1, most = farAway] = [taken[0], taken.at(-1)]
  if (most === farAway) return []
  if (least === most) return [`${most} characters`]
  return [least > 1 ? `${least}–${most} characters` : `at most ${most} characters`]
}

const forms: Readonly<Record<string, string>> = {
  First: 'a list of one',
  Day: 'a day, kept as midnight in UTC',
  Country: 'two capital letters',
  Address: 'letters without accents',
}

function entraNotes(name: string): readonly string[] {
  const known = entraAttribute(name)
  if (known === undefined) throw new Error(`users of Entra ID have no attribute ${name}`)
  const form = forms[known.form]
  const isSized = known.form !== 'Day' && known.form !== 'Country'
  return [
    ...(form === undefined ? [] : [form]),
    ...(isSized ? [`at most ${known.longest} characters`] : []),
    ...(known.sensitive === true ? ['refused for administrators'] : []),
    ...(known.afterCreate === true ? ['written after the create'] : []),
  ]
}

function table({ vendor, attributes, notes }: Page): string {
  const rows = attributes.map(({ from, to, required = false }) => {
    const all = [...(required ? ['cannot be cleared'] : []), ...notes(to)]
    return `| \`${from}\` | \`${to}\` | ${all.join('; ')} |`
  })
  return [`| Employee | ${vendor} | |`, '| --- | --- | --- |', ...rows].join('\n')
}

/** The page with its table between the markers; throws where they are not there. */
function withTable(text: string, page: Page): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${page.file} lacks ${begin} or ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${table(page)}\n\n${text.slice(to)}`
}

const isCheck = process.argv.includes('--check')
for (const page of pages) {
  const path = join(root, page.file)
  const before = readFileSync(path, 'utf8')
  const after = withTable(before, page)
  if (before === after) continue
  if (isCheck) {
    console.error(
      `${page.file}: its table of attributes is not what the provider does. Run node script/gen-attributes.ts.`,
    )
    process.exitCode = 1
  } else writeFileSync(path, after)
}
