import type { Fault } from '../../src/simulator/index.ts'
import type { Choice, Vendor } from './company.ts'

const busy = [500, 502, 503, 504] as const

interface Trouble {
  readonly fault: Omit<Fault, 'path' | 'provider'>
  /** Strikes lists and reads only. */
  readonly reads?: true
}

/** Kinds of trouble that vendors and networks really make. */
function troubleFrom(choice: Choice): Trouble {
  const kinds: readonly (() => Trouble)[] = [
    () => ({ fault: { fault: 'status', status: choice.one(busy) } }),
    () => ({ fault: { fault: 'status', status: choice.one(busy), applied: true } }),
    () => ({ fault: { fault: 'resetBefore' } }),
    () => ({ fault: { fault: 'resetAfter' } }),
    () => ({ fault: { fault: 'status', status: 429 } }),
    () => ({ fault: { fault: 'malformed' } }),
    () => ({ fault: { fault: 'truncated' }, reads: true }),
    () => ({ fault: { fault: 'empty' }, reads: true }),
    () => ({ fault: { fault: 'duplicate' }, reads: true }),
    () => ({ fault: { fault: 'stale' }, reads: true }),
    () => ({ fault: { fault: 'expiredToken' } }),
    () => (choice.often(0.2) ? { fault: { fault: 'hang' } } : { fault: { fault: 'resetAfter' } }),
  ]
  return choice.one(kinds)()
}

const paths = {
  okta: ['/api/v1/*', '/api/v1/*', '/api/v1/users/*', '/api/v1/users', '/api/v1/groups/*', '/oauth2/v1/token'],
  entra: [
    '/v1.0/*',
    '/v1.0/*',
    '/v1.0/users/*',
    '/v1.0/users',
    '/v1.0/groups/*',
    '/v1.0/$batch',
    '/*/oauth2/v2.0/token',
  ],
} as const

/** `ANY` stands for all. */
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY', 'ANY'] as const

/** One to four faults, each for a few requests, at any place. */
export function troubles(choice: Choice, provider: Vendor): readonly Fault[] {
  return Array.from({ length: 1 + choice.under(4) }, () => {
    const { fault, reads } = troubleFrom(choice)
    const path = choice.one(paths[provider])
    const isToken = path.endsWith('/token')
    const method = reads && !isToken ? 'GET' : isToken ? 'POST' : choice.one(methods)
    const usual = isToken && (reads || fault.fault === 'expiredToken') ? ({ fault: 'resetBefore' } as const) : fault
    return {
      provider,
      path,
      ...(method === 'ANY' ? {} : { method }),
      ...usual,
      skip: choice.under(12),
      count: 1 + choice.under(5),
    }
  })
}
