/** Conditions of custom roles that open only some attributes of users. Source: Okta, Permission conditions. */
import { grantsOf, type Principal } from './access.ts'
import { forbidden } from './errors.ts'
import { isObject, type Json, type JsonObject, stringsOf } from './json.ts'
import type { User } from './objects.ts'

const profileAttributes = 'okta:ResourceAttribute/User/Profile'
/** What no condition hides. */
const never = new Set(['firstName', 'lastName', 'login', 'email', 'mobilePhone'])

/** Whether an attribute of a user is open. */
export type AttributeTest = (name: string) => boolean

function namesIn(condition: JsonObject, which: 'include' | 'exclude'): ReadonlySet<string> | undefined {
  const part = condition[which]
  if (!isObject(part) || part[profileAttributes] === undefined) return undefined
  return new Set(stringsOf(part[profileAttributes]))
}

function testOf(condition: JsonObject | undefined): AttributeTest | undefined {
  if (condition === undefined) return undefined
  const included = namesIn(condition, 'include')
  const excluded = namesIn(condition, 'exclude')
  if (included === undefined && excluded === undefined) return undefined
  return name => included?.has(name) !== false && excluded?.has(name) !== true
}

/** Which attributes of a user the principal's permission opens; undefined for all of them. */
export function openAttributes(principal: Principal, permission: string, user: User): AttributeTest | undefined {
  if (principal.roles.every(role => role.conditions === undefined)) return undefined
  const tests: AttributeTest[] = []
  for (const condition of grantsOf(principal, permission, user)) {
    const test = testOf(condition)
    if (test === undefined) return undefined
    tests.push(test)
  }
  return name => never.has(name) || tests.some(test => test(name))
}

/** A profile without the attributes that are not open. */
export function openProfile<Value>(
  profile: Readonly<Record<string, Value>>,
  isOpen: AttributeTest | undefined,
): Readonly<Record<string, Value>> {
  return isOpen === undefined ? profile : Object.fromEntries(Object.entries(profile).filter(([name]) => isOpen(name)))
}

/** Refuses a write that changes an attribute which is not open to the principal. */
export function requireOpen(
  principal: Principal,
  user: User,
  { named, next }: { readonly named: readonly string[]; readonly next: Readonly<Record<string, Json>> },
): void {
  const isOpen = openAttributes(principal, 'okta.users.userprofile.manage', user)
  if (isOpen === undefined) return
  const changes = (name: string): boolean =>
    JSON.stringify(user.profile[name] ?? null) !== JSON.stringify(next[name] ?? null)
  if (named.some(name => !isOpen(name) && changes(name))) throw forbidden()
}
