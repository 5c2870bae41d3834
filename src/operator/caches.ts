import type { KubeClient } from '../kube/client.ts'
import { keyOf, pathOf } from '../kube/object.ts'
import { type Problem, Reflector } from '../kube/reflector.ts'
import type { EmployeeNumber } from '../model/ids.ts'
import { type DeclaredKind, resources } from '../source/kubernetes.ts'
import { type Declared, isDeleting } from './objects.ts'

export interface CachesOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** Something was declared, changed or taken away: what people write, never what we wrote. */
  readonly changed: () => void
  readonly problem: (kind: DeclaredKind, problem: Problem) => void
}

const kinds = ['IdentityProvider', 'GroupMapping', 'Employee'] as const

/** Watch caches of everything people declare in one namespace. */
export class Caches {
  readonly #namespace: string
  readonly #reflectors: ReadonlyMap<DeclaredKind, Reflector<Declared>>

  constructor({ client, namespace, changed, problem }: CachesOptions) {
    this.#namespace = namespace
    this.#reflectors = new Map(
      kinds.map(kind => [
        kind,
        new Reflector<Declared>({
          client,
          path: pathOf(resources[kind], namespace),
          indexers: kind === 'Employee' ? { number: numbersOf } : {},
          listeners: [
            change => {
              if (change.type !== 'update' || isAnother(change.old, change.object)) changed()
            },
          ],
          onProblem: of => problem(kind, of),
        }),
      ]),
    )
  }

  readonly listed = (kind: DeclaredKind): readonly Declared[] => this.#of(kind).store.list()

  readonly cached = (kind: DeclaredKind, name: string): Declared | undefined =>
    this.#of(kind).store.get(keyOf({ metadata: { namespace: this.#namespace, name } }))

  /** Name of the Employee that declares a number: one that stays before one that is being deleted. */
  readonly employeeOf = (number: EmployeeNumber): string | undefined => {
    const holders = this.#of('Employee').store.by('number', number)
    return (holders.find(one => !isDeleting(one)) ?? holders[0])?.metadata.name
  }

  /** Resolves when every kind was read whole once. */
  async synced(): Promise<void> {
    await Promise.all([...this.#reflectors.values()].map(reflector => reflector.synced))
  }

  /** Follows until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#reflectors.values()].map(reflector => reflector.run(signal)))
  }

  #of(kind: DeclaredKind): Reflector<Declared> {
    const reflector = this.#reflectors.get(kind)
    if (reflector === undefined) throw new TypeError(`nothing follows ${kind}`)
    return reflector
  }
}

function numbersOf({ spec }: Declared): readonly string[] {
  const number = spec?.employeeNumber
  return typeof number === 'string' ? [number] : []
}

/** Whether people changed something: the spec, a deletion, labels that selectors match, annotations that tell us to act. */
function isAnother(old: Declared, object: Declared): boolean {
  if (old.metadata.uid !== object.metadata.uid || old.metadata.generation !== object.metadata.generation) return true
  if (isDeleting(old) !== isDeleting(object)) return true
  const text = ({ metadata }: Declared): string => JSON.stringify([metadata.labels, metadata.annotations])
  return text(old) !== text(object)
}
