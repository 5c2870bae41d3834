import type { OktaState } from '../../src/simulator/okta/index.ts'
import { baseAttributes } from '../../src/simulator/okta/schema-base.ts'
import type { Cassette } from './cassette.ts'
import { Evidence, type Loose, objectAt } from './evidence.ts'

type State = { -readonly [Key in keyof OktaState]: OktaState[Key] }

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function set<Value>(fields: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined))
}

function userState(id: string, value: Loose): unknown {
  const profile = objectAt(value, 'profile')
  const credentials = objectAt(value, 'credentials')
  const login = text(profile.login) ?? `${id.toLowerCase()}@example.com`
  const provider = objectAt(credentials, 'provider')
  return set<unknown>({
    id,
    status: value.status,
    profile: { firstName: 'Recorded', lastName: 'User', email: login, ...profile, login },
    created: value.created,
    activated: value.activated,
    statusChanged: value.statusChanged,
    lastLogin: value.lastLogin,
    lastUpdated: value.lastUpdated,
    passwordChanged: value.passwordChanged,
    type: objectAt(value, 'type').id,
    password: 'credentials' in value ? 'password' in credentials : undefined,
    recoveryQuestion: objectAt(credentials, 'recovery_question').question,
    provider: provider.type === undefined ? undefined : { type: provider.type, name: provider.name },
  })
}

function groupState(id: string, value: Loose, members: readonly string[]): unknown {
  return set<unknown>({
    id,
    profile: { name: `Recorded ${id}`, description: null, ...objectAt(value, 'profile') },
    type: value.type,
    objectClass: value.objectClass,
    source: objectAt(value, 'source').id,
    created: value.created,
    lastUpdated: value.lastUpdated,
    lastMembershipUpdated: value.lastMembershipUpdated,
    members,
  })
}

function ruleState(id: string, value: Loose): unknown {
  const groups = objectAt(value, 'actions', 'assignUserToGroups').groupIds
  return set<unknown>({
    id,
    name: value.name,
    status: value.status,
    expression: objectAt(value, 'conditions', 'expression').value,
    groups,
    created: value.created,
    lastUpdated: value.lastUpdated,
  })
}

function appState(id: string, value: Loose): unknown {
  const { accessibility, visibility, settings, credentials, profile, licensing } = value
  return set<unknown>({
    id,
    label: value.label ?? id,
    name: value.name,
    status: value.status,
    signOnMode: value.signOnMode ?? 'BOOKMARK',
    features: value.features,
    parts: set<unknown>({ accessibility, visibility, settings, credentials, profile, licensing }),
    applicationType: objectAt(settings, 'oauthClient').application_type,
    created: value.created,
    lastUpdated: value.lastUpdated,
    roles: [],
  })
}

/** The service app that signs in, where one does, and the apps that are shown and never created; nothing where there are none. */
function appsOf(evidence: Evidence): { readonly apps?: readonly unknown[] } {
  const apps = [...evidence.apps].map(([id, value]) => appState(id, value))
  if (evidence.unread.get('/api/v1/apps') === true) apps.push(appState('0oaBehindTheLastPage', {}))
  const { scopes, requiresDpop } = evidence
  if (scopes.size > 0 || requiresDpop) return { apps: [{ requiresDpop, scopes: [...scopes] }, ...apps] }
  return apps.length === 0 ? {} : { apps }
}

/** How many active apps the org may have, where it has refused one as one too many. */
function appLimit({ createdWhenFull }: Evidence, apps: readonly unknown[] | undefined): Loose {
  if (createdWhenFull === undefined) return {}
  const held = apps?.filter(app => objectAt({ app }, 'app').status !== 'INACTIVE').length ?? 1
  return { mostActiveApps: held + createdWhenFull }
}

function end(value: unknown): unknown {
  const { name, title, description } = objectAt({ value }, 'value')
  return { name, title, description }
}

/** One object per value of `key`, the first one seen. */
function distinct<Item>(items: Iterable<Item>, key: (item: Item) => string): Item[] {
  const found = new Map<string, Item>()
  for (const item of items) if (!found.has(key(item))) found.set(key(item), item)
  return [...found.values()]
}

function typesOf(evidence: Evidence): unknown[] {
  const ids = new Set(evidence.types.keys())
  for (const user of evidence.users.values()) {
    const id = text(objectAt(user, 'type').id)
    if (id !== undefined) ids.add(id)
  }
  for (const id of evidence.schemas.keys()) ids.add(id)
  const free = [...ids].filter(id => !evidence.created.has(id))
  const byDefault =
    free.find(id => evidence.types.get(id)?.default === true) ?? free.find(id => !evidence.types.has(id))
  return free.map(id => {
    const type = evidence.types.get(id) ?? {}
    return set<unknown>({
      id,
      schemaId: evidence.schemas.get(id),
      name: id === byDefault ? 'user' : (text(type.name) ?? id),
      displayName: text(type.displayName) ?? 'User',
      description: text(type.description) ?? 'Okta user profile template with default permission settings',
      default: id === byDefault,
      attributes: id === byDefault ? undefined : attributesOf(evidence),
    })
  })
}

const base = baseAttributes()

function attributeFor(value: unknown): unknown {
  if (Array.isArray(value)) return { type: 'array', items: { type: typeof (value[0] ?? '') } }
  return { type: typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string' }
}

/** Custom attributes the recorded users show and nothing in the cassette defines. */
function attributesOf(evidence: Evidence): Record<string, unknown> {
  const found: Record<string, unknown> = Object.fromEntries(evidence.attributes)
  for (const user of evidence.users.values()) {
    for (const [name, value] of Object.entries(objectAt(user, 'profile')))
      if (!base.has(name) && !evidence.added.has(name)) found[name] ??= attributeFor(value)
  }
  return found
}

/** Custom attributes of groups, out of the schema or out of the groups themselves. */
function groupAttributesOf(evidence: Evidence): Record<string, unknown> {
  const found: Record<string, unknown> = Object.fromEntries(evidence.groupAttributes)
  for (const group of evidence.groups.values()) {
    if (group.type !== 'OKTA_GROUP') continue
    for (const [name, value] of Object.entries(objectAt(group, 'profile')))
      if (name !== 'name' && name !== 'description' && !evidence.groupAdded.has(name))
        found[name] ??= attributeFor(value)
  }
  return found
}

/** The state a recorded org had before the first request of a cassette, as far as its answers tell. */
export function stateBefore(cassette: Cassette): OktaState {
  const evidence = new Evidence()
  for (const interaction of cassette.interactions) evidence.read(interaction)
  const users = [...evidence.users].map(([id, value]) => userState(id, value))
  const groups = [...evidence.groups].map(([id, value]) =>
    groupState(
      id,
      value,
      [...(evidence.members.get(id) ?? [])].filter(user => evidence.users.has(user)),
    ),
  )
  if (evidence.unread.get('/api/v1/users') === true) users.push(userState('00uBehindTheLastPage', {}))
  if (evidence.unread.get('/api/v1/groups') === true) groups.push(groupState('00gBehindTheLastPage', {}, []))
  const login = (user: unknown): string => String(objectAt(user, 'profile').login).toLowerCase()
  const { apps } = appsOf(evidence)
  const state: State = JSON.parse(
    JSON.stringify({
      userTypes: typesOf(evidence),
      switches: { ...evidence.switches, ...appLimit(evidence, apps) },
      attributes: attributesOf(evidence),
      groupAttributes: groupAttributesOf(evidence),
      users: distinct(users, login),
      groups,
      rules: [...evidence.rules].map(([id, value]) => ruleState(id, value)),
      customRoles: [...evidence.roles].map(([id, value]) =>
        set<unknown>({ id, label: value.label, description: value.description }),
      ),
      linkedObjects: [...evidence.linked.values()].map(({ primary, associated }) => ({
        primary: end(primary),
        associated: end(associated),
      })),
      ...(apps === undefined ? {} : { apps }),
    }),
  )
  return state
}
