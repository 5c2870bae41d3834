import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const script = join(import.meta.dirname, '../../script/control-plane')
const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-assets-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A folder with programs that only say their name. */
function programsIn(name: string, names: readonly string[]): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const program of names) writeFileSync(join(path, program), `#!/bin/sh\necho ${name}`, { mode: 0o755 })
  return path
}

/** A Go that notes what it was told to build and takes its time over it; it fails at the first program `fails` matches. */
function fakeGo(fails = ''): void {
  const text = `#!/bin/sh
for word; do package=$word; [ "$before" != -o ] || target=$word; before=$word; done
echo "$package" >>'${folder}/builds'
sleep 0.2
case $package in *'${fails}'*) [ -z '${fails}' ] || { echo 'no luck' >&2; exit 2; } ;; esac
printf '#!/bin/sh\\n' >"$target" && chmod +x "$target"
`
  mkdirSync(join(folder, 'go'), { recursive: true })
  writeFileSync(join(folder, 'go/go'), text)
  chmodSync(join(folder, 'go/go'), 0o755)
}

const builds = () => readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n')

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const env = { PATH: `${folder}/go:/usr/bin:/bin`, TENURE_CACHE: join(folder, 'cache'), ...environment }
  return new Promise(resolve => {
    const child = execFile(script, { env, cwd: folder }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout: stdout.trim(), stderr: stderr.trim() }),
    )
  })
}

describe('script/control-plane', () => {
  test('takes the folder that KUBEBUILDER_ASSETS names as it is, and builds nothing', async () => {
    const given = programsIn('given', ['etcd', 'kube-apiserver'])
    expect(await run({ KUBEBUILDER_ASSETS: given })).toEqual({ code: 0, stdout: given, stderr: '' })
    expect((await run({ KUBEBUILDER_ASSETS: 'given' })).stdout).toBe(join(realpathSync(folder), 'given'))
  })

  test('says what is missing in KUBEBUILDER_ASSETS', async () => {
    const given = programsIn('given', ['etcd'])
    const { code, stderr } = await run({ KUBEBUILDER_ASSETS: given })
    expect(code).toBe(1)
    expect(stderr).toBe(`script/control-plane: ${given}, which KUBEBUILDER_ASSETS names, has no kube-apiserver.`)
  })

  test('puts programs named one by one before those of KUBEBUILDER_ASSETS', async () => {
    const given = programsIn('given', programs)
    const own = programsIn('own', ['kubectl-1.36'])
    const { stdout } = await run({ KUBEBUILDER_ASSETS: given, TEST_ASSET_KUBECTL: join(own, 'kubectl-1.36') })
    expect(readdirSync(stdout).sort()).toEqual(programs)
    expect(readFileSync(join(stdout, 'kubectl'), 'utf8')).toContain('own')
    expect(readFileSync(join(stdout, 'etcd'), 'utf8')).toContain('given')
  })

  test('builds nothing when etcd and kube-apiserver are named', async () => {
    fakeGo()
    const own = programsIn('own', ['etcd', 'kube-apiserver'])
    const { stdout } = await run({
      TEST_ASSET_ETCD: join(own, 'etcd'),
      TEST_ASSET_KUBE_APISERVER: join(own, 'kube-apiserver'),
    })
    expect(readdirSync(stdout).sort()).toEqual(['etcd', 'kube-apiserver'])
    expect(readdirSync(folder)).not.toContain('builds')
  })

  test('says in one line that it needs Go, with exit code 3', async () => {
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    const tools = ['sh', 'sed', 'cat', 'cut', 'cksum', 'dirname', 'mkdir', 'rm']
    for (const tool of tools)
      writeFileSync(join(bare, tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"`, { mode: 0o755 })
    const { code, stdout, stderr } = await run({ PATH: bare })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^script\/control-plane: Go is not installed, .*$/)
  })

  test('builds each program once, although two ask at once, and never again', async () => {
    fakeGo()
    const [one, two] = await Promise.all([run(), run()])
    expect(one).toEqual({ code: 0, stdout: expect.stringContaining(join(folder, 'cache')), stderr: '' })
    expect(two).toEqual(one)
    expect(readdirSync(one.stdout).sort()).toEqual(programs)
    expect(builds()).toHaveLength(4)
    expect(await run()).toEqual(one)
    expect(builds()).toHaveLength(4)
  })

  test('shows what Go said when a build fails, and goes on from there the next time', async () => {
    fakeGo('kube-controller-manager')
    const failed = await run()
    expect(failed.code).toBe(1)
    expect(failed.stderr.split('\n')).toEqual([
      'no luck',
      'script/control-plane: kube-controller-manager could not be built: no luck',
    ])
    fakeGo()
    expect((await run()).code).toBe(0)
    const built = builds().map(name => name.split('/').at(-1))
    expect(built.filter(name => name === 'kube-apiserver')).toHaveLength(1)
    expect(built.filter(name => name === 'kube-controller-manager')).toHaveLength(2)
  })
})
