import { describe } from 'vitest'
import { connect, loadKubeconfig } from '../../src/kube/kubeconfig.ts'
import { conformance } from './conformance-cases.ts'
import { FakeCluster } from './fake/cluster.ts'
import { listen } from './fake/http.ts'
import { plainConfig } from './plain-config.ts'

const kubeconfig = process.env.TENURE_TEST_KUBECONFIG

function fakeCluster(): FakeCluster {
  const cluster = new FakeCluster()
  cluster.forget()
  return cluster
}

describe('the fake API server, without sockets', () => {
  conformance(async () => ({ connection: fakeCluster().connection(), close: async () => {} }))
})

describe('the fake API server, over HTTP', () => {
  conformance(async () => {
    const front = await listen(fakeCluster())
    const connection = connect(plainConfig(front.url))
    const close = async () => {
      await connection.close()
      await front.stop()
    }
    return { connection, close }
  })
})

describe.skipIf(kubeconfig === undefined)(
  `a real API server${kubeconfig === undefined ? ' (name the kubeconfig of one in TENURE_TEST_KUBECONFIG)' : ''}`,
  () => {
    conformance(async () => {
      const connection = connect(loadKubeconfig({ path: kubeconfig ?? '' }))
      return { connection, close: () => connection.close() }
    })
  },
)
