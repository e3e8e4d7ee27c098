import { mountsOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

/** Where the tools keep downloads, for root. */
const caches = {
  apt: '/var/cache/apt',
  apk: '/var/cache/apk',
  dnf: '/var/cache/dnf',
  pip: '/root/.cache/pip',
  npm: '/root/.npm',
  yarn: '/usr/local/share/.cache/yarn',
  pnpm: '/root/.local/share/pnpm/store',
  go: '/go/pkg/mod',
  cargo: '/usr/local/cargo/registry',
  composer: '/tmp/cache',
} as const

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'Packages are downloaded anew in every build',
  why: 'A cache mount keeps downloads between builds and out of the image: no cleaning up in the same RUN, smaller layers, and rebuilding for a security fix costs seconds instead of minutes, so that people do it.',
  examples: [
    {
      bad: 'FROM golang:1.23\nRUN go mod download\n',
      good: 'FROM golang:1.23\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/build/cache/optimize/#use-cache-mounts'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request, command, step } of requestsTo(
      dockerfile,
      'apt',
      'apk',
      'dnf',
      'pip',
      'npm',
      'yarn',
      'pnpm',
      'go',
      'cargo',
      'composer',
    )) {
      if (request.action !== 'install' || mountsOf(step).some(({ type }) => type === 'cache')) continue
      const target = caches[request.manager as keyof typeof caches]
      yield {
        at: command.nameWord!.span,
        message: `\`${request.program}\` downloads everything again in each build`,
        fix: { title: `Mount a cache: \`RUN --mount=type=cache,target=${target} …\` (BuildKit)`, safety: 'manual', edits: [] },
      }
    }
  },
})
