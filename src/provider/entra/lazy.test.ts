import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('making a provider loads neither SDK, since every command pays for what is loaded', () => {
  const script = `
    import module from 'node:module'
    const { entraProvider } = await import(process.argv[1])
    entraProvider({ credential: { kind: 'Secret', secret: async () => '' }, extraAttributes: [], marker: 'm' })
    const loaded = Object.keys(module._cache).filter(path => /microsoft|azure|undici/.test(path))
    process.stdout.write(JSON.stringify(loaded))`
  const index = fileURLToPath(new URL('index.ts', import.meta.url))
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script, index], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual([])
})
