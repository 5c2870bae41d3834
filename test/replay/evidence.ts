import { type Interaction, jsonOf } from './cassette.ts'
import { isSignIn, scopesOf } from './sign-in.ts'

/** A JSON object. */
export type Loose = Readonly<Record<string, unknown>>

/** True for a JSON object: no array, no null. */
function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at a path, an empty one where there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): Loose {
  let current = value
  for (const step of path) current = isObject(current) ? current[step] : undefined
  return isObject(current) ? current : {}
}

function stringsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const list = objectAt(value, ...path.slice(0, -1))[path.at(-1) ?? '']
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : []
}

const creations = /^\/api\/v1\/(users|groups|groups\/rules|apps|meta\/types\/user|iam\/roles|iam\/resource-sets)\/?$/

/** What a recorded org evidently held before the first request: whatever is shown or named but never created. */
export class Evidence {
  readonly created = new Set<string>()
  readonly users = new Map<string, Loose>()
  readonly groups = new Map<string, Loose>()
  readonly apps = new Map<string, Loose>()
  readonly rules = new Map<string, Loose>()
  readonly types = new Map<string, Loose>()
  readonly roles = new Map<string, Loose>()
  readonly members = new Map<string, Set<string>>()
  /** Memberships, as `group user`, that the cassette has already changed. */
  readonly touched = new Set<string>()
  readonly linked = new Map<string, Loose>()
  readonly schemas = new Map<string, string>()
  readonly attributes = new Map<string, unknown>()
  readonly createdLinks = new Set<string>()
  readonly added = new Set<string>()
  readonly groupAttributes = new Map<string, unknown>()
  readonly groupAdded = new Set<string>()
  readonly switches: Record<string, unknown> = {}
  /** Scopes that token requests asked for, and whether the app needs proofs of possession. */
  readonly scopes = new Set<string>()
  requiresDpop = false
  /** How many of the apps that were created were active when the org refused another as one too many; undefined if it never did. */
  createdWhenFull: number | undefined
  readonly #activeCreated = new Set<string>()
  /** Lists of users, groups or apps whose last page that was asked for says that there is more. */
  readonly unread = new Map<string, boolean>()

  read(interaction: Interaction): void {
    const { method, url, status, responseText, requestText, responseHeaders } = interaction
    const path = url.pathname
    const body = jsonOf(responseText)
    if (isSignIn(interaction)) {
      if (!responseText.includes('consent_required')) for (const scope of scopesOf(interaction)) this.scopes.add(scope)
      if (/dpop/i.test(responseText)) this.requiresDpop = true
    }
    if (method === 'POST' && creations.test(path) && isObject(body) && typeof body.id === 'string')
      this.created.add(body.id)
    if (method === 'POST' && path.startsWith('/api/v1/apps')) this.#appWrite(path, status, body)
    if (method === 'POST' && path.endsWith('/linkedObjects'))
      this.createdLinks.add(String(objectAt(body, 'primary').name))
    if (method === 'POST' && path.startsWith('/api/v1/meta/schemas/user/')) this.#schemaWrite(jsonOf(requestText))
    if (path.startsWith('/api/v1/meta/schemas/user/') && method === 'GET') this.#schema(body)
    const [, group, user] = /^\/api\/v1\/groups\/([^/]+)\/users\/([^/]+)$/.exec(path) ?? []
    if (method !== 'GET' && group !== undefined) this.touched.add(`${group} ${user}`)
    if (method === 'GET' && status === 200) this.#memberships(path, body)
    const plain = path === '/api/v1/apps' && method === 'GET' && !url.searchParams.has('q')
    if (path === '/api/v1/users' || path === '/api/v1/groups' || plain)
      this.unread.set(
        path,
        responseHeaders.some(([, line]) => line.includes('rel="next"')),
      )
    if (path === '/api/v1/meta/schemas/group/default') this.#groupSchema(jsonOf(requestText), body)
    if (method === 'POST' && /\/users\/[^/]+\/lifecycle\/deactivate$/.test(path) && status === 204)
      this.switches.deactivateStatus = 204
    if (status < 300) {
      this.#named(path)
      this.#show(body)
    }
  }

  #appWrite(path: string, status: number, body: unknown): void {
    const { id, status: turned } = objectAt({ body }, 'body')
    if (path === '/api/v1/apps' && typeof id === 'string' && turned === 'ACTIVE') this.#activeCreated.add(id)
    const [, app] = /^\/api\/v1\/apps\/([^/]+)\/lifecycle\/deactivate$/.exec(path) ?? []
    if (app !== undefined && status < 300) this.#activeCreated.delete(app)
    if (status === 400 && JSON.stringify(body).includes('Maximum number of instances has been reached'))
      this.createdWhenFull ??= this.#activeCreated.size
  }

  #schemaWrite(request: unknown): void {
    for (const name of Object.keys(objectAt(request, 'definitions', 'custom', 'properties'))) this.added.add(name)
  }

  #schema(body: unknown): void {
    for (const [name, attribute] of Object.entries(objectAt(body, 'definitions', 'custom', 'properties')))
      if (!this.added.has(name)) this.attributes.set(name, attribute)
    this.#schemaOfType(body)
    const shown = objectAt(body, 'definitions', 'base', 'properties', 'login')
    if (Object.keys(shown).length > 0) this.switches.schemaShowsMaster = 'master' in shown
  }

  /** Which type a schema belongs to: it links to it. */
  #schemaOfType(body: unknown): void {
    const last = (link: string): string =>
      String(objectAt(body, '_links', link).href ?? '')
        .split('/')
        .at(-1) ?? ''
    const [type, schema] = [last('type'), last('self')]
    if (type === '' || schema === '' || schema === 'default') return
    this.schemas.set(type, schema)
    const { name } = objectAt({ body }, 'body')
    if (!this.created.has(type) && !this.types.has(type))
      this.types.set(type, { id: type, name, default: name === 'user' })
  }

  #groupSchema(request: unknown, body: unknown): void {
    for (const name of Object.keys(objectAt(request, 'definitions', 'custom', 'properties'))) this.groupAdded.add(name)
    for (const [name, attribute] of Object.entries(objectAt(body, 'definitions', 'custom', 'properties')))
      if (!this.groupAdded.has(name)) this.groupAttributes.set(name, attribute)
  }

  /** Options of the org that a single user shows: they are switches of the simulated one. */
  #options(user: Loose): void {
    const links = objectAt(user, '_links')
    const credentials = objectAt(user, 'credentials')
    if ('password' in credentials) this.switches.credentialEmails = 'emails' in credentials
    if (Object.keys(links).length < 3) return
    this.switches.realmId = typeof user.realmId === 'string' ? user.realmId : ''
    if ('password' in credentials && !('resetFactors' in links)) this.switches.factorLinks = false
    if (user.status === 'ACTIVE' && !('forgotPassword' in links)) this.switches.forgotPasswordNeedsQuestion = true
  }

  /** The release of the org, which its apps show. */
  #appOptions(app: Loose): void {
    if (!('visibility' in app)) return
    const recent = 'autoLaunch' in objectAt(app, 'visibility')
    this.switches.appShape = 'orn' in app ? 'current' : recent ? '2022' : '2020'
    this.switches.previewOrg ??= false
    if ('emOptInStatus' in objectAt(app, 'settings')) this.switches.previewOrg = true
  }

  /** Members listed before anything in the cassette changes them. */
  #memberships(path: string, body: unknown): void {
    const [, group] = /^\/api\/v1\/groups\/([^/]+)\/users$/.exec(path) ?? []
    const [, user] = /^\/api\/v1\/users\/([^/]+)\/groups$/.exec(path) ?? []
    for (const item of Array.isArray(body) ? body : []) {
      const id = isObject(item) ? String(item.id) : ''
      if (group !== undefined) this.#member(group, id)
      if (user !== undefined) this.#member(id, user)
    }
  }

  #member(group: string, user: string): void {
    if (this.created.has(group) || this.created.has(user) || this.touched.has(`${group} ${user}`)) return
    const members = this.members.get(group) ?? new Set()
    members.add(user)
    this.members.set(group, members)
  }

  /** Ids that a successful request names without any answer having shown the object. */
  #named(path: string): void {
    for (const part of path.split('/')) {
      if (/^00u[0-9A-Za-z]{17}$/.test(part)) this.#hold(this.users, part, { id: part })
      if (/^00g[0-9A-Za-z]{17}$/.test(part)) this.#hold(this.groups, part, { id: part })
      if (/^0oa[0-9A-Za-z]{17}$/.test(part)) this.#hold(this.apps, part, { id: part })
    }
  }

  #show(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#show(item)
    if (!isObject(value)) return
    for (const inner of Object.values(value)) if (typeof inner === 'object') this.#show(inner)
    if (typeof value.id === 'string') this.#object(value.id, value)
    const primary = objectAt(value, 'primary').name
    if (
      typeof primary === 'string' &&
      isObject(value.associated) &&
      !this.linked.has(primary) &&
      !this.createdLinks.has(primary)
    )
      this.linked.set(primary, value)
  }

  #object(id: string, value: Loose): void {
    const profile = objectAt(value, 'profile')
    if (typeof profile.login === 'string' && 'status' in value && isObject(value.type)) {
      this.#options(value)
      this.#hold(this.users, id, value)
      const schema =
        String(objectAt(value, '_links', 'schema').href ?? '')
          .split('/')
          .at(-1) ?? ''
      if (schema !== '') this.schemas.set(String(value.type.id), schema)
    } else if (Array.isArray(value.objectClass)) {
      if ('owners' in objectAt(value, '_links')) this.switches.groupOwnersLink = true
      this.#hold(this.groups, id, value)
    } else if ('signOnMode' in value) {
      this.#appOptions(value)
      this.#hold(this.apps, id, value)
    } else if (value.type === 'group_rule') {
      for (const group of stringsAt(value, 'actions', 'assignUserToGroups', 'groupIds'))
        this.#hold(this.groups, group, { id: group })
      this.#hold(this.rules, id, value)
    } else if (typeof value.default === 'boolean' && 'displayName' in value) {
      this.#hold(this.types, id, value)
      const schema =
        String(objectAt(value, '_links', 'schema').href ?? '')
          .split('/')
          .at(-1) ?? ''
      if (schema !== '') this.schemas.set(id, schema)
    } else if (id.startsWith('cr0') && 'label' in value) this.#hold(this.roles, id, value)
  }

  #hold(into: Map<string, Loose>, id: string, value: Loose): void {
    if (this.created.has(id)) return
    const before = into.get(id)
    if (before === undefined || Object.keys(before).length === 1) into.set(id, value)
  }
}
