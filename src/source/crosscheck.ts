import { addFault, addFinding, type Candidate, fieldOf, type Path, placeOf } from './candidate.ts'
import { placeText } from './place.ts'

/** A value that only one manifest may claim, and who claims it. */
interface Claim {
  readonly candidate: Candidate
  readonly path: Path
  /** As people read it: `spec.employeeNumber "1001"`. */
  readonly text: string
}

/** Two manifests of one kind and name: nobody can say which one counts, so neither does. */
export function refuseDuplicateNames(candidates: readonly Candidate[]): void {
  const claims = claimsBy(candidates, candidate =>
    candidate.name === undefined
      ? []
      : [
          {
            key: `${candidate.kind}/${candidate.name}`,
            path: ['metadata', 'name'],
            text: `metadata.name ${candidate.name}`,
          },
        ],
  )
  for (const { claim, others } of contested(claims, () => true))
    addFault(
      claim.candidate,
      claim.path,
      `${claim.text} is also that of the ${claim.candidate.kind} at ${placesOf(others)}; rename or remove one`,
      'DuplicateName',
    )
}

/** Two people with one number, present or previous, whatever else is wrong with them: nothing is done for either. */
export function refuseDuplicateNumbers(employees: readonly Candidate[]): void {
  const claims = claimsBy(employees, candidate =>
    numbersOf(candidate).map(({ number, path }) => ({
      key: number.toLowerCase(),
      path,
      text: `${path[1] === 'employeeNumber' ? 'spec.employeeNumber' : 'spec.previousEmployeeNumbers:'} ${JSON.stringify(number)}`,
    })),
  )
  for (const { claim, others } of contested(claims, differInName))
    addFault(claim.candidate, claim.path, sharedSentence(claim, others), 'DuplicateEmployeeNumber')
}

/** Two IdentityProviders at one tenant with one marker would each take the other's people for its own. */
export function refuseSharedTenants(providers: readonly Candidate[]): void {
  const claims = claimsBy(providers, candidate => {
    const spec = fieldOf(candidate.object, 'spec')
    const marker = fieldOf(fieldOf(spec, 'ownership'), 'marker')
    const places: readonly Path[] = [
      ['spec', 'okta', 'orgUrl'],
      ['spec', 'entra', 'tenantId'],
    ]
    return places.flatMap(path => {
      const tenant = fieldOf(fieldOf(spec, String(path[1])), String(path[2]))
      if (typeof tenant !== 'string' || typeof marker !== 'string') return []
      return [
        {
          key: `${tenant.toLowerCase()} ${marker}`,
          path,
          text: `${path.join('.')} ${tenant} with the marker ${marker}`,
        },
      ]
    })
  })
  for (const { claim, others } of contested(claims, differInName))
    addFault(
      claim.candidate,
      claim.path,
      `${claim.text} is also that of ${placesOf(others)}; keep one, or give each its own marker`,
    )
}

/** Two people with one address would share a login. Reported on both; what else is due for them goes on. */
export function reportDuplicateEmails(employees: readonly Candidate[]): void {
  const claims = claimsBy(employees, candidate => {
    const email = fieldOf(fieldOf(candidate.object, 'spec'), 'workEmail')
    if (typeof email !== 'string') return []
    return [{ key: email.toLowerCase(), path: ['spec', 'workEmail'], text: `spec.workEmail ${JSON.stringify(email)}` }]
  })
  for (const { claim, others } of contested(claims, differInName))
    addFinding(claim.candidate, claim.path, {
      message: sharedSentence(claim, others),
      reason: 'DuplicateWorkEmail',
      severity: 'Error',
    })
}

/** The numbers an Employee claims, as far as they look like numbers, even if its manifest is wrong otherwise. */
export function numbersOf(candidate: Candidate): readonly { readonly number: string; readonly path: Path }[] {
  const spec = fieldOf(candidate.raw.object, 'spec')
  const previous = fieldOf(spec, 'previousEmployeeNumbers')
  const claimed: readonly { readonly value: unknown; readonly path: Path }[] = [
    { value: fieldOf(spec, 'employeeNumber'), path: ['spec', 'employeeNumber'] },
    ...(Array.isArray(previous) ? previous : []).map((value: unknown, index) => ({
      value,
      path: ['spec', 'previousEmployeeNumbers', index],
    })),
  ]
  return claimed.flatMap(({ value, path }) => {
    const number = typeof value === 'number' ? String(value) : value
    return typeof number === 'string' && /^[A-Za-z0-9._-]{1,16}$/.test(number) ? [{ number, path }] : []
  })
}

function claimsBy(
  candidates: readonly Candidate[],
  claimed: (candidate: Candidate) => readonly { readonly key: string; readonly path: Path; readonly text: string }[],
): ReadonlyMap<string, readonly Claim[]> {
  const claims = new Map<string, Claim[]>()
  for (const candidate of candidates) {
    for (const { key, path, text } of claimed(candidate)) {
      const known = claims.get(key) ?? []
      if (!known.some(claim => claim.candidate === candidate)) known.push({ candidate, path, text })
      claims.set(key, known)
    }
  }
  return claims
}

function* contested(
  claims: ReadonlyMap<string, readonly Claim[]>,
  rivals: (one: Candidate, other: Candidate) => boolean,
): Iterable<{ readonly claim: Claim; readonly others: readonly Claim[] }> {
  for (const claimants of claims.values()) {
    if (claimants.length < 2) continue
    for (const claim of claimants) {
      const others = claimants.filter(other => other !== claim && rivals(claim.candidate, other.candidate))
      if (others.length > 0) yield { claim, others }
    }
  }
}

/** A file copied whole is reported once, for its name. */
function differInName(one: Candidate, other: Candidate): boolean {
  return one.name === undefined || one.name !== other.name
}

function sharedSentence(claim: Claim, others: readonly Claim[]): string {
  const [first] = others
  const more = others.length > 1 ? ` and of ${others.length - 1} more` : ''
  const holder = first ? `${first.candidate.subject.name} (${placeText(placeOf(first.candidate, first.path))})` : ''
  return `${claim.text} is also that of ${holder}${more}; give each person their own`
}

function placesOf(claims: readonly Claim[]): string {
  const places = claims.slice(0, 3).map(claim => placeText(placeOf(claim.candidate, claim.path)))
  return claims.length > 3 ? `${places.join(', ')} and ${claims.length - 3} more` : places.join(', ')
}
