import type { Entitlement, Resolution } from '../../model/entitlement.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { MalformedError } from './errors.ts'
import { objectOf, textOf } from './json.ts'

/** An app as Okta shows it, its needed fields parsed. */
export interface OktaApp {
  readonly id: EntitlementId
  readonly label: string
  /** Okta's name of the kind of app, such as `oidc_client` or `saasure`. */
  readonly name: string
  readonly active: boolean
  /** How the user that was asked about has it; undefined where nobody was. */
  readonly scope: AppScope | undefined
}

/** `USER`: assigned by themselves. `GROUP`: through a group of the app. */
export type AppScope = 'USER' | 'GROUP'

/** Parses an app of an answer. Throws MalformedError when it is none. */
export function appOf(json: unknown): OktaApp {
  const app = objectOf(json)
  const [id, label] = [textOf(app.id), textOf(app.label)]
  if (id === undefined || label === undefined) throw new MalformedError('Okta showed an app without id or label.', true)
  const user = objectOf(objectOf(app._embedded).user)
  return {
    id: id as EntitlementId,
    label,
    name: textOf(app.name) ?? '',
    active: app.status === 'ACTIVE',
    scope: textOf(user.id) === undefined ? undefined : scopeIn(user.scope),
  }
}

/** One user's place in an app. */
export interface AppUser {
  readonly id: AccountId
  readonly scope: AppScope
  /** It is there for the record only: the user has no access by it. */
  readonly ended: boolean
}

const ended = new Set(['DEPROVISIONED', 'REVOKED', 'UNASSIGNED'])

/** Parses a user of an app. Throws MalformedError when it is none. */
export function appUserOf(json: unknown): AppUser {
  const user = objectOf(json)
  const id = textOf(user.id)
  if (id === undefined) throw new MalformedError('Okta showed a user of an app without an id.', true)
  return { id: id as AccountId, scope: scopeIn(user.scope), ended: ended.has(textOf(user.status) ?? '') }
}

function scopeIn(scope: unknown): AppScope {
  return scope === 'GROUP' ? 'GROUP' : 'USER'
}

/** Okta's own consoles and plugins, which it gives by itself. */
const builtIn = new Set(['saasure', 'okta_enduser', 'okta_browser_plugin', 'okta_flow_sso'])

/** The app as an entitlement. */
export function appEntitlement({ id, label, name }: OktaApp): Entitlement {
  return {
    kind: 'App',
    id,
    name: label,
    privileged: false,
    ...(builtIn.has(name) ? { readOnly: 'BuiltIn' as const } : {}),
  }
}

/** What became of a name, by the apps that have it. */
export function appResolution(found: readonly OktaApp[]): Resolution {
  const [app, another] = found
  if (app === undefined) return { kind: 'Missing' }
  if (another !== undefined) return { kind: 'Ambiguous', ids: found.map(same => same.id) }
  if (!app.active)
    return { kind: 'Unsupported', why: `app ${app.label} (${app.id}) is not active at Okta; activate it there` }
  return { kind: 'Found', entitlement: appEntitlement(app) }
}
