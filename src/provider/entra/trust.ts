import type { SecureContext } from 'node:tls'

const contexts = new Map<string, Promise<SecureContext>>()
/** Different authorities in one process; more than a few are not kept. */
const MOST_KEPT = 16

/**
 * Trust in a PEM besides the well-known authorities. Made once for each PEM: parsing all root certificates anew for each connection
 * costs more than the connection.
 */
export function trustIn(ca: string): Promise<SecureContext> {
  const known = contexts.get(ca)
  if (known !== undefined) return known
  if (contexts.size >= MOST_KEPT) contexts.clear()
  const made = import('node:tls').then(tls => tls.createSecureContext({ ca: [...tls.rootCertificates, ca] }))
  contexts.set(ca, made)
  // A PEM that cannot be read is refused every time.
  made.catch(() => contexts.delete(ca))
  return made
}
