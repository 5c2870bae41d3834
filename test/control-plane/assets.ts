import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the programs of a control plane are, or in one sentence why there are none. */
export type Assets = { readonly folder: string } | { readonly missing: string }

const script = join(import.meta.dirname, '../../script/control-plane')

/** Looks for etcd, kube-apiserver and the rest, and builds them if they can be built: the first time that takes minutes. */
export function findAssets(): Promise<Assets> {
  return new Promise(resolve => {
    execFile(script, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const lines = stderr.trim().split('\n')
      if (error) resolve({ missing: lines.at(-1) || error.message })
      else resolve({ folder: stdout.trim() })
    })
  })
}

/** Whether a folder of programs has one of them; KUBEBUILDER_ASSETS may lack kube-controller-manager and kubectl. */
export const hasProgram = (folder: string, name: string): boolean => existsSync(join(folder, name))
