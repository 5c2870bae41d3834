import { PooledKubeConfig } from '../../src/kube/kubeconfig.ts'

/** The configuration for a server without TLS. */
export function plainConfig(server: string): PooledKubeConfig {
  const config = new PooledKubeConfig()
  config.loadFromClusterAndUser({ name: 'fake', server, skipTLSVerify: true }, { name: 'nobody' })
  return config
}
