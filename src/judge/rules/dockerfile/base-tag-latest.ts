import { imagesOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A base image is taken by the tag latest',
  why: '`latest` is whatever was pushed last: tomorrow it can be the next major version, or what an attacker pushed with a stolen token. Nobody can say afterwards what an image was built from, so nobody can say whether it has the hole that everyone talks about.',
  examples: [
    { bad: 'FROM nginx:latest\nUSER nginx\n', good: 'FROM nginx:1.27.3\nUSER nginx\n', byHand: true },
    {
      bad: 'ARG TAG="latest"\nFROM node:${TAG}\nUSER node\n',
      good: 'ARG TAG="22.12.0"\nFROM node:${TAG}\nUSER node\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nCOPY --from=busybox:latest /bin/busybox /bin/\n',
      good: 'FROM alpine:latest@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d\n',
      byHand: true,
    },
  ],
  replaces: ['DL3007', 'DS-0001', 'CKV_DOCKER_7', 'image_version_using_latest', 'avoid-latest-version', 'DKL-DI-0006'],
  links: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { use, reference } of imagesOf(dockerfile)) {
      if (reference.tag !== 'latest' || reference.digest !== undefined) continue
      yield {
        at: use.span,
        message: `\`${reference.familiar}:latest\` is another image every time that somebody pushes one`,
        fix: { title: 'Name the version that you tested, and best its digest too', safety: 'manual', edits: [] },
      }
    }
  },
})
