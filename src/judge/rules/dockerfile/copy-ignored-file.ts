import { readDockerIgnore } from '../../../read/dockerfile/dockerignore.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A file is copied that .dockerignore keeps out',
  why: 'The builder never sees the file, so the COPY fails or copies less than the reader thinks. The quick way out, to delete the line from .dockerignore, lets everything in that the line kept out.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nCOPY secret.txt /\nUSER nobody\n',
      good: 'FROM alpine:3.20\nCOPY public.txt /\nUSER nobody\n',
      byHand: true,
      files: { '.dockerignore': '*.log\nsecret*\n' },
    },
  ],
  replaces: ['CopyIgnoredFile'],
  links: ['https://docs.docker.com/reference/build-checks/copy-ignored-file/'],
  fixes: 'manual',
  *check(dockerfile, _, { context }) {
    if (!context?.ignore) return
    const ignore = readDockerIgnore(context.ignore.text)
    // With exceptions a folder may be out and a part of it in: BuildKit says nothing then, and neither do we.
    if (ignore.hasExceptions) return
    const all = ignore.patterns.some(pattern => ['*', '**', '**/*', '*/**'].includes(pattern))
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      if (flagNamed(step, 'from') || step.onbuild) continue
      for (const word of step.instruction.words.slice(0, -1)) {
        const { value, known } = expandWord(word, step.before.variables, dockerfile.tree.escape)
        if (
          !known ||
          /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ||
          value.startsWith('<<') ||
          /[*?[]/.test(value) ||
          /^git@/.test(value)
        )
          continue
        const path = value.replace(/^\.?\/+/, '').replace(/\/+$/, '')
        const out = path === '' || path === '.' ? all : ignore.excludes(path)
        if (!out) continue
        yield {
          at: word.span,
          message: `\`${word.raw}\` is kept out of the build by ${context.ignore.path}`,
          fix: { title: `Copy another file, or add \`!${path}\` to ${context.ignore.path}`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
