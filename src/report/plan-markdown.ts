import type { Finding } from '../model/origin.ts'
import type { ProviderReport, RunReport } from '../model/plan.ts'
import { clipped, codeSpan, markdownText } from './escape.ts'
import { findingsOf, placeText } from './findings.ts'
import { reasonsOf } from './operation-lines.ts'
import { operationsOfFirst, type PersonChange, peopleOf, personChanges } from './person-change.ts'
import { alarmOf, isQuiet, shortHash, sortedProviders, standing, totalsOf } from './plan-summary.ts'
import { approveCommand, refusalGroups, shownPeople, type WithheldSet, withheldSets } from './refusals-text.ts'
import { plural } from './style.ts'
import { type AccountVerb, tallyOf } from './tally.ts'

/** Characters of a comment at most; GitHub takes 65,536. */
export const markdownLimit = 60_000

export interface PlanMarkdownOptions {
  /** False when there is no record to approve a set in: then no hash to approve is printed. True when not given. */
  readonly approvable?: boolean
}

/**
 * A plan as a comment on a pull request: totals, what is withheld, errors, and each person behind a fold. A comment is read by more
 * people than a terminal, so it holds no values of attributes and no logins of people. Never longer than `markdownLimit`: each person's
 * details go first, and it says so.
 */
export function renderPlanMarkdown(report: RunReport, options: PlanMarkdownOptions = {}): string {
  const page = new Page(markdownLimit)
  const [headline = '', ...others] = totalsOf(report)
  page.add(`### ${markdownText(headline.replace(/^Plan:/, 'Tenure plan:').replace(/^Nothing/, 'Tenure: nothing'))}`)
  if (others.length > 0) page.add(others.map(line => markdownText(line.trim())).join('  \n'))
  if (!report.complete) page.add(caution('Not every manifest could be read: nothing is taken away for being absent.'))
  const providers = sortedProviders(report)
  for (const provider of providers) for (const block of alarms(provider)) page.add(block)
  for (const provider of providers)
    for (const set of withheldSets(provider.verdict?.refusals ?? []))
      page.add(withheldBlock(provider, set, options.approvable ?? true))
  if (!isQuiet(report)) page.add(totalsTable(providers))
  const findings = findingsOf(report)
  const of = (severity: Finding['severity']): readonly string[] =>
    findings.filter(one => one.severity === severity).map(findingItem)
  page.fold('Errors', of('Error'), { open: true, share: 0.3 })
  for (const provider of providers) addDetails(page, provider)
  page.fold('Warnings', of('Warning'), { share: 0.5 })
  page.fold('Notes', of('Info'), { share: 1 })
  return page.text()
}

/** Text that grows up to a limit. */
class Page {
  readonly #blocks: string[] = []
  #room: number
  #dropped = 0

  constructor(limit: number) {
    this.#room = limit - 200
  }

  /** Adds a whole block, or counts it as left out. */
  add(block: string): void {
    if (block.length + 2 > this.#room) this.#dropped += 1
    else this.#push(block)
  }

  /** Adds items behind a fold, as many as fit into this share of what is left, and says how many did not. */
  fold(
    summary: string,
    items: readonly string[],
    options: { readonly open?: boolean; readonly share: number; readonly total?: number },
  ): void {
    if (items.length === 0) return
    const frame = 200 + summary.length
    let left = this.#room * options.share - frame
    const shown = items.filter(item => {
      left -= item.length + 1
      return left >= 0
    })
    const total = options.total ?? items.length
    const rest = total - shown.length
    const note = rest > 0 ? [`- and ${rest} more; \`tenure plan DIR --verbose\` shows all`] : []
    const body = [...shown, ...note].join('\n')
    const block = `<details${options.open ? ' open' : ''}><summary>${summary} (${total})</summary>\n\n${body}\n\n</details>`
    this.add(block)
  }

  text(): string {
    const note = `_${plural(this.#dropped, 'part')} left out, because a comment has its limits; \`tenure plan DIR\` shows all._`
    return `${[...this.#blocks, ...(this.#dropped > 0 ? [note] : [])].join('\n\n')}\n`
  }

  #push(block: string): void {
    this.#blocks.push(block)
    this.#room -= block.length + 2
  }
}

/** A part of the page that nobody overlooks. */
function caution(text: string): string {
  return `> [!CAUTION]\n> ${text}`
}

function alarms(provider: ProviderReport): readonly string[] {
  const alarm = alarmOf(provider)
  return alarm === undefined
    ? []
    : [caution(`**${markdownText(provider.provider)}**: ${markdownText(clipped(alarm, 500))}`)]
}

function withheldBlock(provider: ProviderReport, set: WithheldSet, approvable: boolean): string {
  const { class: lossClass, count, limit, hash } = set.withheld
  const { shown, more } = peopleOf(set.operations, shownPeople)
  const names = shown.map(person => `${codeSpan(person.employee)} (${markdownText(person.number)})`).join(', ')
  const lines = [
    `**Withheld at ${markdownText(provider.provider)}:** ${markdownText(clipped(set.message, 500))} (${set.reason})`,
    '',
    approvable ? `Set \`${hash}\`` : 'Without a record no set can be approved.',
    '',
    `Budget ${lossClass}: ${count} at once, ${limit} allowed. People: ${names}${more > 0 ? ` and ${more} more` : ''}.`,
    ...(approvable ? ['', `Release exactly this set: \`${approveCommand(set)}\``] : []),
  ]
  return ['> [!WARNING]', ...lines.map(line => (line === '' ? '>' : `> ${line}`))].join('\n')
}

const columns: readonly (readonly [string, AccountVerb])[] = [
  ['Create', 'create'],
  ['Restore', 'restore'],
  ['Adopt', 'adopt'],
  ['Change', 'change'],
  ['Enable', 'enable'],
  ['Block', 'block'],
  ['Delete', 'delete'],
]

function totalsTable(providers: readonly ProviderReport[]): string {
  const head = [
    'Provider',
    'Plan',
    'People',
    ...columns.map(([title]) => title),
    'Grants +',
    'Grants −',
    'Withheld',
    'Not done',
  ]
  const rows = providers.map(provider => {
    const { people, accounts, grants, revokes } = tallyOf(standing(provider))
    const refusals = provider.verdict?.refusals ?? []
    const count = (withheld: boolean): number =>
      refusals.filter(one => (one.withheld !== undefined) === withheld).flatMap(one => one.operations).length
    const numbers = [people, ...columns.map(([, verb]) => accounts[verb]), grants, revokes, count(true), count(false)]
    const hash = provider.plan && provider.plan.operations.length > 0 ? `\`${shortHash(provider.plan.hash)}\`` : ''
    return [markdownText(provider.provider), hash, ...numbers.map(number => (number === 0 ? '' : String(number)))]
  })
  const rule = head.map((_, index) => (index < 2 ? '---' : '--:'))
  return [head, rule, ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}

/** More than this many people never fit into a comment. */
const mostPeople = 1000

function addDetails(page: Page, provider: ProviderReport): void {
  const name = markdownText(provider.provider)
  const operations = standing(provider)
  const changes = personChanges(operationsOfFirst(operations, mostPeople), reasonsOf(provider.drift))
  page.fold(`${name}: people`, changes.map(personItem), { share: 0.7, total: tallyOf(operations).people })
  const refused = refusalGroups(provider.verdict?.refusals ?? []).map(({ reason, message, operations }) => {
    const people = tallyOf(operations).people
    return `- ${reason}: ${plural(operations.length, 'operation')} for ${plural(people, 'person', 'people')}: ${markdownText(clipped(message, 500))}`
  })
  page.fold(`${name}: not done`, refused, { share: 0.3 })
}

function personItem({ person, sign, phase, lines }: PersonChange): string {
  const head = `- \`${sign}\` ${codeSpan(person.employee)} (${markdownText(person.number)}), ${phase}`
  const attributes = lines.filter(line => line.nested).map(line => line.discreet)
  const steps = lines
    .filter(line => !line.nested)
    .map(
      line =>
        `  - \`${line.sign}\` ${markdownText(line.discreet)}${line.why === '' ? '' : `: ${markdownText(line.why)}`}`,
    )
  const note = attributes.length === 0 ? [] : [`  - \`+\` ${markdownText(attributes.join(', '))}`]
  return [head, ...steps.slice(0, 1), ...note, ...steps.slice(1)].join('\n')
}

function findingItem({ origin, message, reason, provider }: Finding): string {
  const place = origin ? `${codeSpan(placeText(origin))} ` : ''
  const note = provider === undefined ? reason : `${reason}, ${markdownText(provider)}`
  return `- ${place}${markdownText(clipped(message, 500))} (${note})`
}
