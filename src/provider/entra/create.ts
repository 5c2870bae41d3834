import { randomBytes } from 'node:crypto'
import { AuthError } from '../../model/errors.ts'
import type { AccountId, AttributeName } from '../../model/ids.ts'
import type { ApprovedOperation, OperationVerb } from '../../model/plan.ts'
import { graphUser } from './account.ts'
import { type Desk, noting, readLive } from './desk.ts'
import { DeniedError, RefusedError } from './errors.ts'
import { join, markerIds, setMark } from './marks.ts'
import { applied, failed, OperationError, type Result } from './outcome.ts'
import { createUser, nickname } from './requests.ts'
import { bodyWith, entraAttribute } from './schema.ts'
import { refusedWords, writeAttributes } from './write-attributes.ts'

type Create = ApprovedOperation & Extract<OperationVerb, { kind: 'create' }>

interface Made {
  readonly id: AccountId
  readonly login: string
  readonly requestId: string | undefined
  /** Attributes that still have to be written. */
  readonly rest: ReadonlyMap<AttributeName, string>
}

/**
 * Makes a user with a password nobody knows, then marks it, then writes what a create cannot carry. Once the user is there every
 * later failure is a note: the next run repairs it.
 */
export async function create(desk: Desk, operation: Create): Promise<Result> {
  await markerIds(desk)
  const made = await makeUser(desk, operation)
  if ('kind' in made) return made
  desk.client.noteCreated(made.id)
  const notes: string[] = []
  try {
    await complete(desk, operation, made, notes)
  } catch (error) {
    // The user is there, and that must be known, whatever has become of the credential since.
    if (!(error instanceof AuthError)) throw error
    notes.push(error.message)
  }
  return applied({ account: made.id, login: made.login, requestId: made.requestId, notes })
}

/** Marks the user, then writes and gives what its creation could not carry. */
async function complete(desk: Desk, operation: Create, made: Made, notes: string[]): Promise<void> {
  const mark = (which: 'managed' | 'blocked') =>
    noting(desk, notes, {
      what: `The ${which} mark is missing`,
      run: () => setMark(desk, which, { id: made.id, on: true }),
    })
  await Promise.all([mark('managed'), ...(operation.state === 'Staged' ? [mark('blocked')] : [])])
  await noting(desk, notes, { what: 'Attributes are missing', run: () => writeRest(desk, made, notes) })
  for (const { kind, id, name } of operation.grants) {
    if (kind !== 'Group' && kind !== 'AdministrativeUnit') continue
    await noting(desk, notes, { what: `${name} is missing`, run: () => join(desk, { kind, id }, made.id) })
  }
}

async function writeRest(desk: Desk, { id, rest }: Made, notes: string[]): Promise<void> {
  if (rest.size === 0) return
  const { refused } = await writeAttributes(desk, id, rest)
  if (refused.length > 0) notes.push(`Not written: ${refusedWords(refused)}`)
}

async function makeUser(desk: Desk, operation: Create): Promise<Made | Result> {
  const all = new Map(Object.entries({ employeeId: operation.person.number, ...operation.attributes }))
  const early = new Map([...all].filter(([name]) => entraAttribute(name)?.afterCreate !== true))
  const late = new Map([...all].filter(([name]) => entraAttribute(name)?.afterCreate === true))
  try {
    return await post(desk, operation, { values: early, rest: late })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const login = await loginProblem(desk, operation.login, error)
    if (login !== undefined) return login
    // One value is not acceptable and Graph may not say which: make the user bare, then write one by one.
    const bare = new Map([...early].filter(([name]) => KEPT.has(name)))
    const rest = new Map([...all].filter(([name]) => !bare.has(name)))
    if (rest.size === late.size) throw error
    return await post(desk, operation, { values: bare, rest })
  }
}

/** What a user is made with even when something else was refused: some domains ask for the last ("Create user"). */
const KEPT: ReadonlySet<AttributeName> = new Set(['employeeId', 'displayName', 'onPremisesImmutableId'])

interface Values {
  readonly values: ReadonlyMap<AttributeName, string>
  readonly rest: ReadonlyMap<AttributeName, string>
}

async function post(desk: Desk, operation: Create, { values, rest }: Values): Promise<Made> {
  const { login, state, person } = operation
  const request = createUser({
    displayName: person.employee,
    mailNickname: nickname(login.split('@')[0] ?? login),
    ...bodyWith(values),
    userPrincipalName: login,
    accountEnabled: state === 'Enabled',
    passwordProfile: { password: unknownPassword(), forceChangePasswordNextSignIn: true },
  })
  const { body, requestId } = await desk.client.send(request, desk.signal)
  const user = graphUser(body)
  if (user === undefined)
    throw new OperationError('Unconfirmed', 'Microsoft Graph made the user but did not say its id.')
  const given = typeof user.userPrincipalName === 'string' ? user.userPrincipalName : login
  return { id: user.id as AccountId, login: given, requestId, rest }
}

/** 48 random characters and one of each kind that a password policy asks for; kept nowhere. */
function unknownPassword(): string {
  return `${randomBytes(36).toString('base64url')}aA1!`
}

/** How to give accounts of federated domains what they need. */
export const IMMUTABLE_ID_ADVICE =
  'Add an entry { to: onPremisesImmutableId, from: … } to spec.attributes that gives what the domain’s own identity provider calls the person by.'

async function loginProblem(desk: Desk, login: string, error: RefusedError): Promise<Result | undefined> {
  const { message, targets, requestId } = error.refusal
  if (targets.includes('onPremisesImmutableId') || /onPremisesImmutableId/i.test(message)) {
    const text = `The login ${login} is in a federated domain, where an account needs an onPremisesImmutableId. ${IMMUTABLE_ID_ADVICE} ${error.message}`
    return failed('ConfigurationInvalid', text, requestId)
  }
  if (!targets.includes('userPrincipalName') && !/property userPrincipalName/i.test(message)) return undefined
  if (!/already exists/i.test(message)) {
    const advice = 'Its domain must be a verified domain of the tenant, and its letters plain.'
    return failed('ProviderFailed', `The login ${login} is not acceptable. ${advice} ${error.message}`, requestId)
  }
  return failed('LoginTaken', `The login ${login} is taken ${await holderWords(desk, login)}.`, requestId)
}

/** Who holds a login, for people. */
export async function holderWords(desk: Desk, login: string): Promise<string> {
  try {
    const holder = await readLive(desk, login)
    if (holder === undefined) return 'as an address of another object'
    const state = holder.accountEnabled === false ? 'disabled' : 'enabled'
    const number = typeof holder.employeeId === 'string' ? `, employeeId ${holder.employeeId}` : ', no employeeId'
    return `by account ${holder.id} (${state}${number}); adopt that account, or give another login`
  } catch (error) {
    if (error instanceof DeniedError || error instanceof RefusedError) return 'by another account'
    throw error
  }
}
