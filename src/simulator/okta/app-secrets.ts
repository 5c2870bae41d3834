import { createHash } from 'node:crypto'
import type { SimulatedReply } from '../kernel.ts'
import { appActor } from './access.ts'
import { newSecret } from './app-write.ts'
import { appOf } from './apps.ts'
import { body, type Call, noContent, ok, origin, parameter, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { stringOr } from './json.ts'
import type { App, AppSecret } from './objects.ts'
import { timestamp } from './time.ts'

const most = 2

function view(call: Call, app: App, secret: AppSecret): unknown {
  const self = `${origin(call)}/api/v1/apps/${app.id}/credentials/secrets/${secret.id}`
  const post = { hints: { allow: ['POST'] } }
  const links =
    secret.status === 'ACTIVE'
      ? { deactivate: { href: `${self}/lifecycle/deactivate`, ...post } }
      : {
          activate: { href: `${self}/lifecycle/activate`, ...post },
          delete: { href: self, hints: { allow: ['DELETE'] } },
        }
  return {
    id: secret.id,
    created: timestamp(secret.created),
    lastUpdated: timestamp(secret.lastUpdated),
    status: secret.status,
    client_secret: secret.value,
    secret_hash: createHash('md5').update(secret.value).digest('base64url'),
    _links: links,
  }
}

function secretOf(call: Call, app: App): AppSecret {
  const id = parameter(call, 'secret')
  const secret = app.secrets.find(known => known.id === id)
  if (secret === undefined) throw notFound(id, 'OAuth2ClientSecret')
  return secret
}

function note(call: Call, app: App): void {
  record(call, 'application.lifecycle.update', [{ ...appActor(app), type: 'AppInstance' }])
}

function list(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(app.secrets.map(secret => view(call, app, secret)))
}

function get(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(view(call, app, secretOf(call, app)))
}

function add(call: Call): SimulatedReply {
  const app = appOf(call)
  if (app.secrets.length >= most)
    throw invalid('client_secret', `client_secret: An app can have at most ${most} secrets`)
  const secret = newSecret(call.org, stringOr(body(call).client_secret))
  app.secrets = [...app.secrets, secret]
  note(call, app)
  return { status: 201, headers: [], body: view(call, app, secret) }
}

function turn(call: Call, status: AppSecret['status']): SimulatedReply {
  const app = appOf(call)
  const secret = secretOf(call, app)
  secret.status = status
  secret.lastUpdated = call.org.now()
  note(call, app)
  return ok(view(call, app, secret))
}

function remove(call: Call): SimulatedReply {
  const app = appOf(call)
  const secret = secretOf(call, app)
  if (secret.status === 'ACTIVE') throw invalid('client_secret', 'client_secret: An active secret cannot be deleted')
  app.secrets = app.secrets.filter(other => other !== secret)
  note(call, app)
  return noContent
}

const all = '/api/v1/apps/:app/credentials/secrets'
const one = `${all}/:secret`
const read = { scope: 'okta.apps.read', needs: 'okta.apps.read', bucket: 'apps' } as const
const write = { scope: 'okta.apps.manage', needs: 'okta.apps.manage', bucket: 'apps' } as const

/** Client secrets of an app. Source: Okta, Application SSO Credentials API. */
export const appSecretRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: list },
  { method: 'POST', path: all, ...write, answer: add },
  { method: 'GET', path: one, ...read, answer: get },
  { method: 'DELETE', path: one, ...write, answer: remove },
  { method: 'POST', path: `${one}/lifecycle/activate`, ...write, answer: call => turn(call, 'ACTIVE') },
  { method: 'POST', path: `${one}/lifecycle/deactivate`, ...write, answer: call => turn(call, 'INACTIVE') },
]
