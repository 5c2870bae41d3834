/** One request to an API server. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query. */
  readonly path: string
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
  /** The answer never ends by itself: no time limit between its pieces, and a connection of its own. */
  readonly isStream?: boolean
}

/** What came back. The body has to be read to its end, or left by ending its iteration. */
export interface KubeResponse {
  readonly status: number
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Sends a request and gives back the answer, whatever its status. The one place where the network is touched; a test can put
 * a function here that answers by itself.
 *
 * @throws anything when there is no answer; the signal's reason when it was aborted
 */
export type Send = (request: KubeRequest) => Promise<KubeResponse>

/** A way to an API server. */
export interface Connection {
  readonly send: Send
  /** The namespace of the context the connection was made from. */
  readonly namespace: string
  /** Lets open calls end, cuts open streams and gives all sockets back. */
  close(): Promise<void>
}

/** The whole body as text. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
