import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'
import { runsOneProgram } from '../../image-start.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'There are package managers, and the program that the image starts needs none',
  why: 'What an attacker misses in the container, a package manager brings: compilers, network tools, clients of databases, signed and from a server that firewalls let through. When the image is built it has done its work.',
  examples: [
    {
      bad: '{ "census": { "start": { "program": "/app", "path": "/app", "kind": "elf" }, "packageManagers": ["/sbin/apk"] } }',
      good: '{ "census": { "start": { "program": "/app", "path": "/app", "kind": "elf" }, "packageManagers": [] } }',
    },
  ],
  replaces: ['CIS 4.3', 'check_4_3'],
  fixes: 'manual',
  *check(facts) {
    const { packageManagers, start } = facts.census
    const need = runsOneProgram(facts)
    if (need === undefined || packageManagers.count === 0) return
    yield {
      ...placesOf(packageManagers),
      ...(need === 'interpreter' ? { severity: 'info' as const } : {}),
      message: `\`${start!.program}\` installs nothing, and the image has ${listed(packageManagers)}`,
      fix: advice('Install in a builder stage, and copy what is needed into a base image without package managers'),
    }
  },
})
