import { fixBy, insertAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'Several files are copied to a target that is not marked as a folder',
  why: 'With more than one source the target must end with a slash, or the build stops. Nothing ships, also no security fix.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nCOPY a.txt b.txt /app\nUSER nobody\n',
      good: 'FROM alpine:3.20\nCOPY a.txt b.txt /app/\nUSER nobody\n',
    },
    {
      bad: 'FROM alpine:3.20\nCOPY ["a b.txt", "c.txt", "/app"]\nUSER nobody\n',
      good: 'FROM alpine:3.20\nCOPY ["a b.txt", "c.txt", "/app/"]\nUSER nobody\n',
    },
  ],
  replaces: ['DL3021', 'DS-0011', 'copy_with_more_than_two_arguments_not_ending_with_slash'],
  links: ['https://docs.docker.com/reference/dockerfile/#copy'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      const { words, json } = step.instruction
      const target = words.at(-1)
      if (!target || words.length < 3) continue
      const path = target.raw.replace(/^["']|["']$/g, '')
      // `.`, `..` and paths that end in them are folders by themselves; a variable may end with a slash.
      if (/[/\\]$|(?:^|\/)\.{1,2}$/.test(path) || /\$\{?\w+\}?["']?$/.test(path)) continue
      const quoted = json !== undefined || /["']$/.test(target.raw)
      yield {
        at: target.span,
        message: `\`${path}\` is the target of ${words.length - 1} sources, but does not end with a slash`,
        fix: fixBy('safe', 'Add the slash', insertAt(dockerfile, quoted ? target.span.end - 1 : target.span.end, '/')),
      }
    }
  },
})
