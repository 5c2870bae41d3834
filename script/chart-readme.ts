/** Makes the chart's values.yaml and the table of values in its README from values.schema.json, which is written by hand. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { writeOrCheck } from './generated-files.ts'

/** What of a JSON schema is read here. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
}

const chart = 'charts/tenure'
const textOf = (name: string): string => readFileSync(join(import.meta.dirname, '..', chart, name), 'utf8')
const begin = '<!-- generated: values -->'
const end = '<!-- /generated: values -->'

/** A description is there for every value, or this throws. */
function described(path: string, { description }: Schema): string {
  if (description === undefined || !description.endsWith('.'))
    throw new Error(`${path} needs a description that is a sentence`)
  return description
}

/** Words at most so many columns wide. */
function wrapped(text: string, columns: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length >= columns) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

/** What is said above a value: its description, and what else it may be. */
function comment(path: string, schema: Schema): string[] {
  const choices = schema.enum ? [`One of: ${schema.enum.join(', ')}.`] : []
  const examples = (schema.examples ?? []).map(example => `Such as: ${JSON.stringify(example)}`)
  return [...wrapped(described(path, schema), 110), ...choices, ...examples]
}

function valuesOf(schema: Schema, path = ''): string {
  const indent = '  '.repeat(path === '' ? 0 : path.split('.').length)
  return Object.entries(schema.properties ?? {})
    .map(([name, value]) => {
      const full = path === '' ? name : `${path}.${name}`
      const above = comment(full, value)
        .map(line => `${indent}# ${line}\n`)
        .join('')
      if (value.properties) return `${above}${indent}${name}:\n${valuesOf(value, full)}`
      const text = stringify({ [name]: value.default }, { defaultStringType: 'PLAIN', indentSeq: false, lineWidth: 0 })
      return `${above}${text.replaceAll(/^(?=.)/gm, indent)}`
    })
    .join(path === '' ? '\n' : '')
}

/** A type as people say it. */
function typeOf(value: Schema): string {
  return value.enum ? value.enum.map(one => `\`${one}\``).join(', ') : (value.type ?? 'number or text')
}

function rowsOf(schema: Schema, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const full = path === '' ? name : `${path}.${name}`
    if (value.properties) return [`| **${full}** | | | ${described(full, value)} |`, ...rowsOf(value, full)]
    const given = JSON.stringify(value.default)
    return [`| \`${full}\` | ${typeOf(value)} | \`${given}\` | ${described(full, value).replaceAll('|', '\\|')} |`]
  })
}

/** The README with its table between the markers; throws where they are not there. */
function readmeWith(table: string): string {
  const text = textOf('README.md')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${chart}/README.md lacks ${begin} or ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`
}

const schema = JSON.parse(textOf('values.schema.json')) as Schema
const head = '# Made from values.schema.json by script/chart-readme. Do not edit.\n\n'
const table = ['| value | type | default | |', '| --- | --- | --- | --- |', ...rowsOf(schema)].join('\n')
const files = new Map([
  [`${chart}/values.yaml`, head + valuesOf(schema)],
  [`${chart}/README.md`, readmeWith(table)],
])
writeOrCheck(files, 'script/chart-readme')
