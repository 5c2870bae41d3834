/** The errors of the management API: one envelope, codes `E…`. Source: Okta, Error codes. */

const summaries: Readonly<Record<string, string>> = {
  E0000003: 'The request body was not well-formed.',
  E0000004: 'Authentication failed',
  E0000005: 'Invalid session',
  E0000006: 'You do not have permission to perform the requested action',
  E0000009: 'Internal Server Error',
  E0000011: 'Invalid token provided',
  E0000014: 'Update of credentials failed',
  E0000015: 'You do not have permission to access the feature you are requesting',
  E0000016: 'Activation failed because the user is already active',
  E0000017: 'Password reset failed',
  E0000022: 'The endpoint does not support the provided HTTP method',
  E0000023: 'Operation failed because user profile is mastered under another system',
  E0000029: 'Invalid paging request.',
  E0000030:
    "Bad request. Invalid date. Dates must be of the form yyyy-MM-dd'T'HH:mm:ss.SSSZZ, e.g. 2013-01-01T12:00:00.000-07:00.",
  E0000031: 'Invalid search criteria.',
  E0000032: 'Unlock is not allowed for this user.',
  E0000033: "Bad request. Can't specify a search query and filter in the same request.",
  E0000038: "This operation is not allowed in the user's current status.",
  E0000047: 'API call exceeded rate limit due to too many requests.',
  E0000053: 'Invalid filter',
  E0000056: 'Delete application forbidden.',
  E0000060: 'Unsupported operation.',
  E0000062: 'The specified user is already assigned to the application.',
  E0000080: 'The password does not meet the complexity requirements of the current password policy.',
  E0000093: 'Target count limit exceeded',
  E0000094: 'The provided filter is unsupported.',
  E0000100: 'Unable to perform search query.',
  E0000112: 'Cannot update this user because they are still being activated. Please try again in a few minutes.',
  E0000117: 'Cannot assign apps or update app profiles for an inactive user.',
  E0000124:
    'Could not create user. To create a user and expire their password immediately, a password must be specified',
  E0000125: 'Could not create user. To create a user and expire their password immediately, "activate" must be true',
  E0000142: 'This User Type cannot be deleted.',
  E0000145:
    'Some users returned by the search cannot be parsed because the user schema has been changed to be inconsistent with their stale profile data.',
  E0000231: "ETag value doesn't match.",
  E0000239: 'Policy priorities are being reconciled. Please try again later.',
  E0000242: 'ETag syntax is invalid.',
  E0000249: 'Group rules are still being set up.  Please try again later.',
}

const french = "Vous n'êtes pas autorisé à effectuer l'action demandée"

/** A refusal of the management API. `summary` defaults to the catalogue's text for the code. */
export class OktaError extends Error {
  readonly status: number
  readonly code: string
  readonly causes: readonly string[]

  constructor(status: number, code: string, options: { summary?: string; causes?: readonly string[] } = {}) {
    super(options.summary ?? summaries[code] ?? code)
    this.name = 'OktaError'
    this.status = status
    this.code = code
    this.causes = options.causes ?? []
  }
}

/** The JSON body of a refusal; `errorId` is unique per answer. */
export function errorBody(error: OktaError, errorId: string): unknown {
  return {
    errorCode: error.code,
    errorSummary: error.message,
    errorLink: error.code,
    errorId,
    errorCauses: error.causes.map(errorSummary => ({ errorSummary })),
  }
}

/** A refusal as an org in another language words it: status and code stay, and the names of attributes. Seen: E0000006 in French. */
export function translated(error: OktaError): OktaError {
  const summary = error.code === 'E0000006' ? french : `Erreur ${error.code}`
  const causes = error.causes.map(cause => `${/^\w+: /.exec(cause)?.[0] ?? ''}valeur non valide`)
  return new OktaError(error.status, error.code, { summary, causes })
}

/** 400 E0000001: `Api validation failed: {object}` with a sentence per fault. */
export function invalid(object: string, ...causes: readonly string[]): OktaError {
  return new OktaError(400, 'E0000001', { summary: `Api validation failed: ${object}`, causes })
}

/** 404 E0000007, which Okta also answers for objects that are in the wrong status. */
export function notFound(given: string, kind: string): OktaError {
  return new OktaError(404, 'E0000007', { summary: `Not found: Resource not found: ${given} (${kind})` })
}

/** 403 E0000006: the admin role does not allow it, or nobody may. */
export function forbidden(): OktaError {
  return new OktaError(403, 'E0000006')
}

/** 400 E0000029 for an `after` that this org never gave out. */
export function invalidCursor(): OktaError {
  return new OktaError(400, 'E0000029', { causes: ['Invalid cursor.'] })
}
