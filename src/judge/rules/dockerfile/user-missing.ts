import { fixBy } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { anonymousUser, baseUser, isWindows } from '../../image-users.ts'
import { startsByStepDown, stepDown, stepDownEvidence } from '../../step-down.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The image runs as root because no USER is set',
  why: 'A container shares the kernel of its host. Whoever takes over a process that runs as root is root to that kernel too: one kernel or runtime bug, one mounted socket or folder, and the host is theirs. As an ordinary user the same attacker cannot even change the program they broke into.',
  examples: [
    {
      bad: 'FROM node:22-slim\nCOPY . /app\nCMD ["node", "/app/server.js"]\n',
      good: 'FROM node:22-slim\nCOPY . /app\nUSER node\nCMD ["node", "/app/server.js"]\n',
    },
    {
      bad: 'FROM scratch\nCOPY server /\nENTRYPOINT ["/server"]\n',
      good: `FROM scratch\nCOPY server /\nUSER ${anonymousUser}\nENTRYPOINT ["/server"]\n`,
    },
    {
      bad: 'FROM debian:12\nRUN useradd --system app\nCMD ["app"]\n',
      good: 'FROM debian:12\nRUN useradd --system app\nUSER app\nCMD ["app"]\n',
    },
  ],
  replaces: ['DS-0002', 'CKV_DOCKER_3', 'missing_user_instruction', 'missing-user', 'missing-user-entrypoint', 'CIS-DI-0001'],
  links: ['https://docs.docker.com/build/building/best-practices/#user', 'https://docs.docker.com/reference/dockerfile/#user'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const stage = dockerfile.final
    if (!stage || stage.end.user.at || isWindows(stage)) return
    const who = baseUser(stage.root)
    if (who === 'unprivileged' || startsByStepDown(stage)) return
    const at = stage.baseWord?.span ?? stage.from.instruction.headSpan
    const evidence = stepDownEvidence(stage)
    if (evidence !== undefined) {
      yield {
        at,
        severity: 'low',
        message: `no USER is set: the container starts as root, and only ${evidence} gives that up`,
        fix: {
          title: 'Start as the final user where the entry point allows it; `docker exec` then is not root either',
          safety: 'manual',
          edits: [],
        },
      }
      return
    }
    const { title, edit } = stepDown(dockerfile, stage)
    yield {
      at,
      message:
        who === 'root'
          ? 'no USER is set, so the container runs as root'
          : 'no USER is set, so the container runs as root unless its base image says otherwise',
      fix: fixBy('unsafe', title, edit),
    }
  },
})
