/** Property tests draw the same cases in every `npm test`, so that a red test means a changed program; `npm run fuzz` draws new ones. */
import fc from 'fast-check'

if (process.env.BULKHEAD_FUZZ_RUNS === undefined) fc.configureGlobal({ seed: 20261124 })
