import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the API server answered. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A kube-apiserver with an etcd of its own, on loopback. */
export interface ApiServer {
  call(method: string, path: string, body?: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** Ports that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

function start(program: string, flags: readonly string[], log: string): ChildProcess {
  const output = openSync(log, 'a')
  return spawn(program, flags, { stdio: ['ignore', output, output] })
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const ended = new Promise(resolve => process.once('exit', resolve))
  process.kill('SIGKILL')
  await ended
}

function apiServerFlags(folder: string, etcd: number, port: number, token: string): string[] {
  const key = join(folder, 'service-account.pem')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const tokens = join(folder, 'tokens.csv')
  writeFileSync(tokens, `${token},admin,1,system:masters\n`)
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
  ]
}

function send(
  port: number,
  token: string,
  ca: Buffer,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers, ca, checkServerIdentity: () => undefined },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const body = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text }
          resolve({ status: response.statusCode ?? 0, body })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Starts etcd and kube-apiserver of a folder such as KUBEBUILDER_ASSETS names, and waits until they are ready. */
export async function startApiServer(assets: string): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-control-plane-'))
  const [client = 0, peer = 0, port = 0] = await freePorts(3)
  const token = randomUUID()
  const etcdFlags = [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ]
  const processes = [
    start(join(assets, 'etcd'), etcdFlags, join(folder, 'etcd.log')),
    start(join(assets, 'kube-apiserver'), apiServerFlags(folder, client, port, token), join(folder, 'apiserver.log')),
  ]
  const call = async (method: string, path: string, body?: unknown) =>
    send(port, token, readFileSync(join(folder, 'certificates/apiserver.crt')), { method, path, body })
  const stop = async () => {
    await Promise.all(processes.map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    const ready = await call('GET', '/readyz').catch(() => undefined)
    if (ready?.status === 200) return { call, stop }
    await sleep(250)
  }
  const log = readFileSync(join(folder, 'apiserver.log'), 'utf8').slice(-2000)
  await stop()
  throw new Error(`kube-apiserver was not ready in time: ${log}`)
}
