import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'
import { runsOneProgram } from '../../image-start.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'There is a shell, and the program that the image starts needs none',
  why: 'A flaw that lets an attacker start a program needs a program to start. With a shell at hand one line downloads the next stage, looks around and stays; without one the same flaw mostly ends in an error in the log.',
  examples: [
    {
      bad: '{ "census": { "start": { "program": "/app", "path": "/app", "kind": "elf" }, "shells": ["/bin/sh"] } }',
      good: '{ "census": { "start": { "program": "/start.sh", "path": "/start.sh", "kind": "other" }, "shells": ["/bin/sh"] } }',
    },
  ],
  replaces: ['CIS 4.3', 'check_4_3'],
  links: ['https://github.com/GoogleContainerTools/distroless'],
  fixes: 'manual',
  *check(facts) {
    const { shells, start } = facts.census
    const need = runsOneProgram(facts)
    // A health check in shell form is run by one.
    if (need === undefined || shells.count === 0 || facts.config?.healthcheck?.[0] === 'CMD-SHELL') return
    yield {
      ...placesOf(shells),
      ...(need === 'interpreter' ? { severity: 'info' as const } : {}),
      message: `\`${start!.program}\` is started without a shell, and the image has ${listed(shells)}`,
      fix: advice(
        'Copy the program into a base image without a shell: scratch, distroless, or a slim one of the distribution’s own',
      ),
    }
  },
})
