import { mountsOf, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

const sockets = /(?:^|\/)(?:docker|containerd|podman|crio|buildkitd|cri-dockerd)\.sock$/

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'critical',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The socket of a container engine is expected inside the container',
  why: 'The socket of the engine is root on the host: whoever can write to it starts a container with the whole disk mounted and is out. An image that declares it as a volume asks everyone who runs it to hand that over.',
  examples: [
    {
      bad: 'FROM debian:12\nVOLUME /var/run/docker.sock\nUSER app\n',
      good: 'FROM debian:12\nVOLUME /data\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN --mount=type=bind,target=/var/run/docker.sock docker ps\nUSER app\n',
      good: 'FROM debian:12\nRUN true\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['dockerfile-dockerd-socket-mount'],
  links: ['https://docs.docker.com/engine/security/#docker-daemon-attack-surface'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = {
      title:
        'Take it out; what needs the engine can talk to a proxy that allows only the calls it needs, or build with BuildKit or Kaniko',
      safety: 'manual' as const,
      edits: [],
    }
    for (const step of stepsNamed(dockerfile, 'VOLUME')) {
      for (const word of step.instruction.words) {
        const path = word.raw.replace(/^["']|["']$/g, '')
        if (sockets.test(path)) yield { at: word.span, message: `\`${path}\` as a volume asks for control over the host`, fix }
      }
    }
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      for (const mount of mountsOf(step)) {
        const field = [mount.field('target', 'dst', 'destination'), mount.field('source', 'src')].find(
          one => one?.value !== undefined && sockets.test(one.value),
        )
        if (field) yield { at: field.span, message: `\`${field.value}\` gives this step control over an engine`, fix }
      }
    }
  },
})
