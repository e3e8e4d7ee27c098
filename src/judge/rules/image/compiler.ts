import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Compilers and build tools are in the image that ships',
  why: 'With a compiler an attacker builds an exploit for the very kernel that the container runs on, where a ready-made one would not start. Build tools are also most of an image’s weight and of its known vulnerabilities, and nothing at run time needs them.',
  examples: [{ bad: '{ "census": { "compilers": ["/usr/bin/gcc-12"] } }', good: '{ "census": { "compilers": [] } }' }],
  replaces: ['CIS 4.3', 'check_4_3'],
  links: ['https://docs.docker.com/build/building/multi-stage/'],
  fixes: 'manual',
  *check({ census: { compilers } }) {
    if (compilers.count === 0) return
    yield {
      ...placesOf(compilers),
      message: `the image has compilers and build tools: ${listed(compilers)}`,
      fix: advice('Build in a stage of its own, and copy only the result: COPY --from=build'),
    }
  },
})
