import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import type { EntitlementKind } from '../model/entitlement.ts'
import { TenureError } from '../model/errors.ts'
import type { ProviderName } from '../model/ids.ts'
import type { Origin } from '../model/origin.ts'
import type { IdentityProvider, MarkerState, Probe } from '../model/provider.ts'
import type { Provider } from '../provider/provider.ts'
import { writeOwner } from '../source/write-owner.ts'
import { ensureDirectoryId } from './identity.ts'
import { openSession, requireFolder, type Session } from './session.ts'
import type { Terminal } from './terminal.ts'

export interface InitOptions {
  /** Make what is missing: the id of this directory, the owner, the marker groups. */
  readonly create: boolean
  /** Write our name into markers that name somebody else. */
  readonly takeOver: boolean
}

/**
 * `tenure init DIR`: checks at each provider what is needed, says exactly what is missing for which feature, and with `--create`
 * makes what the credential may make. Exit 0 when everything needed is there, else 1.
 */
export async function init(
  config: Config,
  options: InitOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  await requireFolder(config.dir)
  const by = options.create || options.takeOver ? await ensureDirectoryId(config.homeDir) : undefined
  const session = await openSession(config, by === undefined ? 'Read' : 'Write', { terminal, signal })
  try {
    const manifests = session.world.parse(await session.world.source.read(signal))
    const faults = manifests.findings.filter(
      finding => finding.severity === 'Error' && finding.subject.kind === 'IdentityProvider',
    )
    for (const fault of faults) terminal.err(`error: ${fault.message}`)
    if (manifests.providers.length === 0 && faults.length === 0)
      terminal.err(`error: ${config.dir} declares no IdentityProvider; add one first, the README shows how`)
    let ready = faults.length === 0 && manifests.providers.length > 0
    const grants = manifests.mappings.flatMap(mapping => mapping.grants)
    const kinds = (name: ProviderName) =>
      new Set(grants.flatMap(grant => (grant.provider === name ? grant.entitlements.map(({ kind }) => kind) : [])))
    for (const declared of manifests.providers) {
      const check = new ProviderCheck(declared, { session, options, terminal, signal, by, kinds })
      ready = (await check.run()) && ready
    }
    return ready ? 0 : 1
  } finally {
    await session.close()
  }
}

interface CheckContext {
  readonly session: Session
  readonly options: InitOptions
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly by: string | undefined
  /** Kinds of entitlements that mappings name at a provider. */
  readonly kinds: (provider: ProviderName) => ReadonlySet<EntitlementKind>
}

/** The check of one provider, told line by line. */
class ProviderCheck {
  readonly #declared: IdentityProvider
  readonly #context: CheckContext

  constructor(declared: IdentityProvider, context: CheckContext) {
    this.#declared = declared
    this.#context = context
  }

  async run(): Promise<boolean> {
    const { session, terminal, signal } = this.#context
    const { name } = this.#declared.policy
    try {
      const provider = await session.world.connect(this.#declared)
      const probe = await provider.probe(signal, { thorough: true, kinds: this.#context.kinds(name) })
      terminal.out(`${name}: connected as ${probe.identity}`)
      const permitted = this.#tellProblems(probe)
      return (await this.#settleOwner(provider, probe.marker)) && permitted
    } catch (error) {
      if (!(error instanceof TenureError)) throw error
      terminal.out(`${name}: ✗ ${error.message}`)
      return false
    }
  }

  #tellProblems(probe: Probe): boolean {
    const { terminal } = this.#context
    for (const { severity, missing, message } of probe.problems)
      terminal.out(`  ${severity === 'Error' ? '✗' : '!'} missing ${missing}: ${message}`)
    if (probe.problems.length === 0) terminal.out('  ✓ every permission is there')
    return !probe.problems.some(problem => problem.severity === 'Error')
  }

  /** The markers must name the owner in the manifest, and this directory. */
  async #settleOwner(provider: Provider, marker: MarkerState): Promise<boolean> {
    const { options, terminal, by } = this.#context
    const owner = await this.#owner()
    if (owner === undefined) return false
    const state = marker.kind === 'Found' ? this.#compare(marker, owner) : 'Unclaimed'
    if (state === 'Ours') {
      terminal.out(`  ✓ the marker groups name ${owner} and this directory`)
      return true
    }
    if (marker.kind === 'Ambiguous') {
      terminal.out(`  ✗ more than one group is named ${marker.name}; rename all but one`)
      return false
    }
    if (state === 'Foreign' && !options.takeOver) {
      const holder = marker.kind === 'Found' ? `${marker.owner ?? 'nobody'} (${marker.by ?? 'unknown'})` : ''
      terminal.out(
        `  ✗ the marker groups name ${holder}; with --take-over this directory takes them, and the other must stop first`,
      )
      return false
    }
    if (by === undefined) return this.#tellByHand(marker, owner)
    return this.#claim(provider, { owner, by })
  }

  #compare(marker: MarkerState & { readonly kind: 'Found' }, owner: string): 'Ours' | 'Foreign' | 'Unclaimed' {
    if (marker.owner === undefined) return 'Unclaimed'
    const { by, session } = this.#context
    return marker.owner === owner && marker.by === (by ?? session.world.by) ? 'Ours' : 'Foreign'
  }

  async #claim(provider: Provider, claim: { readonly owner: string; readonly by: string }): Promise<boolean> {
    const { session, terminal, signal } = this.#context
    const state = await provider.claim(claim, signal)
    if (state.kind !== 'Found' || state.owner !== claim.owner || state.by !== claim.by)
      return this.#tellByHand(state, claim.owner)
    await session.audit.append([
      { kind: 'owner', at: session.world.now(), provider: this.#declared.policy.name, ...claim },
    ])
    terminal.out(
      `  ✓ the marker groups ${this.#declared.policy.marker} and ${this.#declared.policy.marker}-blocked now name ${claim.owner} and this directory`,
    )
    return true
  }

  /** The owner in the manifest; one is made up and written there when it has none. */
  async #owner(): Promise<string | undefined> {
    const { options, terminal } = this.#context
    const { owner, name, origin } = this.#declared.policy
    if (owner !== undefined) return owner
    if (!options.create) {
      terminal.out('  ✗ the manifest has no ownership.owner; --create makes one')
      return undefined
    }
    const made = `${this.#declared.policy.namespace}-${randomBytes(2).toString('hex')}`
    if (await writeOwner(origin, made)) {
      terminal.out(`  ✓ wrote owner: ${made} into ${place(origin)}`)
      return made
    }
    terminal.out(
      `  ✗ ${place(origin)}: add "owner: ${made}" below spec.ownership of IdentityProvider ${name}, then run this again`,
    )
    return undefined
  }

  #tellByHand(marker: MarkerState, owner: string): boolean {
    const { terminal, session, options } = this.#context
    const by = this.#context.by ?? session.world.by ?? '<the id in .tenure/id, which --create makes>'
    const { marker: name } = this.#declared.policy
    if (marker.kind === 'Unwritable') terminal.out(`  ✗ ${marker.name}: ${marker.why}`)
    const hope = options.create ? 'the credential may not make them' : '--create makes them where the credential may'
    terminal.out(`  ✗ the marker groups are not ready; ${hope}. By hand, make two static groups:`)
    for (const group of [name, `${name}-blocked`])
      terminal.out(`      name: ${group}\n      description: tenure owner=${owner} by=${by}`)
    return false
  }
}

function place(origin: Origin): string {
  return origin.kind === 'File' ? `${origin.file}:${origin.line}` : `${origin.namespace}/${origin.name}`
}
