/**
 * node scripts/applications.ts [NAME…]
 *
 * Builds the applications of examples/harden with their own Dockerfiles on an engine of its own, on base images made on this machine, runs each and asks
 * for its health. Prints how long that took and how large each is; exit code 1 when one does not build or does not answer as it should.
 */
import { isDeepStrictEqual } from 'node:util'
import { startBaseImages } from '../test/base-images.ts'
import { startEngine } from '../test/components.ts'
import { applications, buildExample, runExample, waitForHealth } from '../test/harden-examples.ts'

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(applications)
const unknown = wanted.filter(name => applications[name] === undefined)
if (unknown.length > 0) {
  console.error(`no application is called ${unknown.join(', ')}; there are ${Object.keys(applications).join(', ')}`)
  process.exit(2)
}
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

const base = await startBaseImages(
  wanted.flatMap(name => applications[name]!.from),
  ({ name, buildSeconds, pushSeconds, bytes }) =>
    console.log(
      `made ${name}: ${megabytes(bytes)}, built in ${seconds(buildSeconds * 1000)}, kept in ${seconds(pushSeconds * 1000)}`,
    ),
)
try {
  const engine = await startEngine({ mirror: base.mirror })
  try {
    for (const name of wanted) {
      const { port, health } = applications[name]!
      const start = Date.now()
      try {
        const image = await buildExample(engine, name)
        const built = Date.now()
        const running = runExample(engine, image, port)
        const answer = await waitForHealth(running, 60)
        const answered = Date.now()
        running.stop()
        const size = megabytes(Number(engine.docker('image', 'inspect', '-f', '{{.Size}}', image)))
        console.log(
          `${name}: ${size}, built in ${seconds(built - start)}, answered after ${seconds(answered - built)}: ${JSON.stringify(answer)}`,
        )
        if (!isDeepStrictEqual(answer, health)) throw new Error(`expected ${JSON.stringify(health)}`)
      } catch (error) {
        process.exitCode = 1
        console.error(`${name}: ${error instanceof Error ? error.message : error}`)
      }
    }
  } finally {
    await engine.stop()
  }
} finally {
  await base.stop()
}
