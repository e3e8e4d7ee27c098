/** npm run fuzz [-- RUNS]: the property tests of the suite with many more runs (default 200,000) and a new seed each time. */
import { startVitest } from 'vitest/node'

process.env.BULKHEAD_FUZZ_RUNS = process.argv[2] ?? '200000'
const vitest = await startVitest(
  'test',
  [
    'properties',
    'parse.test',
    'expand.test',
    'read-script',
    'fixes',
    'tar.test',
    'merged-tree',
    'hostile-images',
    'language-packages',
    'binaries',
    'java.test',
    'rpm.test',
    'feeds.test',
    'json-entries',
    'xml.test',
    'byte-lines',
    'versions',
    'judge/match',
    'advisory-database',
    'vex',
    'ignore',
    'scan-formats',
  ],
  {
    run: true,
    watch: false,
    testTimeout: 3_600_000,
  },
)
const failed = vitest.state.getCountOfFailedTests()
await vitest.close()
console.log(
  `${process.env.BULKHEAD_FUZZ_RUNS} runs for each property: ${failed === 0 ? 'nothing found' : `${failed} properties broken`}`,
)
process.exitCode = failed === 0 ? 0 : 1
