import { fixBy } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isRoot } from '../../image-users.ts'
import { startsByStepDown, stepDown, stepDownEvidence } from '../../step-down.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The last USER is root',
  why: 'The last USER is who the container runs as. Whoever takes over a process that runs as root is root to the shared kernel too, and can change every file of the image, install tools and use every bug that needs root. It is often left over from an installation step.',
  examples: [
    {
      bad: 'FROM node:22\nUSER root\nRUN apt-get update\nCMD ["node", "a.js"]\n',
      good: 'FROM node:22\nUSER root\nRUN apt-get update\nUSER node\nCMD ["node", "a.js"]\n',
    },
    {
      bad: 'FROM grafana/grafana:11.3.0\nUSER 0\nRUN apk add --no-cache curl\n',
      good: 'FROM grafana/grafana:11.3.0\nUSER 0\nRUN apk add --no-cache curl\nUSER 65532:65532\n',
    },
    { bad: 'FROM debian:12\nUSER app\nUSER root:root\n', good: 'FROM debian:12\nUSER app\nUSER root:root\nUSER app\n' },
  ],
  replaces: ['DL3002', 'DS-0002', 'CKV_DOCKER_8', 'last_user_is_root', 'last-user-is-root'],
  links: ['https://docs.docker.com/build/building/best-practices/#user'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const stage = dockerfile.final
    const { value, at } = stage?.end.user ?? {}
    if (!stage || !value?.known || !at || !isRoot(value.value) || startsByStepDown(stage)) return
    const evidence = stepDownEvidence(stage)
    const message = `the last USER is \`${value.value}\`, so the container runs as root`
    if (evidence !== undefined) {
      yield {
        at: at.argumentSpan,
        severity: 'low',
        message: `${message} until ${evidence} gives that up`,
        fix: {
          title: 'Start as the final user where the entry point allows it; `docker exec` then is not root either',
          safety: 'manual',
          edits: [],
        },
      }
      return
    }
    const { title, edit } = stepDown(dockerfile, stage)
    yield { at: at.argumentSpan, message, fix: fixBy('unsafe', title, edit) }
  },
})
