/**
 * npm test [-- FILES…]: runs the tests with vitest and ends with one plain line of counts. Skipped tests are named: a machine that lacks
 * a component still passes, and .ci/run does not.
 */
import { startVitest } from 'vitest/node'
import { shippedDatabase } from './database.ts'

const filters = process.argv.slice(2).filter(argument => !argument.startsWith('-'))
await shippedDatabase()
const vitest = await startVitest('test', filters, { run: true, watch: false, reporters: ['default'] })
const counts = { passed: 0, failed: 0, skipped: 0 }
const skipped: string[] = []
for (const module of vitest.state.getTestModules()) {
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    if (state === 'passed') counts.passed++
    else if (state === 'failed') counts.failed++
    else {
      counts.skipped++
      skipped.push(`${module.relativeModuleId} › ${test.fullName}`)
    }
  }
}
const broken =
  vitest.state.getUnhandledErrors().length + vitest.state.getTestModules().filter(module => module.errors().length > 0).length
await vitest.close()
for (const name of skipped) console.log(`skipped: ${name}`)
if (broken > 0) console.log(`${broken} errors outside of tests`)
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
const strict = process.env.BULKHEAD_NO_SKIPPED_TESTS === '1'
if (counts.passed === 0 || counts.failed > 0 || broken > 0 || (strict && counts.skipped > 0)) process.exitCode = 1
else process.exitCode = 0
