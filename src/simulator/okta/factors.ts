import type { SimulatedReply } from '../kernel.ts'
import { userActor } from './access.ts'
import { body, type Call, flag, noContent, ok, origin, parameter, part, type Route, record, userOf } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { factorQuestions } from './factor-questions.ts'
import { type JsonObject, stringOr } from './json.ts'
import type { User } from './objects.ts'
import { timestamp } from './time.ts'

/** A second factor of a user. */
interface Factor {
  readonly id: string
  readonly factorType: string
  readonly provider: string
  status: 'PENDING_ACTIVATION' | 'ACTIVE'
  readonly profile: JsonObject | undefined
  readonly created: number
  lastUpdated: number
}

/** Factors by user; they live as long as the user does. */
const enrolled = new WeakMap<User, Map<string, Factor>>()

const prefixes: Readonly<Record<string, string>> = {
  sms: 'mbl',
  call: 'clf',
  email: 'emf',
  question: 'ufs',
  push: 'opf',
  'token:software:totp': 'ost',
}
const active = new Set(['question', 'token:hotp', 'token:hardware'])
const sending = new Set(['sms', 'call', 'email'])

function factorsOf(user: User): Map<string, Factor> {
  const found = enrolled.get(user) ?? new Map<string, Factor>()
  enrolled.set(user, found)
  return found
}

/** Takes every second factor from a user. */
export function forgetFactors(user: User): void {
  enrolled.delete(user)
}

function view(call: Call, user: User, factor: Factor): Readonly<Record<string, unknown>> {
  const owner = `${origin(call)}/api/v1/users/${user.id}`
  const self = `${owner}/factors/${factor.id}`
  const post = { allow: ['POST'] }
  const pending = factor.status === 'PENDING_ACTIVATION'
  const resend = pending && sending.has(factor.factorType)
  return {
    id: factor.id,
    factorType: factor.factorType,
    provider: factor.provider,
    vendorName: factor.provider,
    status: factor.status,
    created: timestamp(factor.created),
    lastUpdated: timestamp(factor.lastUpdated),
    ...(factor.profile === undefined ? {} : { profile: factor.profile }),
    _links: {
      ...(resend ? { resend: [{ name: factor.factorType, href: `${self}/resend`, hints: post }] } : {}),
      ...(pending ? { activate: { href: `${self}/lifecycle/activate`, hints: post } } : {}),
      ...(!pending && factor.factorType === 'question'
        ? { questions: { href: `${owner}/factors/questions`, hints: { allow: ['GET'] } } }
        : {}),
      ...(pending || factor.factorType === 'question' ? {} : { verify: { href: `${self}/verify`, hints: post } }),
      self: { href: self, hints: { allow: pending ? ['GET'] : ['GET', 'DELETE'] } },
      user: { href: owner, hints: { allow: ['GET'] } },
    },
  }
}

function enroll(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status === 'DEPROVISIONED') throw notFound(call.parameters.user ?? '', 'User')
  const given = body(call)
  const factorType = stringOr(given.factorType)
  if (factorType === undefined) throw invalid('factorEnrollRequest', 'Invalid factor type specified.')
  const factors = factorsOf(user)
  const now = call.org.now()
  const factor: Factor = {
    id: call.org.id(prefixes[factorType] ?? 'fuf'),
    factorType,
    provider: stringOr(given.provider) ?? 'OKTA',
    status: active.has(factorType) || flag(call, 'activate', false) ? 'ACTIVE' : 'PENDING_ACTIVATION',
    profile: profileOf(factorType, part(given, 'profile')),
    created: now,
    lastUpdated: now,
  }
  factors.set(factor.id, factor)
  record(call, 'user.mfa.factor.activate', [userActor(user)])
  return ok(view(call, user, factor))
}

/** What a factor shows of the profile it was enrolled with: no answers, and a question in its words. */
function profileOf(factorType: string, profile: JsonObject | undefined): JsonObject | undefined {
  if (profile === undefined) return undefined
  const { answer, ...shown } = profile
  if (factorType !== 'question') return shown
  const text = factorQuestions[stringOr(shown.question) ?? '']
  if (text === undefined) throw invalid('factorEnrollRequest', 'Invalid question specified.')
  if ((stringOr(answer) ?? '').length < 4) throw invalid('factorEnrollRequest', 'Answer must be at least 4 characters.')
  return { ...shown, questionText: text }
}

function factorOf(call: Call, user: User): Factor {
  const id = parameter(call, 'factor')
  const factor = factorsOf(user).get(id)
  if (factor === undefined) throw notFound(id, 'UserFactor')
  return factor
}

function getFactor(call: Call): SimulatedReply {
  const user = userOf(call)
  return ok(view(call, user, factorOf(call, user)))
}

function activate(call: Call): SimulatedReply {
  const user = userOf(call)
  const factor = factorOf(call, user)
  factor.status = 'ACTIVE'
  factor.lastUpdated = call.org.now()
  return ok(view(call, user, factor))
}

function unenroll(call: Call): SimulatedReply {
  const user = userOf(call)
  factorsOf(user).delete(factorOf(call, user).id)
  record(call, 'user.mfa.factor.deactivate', [userActor(user)])
  return noContent
}

function listFactors(call: Call): SimulatedReply {
  const user = userOf(call)
  return ok([...factorsOf(user).values()].map(factor => view(call, user, factor)))
}

/** Factors that the org offers to everybody. */
function catalog(call: Call): SimulatedReply {
  const owner = `${origin(call)}/api/v1/users/${userOf(call).id}`
  const enrollment = { enroll: { href: `${owner}/factors`, hints: { allow: ['POST'] } } }
  const offered = ['question', 'sms', 'call', 'token:software:totp', 'push', 'email']
  return ok(offered.map(factorType => ({ factorType, provider: 'OKTA', vendorName: 'OKTA', _links: enrollment })))
}

function listQuestions(call: Call): SimulatedReply {
  userOf(call)
  return ok(Object.entries(factorQuestions).map(([question, questionText]) => ({ question, questionText })))
}

const own = '/api/v1/users/:user/factors'
const read = { method: 'GET', scope: 'okta.users.read', needs: 'okta.users.read', bucket: 'users' } as const
const write = { scope: 'okta.users.manage', needs: 'okta.users.credentials.resetFactors', bucket: 'users' } as const

/** Second factors, as far as an admin sees and resets them. Source: Okta, User Factors API. */
export const factorRoutes: readonly Route[] = [
  { ...read, path: own, answer: listFactors },
  { ...read, path: `${own}/catalog`, answer: catalog },
  { ...read, path: `${own}/questions`, answer: listQuestions },
  { method: 'POST', path: own, ...write, answer: enroll },
  { ...read, path: `${own}/:factor`, answer: getFactor },
  { method: 'POST', path: `${own}/:factor/lifecycle/activate`, ...write, answer: activate },
  { method: 'DELETE', path: `${own}/:factor`, ...write, answer: unenroll },
]
