import type { Provider } from '../provider.ts'
import { applyOperations } from './apply.ts'
import { canonicalDesired } from './canonicalize.ts'
import { readCatalog } from './catalog.ts'
import { type EntraOptions, entraClient } from './client.ts'
import { lookupAccounts } from './lookup.ts'
import { markerBook } from './markers.ts'
import { probeTenant } from './probe.ts'
import { entraTraits } from './schema.ts'
import { readSnapshot } from './snapshot.ts'

export type { EntraOptions } from './client.ts'
export type { EntraCredential } from './token-options.ts'

/** Microsoft Entra ID through Microsoft Graph v1.0. Nothing is loaded or sent before the first call. */
export function entraProvider(options: EntraOptions): Provider {
  const client = entraClient(options)
  const book = markerBook(client)
  return {
    traits: entraTraits,
    probe: signal => probeTenant(client, book, signal),
    claim: (owner, signal) => book.claim(owner, signal),
    catalog: (names, signal) => readCatalog(client, names, signal),
    canonicalize: (desired, catalog) => canonicalDesired(desired, catalog),
    snapshot: (scope, signal) => readSnapshot(client, book, { scope, signal }),
    lookup: (keys, signal) => lookupAccounts(client, book, { keys, signal }),
    apply: (operations, signal) => applyOperations({ client, book, signal }, operations),
    close: () => client.close(),
  }
}
