/**
 * Where the real service is known to differ from its own description, each with the reason: what is recorded counts for more than
 * what is described. A departure as it is printed (`okta GET /api/v1/groups/{} → 200 at /profile/description: null is no string`),
 * in which `*` stands for anything.
 */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'okta * → 401: the status is undocumented':
    'A bad or expired token is refused before any operation; described once for all in Okta, Error codes.',
  'okta * → 401: there is no body':
    'OAuth refusals have their reason in WWW-Authenticate and an empty body (recorded).',
  'okta * → 403: there is no body':
    'A token without the scope is refused with an empty body and WWW-Authenticate (recorded).',
  'okta * → 400: the status is undocumented':
    'Bad search, filter, limit, cursor or body: Okta, Error codes (E0000001, E0000003, E0000031, E0000053) and recorded.',
  'okta GET * → 500: the status is undocumented':
    'A list that takes too long is E0000009 (Okta, Error codes); a switch here.',
  'okta * → 411: the status is undocumented':
    'A POST or PUT without body needs Content-Length: 0 (Okta, Design principles).',
  'okta * /api/v1/users/{} → 412: the status is undocumented':
    'If-Match with another ETag is E0000231 (Okta, release notes of January 2025).',
  'okta GET /api/v1/users → 503: the status is undocumented': 'E0000100 (Okta, Error codes); a switch here.',
  'okta GET /api/v1/users → 409: the status is undocumented': 'E0000145 (Okta, Error codes); a switch here.',
  'okta POST /api/v1/users → 404: the status is undocumented':
    'A user created with the id of a group that is not there is refused with E0000007 (recorded).',
  'okta POST /api/v1/users/{}/lifecycle/deactivate → 202: the status is undocumented':
    "Prefer: respond-async; Okta's .NET SDK expects it, and it is a switch here.",
  'okta * → 501: the status is undocumented': 'E0000060 of orgs before 2026.04 (Okta, release notes); a switch here.',
  'okta POST /api/v1/users/{}/lifecycle/* → 200: there is a body':
    'Every recorded lifecycle operation answers an empty object.',
  'okta * → * at */credentials: "emails" is unknown': 'Recorded wherever a password is set.',
  'okta * → * at */profile/description: null is no string': 'Recorded: a group without description has null.',
  'okta *groups* → *: "source" is unknown': 'Recorded: a group that an application or directory masters names it.',
  'okta */api/v1/users* → * at */_links: "delete" is unknown':
    'Recorded: a user that is DEPROVISIONED links to its erasure.',
  'okta GET /api/v1/logs → *: null is no *': 'Recorded: an event names what it does not know as null.',
  'okta POST /api/v1/*/{}/roles → 201: there is a body': 'Recorded: the role that was assigned.',
  'okta */api/v1/groups/rules* → *: "_links" is unknown': 'Recorded: a rule links to what may be done with it.',
  'okta */api/v1/meta/schemas/user/{} → *: "description" is unknown':
    "Recorded: the default schema has Okta's description of it.",
  'okta */api/v1/meta/schemas/user/{} → * at /_links: "type" is unknown': 'Recorded: a schema links to its user type.',
  'okta */api/v1/meta/schemas/user/{} → * at /definitions/*/properties/*: "*" is unknown':
    'Attributes are JSON Schema of draft 4: items, minimum, maximum are recorded.',
  'okta */api/v1/meta/schemas/user/{} → * at /definitions/*/unique: "*" is no boolean':
    'The text of the same description names UNIQUE_VALIDATED and its like, and they are recorded.',
  'okta */api/v1/meta/schemas/user/{} → * at /definitions/base/properties/login/pattern: null is no string':
    'Okta, Schemas API, login pattern validation: null stands for the usual check.',
  'okta POST /api/v1/apps/{}/users → 409: the status is undocumented':
    'E0000062, who is assigned already (Okta, Error codes).',
  'okta GET /api/v1/apps → * at */_embedded/user/*: * is no object':
    'expand=user/{id} embeds the app user as it is (text of the same description).',
  'okta POST */roles → 409: the status is undocumented': 'E0000090, a role that is held already (Okta, Error codes).',
  'okta */api/v1/iam/* → *: "isCloneable" is unknown': 'Recorded in 2025 for every custom role.',
  'okta */api/v1/iam/* → * at /_links: "self" is unknown': 'Recorded: lists under /iam link to themselves.',
  'okta */api/v1/iam/roles/{}/permissions* → * at */conditions/*: * is no object':
    'The examples of the same description have a list of attribute names.',
  'okta */api/v1/eventHooks* → * at */_links: "*" is unknown':
    'Recorded: an inactive hook links to its activation and its deletion.',
  'okta POST /oauth2/v1/token → 429*: "*" is unknown':
    'Which shape a 429 of the token endpoint has is unconfirmed; a switch chooses the one of OAuth errors.',
  'okta POST /api/v1/apps/{}/lifecycle/* → 200: there is a body': 'Recorded in 2020, 2022 and 2025 with {}.',
  'okta */api/v1/*apps* → * at */settings: "extendedProperties" is unknown': 'Recorded in 2020 for apps of every kind.',
  'okta */api/v1/*apps* → * at */jwks/keys/*: *': 'A registered key comes back with all that it was registered with.',
  'okta */api/v1/*apps* → *: null is no *':
    'Recorded: an app names what it does not have as null (settings, accessibility, notes, addresses).',
  'okta */api/v1/*apps* → * at */settings: "app" is unknown':
    'Recorded for apps of every kind; the description has it for some.',
  'okta */api/v1/*apps* → * at */settings: "manualProvisioning" is unknown': 'Recorded.',
  'okta */api/v1/*apps* → * at */settings/signOn: "samlSignedRequestEnabled" is unknown': 'Recorded in 2026.',
  'okta */api/v1/*apps* → * at */name: "*" is none of oidc_client':
    "Recorded: Okta's own apps and those of the catalog sign on by OpenID Connect under names of their own.",
  'okta */api/v1/*apps* → * at */signOnMode: "MFA_AS_SERVICE" is none of *': 'Recorded in 2026 for mfa_rdp.',
  'okta */api/v1/groups/rules* → 423: the status is undocumented': 'E0000239 (Okta, Error codes); a switch here.',
  'okta */api/v1/groups/rules* → 409: the status is undocumented': 'E0000249 (Okta, Error codes); a switch here.',
  'okta */api/v1/*apps* → * at */_links: "*" is unknown':
    'Recorded: an app links to whatever is to be had of it: uploadLogo, policies, profileEnrollment, clientCredentials.',
  'okta GET /api/v1/logs → *: "device" is unknown': 'Recorded: null where no device is known.',
  'okta POST /oauth2/v1/token → * at /token_type: "DPoP" is none of *':
    'Okta, Configure OAuth 2.0 Demonstrating Proof-of-Possession; RFC 9449.',
  'okta */api/v1/users/{}/factors* → * at */_links/resend: * is no object':
    'Recorded: an enrolled factor lists where to send the code again.',
  'okta POST /api/v1/authn → *: there is no such operation':
    'Primary authentication has a description of its own (Okta, Authentication API); recorded.',
  'okta POST /api/v1/sessions → *: there is no such operation':
    'Opening a session with a session token is recorded, though no longer described.',
  'okta */api/v1/sessions/{}* → *: null is no string':
    'Recorded: a session names the verification of a factor that never was as null.',
  'okta */api/v1/sessions/{}* → *: "*" is unknown':
    'Recorded: a session says mfaActive and links to its refresh and its user.',
  'okta */api/v1/sessions/{}* → 404: there is a body': 'Recorded: E0000007 as everywhere.',
  'okta DELETE /api/v1/groups/rules/{} → 202: there is a body': 'Recorded: an empty object.',
  'okta POST /api/v1/users/{}/lifecycle/deactivate → 204: the status is undocumented':
    'Recorded in 2020; a switch here.',
  'okta GET /api/v1/users/{} → * at /_embedded: "classification" is unknown':
    'The text of the same description names expand=classification.',
  'okta * /api/v1/users/{} → 409: the status is undocumented':
    'A user who is still being activated is E0000112 (Okta, Error codes).',
  'okta *groups* → * at */_links: "owners" is unknown': 'Recorded in newer orgs: a group links to its owners.',
  'okta *groups* → * at */profile: "*" is unknown':
    'Recorded: a group profile has the custom attributes of the group schema.',
  'okta */api/v1/groups/{}/owners* → * at */originId: null is no string':
    "The description's own example has null for an owner that Okta manages.",
  'okta GET /api/v1/org → *: null is no string': 'Recorded: an org without an address has nulls for it.',
  'okta GET /api/v1/groups/*/users/*/group-rules → *: there is no such operation':
    'GA in July 2026 (Okta, release notes); the description names the path without an operation.',
  'okta */api/v1/meta/schemas/apps/{}/default → * at /definitions/base/properties: "userName" is unknown':
    "The description's own example of an app user schema has userName.",
  'entra POST /users/{}/revokeSignInSessions → 204: the status is undocumented*':
    'The page of the operation says both; a switch here.',
  'entra * /v1.0/administrativeUnits* → *: there is no such path':
    'The root of the first version is still served and named in the permissions reference, but left out of the metadata.',
  'entra POST /users/{}/assignLicense → 202: the status is undocumented*':
    'The page of the operation says 200; whether it is 202 by now is unconfirmed, and a switch here.',
  'entra POST /groups/{}/assignLicense → 202: the status is undocumented*':
    'The reference says 202 Accepted, as the licences are handed out later (Microsoft Graph, group: assignLicense).',
}

const patterns = Object.keys(DEVIATIONS).map(deviation => {
  const parts = deviation.split('*').map(part => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return { deviation, pattern: new RegExp(`^${parts.join('.*')}$`, 's') }
})

const REMEMBERED = 10_000
const known = new Map<string, string | undefined>()

/** Why a departure, as it is printed, is none; undefined where nothing explains it. */
export function explained(departure: string): string | undefined {
  if (known.has(departure)) return known.get(departure)
  const found = patterns.find(({ pattern }) => pattern.test(departure))
  const why = found === undefined ? undefined : DEVIATIONS[found.deviation]
  if (known.size < REMEMBERED) known.set(departure, why)
  return why
}
