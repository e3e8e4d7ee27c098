import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'BuildKit cannot read this',
  why: 'The build stops here, so nothing ships, also no security fix. A heredoc that is never ended swallows the rest of the file, with everything in it that was to protect the image.',
  examples: [
    { bad: 'FROM alpine:3.20\nRUN <<EOF\necho a\n', good: 'FROM alpine:3.20\nRUN <<EOF\necho a\nEOF\n', byHand: true },
    { bad: 'FROM alpine:3.20\nENV A=1 B\nUSER nobody\n', good: 'FROM alpine:3.20\nENV A=1 B=2\nUSER nobody\n', byHand: true },
    { bad: '# escape=x\nFROM alpine:3.20\nUSER nobody\n', good: '# escape=`\nFROM alpine:3.20\nUSER nobody\n', byHand: true },
  ],
  replaces: ['DL1000'],
  links: ['https://docs.docker.com/reference/dockerfile/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { message, span } of dockerfile.tree.errors) {
      yield { at: span, message, fix: { title: 'Repair it by hand', safety: 'manual', edits: [] } }
    }
  },
})
