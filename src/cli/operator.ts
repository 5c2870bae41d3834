import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { ManifestError } from '../model/errors.ts'
import type { IdentityProvider } from '../model/provider.ts'
import type { ReadSecret } from '../operator/operator.ts'
import { runOperator } from '../operator/operator.ts'
import { serveStatus } from '../report/http.ts'
import { type LogFormat, logReporter } from '../report/log.ts'
import { metricsOf } from '../report/metrics.ts'
import { connectProvider } from '../wire.ts'
import { listenAddress } from './listen-address.ts'
import type { Surroundings } from './surroundings.ts'

export interface OperatorFlags {
  readonly kubeconfig?: string
  readonly namespaces: readonly string[]
  readonly operatorNamespace?: string
  readonly identity?: string
  readonly http: string
  readonly logLevel: string
  readonly logFormat: LogFormat
  /** How long a deletion must last before it counts, in seconds. */
  readonly settle: number
  readonly allowInsecureProviders?: boolean
  readonly allowProviderHost: readonly string[]
}

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** `tenure operator`: keeps the providers as the custom resources of a cluster say, until the signal. */
export async function operator(flags: OperatorFlags, { terminal, env, signal }: Surroundings): Promise<number> {
  const address = listenAddress(flags.http)
  const operatorNamespace = flags.operatorNamespace ?? env.POD_NAMESPACE ?? (await podNamespace())
  const identity = flags.identity ?? env.POD_NAME ?? hostname()
  const metrics = metricsOf()
  const log = logReporter({ level: flags.logLevel, format: flags.logFormat, write: line => terminal.err(line) })
  const health = () => ({ live: true, ready: true, status: { identity, operatorNamespace } })
  const server = await serveStatus({ ...address, metrics, health })
  try {
    log.note('started', { url: server.url, identity, operatorNamespace })
    await runOperator(
      {
        ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
        namespaces: flags.namespaces,
        operatorNamespace,
        identity,
        settleMs: flags.settle * 1000,
        now: () => Date.now(),
        connect: (declared, secret) => connected(declared, secret, flags),
        reporters: () => [metrics, log],
        note: log.note,
        failed: log.failure,
      },
      signal,
    )
    log.note('stopped', {})
    return 0
  } finally {
    await server.close()
  }
}

function connected(declared: IdentityProvider, secret: ReadSecret, flags: OperatorFlags) {
  return connectProvider(declared, {
    now: () => Date.now(),
    borrowedTime: false,
    allowInsecure: flags.allowInsecureProviders ?? false,
    allowedHosts: flags.allowProviderHost,
    secret,
    deliver: async () => {
      throw new ManifestError(
        'spec.firstCredential: first credentials are not delivered in a cluster yet; set it to None',
      )
    },
  })
}

async function podNamespace(): Promise<string> {
  try {
    return (await readFile(namespaceFile, 'utf8')).trim()
  } catch (cause) {
    throw new ManifestError('--operator-namespace: say where the Leases are to be; this is no pod that would tell', {
      cause,
    })
  }
}
