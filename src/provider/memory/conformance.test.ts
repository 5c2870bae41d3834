import type { AccountId, AttributeName, EntitlementId, Instant } from '../../model/ids.ts'
import type { OutsideAccount, OutsideTenant, SeedGroup, World, WorldFault } from '../conformance.ts'
import { describeConformance } from '../conformance.ts'
import {
  type MemoryAccount,
  type MemoryFaults,
  type MemoryOptions,
  type MemoryProvider,
  memoryProvider,
} from './index.ts'

const NOON: Instant = Date.UTC(2026, 2, 2, 12)

const FAULTS: Readonly<Record<WorldFault, MemoryFaults>> = {
  None: {},
  ReadTruncated: { snapshot: 'Torn' },
  WriteUnanswered: { writes: [{ nth: 1, fault: 'Unanswered' }] },
  WriteLost: { writes: [{ nth: 1, count: Number.POSITIVE_INFINITY, fault: 'Lost' }] },
  WriteBusy: { writes: [{ nth: 1, fault: 'Busy' }] },
  CredentialRejected: { credential: 'Rejected' },
}

const READ_ONLY: Readonly<Record<NonNullable<SeedGroup['kind']>, 'Computed' | 'BuiltIn' | 'Synced' | undefined>> = {
  Static: undefined,
  Computed: 'Computed',
  BuiltIn: 'BuiltIn',
  Synced: 'Synced',
  AdministrativeUnit: undefined,
  App: undefined,
}

function outsideAccount(provider: MemoryProvider, account: MemoryAccount, shallow: boolean): OutsideAccount {
  const { numberAttribute } = provider.traits
  const { [numberAttribute]: number, ...attributes } = account.attributes
  return {
    id: account.id,
    login: account.login,
    ...(number === undefined ? {} : { number }),
    state: account.state === 'Blocked' && !shallow ? 'Departed' : account.state,
    attributes,
    ...(account.manager === undefined ? {} : { manager: account.manager }),
  }
}

/** The tenant of a memory provider, by its own state and the administrator's methods. */
function outsideTenant(provider: MemoryProvider, shallow: boolean): OutsideTenant {
  const { tenant } = provider
  const stateOf = (state: 'Staged' | 'Enabled' | 'Blocked' | 'Departed' | 'Deleted'): typeof state =>
    state === 'Departed' && !shallow ? 'Blocked' : state
  return {
    seedAccount: async ({ login, state = 'Enabled', number, email = login, attributes = {}, admin, mastered }) => {
      const all: Record<AttributeName, string> = { email, ...attributes }
      if (number !== undefined) all[provider.traits.numberAttribute] = number
      return tenant.addAccount({
        login,
        state: stateOf(state),
        attributes: all,
        admin: admin === true,
        ...(mastered === true ? { masteredBy: 'the HR system' } : {}),
      })
    },
    seedGroup: async ({ name, kind = 'Static', privileged = false }) => {
      const readOnly = READ_ONLY[kind]
      const made = { name, privileged, ...(readOnly === undefined ? {} : { readOnly }) }
      return tenant.addGroup(kind === 'AdministrativeUnit' || kind === 'App' ? { ...made, kind } : made)
    },
    addMember: async (group, account) => tenant.setMember(group, account, true),
    removeMember: async (group, account) => tenant.setMember(group, account, false),
    removeGroup: async group => tenant.removeGroup(group),
    setState: async (account, state) => {
      if (state === 'Gone') tenant.erase(account)
      else tenant.setState(account, stateOf(state))
    },
    edit: async (account, attributes) => tenant.edit(account, { attributes }),
    setManager: async (account, manager) => tenant.edit(account, { manager }),
    signIn: async account => tenant.edit(account, { signedIn: true }),
    signedIn: async account => tenant.account(account)?.signedIn === true,
    accounts: async () => [...tenant.accounts()].map(account => outsideAccount(provider, account, shallow)),
    groups: async () => provider.state().groups,
    members: async (group: EntitlementId): Promise<ReadonlySet<AccountId>> => tenant.members(group) ?? new Set(),
    fail: async fault => provider.fail(FAULTS[fault]),
    deleteRequests: async () => provider.deletions,
  }
}

function memoryWorld(options: MemoryOptions, lacks: World['lacks']): World {
  const provider = memoryProvider({
    marker: 'tenure-managed',
    now: () => NOON,
    entitlementKinds: ['Group', 'AdministrativeUnit', 'App'],
    ...options,
  })
  return {
    provider,
    tenant: outsideTenant(provider, options.offboarding === 'Delete'),
    marker: 'tenure-managed',
    loginDomain: 'example.com',
    refused: { attribute: 'costCenter', value: 'x'.repeat(300) },
    lacks,
    end: () => provider.close(),
  }
}

const oneBlock = 'this tenant knows one kind of block, as a departure leaves it'

describeConformance('the memory provider that deactivates leavers', async () =>
  memoryWorld({ offboarding: 'Delete' }, {}),
)
describeConformance('the memory provider that only blocks, and adds no groups on create', async () =>
  memoryWorld({ offboarding: 'Block', groupsOnCreate: 0 }, { ShallowBlock: oneBlock }),
)
describeConformance('the memory provider without a bin', async () =>
  memoryWorld({ offboarding: 'Delete', bin: false, groupsOnCreate: 2 }, {}),
)
