import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'
import { runsOneProgram } from '../../image-start.ts'

export default imageRule({
  on: 'image',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'There are tools for downloading, and the program that the image starts needs none',
  why: 'The first thing most attacks on a service do is to fetch the next stage with curl or wget, and the last is to send away what they found. Without these tools the ready-made attacks fail, and others become louder.',
  examples: [
    {
      bad: '{ "census": { "start": { "program": "/app", "path": "/app", "kind": "elf" }, "downloaders": ["/usr/bin/curl"] } }',
      good: '{ "census": { "start": { "program": "/app", "path": "/app", "kind": "elf" }, "downloaders": [] } }',
    },
  ],
  replaces: ['CIS 4.3', 'check_4_3'],
  fixes: 'manual',
  *check(facts) {
    const { downloaders } = facts.census
    if (runsOneProgram(facts) === undefined || downloaders.count === 0) return
    // It is what the health check asks with.
    if (/\b(?:curl|wget|nc)\b/.test(facts.config?.healthcheck?.join(' ') ?? '')) return
    yield {
      ...placesOf(downloaders),
      message: `the image has tools that fetch and send files: ${listed(downloaders)}`,
      fix: advice('Download in a builder stage, or take the tool away in the instruction that used it'),
    }
  },
})
