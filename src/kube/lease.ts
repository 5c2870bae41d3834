import type { KubeClient } from './client.ts'
import { NotFound } from './errors.ts'
import { type KubeObject, pathOf } from './object.ts'

/** What a Lease says. */
export interface LeaseRecord {
  /** Of the Lease as it was read; empty for one that is not there yet. */
  readonly revision: string
  /** Who has it; empty when it is free. */
  readonly holder: string
  readonly durationMs: number
  /** Since when the holder has it, as it wrote it: never compared with a clock of ours. */
  readonly acquired: string
  readonly renewed: string
  /** How often it went from one holder to another. */
  readonly transitions: number
}

/** Where a lease is kept. */
export interface LeaseStore {
  /** Undefined when there is none. */
  read(signal: AbortSignal): Promise<LeaseRecord | undefined>
  /** @throws AlreadyExists */
  create(lease: LeaseRecord, signal: AbortSignal): Promise<LeaseRecord>
  /** Writes over the revision the record names. @throws Conflict when somebody else wrote since */
  update(lease: LeaseRecord, signal: AbortSignal): Promise<LeaseRecord>
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const FIELD_MANAGER = 'tenure-leases'
/** Of a Lease that names none. */
const DURATION_SECONDS = 15

/**
 * A Lease of the cluster. Give it a client with a connection of its own: a renewal must not wait behind other calls.
 */
export function kubeLease(client: KubeClient, namespace: string, name: string): LeaseStore {
  const list = pathOf(LEASES, namespace)
  const path = pathOf(LEASES, namespace, name)
  return {
    read: async signal => {
      try {
        return recordOf(await client.get<Lease>(path, signal))
      } catch (error) {
        if (error instanceof NotFound) return undefined
        throw error
      }
    },
    create: async (lease, signal) =>
      recordOf(
        await client.create<Lease>(list, leaseOf(lease, namespace, name), { fieldManager: FIELD_MANAGER, signal }),
      ),
    update: async (lease, signal) =>
      recordOf(
        await client.replace<Lease>(path, leaseOf(lease, namespace, name), { fieldManager: FIELD_MANAGER, signal }),
      ),
  }
}

function recordOf({ metadata, spec = {} }: Lease): LeaseRecord {
  return {
    revision: metadata.resourceVersion ?? '',
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? DURATION_SECONDS) * 1000,
    acquired: spec.acquireTime ?? '',
    renewed: spec.renewTime ?? '',
    transitions: spec.leaseTransitions ?? 0,
  }
}

function leaseOf(record: LeaseRecord, namespace: string, name: string): Lease & { apiVersion: string; kind: string } {
  const { revision, holder, durationMs, acquired, renewed, transitions } = record
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(revision === '' ? {} : { resourceVersion: revision }) },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1000)),
      ...(acquired === '' ? {} : { acquireTime: acquired }),
      ...(renewed === '' ? {} : { renewTime: renewed }),
      leaseTransitions: transitions,
    },
  }
}
