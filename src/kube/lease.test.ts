import { expect, test } from 'vitest'
import { FakeCluster } from '../../test/kube/fake/cluster.ts'
import { clientOf } from '../../test/kube/widgets.ts'
import { AlreadyExists, Conflict } from './errors.ts'
import { kubeLease, type LeaseRecord } from './lease.ts'

const LIST = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
const signal = new AbortController().signal
const time = '2026-11-24T10:00:00.123000Z'
const record: LeaseRecord = {
  revision: '',
  holder: 'one',
  durationMs: 15_000,
  acquired: time,
  renewed: time,
  transitions: 3,
}

function scene() {
  const cluster = new FakeCluster()
  return { cluster, lease: kubeLease(clientOf(cluster), 'default', 'tenure') }
}

test('a lease is read as it was written, and there is none before', async () => {
  const { lease } = scene()
  expect(await lease.read(signal)).toBeUndefined()
  const created = await lease.create(record, signal)
  expect(created).toEqual({ ...record, revision: created.revision })
  expect(await lease.read(signal)).toEqual(created)
})

test('only one can make it, and only who has seen its last revision can write it', async () => {
  const { lease } = scene()
  const created = await lease.create(record, signal)
  await expect(lease.create(record, signal)).rejects.toThrow(AlreadyExists)
  await lease.update({ ...created, holder: 'two' }, signal)
  await expect(lease.update(created, signal)).rejects.toThrow(Conflict)
})

test('what it lacks is read as free, and as of 15 s', async () => {
  const { cluster, lease } = scene()
  cluster.call('POST', LIST, { metadata: { name: 'tenure' } })
  expect(await lease.read(signal)).toMatchObject({
    holder: '',
    durationMs: 15_000,
    acquired: '',
    renewed: '',
    transitions: 0,
  })
})

test('a lease that is given back lasts a second, as none of no duration is taken', async () => {
  const { cluster, lease } = scene()
  const created = await lease.create(record, signal)
  await lease.update({ ...created, holder: '', durationMs: 0, acquired: '', renewed: '' }, signal)
  expect(cluster.call('GET', `${LIST}/tenure`).spec).toEqual({
    holderIdentity: '',
    leaseDurationSeconds: 1,
    leaseTransitions: 3,
  })
})
