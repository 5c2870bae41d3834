/**
 * Fetches the recordings that `test/replay` replays: the VCR cassettes in the source distribution of Okta's SDK for Python (Apache-2.0).
 * They go into the cache, outside of the checkout.
 */
import { fetchRecordings } from '../test/replay/recordings.ts'

process.stdout.write(`${fetchRecordings()}\n`)
