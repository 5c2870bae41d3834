import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import type { CustomResourceDefinition } from '../../src/api/crd.ts'
import { hasProgram } from './assets.ts'
import { readWrites, type Write } from './audit.ts'
import { createClientCertificate, type Identity, type KeyedCertificate } from './certificates.ts'

/** What the API server answered. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Where a running control plane is; plain data, so that it can be told to another process. */
export interface Whereabouts {
  /** Its folder: certificates, kubeconfigs, logs. */
  readonly folder: string
  /** The folder of its programs. */
  readonly programs: string
  readonly port: number
}

/** How kubectl is called. */
export interface KubectlOptions {
  /** What it reads from standard input. */
  readonly input?: string
  /** Path of a kubeconfig other than the administrator's. */
  readonly kubeconfig?: string
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const ADMINISTRATOR: Identity = { user: 'admin', groups: ['system:masters'] }
const ANSWER_MS = 30_000
const KUBECTL_MS = 120_000
const crdFolder = join(import.meta.dirname, '../../crds')

type Crd = CustomResourceDefinition & { readonly metadata: { readonly name: string } }

/** The CRDs of the checkout. */
export const readCrds = (): readonly Crd[] =>
  readdirSync(crdFolder)
    .filter(name => name.endsWith('.yaml'))
    .map(name => parse(readFileSync(join(crdFolder, name), 'utf8')) as Crd)

/** A real API server, as its administrator sees it. */
export class Cluster {
  /** Can be sent to another process, to make a Cluster there. */
  readonly whereabouts: Whereabouts
  /** https://127.0.0.1:… */
  readonly server: string
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string
  /** Whether kube-controller-manager runs, so that namespaces and owned objects go. */
  readonly hasControllers: boolean
  readonly #administrator: KeyedCertificate

  constructor(whereabouts: Whereabouts) {
    this.whereabouts = whereabouts
    this.server = `https://127.0.0.1:${whereabouts.port}`
    this.hasControllers = hasProgram(whereabouts.programs, 'kube-controller-manager')
    this.#administrator = createClientCertificate(this.#authority(), ADMINISTRATOR)
    this.kubeconfig = this.#writeKubeconfig(this.#administrator, 'default')
  }

  /** Sends one request as the administrator. @throws when there is no answer within half a minute */
  call(method: Method, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const { certificate: cert, key } = this.#administrator
    const { certificate: ca } = this.#authority()
    const options = { method, headers: { 'content-type': type }, ca, cert, key, agent: false }
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(ANSWER_MS)
      const sent = request(new URL(path, this.server), { ...options, signal }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const answer = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text }
          resolve({ status: response.statusCode ?? 0, body: answer })
        })
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Runs kubectl and gives what it printed. @throws Error with what it said when it failed */
  kubectl(args: readonly string[], { input = '', kubeconfig = this.kubeconfig }: KubectlOptions = {}): Promise<string> {
    const { programs, folder } = this.whereabouts
    const program = hasProgram(programs, 'kubectl') ? join(programs, 'kubectl') : 'kubectl'
    const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'kubectl') }
    return new Promise((resolve, reject) => {
      const limits = { timeout: KUBECTL_MS, maxBuffer: 256 * 1024 * 1024 }
      const child = execFile(program, args, { env, ...limits }, (error, stdout, stderr) => {
        if (error) reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`))
        else resolve(stdout)
      })
      child.stdin?.on('error', () => undefined)
      child.stdin?.end(input)
    })
  }

  /** Installs the CRDs of the checkout, or brings them up to date, and waits until they are served. */
  async applyCrds(): Promise<void> {
    for (const crd of readCrds()) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`
      const query = '?fieldManager=test&force=true&fieldValidation=Strict'
      const { status, body } = await this.call('PATCH', path + query, crd, 'application/apply-patch+yaml')
      if (status > 201) throw new Error(`${crd.metadata.name} is refused: ${String(body.message)}`)
    }
    for (const { spec } of readCrds()) {
      const list = `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}`
      await this.#until(`${spec.names.plural} are served`, async () => (await this.call('GET', list)).status === 200)
    }
  }

  /** Makes a namespace of its own for a test and gives its name. */
  async createNamespace(prefix = 'test'): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString('hex')}`
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    const { status, body } = await this.call('POST', '/api/v1/namespaces', namespace)
    if (status !== 201) throw new Error(`namespace ${name} is refused: ${String(body.message)}`)
    return name
  }

  /**
   * Path of a kubeconfig for somebody else; whom RBAC then lets do things. A service account is the user
   * `system:serviceaccount:NAMESPACE:NAME` in the groups `system:serviceaccounts` and `system:serviceaccounts:NAMESPACE`.
   */
  kubeconfigFor(identity: Identity, namespace = 'default'): string {
    return this.#writeKubeconfig(createClientCertificate(this.#authority(), identity), namespace)
  }

  /** Every write it was asked for so far and has answered, by whom and when; its own are left out. */
  writes(): readonly Write[] {
    return readWrites(this.whereabouts.folder)
  }

  /** Waits until the API server says it is ready. @throws after that many milliseconds, or what `check` throws */
  async waitUntilReady(timeoutMs: number, check: () => void = () => undefined): Promise<void> {
    const isReady = async () => {
      check()
      return (await this.call('GET', '/readyz').catch(() => undefined))?.status === 200
    }
    await this.#until('the API server is ready', isReady, timeoutMs)
  }

  async #until(what: string, isSo: () => Promise<boolean>, timeoutMs = ANSWER_MS): Promise<void> {
    const end = Date.now() + timeoutMs
    while (!(await isSo())) {
      if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s until ${what}.`)
      await sleep(100)
    }
  }

  #authority(): KeyedCertificate {
    const read = (name: string) => readFileSync(join(this.whereabouts.folder, name), 'utf8')
    return { certificate: read('ca.crt'), key: read('ca.key') }
  }

  #writeKubeconfig({ certificate, key }: KeyedCertificate, namespace: string): string {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const cluster = { server: this.server, 'certificate-authority-data': base64(this.#authority().certificate) }
    const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) }
    const path = join(this.whereabouts.folder, `kubeconfig-${randomBytes(6).toString('hex')}.yaml`)
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
      'current-context': 'test',
    }
    writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 })
    return path
  }
}
