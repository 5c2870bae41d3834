import type { Provider } from '../provider.ts'
import { applyOperations } from './apply.ts'
import { canonicalDesired } from './canonical.ts'
import { readCatalog } from './catalog.ts'
import { oktaClient } from './client.ts'
import { Learnt } from './learnt.ts'
import { lookupAccounts } from './lookup.ts'
import { claimMarkers, markersOf } from './markers.ts'
import type { OktaOptions } from './options.ts'
import { probeOrg } from './probe.ts'
import { oktaTraits } from './schema.ts'
import { readSnapshot } from './snapshot.ts'
import type { LastView } from './view.ts'

export type { OktaOptions } from './options.ts'
export { requiredScopes } from './probe.ts'

/** An Okta org. Nothing is read or sent, and the vendor's SDK is not loaded, before the first use. */
export function oktaProvider(options: OktaOptions): Provider {
  const client = oktaClient(options)
  const markers = markersOf(client, options.marker)
  const last: LastView = { view: undefined, apps: new Map() }
  const reader = { client, markers, options, learnt: new Learnt(client.time) }
  return {
    traits: oktaTraits,
    probe: (signal, how) => probeOrg(reader, signal, how),
    claim: (owner, signal) => claimMarkers({ client, markers, marker: options.marker }, owner, signal),
    catalog: (names, signal) => readCatalog(reader, names, signal),
    canonicalize: canonicalDesired,
    snapshot: (scope, signal) => readSnapshot({ ...reader, client: client.inLane('Sweep') }, last, scope, signal),
    lookup: (keys, signal) => lookupAccounts({ ...reader, client: client.inLane('Leaver') }, keys, signal),
    apply: (operations, signal) => applyOperations({ ...reader, signal }, operations),
    close: () => client.close(),
  }
}
