import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClientCertificate } from '../../src/simulator/certificate.ts'
import { type Plain, plainGraph, plainOkta } from '../e2e/plain.ts'
import { type Directory, startTenants, type Tenants } from '../e2e/stage.ts'
import { heldBy, viewOfEntra, viewOfOkta } from '../e2e/view.ts'
import { company, person, seed } from './cli-company.ts'
import { expectForPeople } from './cli-words.ts'

let tenants: Tenants
let directory: Directory
let okta: Plain
let graph: Plain
/** A port where nobody listens. */
let closedPort = 0
let state: { readonly okta: object; readonly entra: object }
beforeAll(async () => {
  closedPort = await portWithoutListener()
  tenants = await startTenants({ seed })
  okta = plainOkta(tenants.simulator)
  graph = await plainGraph(tenants.simulator)
  directory = await tenants.directory(company)
  await directory.must(['init', '--create'], 0)
  await directory.must(['apply', '--yes'], 0)
  const { okta: ofOkta, entra: ofEntra } = tenants.simulator.tenants
  state = structuredClone({ okta: ofOkta.state(), entra: ofEntra.state() })
})
afterAll(async () => {
  expect(tenants.overheard.in(directory.printed)).toEqual([])
  expect(tenants.overheard.in(await readFile(directory.audit, 'utf8'))).toEqual([])
  await graph.close()
  await tenants.close()
})
afterEach(() => {
  vi.useRealTimers()
  tenants.simulator.clock.set(Date.parse(directory.now))
  tenants.simulator.tenants.okta.load(state.okta)
  tenants.simulator.tenants.entra.load(state.entra)
})

function portWithoutListener(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** A wrong credential, permission, address or group. */
interface Fault {
  /** The provider that it stops; the other one goes on. Absent: none is stopped. */
  readonly stops?: 'okta' | 'entra'
  /** Edits of a provider's manifest as it stands in the folder. */
  readonly edit?: Readonly<Record<string, (text: string) => string>>
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string | undefined>>
  /** How many days this machine's clock is ahead. */
  readonly daysLater?: number
  /** Changes at the tenants, made before. */
  readonly tenants?: (at: { readonly okta: object; readonly entra: object }) => { okta?: object; entra?: object }
  /** Exit codes of plan and apply; 1 and 1 when absent. */
  readonly codes?: readonly [plan: number, apply: number]
  readonly says: RegExp
}

const appWith = (change: object) => (at: { readonly okta: object }) => {
  const { apps } = at.okta as { readonly apps: readonly object[] }
  return { okta: { ...at.okta, apps: apps.map(app => ({ ...app, ...change })) } }
}
const applicationWith = (permissions: readonly string[]) => (at: { readonly entra: object }) => {
  const { applications } = at.entra as { readonly applications: readonly object[] }
  return { entra: { ...at.entra, applications: applications.map(one => ({ ...one, permissions })) } }
}
const replaced = (pattern: RegExp, by: string) => (text: string) => {
  const after = text.replace(pattern, by)
  if (after === text) throw new Error(`${pattern} is not in ${text}`)
  return after
}
const otherKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const clientCertificate = (): string => {
  const { certPem, keyPem } = createClientCertificate('tenure')
  return `${keyPem}${certPem}`
}
const scopes = ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage']
const garbage = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGdhcmJhZ2Ugbm90IGEga2V5\n-----END PRIVATE KEY-----'

const credentials: Readonly<Record<string, Fault>> = {
  'a wrong client secret': {
    stops: 'entra',
    env: { ENTRA_CLIENT_SECRET: 'wrong~secret~of~another~application' },
    says: /AADSTS7000215.*To mend it: give the value of a client secret of this application, not its id/,
  },
  'a client secret in a variable that is not set': {
    stops: 'entra',
    env: { ENTRA_CLIENT_SECRET: undefined },
    says: /spec\.entra\.credential\.clientSecret: the environment variable ENTRA_CLIENT_SECRET is not set; set it/,
  },
  'a client id nobody knows at Entra': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/clientId: .*/, 'clientId: 11111111-1111-4111-8111-11111111beef') },
    says: /AADSTS7000(16|38).*To mend it: check clientId/,
  },
  'a tenant nobody knows': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/tenantId: .*/, 'tenantId: 00000000-0000-4000-8000-00000000beef') },
    says: /AADSTS90002.*To mend it: check tenantId/,
  },
  'a client certificate the application does not have': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/clientSecret: \{[^}]*\}/, 'clientCertificate: { file: client.pem }') },
    files: { 'client.pem': clientCertificate() },
    says: /AADSTS7000\d+.*To mend it: add this certificate to the application/,
  },
  'a client certificate that has expired': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/clientSecret: \{[^}]*\}/, 'clientCertificate: { file: client.pem }') },
    files: { 'client.pem': clientCertificate() },
    daysLater: 30,
    says: /the certificate expired on \d{4}-\d\d-\d\d; add a new one to the application and give it here/,
  },
  'another private key than the one of the Okta app': {
    stops: 'okta',
    env: { OKTA_PRIVATE_KEY: otherKey() },
    says: /the private key does not match a public key of app 0oa\w+; register its public half there, or give the key that is registered/,
  },
  'a private key that is garbage': {
    stops: 'okta',
    env: { OKTA_PRIVATE_KEY: garbage },
    says: /The private key for Okta cannot be read: give a private key as a JWK \(JSON\) or as PEM without a passphrase/,
  },
  'a private key in a variable that is empty': {
    stops: 'okta',
    env: { OKTA_PRIVATE_KEY: '' },
    says: /spec\.okta\.privateKey: the environment variable OKTA_PRIVATE_KEY is empty; set it/,
  },
  'a private key in a file that is not there': {
    stops: 'okta',
    edit: { 'okta.yaml': replaced(/\{ ?env: OKTA_PRIVATE_KEY ?\}/, '{ file: keys/okta.pem }') },
    says: /spec\.okta\.privateKey: the file \S+keys\/okta\.pem cannot be read \(ENOENT\); put it there, or mend the path/,
  },
  'a private key in a Secret of a cluster': {
    stops: 'okta',
    edit: { 'okta.yaml': replaced(/\{ ?env: OKTA_PRIVATE_KEY ?\}/, '{ secretRef: { name: okta, key: pem } }') },
    says: /secretRef names a Secret of a cluster, and there is none here; use env: or file: instead/,
  },
  'a client id nobody knows at Okta': {
    stops: 'okta',
    edit: { 'okta.yaml': replaced(/clientId: \w+/, 'clientId: 0oaNobodyKnowsThis00') },
    says: /knows no such client; check orgUrl and clientId/,
  },
  'an Okta app that has been granted no scope': {
    stops: 'okta',
    tenants: appWith({ scopes: [] }),
    says: /consent_required.*on its tab "Okta API Scopes", grant the app the scopes it asks for/,
  },
  'an Okta app that lacks one scope': {
    stops: 'okta',
    tenants: appWith({ scopes: scopes.filter(scope => scope !== 'okta.users.manage') }),
    says: /Without the scope okta\.users\.manage, accounts cannot be created, changed or blocked: grant it to app 0oa\w+ on its tab/,
  },
  'an Okta app without an admin role, which Okta answers with empty lists': {
    stops: 'okta',
    tenants: appWith({ roles: [] }),
    says: /lacks the permission okta\.groups\.read: no group is visible.*assign the app an admin role/,
  },
  'an Okta app that was deactivated': {
    stops: 'okta',
    tenants: appWith({ status: 'INACTIVE' }),
    says: /gives app 0oa\w+ no token .*; check|gives app 0oa\w+ no token .*: .*check/,
  },
  'an Entra application without a permission that everything needs': {
    stops: 'entra',
    tenants: applicationWith(['User.Read.All', 'GroupMember.Read.All']),
    says: /Without the application permission GroupMember\.ReadWrite\.All .* nobody can be marked as managed.*grant it in the app registration/,
  },
  'an Entra application without any permission': {
    stops: 'entra',
    tenants: applicationWith([]),
    says: /grant it User\.Read\.All|Without the application permission User\.Read\.All .*grant it in the app registration/,
  },
}

const addresses: Readonly<Record<string, Fault>> = {
  'an Okta address where nobody listens': {
    stops: 'okta',
    edit: { 'okta.yaml': text => replaced(/orgUrl: [^,\s]+/, `orgUrl: http://127.0.0.1:${closedPort}`)(text) },
    says: /Okta cannot be reached for .*ECONNREFUSED.*: check orgUrl, the network/,
  },
  'an Entra address where nobody listens': {
    stops: 'entra',
    edit: { 'entra.yaml': text => text.replaceAll(/https:\/\/localhost:\d+/g, `https://localhost:${closedPort}`) },
    says: /localhost:\d+: ECONNREFUSED; check authorityHost and the network/,
  },
  'an address that is not https and not on this machine': {
    stops: 'okta',
    edit: { 'okta.yaml': replaced(/orgUrl: [^,\s]+/, 'orgUrl: http://acme.okta.example') },
    says: /spec\.okta\.orgUrl: /,
  },
  'an organisation that is not on this machine, at a borrowed time': {
    stops: 'okta',
    edit: { 'okta.yaml': replaced(/orgUrl: [^,\s]+/, 'orgUrl: https://acme.okta.com') },
    says: /spec\.okta\.orgUrl: --now and --clock-url work with tenants on this machine only, not with acme\.okta\.com/,
  },
  'a certificate that is not trusted': {
    stops: 'entra',
    edit: { 'entra.yaml': text => text.replace(/ {2}caBundle: \|?[\s\S]*-----END CERTIFICATE-----\n?"?/, '') },
    says: /localhost:\d+: (UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY).*caBundle/,
  },
}

const groups: Readonly<Record<string, Fault>> = {
  'a mapping to a group that is not there': {
    edit: { 'mapping.yaml': replaced(/provider: okta, groups: \[Staff\]/, 'provider: okta, groups: [Staff, Staf]') },
    codes: [2, 0],
    says: /mapping\.yaml:\d+:\d+: warning: .*there is no group "Staf"; create it or correct the name \(EntitlementMissing/,
  },
  'a mapping to a group id that is not there': {
    edit: {
      'mapping.yaml': replaced(/provider: okta, groups: \[Staff\]/, 'provider: okta, groups: [Staff, "id:00gNobody"]'),
    },
    codes: [2, 0],
    says: /mapping\.yaml:\d+:\d+: warning: .*00gNobody.*\(EntitlementMissing/,
  },
  'a mapping to one of two groups of the same name': {
    tenants: at => {
      const { groups: before } = at.entra as { readonly groups: readonly object[] }
      return { entra: { ...at.entra, groups: [...before, { displayName: 'Twins' }, { displayName: 'Twins' }] } }
    },
    edit: { 'mapping.yaml': replaced(/provider: entra, groups: \[Staff\]/, 'provider: entra, groups: [Staff, Twins]') },
    codes: [2, 0],
    says: /mapping\.yaml:\d+:\d+: warning: .*Twins.*\(EntitlementAmbiguous/,
  },
}

const ownership: Readonly<Record<string, Fault>> = {
  'a marker group that is gone': {
    stops: 'okta',
    tenants: at => {
      const { groups: before } = at.okta as { readonly groups: readonly { profile: { name: string } }[] }
      return { okta: { ...at.okta, groups: before.filter(({ profile }) => profile.name !== 'tenure-managed') } }
    },
    says: /no group named tenure-managed: make it with tenure init/,
  },
  'markers that name another owner': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/owner: acme-people/, 'owner: another-company') },
    says: /is owned by acme-people, not by another-company; run "tenure init --take-over" if that is meant/,
  },
  'a manifest that names no owner': {
    stops: 'entra',
    edit: { 'entra.yaml': replaced(/, owner: acme-people/, '') },
    says: /has no ownership\.owner; run "tenure init"/,
  },
}

/** Whatever is given in place of a secret is one. */
function hearAll(secret: string | undefined): void {
  const own = secret?.split('-----BEGIN CERTIFICATE')[0]?.split('\n') ?? []
  for (const line of own) if (!line.startsWith('-')) tenants.overheard.add(line, 'what was given instead')
}

describe('one provider is stopped, the other goes on, nothing is lost and no secret is shown:', () => {
  let joiners = 0
  test.for(Object.entries({ ...credentials, ...addresses, ...groups, ...ownership }))('%s', async ([, fault]) => {
    joiners += 1
    const login = `joiner${joiners}@acme.example`
    const env = { ...directory.env, ...fault.env }
    for (const value of Object.values({ ...fault.env, ...fault.files })) hearAll(value)
    const copy = await tenants.copyOf(directory, { record: true })
    await copy.write({ ...fault.files, 'joiner.yaml': person(`joiner${joiners}`, String(3000 + joiners)) })
    for (const [file, edit] of Object.entries(fault.edit ?? {})) {
      const path = join(copy.path, file)
      await writeFile(path, edit(await readFile(path, 'utf8')))
    }
    const changed = fault.tenants?.(structuredClone(state)) ?? {}
    if (changed.okta) tenants.simulator.tenants.okta.load(changed.okta)
    if (changed.entra) tenants.simulator.tenants.entra.load(changed.entra)
    if (fault.daysLater) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + fault.daysLater * 86_400_000 })
    // Of wrong credentials plan knows no more than apply.
    const plan = fault.env ? undefined : await copy.run(['plan'], env)
    const apply = await copy.run(['apply', '--yes', '--verbose'], env)
    vi.useRealTimers()
    const said = [plan ?? apply, apply].map(({ out, err }) => out + err)
    for (const text of said) {
      expectForPeople(text)
      expect(text).toMatch(fault.says)
      expect(text).not.toMatch(/\.[;,]|[^.]\.\.\s/)
      expect(tenants.overheard.in(text)).toEqual([])
    }
    expect([(plan ?? apply).code, apply.code], said.join('\n')).toEqual(fault.codes ?? [1, 1])
    expect(tenants.overheard.in(await readFile(copy.audit, 'utf8'))).toEqual([])
    const views = { okta: await viewOfOkta(okta), entra: await viewOfEntra(graph) }
    for (const name of ['okta', 'entra'] as const) {
      const view = views[name]
      expect([name, view.accounts.has(login)]).toEqual([name, fault.stops !== name])
      for (const one of ['grace', 'alan', 'ada']) {
        const account = view.accounts.get(`${one}@acme.example`)
        expect(account?.status ?? account?.accountEnabled).toEqual(name === 'okta' ? 'PROVISIONED' : true)
        expect(heldBy(view, `${one}@acme.example`)).toContain('Staff')
      }
    }
  })
})
