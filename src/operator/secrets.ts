import type { KubeClient } from '../kube/client.ts'
import { Forbidden, NotFound } from '../kube/errors.ts'
import { type KubeObject, pathOf } from '../kube/object.ts'
import { ManifestError } from '../model/errors.ts'
import type { SecretPlace, SecretReference } from '../wire.ts'

/** The one type of Secret that is read: who may edit an IdentityProvider cannot send any other to a host of his choice. */
const credentialsType = 'tenure.dev/credentials'

interface Secret extends KubeObject {
  readonly type?: string
  readonly data?: Readonly<Record<string, string>>
}

/** Reads a key of a Secret in the namespace of the manifest, at the moment of use. Throws ManifestError with what to do. */
export async function clusterSecret(
  client: KubeClient,
  reference: SecretReference,
  place: SecretPlace,
): Promise<string> {
  const { what, namespace } = place
  const { secretRef } = reference
  if (secretRef === undefined)
    throw new ManifestError(`${what}: in a cluster secrets come from a Secret; give secretRef instead of env: or file:`)
  const { name, key } = secretRef
  const where = `Secret ${namespace}/${name}`
  const { type, data = {} } = await readSecret(client, { what, where, path: pathOf(secrets, namespace, name) })
  if (type !== credentialsType)
    throw new ManifestError(
      `${what}: ${where} is of type ${type ?? 'Opaque'}; make it anew with type: ${credentialsType}`,
    )
  const encoded = data[key]
  if (encoded === undefined) throw new ManifestError(`${what}: ${where} has no key ${key}; add it`)
  const value = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/(?:\r?\n)+$/, '')
  if (value.trim() === '') throw new ManifestError(`${what}: the key ${key} of ${where} is empty; put the secret there`)
  return value
}

const secrets = { group: '', version: 'v1', plural: 'secrets' } as const

async function readSecret(
  client: KubeClient,
  { what, where, path }: { readonly what: string; readonly where: string; readonly path: string },
): Promise<Secret> {
  try {
    return await client.get<Secret>(path)
  } catch (cause) {
    if (cause instanceof NotFound) throw new ManifestError(`${what}: there is no ${where}; create it`, { cause })
    if (cause instanceof Forbidden)
      throw new ManifestError(`${what}: the operator may not read ${where}; give its account get on secrets there`, {
        cause,
      })
    throw cause
  }
}
