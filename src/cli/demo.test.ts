import { expect, test } from 'vitest'
import { screenOf } from '../../test/support/example.ts'

test('the demo tells the whole story and ends with 0', async () => {
  const { code, out, err } = await screenOf(['demo'], { PATH: process.env.PATH })
  expect(code, out + err).toBe(0)
  const chapters = [...out.matchAll(/^── \d+\. (.*?) ─/gm)].map(([, title]) => title)
  expect(chapters).toEqual([
    'Twelve people, four mappings, two providers',
    'A joiner, a mover and a leaver',
    'Drift made by hand',
    'A bad commit',
  ])
  for (const word of ['plan', 'Nothing to do', 'WITHHELD', '--approve sha256:', 'npm run demo -- --keep'])
    expect(out).toContain(word)
  expect(out).toMatch(/^\$ tenure init \S+ --create$/m)
  expect(out).toMatch(/^\$ tenure apply \S+ --yes$/m)
  expect(err).toBe('')
})
