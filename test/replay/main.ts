/**
 * `node test/replay/main.ts [--defaults] [FOLDER]` replays the recordings in a folder (those of script/okta-recordings where none is named) against the
 * simulated Okta org, prints every disagreement, and ends with 1 where less than 97 % of the answers agree. With --defaults every org keeps the default switches, whatever its
 * recorded answers show.
 */
import { generateKeyPairSync } from 'node:crypto'
import { cassettesIn } from './cassette.ts'
import { recordingsFolder } from './recordings.ts'
import { agreement, reportOf, reportText } from './report.ts'

const defaults = process.argv.includes('--defaults')
const folder = process.argv.slice(2).find(word => !word.startsWith('--')) ?? recordingsFolder()
if (folder === undefined) throw new Error('There are no recordings; script/okta-recordings fetches them.')
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const report = await reportOf(cassettesIn(folder), key.toString(), defaults ? {} : 'evident')
process.stdout.write(`${reportText(report)}\n`)
process.exitCode = agreement(report) >= 97 && report.replayed > 0 ? 0 : 1
