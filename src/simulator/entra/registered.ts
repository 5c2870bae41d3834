/** One registered way of signing in. */
export interface Method {
  readonly id: string
  /** Segment under `/users/{id}/authentication`. */
  readonly path: string
  /** ISO 8601. */
  readonly createdDateTime: string
  properties: Readonly<Record<string, unknown>>
}

/** What the tenant's policy says of Temporary Access Passes; the names are Microsoft Graph's. */
export interface PassPolicy {
  readonly state: 'enabled' | 'disabled'
  readonly isUsableOnce: boolean
  /** Characters. */
  readonly defaultLength: number
  readonly defaultLifetimeInMinutes: number
  readonly minimumLifetimeInMinutes: number
  readonly maximumLifetimeInMinutes: number
}

/** A tenant's policy as it comes, but enabled, so that passes can be made. */
export const DEFAULT_PASS_POLICY: PassPolicy = {
  state: 'enabled',
  isUsableOnce: false,
  defaultLength: 8,
  defaultLifetimeInMinutes: 60,
  minimumLifetimeInMinutes: 60,
  maximumLifetimeInMinutes: 480,
}

/** The authentication methods of all users, and the policy for Temporary Access Passes. */
export class AuthenticationMethods {
  readonly #ofUsers = new Map<string, Method[]>()
  policy: PassPolicy = DEFAULT_PASS_POLICY

  /** What a user registered, oldest first, without the password. */
  registered(user: string): readonly Method[] {
    return this.#ofUsers.get(user) ?? []
  }

  /** Everyone who registered something. */
  users(): Iterable<string> {
    return this.#ofUsers.keys()
  }

  /** Registers a method. */
  add(user: string, method: Method): void {
    this.#ofUsers.set(user, [...this.registered(user), method])
  }

  /** Takes a method away. */
  remove(user: string, id: string): void {
    this.#ofUsers.set(
      user,
      this.registered(user).filter(method => method.id !== id),
    )
  }
}
