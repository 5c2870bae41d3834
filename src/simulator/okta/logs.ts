import type { SimulatedReply } from '../kernel.ts'
import { type Call, query, type Route } from './call.ts'
import { invalid, OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, testsOf } from './expression.ts'
import { entryValue, entryView, isEntryProperty } from './log-view.ts'
import type { LogEntry } from './objects.ts'
import { cursorText, selfLink } from './paging.ts'
import { parseTime } from './time.ts'

const day = 86_400_000
const most = 1000

function filterOf(call: Call): (entry: LogEntry) => boolean {
  const text = query(call, 'filter')
  const words = (query(call, 'q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length > 10 || words.some(word => word.length > 40))
    throw invalid('q', 'q: At most 10 keywords of 40 characters each')
  const says = (entry: LogEntry): boolean => {
    const content = words.length === 0 ? '' : JSON.stringify(entryView(entry)).toLowerCase()
    return words.every(word => content.includes(word))
  }
  if (text === undefined) return says
  const expression: Expression = parseExpression(text, { not: true })
  if (testsOf(expression).some(test => !isEntryProperty(test.property))) throw new OktaError(400, 'E0000053')
  const matches = predicate(expression, { value: entryValue, isTime: () => false, ignoreCase: true })
  return entry => matches(entry) && says(entry)
}

function timeOf(call: Call, name: string): number | undefined {
  const text = query(call, name)
  if (text === undefined) return undefined
  const ms = parseTime(text)
  if (ms === undefined) throw invalid(name, `${name}: The date format is not valid`)
  return ms
}

/** Where a reader stands: the lower bound he began with, and the entry he saw last. */
interface Cursor {
  readonly since: number
  readonly at: number
  readonly seq: number
}

function cursorFrom(call: Call): Cursor | undefined {
  const after = query(call, 'after')
  if (after === undefined || after === '') return undefined
  try {
    const content: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'))
    const [since, at, seq] = Array.isArray(content) ? content : []
    if (typeof since === 'number' && typeof at === 'number' && typeof seq === 'number') return { since, at, seq }
  } catch {
    throw invalid('after', 'after: must be a valid value')
  }
  throw invalid('after', 'after: must be a valid value')
}

interface Question {
  readonly since: number
  readonly until: number
  readonly cursor: Cursor | undefined
  readonly limit: number
  readonly wanted: (entry: LogEntry) => boolean
}

/** A cursor wins over `since`, which reaches back 7 days unless said otherwise. Events are kept for 90 days. */
function questionOf(call: Call): Question {
  const now = call.org.clock.now()
  const { logLimitBeyond, logSinceWithAfter } = call.org.switches
  const asked = Number(query(call, 'limit') ?? 100)
  if (!Number.isInteger(asked) || asked < 0 || (asked > most && logLimitBeyond !== 'cut'))
    throw invalid('limit', 'limit: must be a valid value')
  const cursor = cursorFrom(call)
  const until = timeOf(call, 'until')
  const since = timeOf(call, 'since')
  if (cursor !== undefined && since !== undefined && logSinceWithAfter !== 'ignored')
    throw invalid('after', 'after: cannot be combined with since')
  if (since !== undefined && since < now - 180 * day) throw new OktaError(400, 'E0000053')
  const from = cursor?.since ?? since ?? (until ?? now) - 7 * day
  return {
    since: Math.max(from, now - 90 * day),
    until: until ?? Number.POSITIVE_INFINITY,
    cursor,
    limit: Math.min(asked, most),
    wanted: filterOf(call),
  }
}

function listLogs(call: Call): SimulatedReply {
  const question = questionOf(call)
  const descending = query(call, 'sortOrder')?.toUpperCase() === 'DESCENDING'
  return descending || query(call, 'until') !== undefined ? bounded(call, question, descending) : polled(call, question)
}

/** In the order in which entries were stored; always shows the way on, even from an empty page. */
function polled(call: Call, question: Question): SimulatedReply {
  const { org } = call
  const now = org.clock.now()
  const page: LogEntry[] = []
  const newest = org.log.last(now)
  for (const entry of org.log.after(question.cursor?.seq ?? 0, now)) {
    if (page.length === question.limit) break
    if (entry.at >= question.since && question.wanted(entry)) page.push(entry)
  }
  const isFull = page.length === question.limit
  const seen = isFull ? (page.at(-1)?.seq ?? question.cursor?.seq ?? 0) : newest
  return logReply(call, page, { since: question.since, at: 0, seq: seen })
}

/** In the order of `published`; ends where there is no more. */
function bounded(call: Call, question: Question, descending: boolean): SimulatedReply {
  const { org } = call
  const { cursor, since, until, limit, wanted } = question
  const direction = descending ? -1 : 1
  const order = (left: Pick<LogEntry, 'at' | 'seq'>, right: Pick<LogEntry, 'at' | 'seq'>): number =>
    direction * (left.at - right.at || left.seq - right.seq)
  const found = org.log
    .after(0, org.clock.now())
    .filter(entry => entry.at >= since && entry.at < until && wanted(entry))
    .filter(entry => cursor === undefined || order(entry, cursor) > 0)
    .sort(order)
  const page = found.slice(0, limit)
  const last = page.at(-1) ?? cursor
  const more = found.length > page.length && last !== undefined
  return logReply(call, page, more ? { since, at: last.at, seq: last.seq } : undefined)
}

function logReply(call: Call, page: readonly LogEntry[], next: Cursor | undefined): SimulatedReply {
  const { url } = call.request
  const links: [string, string][] = [['link', selfLink(url)]]
  if (next !== undefined) {
    const rest = [...url.searchParams].filter(([name]) => name !== 'after' && name !== 'since')
    const search = new URLSearchParams([['after', cursorText([next.since, next.at, next.seq])], ...rest])
    links.push(['link', `<${url.origin}${url.pathname}?${search}>; rel="next"`])
  }
  return { status: 200, headers: links, body: page.map(entryView) }
}

/** The System Log. Source: Okta, System Log API. */
export const logRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/logs',
    scope: 'okta.logs.read',
    needs: 'okta.logs.read',
    bucket: 'logs',
    answer: listLogs,
  },
]
