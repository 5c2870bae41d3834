import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'

const config = join(import.meta.dirname, '../../config')

interface Manifest {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly project?: string
    readonly serviceAccountName?: string
    readonly prune?: boolean
    readonly source?: { readonly repoURL: string; readonly path: string }
    readonly destination?: { readonly namespace: string }
    readonly destinations?: readonly { readonly namespace: string }[]
    readonly destinationServiceAccounts?: readonly {
      readonly namespace: string
      readonly defaultServiceAccount: string
    }[]
    readonly namespaceResourceWhitelist?: readonly { readonly kind: string }[]
    readonly sourceRepos?: readonly string[]
    readonly syncPolicy?: { readonly syncOptions?: readonly string[] }
  }
}

/** Every object of a folder, recipes that are text only left out. */
function objectsIn(folder: string): readonly Manifest[] {
  const names = readdirSync(join(config, folder)).filter(name => name.endsWith('.yaml'))
  return names.flatMap(name => {
    const documents = parseAllDocuments(readFileSync(join(config, folder, name), 'utf8'))
    expect(documents.flatMap(({ errors }) => errors)).toEqual([])
    return documents.map(document => document.toJS() as Manifest)
  })
}

const accounts = objectsIn('rbac-recipes')
  .filter(({ kind }) => kind === 'ServiceAccount')
  .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
const argocd = objectsIn('gitops/argocd')
const applications = argocd.filter(({ kind }) => kind === 'Application')
const project = (name: string | undefined) =>
  argocd.find(one => one.kind === 'AppProject' && one.metadata.name === name)

describe('the Applications of Argo CD', () => {
  it.each(applications)('$metadata.name keeps to its project, whose account exists', ({ spec }) => {
    const { spec: bounds } = project(spec.project) ?? { spec: {} as Manifest['spec'] }
    const { namespace = '' } = spec.destination ?? {}
    expect(bounds.sourceRepos).toContain(spec.source?.repoURL)
    expect(bounds.destinations?.map(one => one.namespace)).toEqual([namespace])
    const [account] = bounds.destinationServiceAccounts ?? []
    expect(account?.namespace).toBe(namespace)
    if (namespace === 'people') expect(accounts).toContain(`people/${account?.defaultServiceAccount}`)
  })

  it('let only the security team’s folder reach IdentityProviders', () => {
    const reaching = argocd.filter(({ spec }) =>
      spec?.namespaceResourceWhitelist?.some(({ kind }) => kind === 'IdentityProvider'),
    )
    expect(reaching.map(({ metadata }) => metadata.name)).toEqual(['tenure-identity'])
  })

  it.each(applications)('$metadata.name is not deleted without a confirmation', ({ metadata }) => {
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('Prune=confirm,Delete=confirm')
  })

  it('come in waves: the operator, the providers, the people', () => {
    const wave = ({ metadata }: Manifest) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'])
    const inOrder = applications.toSorted((one, other) => wave(one) - wave(other))
    expect(inOrder.map(({ metadata }) => metadata.name)).toEqual([
      'tenure-operator',
      'tenure-identity',
      'tenure-people',
    ])
  })

  it('do not lose people with their Application, nor providers by a prune, unconfirmed', () => {
    const optionsOf = (name: string) =>
      applications.find(one => one.metadata.name === name)?.spec.syncPolicy?.syncOptions ?? []
    expect(optionsOf('tenure-people')).toContain('Delete=confirm')
    expect(optionsOf('tenure-identity')).toEqual(expect.arrayContaining(['Prune=confirm', 'Delete=confirm']))
  })
})

describe('the Kustomizations of Flux', () => {
  const kustomizations = objectsIn('gitops/flux').filter(({ kind }) => kind === 'Kustomization')

  it.each(kustomizations)('$metadata.name is applied by an account that exists', ({ metadata, spec }) => {
    expect(accounts).toContain(`${metadata.namespace}/${spec.serviceAccountName}`)
  })

  it('prune people, and no IdentityProvider', () => {
    expect(kustomizations.map(({ metadata, spec }) => [metadata.name, spec.prune])).toEqual([
      ['identity', false],
      ['people', true],
    ])
  })
})
