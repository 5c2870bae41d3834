import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  bits,
  context,
  contextBytes,
  integer,
  octets,
  oid,
  sequence,
  setOf,
  time,
  utf8,
  yes,
} from '../../src/simulator/der.ts'

/** A certificate with its private key (PKCS#8), both in PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

/** Who a client certificate is for. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

interface Wanted {
  readonly subject: Buffer
  readonly issuer: Buffer
  readonly publicKey: KeyObject
  readonly issuerKey: KeyObject
  readonly extensions: readonly Buffer[]
}

const AUTHORITY = 'Control plane of the tests'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const LIFETIME_MS = 7 * 86_400_000
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))

const attribute = (id: string, value: string): Buffer => setOf(sequence(oid(id), utf8(value)))

/** The groups of a user are the organisations of its certificate. */
const distinguishedName = (commonName: string, organisations: readonly string[] = []): Buffer =>
  sequence(...organisations.map(name => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName))

const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes()] : []), octets(value))

const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()

const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

function signed({ subject, issuer, publicKey, issuerKey, extensions }: Wanted): string {
  const serial = randomBytes(8)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    issuer,
    sequence(time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + LIFETIME_MS))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(extension('2.5.29.14', false, octets(keyIdentifier(publicKey))), ...extensions)),
  )
  const der = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuerKey)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** A certificate authority that everything of one control plane trusts. */
export function createAuthority(): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = distinguishedName(AUTHORITY)
  const certificate = signed({
    subject: name,
    issuer: name,
    publicKey,
    issuerKey: privateKey,
    extensions: [
      extension('2.5.29.19', true, sequence(yes())),
      extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    ],
  })
  return { certificate, key: keyPem(privateKey) }
}

function issue(authority: KeyedCertificate, subject: Buffer, extensions: readonly Buffer[]): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuerKey = createPrivateKey(authority.key)
  const issuer = distinguishedName(AUTHORITY)
  const usage = extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7))
  const certificate = signed({ subject, issuer, publicKey, issuerKey, extensions: [usage, ...extensions] })
  return { certificate, key: keyPem(privateKey) }
}

/** A certificate for a server on 127.0.0.1, under the names an API server has within its cluster too. */
export function createServerCertificate(authority: KeyedCertificate): KeyedCertificate {
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
  const alternatives = sequence(
    ...names.map(name => contextBytes(2, Buffer.from(name))),
    contextBytes(7, Buffer.from([127, 0, 0, 1])),
  )
  return issue(authority, distinguishedName('kube-apiserver'), [
    extension('2.5.29.37', false, sequence(oid(SERVER_AUTH))),
    extension('2.5.29.17', false, alternatives),
  ])
}

/** A certificate that the API server takes for a user with its groups. */
export function createClientCertificate(authority: KeyedCertificate, { user, groups }: Identity): KeyedCertificate {
  return issue(authority, distinguishedName(user, groups), [extension('2.5.29.37', false, sequence(oid(CLIENT_AUTH)))])
}

/** Keys that service account tokens are signed with and checked by, in PEM. */
export function createServiceAccountKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey: keyPem(privateKey), publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}
