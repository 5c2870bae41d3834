import { AuthError, RateLimitError } from '../../model/errors.ts'
import { abortable, allAborted } from './abortable.ts'
import type { EntraClient } from './client.ts'
import { MissingError } from './errors.ts'
import type { GraphAnswer } from './middleware.ts'
import { bindMembers, MOST_BINDS } from './requests.ts'

interface Waiting {
  readonly user: string
  readonly client: EntraClient
  readonly signal: AbortSignal
  readonly resolve: (answer: GraphAnswer | 'Singly') => void
  readonly reject: (error: unknown) => void
}

/**
 * Adds users who are to join the same group at the same moment with one request for each twenty of them. Such a request is refused
 * as a whole, so that whoever stands in a refused one is told to be added singly.
 */
export class Binder {
  readonly #groups = new Map<string, Waiting[]>()

  /** The answer of the request that added the user, or `Singly` when the user must be added by a request of its own. */
  async join(client: EntraClient, group: string, user: string, signal: AbortSignal): Promise<GraphAnswer | 'Singly'> {
    const answer = new Promise<GraphAnswer | 'Singly'>((resolve, reject) => {
      const waiting = { user, client, signal, resolve, reject }
      const others = this.#groups.get(group)
      if (others !== undefined) {
        others.push(waiting)
        return
      }
      this.#groups.set(group, [waiting])
      setImmediate(() => this.#flush(group))
    })
    return await abortable(answer, signal)
  }

  #flush(group: string): void {
    const waiting = (this.#groups.get(group) ?? []).filter(({ signal }) => !signal.aborted)
    this.#groups.delete(group)
    for (let at = 0; at < waiting.length; at += MOST_BINDS) {
      const chunk = waiting.slice(at, at + MOST_BINDS)
      this.#bind(group, chunk).catch((error: unknown) => {
        for (const one of chunk) one.reject(error)
      })
    }
  }

  async #bind(group: string, chunk: readonly Waiting[]): Promise<void> {
    const users = [...new Set(chunk.map(({ user }) => user))]
    const client = chunk[0]?.client
    if (client === undefined || users.length === 1) {
      for (const one of chunk) one.resolve('Singly')
      return
    }
    const shared = allAborted(chunk.map(({ signal }) => signal))
    try {
      const request = bindMembers(group, users, client.graphUrl)
      const answer = await client.sendWhenVisible(request, [group, ...users], shared.signal)
      for (const one of chunk) one.resolve(answer)
    } catch (error) {
      if (error instanceof AuthError || error instanceof RateLimitError || shared.signal.aborted) throw error
      await this.#rest(group, chunk, error)
    } finally {
      shared.release()
    }
  }

  /** Nobody was added. Whoever is named as missing is left out of the next try; otherwise nobody knows who it was. */
  async #rest(group: string, chunk: readonly Waiting[], error: unknown): Promise<void> {
    const named = (user: string): boolean => error instanceof MissingError && error.refusal.message.includes(user)
    const missing = chunk.filter(({ user }) => named(user))
    const others = chunk.filter(({ user }) => !named(user))
    for (const one of missing.length === 0 ? chunk : missing) one.resolve('Singly')
    if (missing.length > 0 && others.length > 0) await this.#bind(group, others)
  }
}
