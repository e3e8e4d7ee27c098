import { shippedStages } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { baseUser, isRoot, isWindows } from '../../image-users.ts'
import { stepDownEvidence } from '../../step-down.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A volume is written by a process that runs as root',
  why: 'What root writes into a volume is owned by root on the host as well. An attacker inside can leave a program with the setuid bit there, and any ordinary user of the host who can reach the folder becomes root by running it. The data also stays locked to root when you later want to give root up.',
  examples: [
    {
      bad: 'FROM debian:12\nVOLUME /data\nCMD ["app"]\n',
      good: 'FROM debian:12\nVOLUME /data\nUSER 10001:10001\nCMD ["app"]\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    const stage = dockerfile.final
    if (!stage || isWindows(stage)) return
    const { value, at } = stage.end.user
    const root = at ? value?.known === true && isRoot(value.value) : baseUser(stage.root) === 'root'
    if (!root || stepDownEvidence(stage) !== undefined) return
    for (const shipped of shippedStages(dockerfile)) {
      for (const { instruction, onbuild } of shipped.steps) {
        if (instruction.name !== 'VOLUME' || onbuild) continue
        yield {
          at: instruction.argumentSpan,
          message: `\`${instruction.words.map(word => word.raw).join(' ')}\` is a volume, and the process that writes to it runs as root`,
          fix: {
            title: 'Create the folder, give it to the user that runs the program (chown), and set USER',
            safety: 'manual',
            edits: [],
          },
        }
      }
    }
  },
})
