import type { Interaction } from './cassette.ts'

/** Paths the simulated org answers for; the first part that fits decides. */
const outside: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /^\/api\/v1\/apps\/[^/]+\/(features|connections|cwo|sso|policies|logo|federated-claims|interclient-allowed-apps|interclient-target-apps|group-push)/,
    'app features beyond assignments',
  ],
  [/^\/api\/v1\/apps\/[^/]+\/(credentials|tokens)/, 'keys and tokens of apps'],
  [/^\/api\/v1\/apps\/[^/]+\/group-push/, 'group push'],
  [
    /^\/api\/v1\/users\/[^/]+\/(subscriptions|risk|classification|authenticator-enrollments)/,
    'subscriptions, risk and authenticators of users',
  ],
  [/^\/api\/v1\/groups\/[^/]+\/owners/, 'group owners'],
  [/^\/api\/v1\/org\/./, 'settings of the org'],
  [
    /^\/api\/v1\/meta\/(schemas\/apps|schemas\/logStream|uischemas|layouts)/,
    'schemas other than those of users and groups',
  ],
]
const inside =
  /^\/api\/v1\/(users|groups|apps|meta\/(schemas|types)|logs|iam|sessions|authn|org|principal-rate-limits)(\/|$)|^\/oauth2\/v1\/(token$|clients\/[^/]+\/roles)|^\/\.well-known\/okta-organization$/

const feature = /"errorCode":\s*"(E0000015|E0000013)"/

/** Why a recorded request cannot be asked of the simulated org; undefined where it can. */
export function notReplayable(interaction: Interaction): string | undefined {
  const path = interaction.url.pathname
  if (interaction.status === 404 && !interaction.responseText.includes('errorCode'))
    return 'the gateway before the recorded org answered'
  if (path === '/api/v1/org' && interaction.method !== 'GET') return 'settings of the org: outside of the slice'
  if (!inside.test(path))
    return `${path
      .split('/')
      .slice(1, 4)
      .join('/')
      .replace(/\/[^/]*\d[^/]*$/, '')}: outside of the slice`
  const known = outside.find(([pattern]) => pattern.test(path))
  if (known !== undefined) return `${known[1]}: outside of the slice`
  if (interaction.status === 429) return 'a rate limit was met while recording'
  if (interaction.status >= 500 && interaction.status !== 501) return 'the recorded org failed'
  if (feature.test(interaction.responseText)) return 'a feature the recorded org did not have'
  return undefined
}
