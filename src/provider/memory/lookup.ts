import type { AccountKey, LookupResult } from '../../model/account.ts'
import type { MemoryClient } from './client.ts'
import type { MemoryAccount } from './state.ts'

/** Direct reads. They never lag. */
export function lookedUp(client: MemoryClient, key: AccountKey): LookupResult {
  const accounts = storedFor(client, key).map(stored => ({
    account: client.account(stored),
    ...(key.kind === 'Id' ? { held: client.held(stored.id) } : {}),
  }))
  return { key, accounts }
}

function storedFor(client: MemoryClient, key: AccountKey): readonly MemoryAccount[] {
  switch (key.kind) {
    case 'Id': {
      const account = client.tenant.account(key.id)
      return account === undefined ? [] : [account]
    }
    case 'Number':
      return client.tenant
        .find('number', key.number)
        .filter(account => account.attributes[client.settings.traits.numberAttribute] === key.number)
    case 'Login':
      return client.tenant.find('login', key.login)
    case 'Email':
      return client.tenant.find('email', key.email)
  }
}
