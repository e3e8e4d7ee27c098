import { imagesOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A base image has neither tag nor digest',
  why: 'Without a tag the registry hands out whatever `latest` means today. Two builds of the same commit can differ, and whoever gets to push `latest` (a stolen token is enough) runs code in your next build without any change that a review could see.',
  examples: [
    { bad: 'FROM nginx\nUSER nginx\n', good: 'FROM nginx:1.27.3\nUSER nginx\n', byHand: true },
    { bad: 'FROM localhost:5000/app\n', good: 'FROM localhost:5000/app:2.1\n', byHand: true },
    {
      bad: 'FROM alpine:3.20\nCOPY --from=busybox /bin/busybox /bin/\n',
      good: 'FROM alpine:3.20\nCOPY --from=busybox:1.36.1 /bin/busybox /bin/\n',
      byHand: true,
    },
  ],
  replaces: ['DL3006', 'DS-0001', 'CKV_DOCKER_7', 'image_version_not_explicit', 'missing-image-version'],
  links: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { use, reference } of imagesOf(dockerfile)) {
      if (reference.tag !== undefined || reference.digest !== undefined) continue
      yield {
        at: use.span,
        message: `\`${reference.familiar}\` is taken without a tag, so it means \`${reference.familiar}:latest\``,
        fix: { title: 'Name the version that you tested, and best its digest too', safety: 'manual', edits: [] },
      }
    }
  },
})
