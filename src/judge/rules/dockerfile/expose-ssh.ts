import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { shippedStages } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** Ports on which people log in: each is in clear text or guessed at day and night. */
const logins: ReadonlyMap<number, string> = new Map([
  [21, 'FTP'],
  [22, 'SSH'],
  [23, 'Telnet'],
  [512, 'rexec'],
  [513, 'rlogin'],
  [514, 'rsh'],
])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A port for logging in is exposed',
  why: 'A login service inside a container is one more way in, with passwords or keys that everyone who has the image shares, and one more program to patch. `docker run -P` publishes every exposed port on the host, where scanners find port 22 within minutes. `docker exec` needs none of it.',
  examples: [
    { bad: 'FROM debian:12\nEXPOSE 22 8080\nUSER app\n', good: 'FROM debian:12\nEXPOSE 8080\nUSER app\n', byHand: true },
    { bad: 'FROM debian:12\nEXPOSE 20-25/tcp\nUSER app\n', good: 'FROM debian:12\nEXPOSE 2222\nUSER app\n', byHand: true },
  ],
  replaces: ['DS-0004', 'CKV_DOCKER_1', 'exposing_port_22'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of shippedStages(dockerfile)) {
      for (const step of stage.steps) {
        if (step.instruction.name !== 'EXPOSE') continue
        for (const word of step.instruction.words) {
          const { value, known } = expandWord(word, step.before.variables, dockerfile.tree.escape)
          // `22`, `22/tcp`, `20-25`, and the mistaken `2222:22`, of which the last part is the container's.
          const match = known ? /^(?:.*:)?(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(value) : null
          if (!match) continue
          const first = Number(match[1])
          const last = match[2] === undefined ? first : Number(match[2])
          const found = [...logins].filter(([port]) => port >= first && port <= last)
          if (found.length === 0) continue
          yield {
            at: word.span,
            message: `\`${word.raw}\` exposes ${found.map(([port, name]) => `${name} (port ${port})`).join(' and ')}`,
            fix: {
              title: 'Take the login service out of the image; use `docker exec` or `kubectl exec`',
              safety: 'manual',
              edits: [],
            },
          }
        }
      }
    }
  },
})
