import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'ADD downloads something that nothing verifies',
  why: 'Whoever controls the server, or the branch of the repository, today decides what becomes part of your image. `ADD --checksum=sha256:…` (for a repository a whole commit after `#`) takes exactly what you tested, and nothing else.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nADD https://example.org/a.tgz /a.tgz\nUSER nobody\n',
      good: 'FROM alpine:3.20\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/a.tgz /a.tgz\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nADD https://github.com/a/b.git#main /b\n',
      good: 'FROM alpine:3.20\nADD https://github.com/a/b.git#9f2c1e4b7a6d5e8f0a1b2c3d4e5f60718293a4b5 /b\n',
      byHand: true,
    },
  ],
  replaces: ['curl_or_wget_instead_of_add'],
  links: ['https://docs.docker.com/reference/dockerfile/#add---checksum'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ADD')) {
      if (flagNamed(step, 'checksum')) continue
      for (const word of step.instruction.words.slice(0, -1)) {
        const { value } = expandWord(word, step.before.variables, dockerfile.tree.escape)
        const git = /^(?:git@|git:\/\/|ssh:\/\/)|\.git(?:#|\?|$)/i.test(value)
        if (!git && !/^(?:https?|ftp):\/\//i.test(value)) continue
        if (git && /[#=][0-9a-f]{40}(?:[0-9a-f]{24})?(?::|$|&)/i.test(value)) continue
        yield {
          at: word.span,
          message: git
            ? `\`${value.slice(0, 100)}\` is whatever the branch or tag points to`
            : `\`${value.slice(0, 100)}\` is taken as it comes`,
          fix: {
            title: git ? 'Name the whole commit after #' : 'Add --checksum=sha256:…, the checksum of the file that you tested',
            safety: 'manual',
            edits: [],
          },
        }
      }
    }
  },
})
