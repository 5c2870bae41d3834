import type { Interaction } from './cassette.ts'

type Loose = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const bodiless =
  /\/lifecycle\/|\/(users|groups)\/[^/]+$|\/targets\/|\/linkedObjects\/[^/]+\/[^/]+$|\/credentials\/forgot_password$|\/permissions\/[^/]+$|^\/api\/v1\/apps\/[^/]+\/groups\//

/** Whether an operation is one that needs a body while the recording, as those of 2020 and 2021 do, has none. */
export function isBodyLost({ method, url, requestText }: Interaction): boolean {
  if (requestText !== '' || (method !== 'POST' && method !== 'PUT')) return false
  return !bodiless.test(url.pathname) || /^\/api\/v1\/(users|groups|apps)\/[^/]+$/.test(url.pathname)
}

/** A body that leads to the recorded answer: what the answer says of the object. Undefined where the answer does not tell. */
export function rebuiltBody({ status }: Interaction, answer: unknown): string | undefined {
  if (status >= 300 || !isObject(answer) || Object.keys(answer).length === 0) return undefined
  const { user } = isObject(answer._embedded) ? answer._embedded : {}
  if ('sessionToken' in answer && isObject(user) && isObject(user.profile))
    return JSON.stringify({ username: user.profile.login, password: 'Reb0rn&Bound' })
  if ('password' in answer && 'provider' in answer) return JSON.stringify(credentialBody(answer))
  const { credentials, ...rest } = answer
  const rebuilt: Record<string, unknown> = { ...rest }
  for (const name of ['_links', '_embedded', 'created', 'lastUpdated']) delete rebuilt[name]
  if ('login' in (isObject(answer.profile) ? answer.profile : {})) return JSON.stringify(userBody(answer))
  return JSON.stringify(credentials === undefined ? rebuilt : { ...rebuilt, credentials })
}

/** What the operations on credentials take, out of what they answer. */
function credentialBody(answer: Loose): unknown {
  const question = isObject(answer.recovery_question) ? answer.recovery_question : {}
  const value = 'Reb0rn&Bound'
  return {
    password: { value },
    oldPassword: { value },
    newPassword: { value },
    recovery_question: { ...question, answer: 'rebuilt' },
  }
}

function userBody({ profile, credentials, type }: Loose): unknown {
  const given = isObject(credentials) ? credentials : {}
  const recovery = isObject(given.recovery_question)
    ? { recovery_question: { ...given.recovery_question, answer: 'rebuilt' } }
    : {}
  const password = 'password' in given ? { password: { value: 'Reb0rn&Bound' } } : {}
  return { profile, type, credentials: { ...password, ...recovery, provider: given.provider } }
}
