import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, context, contextBytes, integer, nothing, octets, oid, sequence, setOf, time, utf8, yes } from './der.ts'

/** A certificate with its private key, both in PEM. */
export interface KeyedCertificate {
  readonly certPem: string
  /** PKCS#8. */
  readonly keyPem: string
}

/** A server certificate for this machine, and the authority a client has to trust, all in PEM. */
export interface ServerCertificate extends KeyedCertificate {
  readonly caPem: string
}

interface Issuer {
  readonly name: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

interface CertificateRequest {
  readonly name: string
  readonly publicKey: KeyObject
  readonly issuer: Issuer
  readonly extensions: readonly Buffer[]
}

const LIFETIME_MS = 7 * 86_400_000
const ALGORITHMS = {
  ec: sequence(oid('1.2.840.10045.4.3.2')),
  rsa: sequence(oid('1.2.840.113549.1.1.11'), nothing()),
} as const

function distinguishedName(commonName: string): Buffer {
  return sequence(setOf(sequence(oid('2.5.4.3'), utf8(commonName))))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [yes()] : []), octets(value))
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function certificate({ name, publicKey, issuer, extensions }: CertificateRequest): string {
  const algorithm = issuer.privateKey.asymmetricKeyType === 'rsa' ? ALGORITHMS.rsa : ALGORITHMS.ec
  const serial = randomBytes(8)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + LIFETIME_MS))),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(
      3,
      sequence(
        extension('2.5.29.14', false, octets(keyIdentifier(publicKey))),
        extension('2.5.29.35', false, sequence(contextBytes(0, keyIdentifier(issuer.publicKey)))),
        ...extensions,
      ),
    ),
  )
  return pem(sequence(body, algorithm, bits(sign('sha256', body, issuer.privateKey))))
}

const digitalSignature = (): Buffer => extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7))

function localNames(): Buffer {
  const loopback6 = Buffer.alloc(16)
  loopback6[15] = 1
  const names = sequence(
    contextBytes(2, Buffer.from('localhost')),
    contextBytes(7, Buffer.from([127, 0, 0, 1])),
    contextBytes(7, loopback6),
  )
  return extension('2.5.29.17', false, names)
}

/** Makes a certificate authority of its own and from it a certificate for localhost, 127.0.0.1 and ::1, valid a week by the machine's clock. */
export function createServerCertificate(): ServerCertificate {
  const ca = { name: 'Simulated tenants', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const caPem = certificate({
    name: ca.name,
    publicKey: ca.publicKey,
    issuer: ca,
    extensions: [
      extension('2.5.29.19', true, sequence(yes(), integer(Buffer.from([0])))),
      extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    ],
  })
  const certPem = certificate({
    name: 'localhost',
    publicKey: leaf.publicKey,
    issuer: ca,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      digitalSignature(),
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
      localNames(),
    ],
  })
  return { caPem, certPem, keyPem: keyPem(leaf.privateKey) }
}

/** Makes a self-signed RSA certificate as an application registers it to sign its client assertions. */
export function createClientCertificate(name: string): KeyedCertificate {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certPem = certificate({
    name,
    publicKey: keys.publicKey,
    issuer: { name, ...keys },
    extensions: [digitalSignature()],
  })
  return { certPem, keyPem: keyPem(keys.privateKey) }
}
