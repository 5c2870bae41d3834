import { type Check, isDeclaredDeparture, isInferredLoss, refusing } from './check.ts'

/** While a manifest cannot be read or is invalid, nothing follows from what is absent. */
export const unreadableDesiredProvesNothing: Check = refusing(
  'unreadableDesiredProvesNothing',
  'DesiredIncomplete',
  (operation, { desired }) =>
    !desired.complete && isInferredLoss(operation)
      ? 'not every manifest could be read, so nothing is taken away for being absent; mend the manifests that are reported'
      : undefined,
)

/** No Employee at all is a broken mount or a wrong folder, not a company without people. */
export const emptyDesiredRemovesNobody: Check = refusing(
  'emptyDesiredRemovesNobody',
  'DesiredEmpty',
  (operation, { desired }) =>
    desired.declaredEmployees === 0 && isInferredLoss(operation)
      ? 'no Employee is declared at all, which looks like a wrong folder; nothing is taken away'
      : undefined,
)

/** Without a whole read of the provider only declared departures go on, each on its own direct read. */
export const aPartialReadMovesNobodyElse: Check = refusing(
  'aPartialReadMovesNobodyElse',
  'ReadIncomplete',
  (operation, { reading }) =>
    reading.kind === 'Partial' && !isDeclaredDeparture(operation)
      ? `the provider was not read whole (${reading.why}); only declared departures go on`
      : undefined,
)

/** What rests on an account being absent, deleted or departed was confirmed by reading that one account. */
export const absenceIsConfirmed: Check = refusing('absenceIsConfirmed', 'Unconfirmed', operation => {
  const rests =
    ['create', 'restore', 'adopt', 'delete', 'end-sessions'].includes(operation.kind) ||
    (operation.kind === 'block' && operation.why === 'Departure')
  if (!rests || operation.because.confirmedAt !== undefined) return undefined
  if (operation.kind === 'adopt' && operation.how === 'Marked') return undefined
  return 'it rests on a fact that no direct read confirmed in this run'
})

/** An account is deleted only when it is proven blocked already, never in the run that blocks it. */
export const deletionIsTheSecondStep: Check = refusing('deletionIsTheSecondStep', 'Unconfirmed', operation => {
  if (operation.kind !== 'delete') return undefined
  const { target } = operation
  if (target.kind === 'Bound' && target.account.departed && target.account.state === 'Blocked') return undefined
  return 'the account is not proven blocked, so it is not deleted'
})
