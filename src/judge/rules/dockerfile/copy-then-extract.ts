import type { Word } from '../../../read/dockerfile/syntax.ts'
import { commandsOf, flagNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

const archive = /\.(?:tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz|zst|lz|lzma|Z)|zip)$/i

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'An archive is copied, and unpacked in another layer',
  why: 'The archive stays in its layer for good, also when it is deleted later: the image carries everything twice, and a scanner finds the old content in it again. ADD unpacks a local archive in one step and keeps only the result.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt\nUSER app\n',
      good: 'FROM debian:12\nADD app.tar.gz /opt/\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3010'],
  links: ['https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      const copied = new Map<string, Word>()
      for (const step of stage.steps) {
        if (step.instruction.name === 'COPY' && !flagNamed(step, 'from') && !step.onbuild) {
          for (const word of step.instruction.words.slice(0, -1)) {
            const name = word.raw.replace(/^["']|["']$/g, '').replace(/^.*\//, '')
            // ADD does not unpack zip files.
            if (archive.test(name) && !/\.zip$/i.test(name) && !/[*?[$]/.test(name)) copied.set(name, word)
          }
        }
        if (step.instruction.name !== 'RUN') continue
        for (const { command } of commandsOf(step, 'tar', 'bsdtar', 'gunzip', 'bunzip2', 'unxz', 'gzip')) {
          const unpacks =
            command.name !== 'tar' && command.name !== 'bsdtar'
              ? command.name !== 'gzip'
              : command.options.some(({ name }) => ['-x', '--extract', '--get'].includes(name))
          if (!unpacks) continue
          for (const { text } of [
            ...command.operands,
            ...command.options.flatMap(({ value }) => (value === undefined ? [] : [{ text: value }])),
          ]) {
            const name = text.replace(/^.*\//, '')
            const word = copied.get(name)
            if (!word) continue
            copied.delete(name)
            yield {
              at: word.span,
              also: [command.span],
              message: `\`${name}\` is copied, and then unpacked in another layer`,
              fix: { title: 'ADD it to the folder where its content belongs', safety: 'manual', edits: [] },
            }
          }
        }
      }
    }
  },
})
