import { type PolicyCase, provider, type Thing } from './cases.ts'

/** Changes of the spec of an IdentityProvider. `field` is what the message names. */
interface Change {
  readonly field: string
  readonly title: string
  readonly from?: Thing
  readonly to: Thing
}

const guard = (limits: Thing): Thing => ({ guard: limits })
const ownership = (fields: Thing): Thing => ({ ownership: { marker: 'tenure-managed', owner: 'acme', ...fields } })
const lifecycle = (fields: Thing): Thing => ({ lifecycle: fields })
const offboarding = (fields: Thing): Thing => ({ offboarding: fields })

/** Budgets of which only a higher one is looser, with their defaults. */
const budgets = [
  ['block', 'percent', 2],
  ['block', 'atLeast', 2],
  ['block', 'atMost', 25],
  ['revoke', 'percent', 5],
  ['revoke', 'atLeast', 20],
  ['revoke', 'perEntitlementPercent', 25],
  ['enable', 'percent', 2],
  ['enable', 'atLeast', 3],
  ['enable', 'atMost', 50],
  ['rename', 'percent', 2],
  ['rename', 'atLeast', 3],
  ['rename', 'atMost', 50],
] as const

const limit = (name: string, key: string, value: number): Thing => guard({ [name]: { [key]: value } })

/** Looser than the default: refused on update and on creation. */
const looser: readonly Change[] = [
  ...budgets.map(([name, key, value]) => ({
    field: `guard.${name}`,
    title: `${name}.${key} is raised`,
    to: limit(name, key, value + 1),
  })),
  { field: 'guard.window', title: 'the window is shortened', to: guard({ window: '23h59m' }) },
  { field: 'guard.leave', title: 'leave.percent is raised', to: limit('leave', 'percent', 11) },
  { field: 'guard.leave', title: 'leave.atLeast is raised', to: limit('leave', 'atLeast', 11) },
  { field: 'onUnmatched', title: 'onUnmatched offboards', to: { onUnmatched: 'Offboard' } },
  { field: 'ownership.adopt', title: 'accounts are adopted by number', to: ownership({ adopt: 'ByEmployeeNumber' }) },
  { field: 'ownership.adopt', title: 'accounts are adopted by e-mail', to: ownership({ adopt: 'ByEmail' }) },
  { field: 'lifecycle.stageBeforeDays', title: 'accounts are staged earlier', to: lifecycle({ stageBeforeDays: 8 }) },
  { field: 'offboarding.action', title: 'leavers are deactivated', to: offboarding({ action: 'Deactivate' }) },
  { field: 'offboarding.action', title: 'leavers are deleted', to: offboarding({ action: 'Delete' }) },
  { field: 'offboarding.graceDays', title: 'the grace is shortened', to: offboarding({ graceDays: 29 }) },
  { field: 'offboarding.revokeSessions', title: 'sessions are left', to: offboarding({ revokeSessions: false }) },
  { field: 'offboarding.revokeGrants', title: 'grants are left', to: offboarding({ revokeGrants: false }) },
]

/** Refused on update only. */
const loosening: readonly Change[] = [
  { field: 'paused', title: 'it is paused', to: { paused: true } },
  { field: 'paused', title: 'it is resumed', from: { paused: true }, to: {} },
  { field: 'mode', title: 'it only observes', to: { mode: 'Observe' } },
  { field: 'mode', title: 'it enforces again', from: { mode: 'Observe' }, to: {} },
  { field: 'onUnmatched', title: 'people out of scope stay', from: { onUnmatched: 'Offboard' }, to: {} },
  { field: 'ownership.marker', title: 'the marker is another', to: ownership({ marker: 'all-users' }) },
  { field: 'ownership.owner', title: 'the owner is another', to: ownership({ owner: 'evil' }) },
  {
    field: 'ownership.adopt',
    title: 'adoption is widened',
    from: ownership({ adopt: 'ByEmployeeNumber' }),
    to: ownership({ adopt: 'ByEmail' }),
  },
  { field: 'lifecycle.create', title: 'nobody is created', to: lifecycle({ create: false }) },
  { field: 'lifecycle.update', title: 'nothing is kept', to: lifecycle({ update: false }) },
  { field: 'lifecycle.offboard', title: 'nobody is offboarded', to: lifecycle({ offboard: false }) },
  { field: 'lifecycle.offboard', title: 'offboarding begins', from: lifecycle({ offboard: false }), to: {} },
  { field: 'guard.leave', title: 'leave.percent is lowered', to: limit('leave', 'percent', 9) },
  { field: 'guard.leave', title: 'leave.atMost is set', to: limit('leave', 'atMost', 0) },
  { field: 'guard.leave', title: 'leave.atMost is taken out', from: limit('leave', 'atMost', 5), to: {} },
  { field: 'guard.revoke', title: 'revoke.atMost is taken out', from: limit('revoke', 'atMost', 5), to: {} },
  { field: 'guard.block', title: 'a low block.atMost becomes the default', from: limit('block', 'atMost', 1), to: {} },
  { field: 'guard.window', title: 'a long window becomes the default', from: guard({ window: '48h' }), to: {} },
  { field: 'guard.protected', title: 'a login is protected', to: guard({ protected: ['me@acme.example'] }) },
  {
    field: 'guard.protected',
    title: 'a login is no longer protected',
    from: guard({ protected: ['breakglass@acme.example'] }),
    to: {},
  },
]

/** Free on update and on creation. */
const tighter: readonly Change[] = [
  ...budgets.map(([name, key, value]) => ({
    field: '',
    title: `${name}.${key} is lowered`,
    to: limit(name, key, value - 1),
  })),
  { field: '', title: 'revoke.atMost is set', to: limit('revoke', 'atMost', 10) },
  { field: '', title: 'the window is lengthened', to: guard({ window: '1440m1s' }) },
  { field: '', title: 'the window is written otherwise', to: guard({ window: '1440m' }) },
  { field: '', title: 'accounts are staged later', to: lifecycle({ stageBeforeDays: 0 }) },
  { field: '', title: 'the grace is lengthened', to: offboarding({ graceDays: 31 }) },
  { field: '', title: 'the default action is written out', to: offboarding({ action: 'Suspend' }) },
  { field: '', title: 'the quota is another', to: { quota: { percent: 90 } } },
  { field: '', title: 'other people are selected', to: { employeeSelector: { matchLabels: { site: 'london' } } } },
  { field: '', title: 'defaults are written out', to: { paused: false, mode: 'Enforce', onUnmatched: 'Retain' } },
]

/** Free on creation only. */
const cautious: readonly Change[] = [
  { field: '', title: 'it is paused', to: { paused: true } },
  { field: '', title: 'it only observes', to: { mode: 'Observe' } },
  { field: '', title: 'nobody is offboarded', to: lifecycle({ offboard: false }) },
  { field: '', title: 'leave.percent is lowered', to: limit('leave', 'percent', 0) },
  { field: '', title: 'a login is protected', to: guard({ protected: ['breakglass@acme.example'] }) },
  { field: '', title: 'it has no owner yet', to: { ownership: { marker: 'tenure-managed' } } },
]

/** Free on update although another value would not be. */
const narrowed: readonly Change[] = [
  {
    field: '',
    title: 'adoption is narrowed',
    from: ownership({ adopt: 'ByEmail' }),
    to: ownership({ adopt: 'ByEmployeeNumber' }),
  },
  { field: '', title: 'adoption ends', from: ownership({ adopt: 'ByEmail' }), to: {} },
  { field: '', title: 'leavers are deleted no longer', from: offboarding({ action: 'Delete' }), to: {} },
  { field: '', title: 'sessions are ended again', from: offboarding({ revokeSessions: false }), to: {} },
  {
    field: '',
    title: 'protected logins change places',
    from: guard({ protected: ['a', 'b'] }),
    to: guard({ protected: ['b', 'a'] }),
  },
  {
    field: '',
    title: 'a raised budget is kept',
    from: limit('block', 'percent', 50),
    to: { ...limit('block', 'percent', 50), quota: { percent: 20 } },
  },
  {
    field: '',
    title: 'a raised budget is lowered',
    from: limit('block', 'percent', 50),
    to: limit('block', 'percent', 40),
  },
]

const resource = 'identityproviders'
const told = (field: string) => `${field} of okta needs the verb loosen on identityproviders.tenure.dev`
const mayLoosen = ['loosen identityproviders']
const update = ({ title, from = {}, to }: Change) =>
  ({ title, resource, before: provider(from), after: provider(to) }) as const
const creation = ({ title, to }: Change) => ({ title: `creation: ${title}`, resource, after: provider(to) }) as const

/** Temporary Access Passes exist at Entra only. */
const entra = {
  okta: undefined,
  entra: {
    tenantId: '00000000-0000-4000-8000-000000000000',
    clientId: '00000000-0000-4000-8000-000000000001',
    credential: { workloadIdentity: {} },
  },
}
const passes = { ...entra, firstCredential: 'TemporaryAccessPass' }

export const loosenCases: readonly PolicyCase[] = [
  ...[...looser, ...loosening].flatMap((change): readonly PolicyCase[] => [
    { ...update(change), refused: told(change.field) },
    { ...update(change), title: `with the verb ${change.title}`, rights: mayLoosen },
  ]),
  ...looser.map(change => ({ ...creation(change), refused: told(change.field) })),
  ...[...tighter, ...narrowed].map(update),
  ...[...tighter, ...cautious].map(creation),
  {
    title: 'passes are handed out',
    resource,
    before: provider(entra),
    after: provider(passes),
    refused: told('firstCredential'),
  },
  { title: 'creation: passes are handed out', resource, after: provider(passes), refused: told('firstCredential') },
  { title: 'passes are handed out no longer', resource, before: provider(passes), after: provider(entra) },
  {
    title: 'leavers of Entra are deleted',
    resource,
    before: provider({ ...entra, ...offboarding({ action: 'Disable' }) }),
    after: provider({ ...entra, ...offboarding({ action: 'Delete' }) }),
    refused: told('offboarding.action'),
  },
  {
    title: 'all that is looser is named at once',
    resource,
    before: provider(),
    after: provider({ paused: true, ...guard({ window: '1h', block: { percent: 100 } }) }),
    refused: told('this value of guard.window, guard.block, paused'),
  },
  {
    title: 'the verb on another resource does not count',
    resource,
    rights: ['loosen employees', 'decide identityproviders', 'release identityproviders'],
    before: provider(),
    after: provider({ paused: true }),
    refused: told('paused'),
  },
]
