import { type HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
import { Agent, type buildConnector, type Dispatcher, ProxyAgent, request } from 'undici'
import { TenureError } from '../model/errors.ts'
import type { Connection, KubeRequest, KubeResponse } from './send.ts'

type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>
type Cluster = ReturnType<KubeConfig['getCurrentCluster']>
type AgentOptions = Parameters<KubeConfig['createDispatcherOptions']>[1]

/** Connections for calls and for watches. Watches have their own, so that no call waits behind streams that never end. */
interface Pools {
  readonly calls: Dispatcher
  readonly streams: Dispatcher
}

/** Connections for calls over HTTP/1; over HTTP/2 one carries them all. */
const CONNECTIONS = 4
/** An API server that has not begun to answer after that is taken for dead. */
const HEADERS_MS = 30_000
/** A half-open connection is found out by the system's own probes from then on. */
const KEEP_ALIVE_MS = 30_000

/**
 * The configuration of the official client, for authentication, with pools of connections of our own: the stock one opens a
 * new connection with every request. The pools are made anew when the certificates change that they were made from; a token
 * is a header and changes nothing.
 */
export class PooledKubeConfig extends KubeConfig {
  #pools: Pools | undefined
  #madeFrom = ''
  #options: DispatcherOptions = { type: 'none' }
  readonly #retired = new Set<Dispatcher>()

  /** Called by the base class on each request; its own dispatcher would be thrown away. Only for SOCKS we need it. */
  override createDispatcherOptions(cluster: Cluster, options: AgentOptions): DispatcherOptions {
    this.#options = super.createDispatcherOptions(cluster, options)
    return this.#options.type === 'socks' ? this.#options : { type: 'none' }
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context)
    context.setDispatcher(this.#fitting(context.getDispatcher()).calls)
  }

  /** Headers and pools for a request as the credentials are now. */
  async authenticated(url: string, method: HttpMethod): Promise<{ headers: Record<string, string>; pools: Pools }> {
    const context = new RequestContext(url, method)
    await super.applySecurityAuthentication(context)
    return { headers: context.getHeaders(), pools: this.#fitting(context.getDispatcher()) }
  }

  #fitting(socks: Dispatcher | undefined): Pools {
    const wanted = fingerprint(this.#options)
    if (this.#pools === undefined || wanted !== this.#madeFrom) {
      if (this.#pools !== undefined) this.#retire(this.#pools)
      this.#pools = socks === undefined ? poolsFor(this.#options) : { calls: socks, streams: socks }
      this.#madeFrom = wanted
    }
    return this.#pools
  }

  #retire({ calls, streams }: Pools): void {
    for (const pool of new Set([calls, streams])) {
      this.#retired.add(pool)
      void pool.close().then(() => this.#retired.delete(pool))
    }
  }

  /** Lets open calls end, then gives all sockets back; open streams are cut. */
  async close(): Promise<void> {
    const pools = this.#pools
    this.#pools = undefined
    const cut = [...this.#retired, ...(pools === undefined || pools.streams === pools.calls ? [] : [pools.streams])]
    await Promise.all(cut.map(pool => pool.destroy()))
    await pools?.calls.close()
  }
}

/** Changes when anything does that a connection is made with. */
function fingerprint(options: DispatcherOptions): string {
  return JSON.stringify(options, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
}

function poolsFor(options: DispatcherOptions): Pools {
  const shared = { headersTimeout: HEADERS_MS, keepAliveTimeout: KEEP_ALIVE_MS }
  const make = (own: { readonly bodyTimeout: number; readonly connections?: number }): Dispatcher => {
    const all = { ...shared, ...own }
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
    if (options.type === 'proxy')
      return new ProxyAgent({ ...all, uri: options.uri, requestTls: options.requestTls as buildConnector.BuildOptions })
    const connect = options.type === 'agent' ? (options.connect as buildConnector.BuildOptions) : keepAlive
    return new Agent({ ...all, connect })
  }
  return { calls: make({ bodyTimeout: HEADERS_MS, connections: CONNECTIONS }), streams: make({ bodyTimeout: 0 }) }
}

/** Where the credentials come from. */
export interface KubeconfigSource {
  /** A kubeconfig file; without it the pod's own account, else what `KUBECONFIG` names or `~/.kube/config`. */
  readonly path?: string
  /** A context of the file; its current one unless given. */
  readonly context?: string
}

/** Reads a kubeconfig, or the account of the pod. @throws TenureError in words for people */
export function loadKubeconfig({ path, context }: KubeconfigSource): PooledKubeConfig {
  const config = new PooledKubeConfig()
  const isPod = path === undefined && process.env.KUBERNETES_SERVICE_HOST !== undefined
  const where = path ?? (isPod ? 'the account of the pod' : 'the default kubeconfig')
  try {
    if (path !== undefined) config.loadFromFile(path)
    else if (isPod) config.loadFromCluster()
    else config.loadFromDefault()
  } catch (cause) {
    throw new TenureError(`${where} cannot be read as a kubeconfig: ${(cause as Error).message}`, { cause })
  }
  if (context !== undefined) config.setCurrentContext(context)
  if (config.getCurrentCluster() === null)
    throw new TenureError(
      `${where} names no cluster for the context "${config.getCurrentContext() ?? ''}": choose one of ${contextsOf(config)}`,
    )
  return config
}

const contextsOf = (config: KubeConfig) =>
  (config.getContexts() ?? []).map(context => `"${context.name}"`).join(', ') || 'its contexts (it has none)'

/** A connection with pools of its own. Leases need one apart from everything else, so that no traffic delays them. */
export function connect(config: PooledKubeConfig): Connection {
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '')
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default',
    send: async sent => sendOver(config, `${server}${sent.path}`, sent),
    close: () => config.close(),
  }
}

async function sendOver(config: PooledKubeConfig, url: string, sent: KubeRequest): Promise<KubeResponse> {
  const { headers, pools } = await config.authenticated(url, sent.method as HttpMethod)
  const answer = await request(url, {
    method: sent.method,
    dispatcher: sent.isStream ? pools.streams : pools.calls,
    headers: { ...cleaned(headers), ...sent.headers },
    ...(sent.body === undefined ? {} : { body: sent.body }),
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
  })
  return { status: answer.statusCode, headers: flat(answer.headers), body: answer.body as AsyncIterable<Uint8Array> }
}

/** Names in small letters. A token file may end in a line end, which no header may hold. */
const cleaned = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]))

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
