import { nearest } from '../../../model/nearest.ts'
import { fixBy, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { flagsOf } from '../../instruction-flags.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'An instruction is given a flag that it does not have',
  why: 'The build stops here, so nothing ships, also no security fix. A flag of a newer Dockerfile version needs `# syntax=docker/dockerfile:1` in the first line.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nCOPY --chwon=nobody a /a\nUSER nobody\n',
      good: 'FROM alpine:3.20\nCOPY --chown=nobody a /a\nUSER nobody\n',
    },
    { bad: 'FROM alpine:3.20\nUSER --force nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n', byHand: true },
  ],
  replaces: ['DL1000'],
  links: ['https://docs.docker.com/reference/dockerfile/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const { instruction } of dockerfile.steps) {
      const known = flagsOf[instruction.name] ?? []
      for (const flag of instruction.flags) {
        // A variable as a flag is refused too, but perhaps a template fills it in.
        if (known.includes(flag.name) || flag.name.includes('$')) continue
        const meant = nearest(flag.name, known)
        const written = dockerfile.tree.text.slice(flag.nameSpan.start, flag.nameSpan.end)
        yield {
          at: flag.nameSpan,
          message: `\`${instruction.name}\` has no flag \`--${flag.name}\`${meant === undefined ? '' : `; did you mean \`--${meant}\`?`}`,
          fix:
            meant !== undefined && written === `--${flag.name}`
              ? fixBy('unsafe', `Write --${meant}, if that is what was meant`, replaceAt(dockerfile, flag.nameSpan, `--${meant}`))
              : { title: 'Remove it, or move it behind the command if it belongs to that', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
