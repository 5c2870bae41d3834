import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditLog, auditPolicy } from './audit.ts'
import { createServerCertificate, createServiceAccountKeys, type KeyedCertificate } from './certificates.ts'

/** Folder and ports of one control plane. */
export interface Place {
  readonly folder: string
  readonly etcdPort: number
  readonly etcdPeerPort: number
  readonly apiServerPort: number
}

/** Writes what the flags below name. */
export function writeFiles({ folder }: Place, authority: KeyedCertificate): void {
  const server = createServerCertificate(authority)
  const accounts = createServiceAccountKeys()
  const files = {
    'ca.crt': authority.certificate,
    'ca.key': authority.key,
    'apiserver.crt': server.certificate,
    'apiserver.key': server.key,
    'service-accounts.key': accounts.privateKey,
    'service-accounts.pub': accounts.publicKey,
    'audit-policy.yaml': JSON.stringify(auditPolicy),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 })
}

/** Data need not survive the machine, so etcd does not wait for the disk. */
export function etcdFlags({ folder, etcdPort, etcdPeerPort }: Place): readonly string[] {
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${etcdPeerPort}`]
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ]
}

/** What envtest gives it, with certificates of our own. */
export function apiServerFlags({ folder, etcdPort, apiServerPort }: Place): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--secure-port=${apiServerPort}`,
    '--bind-address=127.0.0.1',
    `--tls-cert-file=${join(folder, 'apiserver.crt')}`,
    `--tls-private-key-file=${join(folder, 'apiserver.key')}`,
    `--client-ca-file=${join(folder, 'ca.crt')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    '--disable-admission-plugins=ServiceAccount',
    '--authorization-mode=RBAC',
    `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
    `--audit-log-path=${auditLog(folder)}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'service-accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'service-accounts.key')}`,
  ]
}

/** What our kinds meet: the ownerless and the content of a deleted namespace go, service accounts come, policies are checked. */
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'validatingadmissionpolicy-status-controller',
]

export function controllerManagerFlags({ folder }: Place, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--root-ca-file=${join(folder, 'ca.crt')}`,
    `--service-account-private-key-file=${join(folder, 'service-accounts.key')}`,
  ]
}
