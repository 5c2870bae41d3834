import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findAssets } from './assets.ts'
import { createAuthority } from './certificates.ts'
import { Cluster, type Whereabouts } from './cluster.ts'
import { Daemon } from './daemon.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, type Place, writeFiles } from './flags.ts'
import { freePorts } from './ports.ts'
import { Undertaker } from './undertaker.ts'

/** Go's durations as people write them here: `20s`, `2m`. */
function startTimeoutMs(): number {
  const [, amount, unit] = /^(\d+)(s|m)$/.exec(process.env.KUBEBUILDER_CONTROLPLANE_START_TIMEOUT ?? '') ?? []
  return amount === undefined ? 60_000 : Number(amount) * (unit === 'm' ? 60_000 : 1000)
}

/** A control plane of one's own: etcd, kube-apiserver and kube-controller-manager on 127.0.0.1. */
export class ControlPlane extends Cluster {
  readonly #etcd: Daemon
  readonly #apiServer: Daemon
  readonly #controllerManager: Daemon
  readonly #undertaker: Undertaker

  /** Starts nothing yet; see startControlPlane. */
  constructor(whereabouts: Whereabouts, place: Place, undertaker: Undertaker) {
    super(whereabouts)
    this.#undertaker = undertaker
    const daemon = (name: string, flags: readonly string[]) =>
      new Daemon({
        program: join(whereabouts.programs, name),
        flags,
        log: join(place.folder, `${name}.log`),
        undertaker,
      })
    this.#etcd = daemon('etcd', etcdFlags(place))
    this.#apiServer = daemon('kube-apiserver', apiServerFlags(place))
    const controllers = this.kubeconfigFor({ user: 'system:kube-controller-manager', groups: ['system:masters'] })
    this.#controllerManager = daemon('kube-controller-manager', controllerManagerFlags(place, controllers))
  }

  /** The processes that run now. */
  get pids(): readonly number[] {
    const daemons = [this.#etcd, this.#apiServer, this.#controllerManager]
    return daemons.flatMap(daemon => daemon.pid ?? [])
  }

  /** Starts all, and waits until the API server is ready. */
  async start(): Promise<void> {
    this.#etcd.start()
    this.#apiServer.start()
    await this.#ready()
    if (this.hasControllers) this.#controllerManager.start()
  }

  /** The API server stops answering, with all connections open. */
  async pause(): Promise<void> {
    await this.#apiServer.pause()
  }

  /** The API server goes on where it was paused. */
  resume(): void {
    this.#apiServer.resume()
  }

  /** Ends the API server as a crash does; the data stay. */
  async kill(): Promise<void> {
    await this.#apiServer.kill()
  }

  /** Starts the API server again on the same port with the same data, after ending it if it runs. */
  async restart(): Promise<void> {
    await this.#apiServer.kill()
    this.#apiServer.start()
    await this.#ready()
  }

  /** Ends everything and removes the folder. @throws when something had ended before, saying what it said last */
  async stop(): Promise<void> {
    const failed = this.#failure()
    for (const daemon of [this.#controllerManager, this.#apiServer, this.#etcd]) await daemon.kill()
    await this.#undertaker.close()
    if (failed) throw failed
  }

  #failure(): Error | undefined {
    const daemons = { etcd: this.#etcd, apiserver: this.#apiServer, 'controller-manager': this.#controllerManager }
    for (const [name, daemon] of Object.entries(daemons))
      if (daemon.hasFailed) return new Error(`The ${name} ended by itself: ${daemon.lastWords}`)
    return undefined
  }

  async #ready(): Promise<void> {
    await this.waitUntilReady(startTimeoutMs(), () => {
      const failed = this.#failure()
      if (failed) throw failed
    })
  }
}

async function prepare(programs: string): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-control-plane-'))
  const [etcdPort = 0, etcdPeerPort = 0, apiServerPort = 0] = await freePorts(3)
  const place = { folder, etcdPort, etcdPeerPort, apiServerPort }
  const undertaker = new Undertaker(folder)
  writeFiles(place, createAuthority())
  return new ControlPlane({ folder, programs, port: apiServerPort }, place, undertaker)
}

/**
 * Starts a control plane and waits until it is ready; takes about three seconds. The caller stops it; if the caller dies, it is
 * ended and its folder removed all the same.
 *
 * @param programs folder of its programs; else they are looked for and built where needed, see script/control-plane
 * @throws Error when there are no programs, or they do not become ready
 */
export async function startControlPlane(programs?: string): Promise<ControlPlane> {
  const assets = programs === undefined ? await findAssets() : { folder: programs }
  if ('missing' in assets) throw new Error(assets.missing)
  for (let attempt = 1; ; attempt++) {
    const controlPlane = await prepare(assets.folder)
    try {
      await controlPlane.start()
      return controlPlane
    } catch (error) {
      await controlPlane.stop().catch(() => undefined)
      // Somebody took a port between the moment it was found free and now.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error
    }
  }
}
