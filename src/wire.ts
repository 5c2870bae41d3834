import type { IdentityProviderEntra, IdentityProviderOkta, IdentityProviderSpec } from './api/identity-provider.ts'
import type { Deliver } from './model/credential.ts'
import { ManifestError } from './model/errors.ts'
import type { AttributeName, Instant } from './model/ids.ts'
import type { IdentityProvider } from './model/provider.ts'
import { type EntraOptions, entraProvider } from './provider/entra/index.ts'
import { oktaProvider } from './provider/okta/index.ts'
import type { Provider } from './provider/provider.ts'
import type { SecretReference } from './source/reference.ts'

export type { SecretReference } from './source/reference.ts'

/** Which manifest names a secret. */
export interface SecretPlace {
  /** What the secret is for, to begin an error with: `IdentityProvider okta, spec.okta.privateKey`. */
  readonly what: string
  readonly namespace: string
  /** The folder relative paths start from. */
  readonly baseDir: string
}

/** What decides how providers are reached, beside their manifests. */
export interface WireOptions {
  readonly now: () => Instant
  /** The time is not the real one, so only a tenant on this machine may be reached. */
  readonly borrowedTime: boolean
  /** Hosts beside the vendors' own that may be reached; any when absent. Who writes a manifest must not choose where secrets go. */
  readonly allowedHosts?: readonly string[]
  /** `--allow-insecure-providers`: plain http to a loopback address. */
  readonly allowInsecure: boolean
  /** Reads a secret that a manifest names, at the moment of use. Throws ManifestError with what to do. */
  readonly secret: (reference: SecretReference, at: SecretPlace) => Promise<string>
  /** Where first credentials go. */
  readonly deliver: Deliver
}

/**
 * Makes the provider a manifest describes: the only place that knows every vendor. Throws ManifestError when its settings cannot be
 * used; secrets are read later, at use.
 */
export function connectProvider(declared: IdentityProvider, options: WireOptions): Provider {
  const spec = declared.connection as unknown as IdentityProviderSpec
  if (spec.okta) return connectOkta(declared, spec, spec.okta, options)
  if (spec.entra) return connectEntra(declared, spec, spec.entra, options)
  throw new ManifestError('names no provider; give exactly one of okta, entra')
}

function connectOkta(
  declared: IdentityProvider,
  spec: IdentityProviderSpec,
  okta: IdentityProviderOkta,
  options: WireOptions,
): Provider {
  allowedUrl(okta.orgUrl, 'spec.okta.orgUrl', options)
  return oktaProvider({
    name: declared.policy.name,
    orgUrl: okta.orgUrl,
    clientId: okta.clientId,
    privateKey: secret(declared, okta.privateKey, 'spec.okta.privateKey', options),
    ...(okta.keyId === undefined ? {} : { keyId: okta.keyId }),
    scopes: okta.scopes,
    marker: declared.policy.marker,
    ...(spec.caBundle === undefined ? {} : { ca: spec.caBundle }),
    offboardingAction: actionAmong(spec, ['Suspend', 'Deactivate', 'Delete']) ?? 'Suspend',
    now: options.now,
    extraAttributes: extraAttributes(declared),
    quotaPercent: spec.quota.percent,
  })
}

function connectEntra(
  declared: IdentityProvider,
  spec: IdentityProviderSpec,
  entra: IdentityProviderEntra,
  options: WireOptions,
): Provider {
  if (entra.graphUrl !== undefined) allowedUrl(entra.graphUrl, 'spec.entra.graphUrl', options)
  if (entra.authorityHost !== undefined) allowedUrl(entra.authorityHost, 'spec.entra.authorityHost', options)
  if (options.borrowedTime && (entra.graphUrl === undefined || entra.authorityHost === undefined))
    throw new ManifestError(
      '--now and --clock-url work with simulated tenants only, and this one is the real Microsoft Entra',
    )
  return entraProvider({
    name: declared.policy.name,
    tenantId: entra.tenantId,
    clientId: entra.clientId,
    credential: entraCredential(declared, entra, options),
    ...(entra.graphUrl === undefined ? {} : { graphUrl: entra.graphUrl }),
    ...(entra.authorityHost === undefined ? {} : { authorityHost: entra.authorityHost }),
    marker: declared.policy.marker,
    ...(spec.caBundle === undefined ? {} : { ca: spec.caBundle }),
    offboardingAction: actionAmong(spec, ['Disable', 'Delete']) ?? 'Disable',
    now: options.now,
    extraAttributes: extraAttributes(declared),
    quotaPercent: spec.quota.percent,
    ...(spec.firstCredential === 'None' ? {} : { deliver: options.deliver }),
  })
}

function entraCredential(
  declared: IdentityProvider,
  { credential }: IdentityProviderEntra,
  options: WireOptions,
): EntraOptions['credential'] {
  const path = 'spec.entra.credential'
  if (credential.clientSecret)
    return { kind: 'Secret', secret: secret(declared, credential.clientSecret, `${path}.clientSecret`, options) }
  if (credential.clientCertificate)
    return {
      kind: 'Certificate',
      pem: secret(declared, credential.clientCertificate, `${path}.clientCertificate`, options),
    }
  const { tokenFile } = credential.workloadIdentity ?? {}
  return { kind: 'WorkloadIdentity', ...(tokenFile === undefined ? {} : { tokenFile }) }
}

function secret(
  declared: IdentityProvider,
  reference: SecretReference,
  path: string,
  options: WireOptions,
): () => Promise<string> {
  const what = `IdentityProvider ${declared.policy.name}, ${path}`
  const { namespace } = declared.policy
  return () => options.secret(reference, { what, namespace, baseDir: declared.baseDir ?? '.' })
}

function actionAmong<A extends string>(spec: IdentityProviderSpec, actions: readonly A[]): A | undefined {
  return actions.find(action => action === spec.offboarding.action)
}

/** Attributes that the manifest names and accounts must be read with. */
function extraAttributes(declared: IdentityProvider): readonly AttributeName[] {
  return declared.policy.attributes.map(attribute => attribute.to)
}

/** https everywhere, but for a tenant on this machine that somebody explicitly allowed. */
function allowedUrl(url: string, path: string, options: WireOptions): void {
  const { protocol, hostname } = parsedUrl(url, path)
  if (options.allowedHosts && !isVendors(hostname) && !options.allowedHosts.includes(hostname))
    throw new ManifestError(
      `${path}: ${hostname} is no host of the vendor; start the operator with --allow-provider-host ${hostname} if it is meant`,
    )
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (options.borrowedTime && !loopback)
    throw new ManifestError(
      `${path}: --now and --clock-url work with tenants on this machine only, not with ${hostname}`,
    )
  if (protocol === 'https:') return
  if (!loopback) throw new ManifestError(`${path}: ${url} is not https; use https`)
  if (!options.allowInsecure)
    throw new ManifestError(`${path}: ${url} is not https; for a simulated tenant add --allow-insecure-providers`)
}

/** Where the vendors are, national clouds included ("Okta domains", "National cloud deployments"). */
function isVendors(host: string): boolean {
  const domains = ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com', 'okta.mil', 'trexcloud.com']
  const graphs = [
    'graph.microsoft.com',
    'graph.microsoft.us',
    'dod-graph.microsoft.us',
    'microsoftgraph.chinacloudapi.cn',
  ]
  const logins = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn']
  return domains.some(domain => host.endsWith(`.${domain}`)) || [...graphs, ...logins].includes(host)
}

function parsedUrl(url: string, path: string): URL {
  try {
    return new URL(url)
  } catch (cause) {
    throw new ManifestError(`${path}: ${url} is not a URL`, { cause })
  }
}
