import { imagesOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'A base image is not pinned by its digest',
  why: 'A tag is a label that its owner, or whoever stole their token, can move to another image at any time. A digest is the checksum of the image: with it every build gets exactly the bytes that you tested. Keep the tag beside it for people, and let a bot raise both.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nUSER nobody\n',
      good: 'FROM alpine:3.20@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d\nUSER nobody\n',
      byHand: true,
    },
  ],
  replaces: ['dockerfile-source-not-pinned'],
  links: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { use, reference } of imagesOf(dockerfile)) {
      // Without a tag there is more to say, and another rule says it.
      if (reference.digest !== undefined || reference.tag === undefined) continue
      yield {
        at: use.span,
        message: `\`${reference.familiar}:${reference.tag}\` can be moved to another image`,
        fix: {
          title: 'Append the digest of the multi-platform index: `docker buildx imagetools inspect` prints it',
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})
