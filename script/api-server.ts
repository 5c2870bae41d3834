/**
 * A real API server with the CRDs of the checkout, to try things by hand: `script/run node script/api-server.ts`. Prints how to reach it and
 * runs until it is interrupted; then nothing of it is left.
 */
import { once } from 'node:events'
import { startControlPlane } from '../test/control-plane/index.ts'

const controlPlane = await startControlPlane()
try {
  await controlPlane.applyCrds()
  console.log(`export KUBECONFIG=${controlPlane.kubeconfig}`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
} finally {
  await controlPlane.stop().catch(() => undefined)
}
