import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exampleNames, exampleTitle, type Played, Playgrounds, playExample } from './support/example.ts'

const root = join(import.meta.dirname, '..', 'examples')
const update = process.env.UPDATE_GOLDEN === '1'

/** Compares with the file, or writes it when UPDATE_GOLDEN=1. */
async function matches(file: string, actual: string): Promise<void> {
  if (update) {
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, actual)
  }
  expect(existsSync(file), `${file} is missing; make it with UPDATE_GOLDEN=1`).toBe(true)
  expect(actual).toBe(await readFile(file, 'utf8'))
}

/** Hashes cover the ids that the tenants made up, so they are not the same everywhere. */
function withoutHashes(text: string): string {
  return text
    .replaceAll(/\bplan [0-9a-f]{12}\b/g, 'plan <hash>')
    .replaceAll(/\bsha256:[0-9a-f]{64}\b/g, 'sha256:<hash>')
}

describe('the examples', async () => {
  const playgrounds = new Playgrounds()
  afterAll(() => playgrounds.close())

  it('are all listed, under the titles they give themselves', async () => {
    const listed = (await readFile(join(root, 'README.md'), 'utf8')).matchAll(/^\| \[([a-z-]+)\]\(\1\) \| (.+) \|$/gm)
    const titles: [string, string][] = []
    for (const name of await exampleNames(root))
      if (name !== 'acme') titles.push([name, await exampleTitle(join(root, name))])
    expect(Object.fromEntries([...listed].map(([, name, title]) => [name, title]))).toEqual(Object.fromEntries(titles))
  })

  it.concurrent.each(await exampleNames(root))(
    '%s: the plan, the tenants after it and an empty second plan',
    async name => {
      const dir = join(root, name)
      const played: Played = await playExample(dir, playgrounds)
      const { plan = 2, apply = 0, after = 0 } = played.text.exits ?? {}
      expect(played.plan.err + played.apply.err + played.after.err).toBe('')
      await matches(join(dir, 'expected', 'plan.txt'), withoutHashes(played.plan.out))
      await matches(join(dir, 'expected', 'tenants.yaml'), played.tenants)
      expect([played.plan.code, played.apply.code, played.after.code]).toEqual([plan, apply, after])
    },
  )
})
