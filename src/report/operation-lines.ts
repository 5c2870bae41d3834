import type { Entitlement } from '../model/entitlement.ts'
import type { Drift, Operation } from '../model/plan.ts'
import { printable, quoted } from './escape.ts'
import { compareText, type Sign } from './style.ts'

/** One thing that changes, and why. */
export interface ChangeLine {
  readonly sign: Sign
  readonly text: string
  readonly why: string
  /** The same without any value of an attribute, for places that more people can read. */
  readonly discreet: string
  /** Part of the line before: an attribute of a new account. */
  readonly nested?: boolean
}

/** The reason of one attribute or grant, finer than that of the operation it became part of. */
export type Reasons = ReadonlyMap<string, string>

/** Reasons by person and thing, from the facts of difference. */
export function reasonsOf(drift: readonly Drift[]): Reasons {
  const reasons = new Map<string, string>()
  for (const one of drift) {
    const { number } = one.person
    if (one.kind === 'AttributeDiffers')
      reasons.set(reasonKey(number, `attribute ${one.attribute}`), from(one.because.text))
    else if (one.kind === 'LoginDiffers') reasons.set(reasonKey(number, 'login'), from(one.because.text))
    else if (one.kind === 'EntitlementMissing')
      reasons.set(reasonKey(number, `entitlement ${one.entitlement.id}`), one.because.text)
  }
  return reasons
}

function reasonKey(number: string, what: string): string {
  return `${number}\n${what}`
}

/** The text of an attribute's reason is the field it is declared in. */
function from(field: string): string {
  return field === '' ? '' : `from ${field}`
}

/** What one operation changes, line by line: a changed attribute each has its own. */
export function linesOf(operation: Operation, reasons: Reasons): readonly ChangeLine[] {
  const { person, because } = operation
  const why = because.text
  switch (operation.kind) {
    case 'create':
      return createLines(operation, reasons)
    case 'update':
      return updateLines(operation, reasons)
    case 'restore':
      return [said('+', `restore the account ${operation.login} from the bin`, why, 'restore the account from the bin')]
    case 'adopt':
      return [said('+', `take over the account ${person.login}`, why, 'take over the account')]
    case 'mark':
      return [said('+', `mark as ${markText[operation.marker]}`, why)]
    case 'unmark':
      return [said('-', `mark as ${markText[operation.marker]}`, why)]
    case 'set-manager':
      return [managerLine(operation)]
    case 'enable':
      return [said('+', operation.first ? 'enable for the first time' : 'enable again', why)]
    case 'block':
      return [said('!', `block (${operation.why.toLowerCase()})`, why)]
    case 'end-sessions':
      return [said('!', 'end all sessions', why)]
    case 'issue-credential':
      return [said('+', 'first credential', why)]
    case 'grant':
      return [said('+', entitlementText(operation.entitlement), withMappings(why, operation.mappings))]
    case 'revoke':
      return [said('-', entitlementText(operation.entitlement), why)]
    case 'delete':
      return [said('-', `delete the account ${person.login}`, why, 'delete the account')]
  }
}

const markText = { Managed: 'managed by us', Blocked: 'blocked by us' } as const

function said(sign: Sign, text: string, why: string, discreet = text): ChangeLine {
  return { sign, text: printable(text), why: printable(why), discreet: printable(discreet) }
}

function createLines(operation: Operation & { readonly kind: 'create' }, reasons: Reasons): readonly ChangeLine[] {
  const { login, state, attributes, grants, person, because } = operation
  const how = state === 'Staged' ? 'staged, not able to sign in yet' : 'enabled'
  const account = said('+', `account ${login}, ${how}`, because.text, `account, ${how}`)
  const values = Object.entries(attributes)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => ({
      ...said('+', `${name}: `, '', name),
      text: `${printable(name)}: ${quoted(value)}`,
      nested: true,
    }))
  const held = grants.map(entitlement =>
    said(
      '+',
      entitlementText(entitlement),
      reasons.get(reasonKey(person.number, `entitlement ${entitlement.id}`)) ?? because.text,
    ),
  )
  return [account, ...values, ...held]
}

function updateLines(operation: Operation & { readonly kind: 'update' }, reasons: Reasons): readonly ChangeLine[] {
  const { set, before, login, person, because } = operation
  const whyOf = (what: string): string => reasons.get(reasonKey(person.number, what)) ?? from(because.text)
  const lines = Object.entries(set)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => changeLine(name, before[name] ?? null, value, whyOf(`attribute ${name}`)))
  return login ? [changeLine('login', login.from, login.to, whyOf('login')), ...lines] : lines
}

function changeLine(name: string, before: string | null, after: string | null, why: string): ChangeLine {
  const sign = before === null ? '+' : after === null ? '-' : '~'
  const values = [before, after].filter(value => value !== null).map(quoted)
  return { ...said(sign, name, why), text: `${printable(name)}: ${values.join(' → ')}` }
}

function managerLine(operation: Operation & { readonly kind: 'set-manager' }): ChangeLine {
  const { manager, because } = operation
  if (!manager) return said('-', 'manager', because.text)
  const text = `manager: ${manager.displayName} (${manager.number})`
  return said('~', text, because.text, `manager: ${manager.number}`)
}

const kindText: Readonly<Record<Entitlement['kind'], string>> = {
  Group: 'group',
  App: 'app',
  AdministrativeUnit: 'administrative unit',
  DirectoryRole: 'directory role',
  License: 'licence',
}

/** `group Engineering`; what gives administrative rights says so. */
export function entitlementText({ kind, name, privileged }: Entitlement): string {
  return `${kindText[kind]} ${printable(name)}${privileged ? ' (administrative rights)' : ''}`
}

/** Every mapping behind a grant is named, even where the reason does not. */
function withMappings(why: string, mappings: readonly string[]): string {
  const missing = mappings.filter(name => !why.includes(name))
  return missing.length === 0 ? why : `${why} (mapping ${missing.join(', ')})`
}
