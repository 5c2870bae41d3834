import type { Account } from '../model/account.ts'
import type { Drift } from '../model/plan.ts'
import { dayMs } from './day.ts'
import { because, personOf, type View } from './diff-view.ts'

/**
 * A first credential for an account that we made, once its person may sign in: with the create or the first enabling itself, or, when
 * that failed, within a day of it. Nobody who was found, who came back, or who has worked for long gets one.
 */
export function credentialDrift(view: View, account: Account | undefined, enabling: boolean): Drift[] {
  const { desired, person, known } = view
  if (!desired.policy.firstCredential || person.why.phase !== 'Active' || known?.credentialIssued) return []
  if (account !== undefined && !(known?.made && (enabling || isNew(view, account)))) return []
  const why = because(view, 'a new account has nothing to sign in with', ['firstCredential'])
  return [{ kind: 'CredentialMissing', account, person: personOf(person, account?.login), because: why }]
}

function isNew({ known, desired }: View, account: Account): boolean {
  const { firstEnabledAt } = known ?? {}
  return account.state === 'Enabled' && firstEnabledAt !== undefined && desired.now - firstEnabledAt < dayMs
}
