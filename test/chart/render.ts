import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { NotToBeHad, type ToolName, toolPath } from '../../script/helm.ts'

/** An object as it would be sent to the API server. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

export interface Rendering {
  /** The major version of Helm; 4 unless given. */
  readonly helm?: '3' | '4'
  /** `tenure` unless given. */
  readonly release?: string
  /** `tenure-system` unless given. */
  readonly namespace?: string
  /** Values files, read before `values`. */
  readonly files?: readonly string[]
  /** What the cluster knows besides the built-in kinds, such as `monitoring.coreos.com/v1/ServiceMonitor`. */
  readonly apiVersions?: readonly string[]
}

export const root = join(import.meta.dirname, '../..')
export const chart = join(root, 'charts/tenure')

/** What Helm or kubectl refused, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Runs the tool and gives what it prints. Throws Refused with what it says when it fails. */
export function run(tool: ToolName, args: readonly string[], input = ''): string {
  try {
    const options = { cwd: root, encoding: 'utf8', input, maxBuffer: 2 ** 26, stdio: 'pipe' } as const
    return execFileSync(toolPath(tool), args, options)
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error)) throw error
    throw new Refused(`${'stdout' in error ? error.stdout : ''}${error.stderr}`, { cause: error })
  }
}

/** The objects in a text of YAML documents, empty ones left out. */
export function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map(document => {
      if (document.errors[0]) throw document.errors[0]
      return document.toJS() as KubeObject | null
    })
    .filter(object => object !== null)
}

/** The objects that `helm install` would make with these values, hooks included. Throws Refused as Helm does. */
export function renderChart(values: object = {}, rendering: Rendering = {}): KubeObject[] {
  const { helm = '4', release = 'tenure', namespace = 'tenure-system', files = [], apiVersions = [] } = rendering
  const given = files.flatMap(file => ['--values', file])
  const known = apiVersions.flatMap(version => ['--api-versions', version])
  const args = ['template', release, chart, '--namespace', namespace, ...given, '--values', '-', ...known]
  return objectsIn(run(helm, args, stringify(values)))
}

/** Why a tool cannot be had here; undefined when it can. */
function missing(tools: readonly ToolName[]): string | undefined {
  try {
    for (const tool of tools) toolPath(tool)
    return undefined
  } catch (error) {
    if (error instanceof NotToBeHad && !process.env.CI) return error.message
    throw error
  }
}

/** A suite that needs tools: skipped, saying why, where they cannot be had; with CI set that is a failure. */
export function describeWith(tools: readonly ToolName[], title: string, suite: () => void): void {
  const reason = missing(tools)
  if (reason === undefined) describe(title, suite)
  else describe.skip(`${title} (skipped: ${reason})`, suite)
}
