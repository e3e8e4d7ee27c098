import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { exposedPorts } from '../../ports.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The protocol of EXPOSE is written in capitals',
  why: 'Tools that make firewall rules from an image compare `tcp` exactly: `80/TCP` can be overlooked, and the rule for it is missing.',
  examples: [{ bad: 'FROM nginx:1.27\nEXPOSE 8080/TCP\nUSER nginx\n', good: 'FROM nginx:1.27\nEXPOSE 8080/tcp\nUSER nginx\n' }],
  replaces: ['ExposeProtoCasing'],
  links: ['https://docs.docker.com/reference/build-checks/expose-proto-casing/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'EXPOSE')) {
      for (const { word, protocol } of exposedPorts(step, dockerfile.tree.escape)) {
        if (protocol === undefined || protocol === protocol.toLowerCase()) continue
        const literal = word.raw.endsWith(protocol) && word.span.end - word.span.start === word.raw.length
        yield {
          at: word.span,
          message: `\`${word.raw}\` should be \`${word.raw.toLowerCase()}\``,
          ...(literal
            ? {
                fix: fixBy(
                  'safe',
                  'Write it in small letters',
                  replaceAt(dockerfile, { start: word.span.end - protocol.length, end: word.span.end }, protocol.toLowerCase()),
                ),
              }
            : {}),
        }
      }
    }
  },
})
