import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The build context has no .dockerignore',
  why: 'Everything in the folder is sent to the builder, and a COPY of the folder puts it into the image: .git with every secret that was ever committed, .env, keys, dumps. It also makes each build slower.',
  examples: [
    {
      bad: 'FROM node:22\nCOPY . /app\nUSER node\n',
      good: 'FROM node:22\nCOPY package.json /app/\nUSER node\n',
      byHand: true,
      files: { 'package.json': '{}' },
    },
  ],
  links: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  fixes: 'safe',
  *check(dockerfile, _, { context }) {
    if (!context || context.ignore) return
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      if (flagNamed(step, 'from') || step.onbuild) continue
      const source = step.instruction.words.slice(0, -1).find(({ raw }) => /^["']?(?:\.\/?|\*|\/|\.\/\*)["']?$/.test(raw))
      if (!source) continue
      const path = context.path === '' ? '.dockerignore' : `${context.path}/.dockerignore`
      // What some RUN asks git about, the build needs.
      const usesGit = dockerfile.steps.some(other =>
        other.scripts.some(script => script.commands.some(({ name }) => name === 'git' || name === 'go' || name === 'make')),
      )
      yield {
        at: source.span,
        message: `\`${source.raw}\` copies everything in the folder, and there is no .dockerignore`,
        fix: {
          title: usesGit
            ? 'Create one that keeps .git and .env out; the version that the build asks git for is then missing'
            : 'Create one that keeps .git and files of secrets out',
          safety: usesGit || context.entries.has('.env') ? 'unsafe' : 'safe',
          edits: [
            {
              path,
              span: { start: 0, end: 0 },
              text: '.git\n.env\n.env.*\n!.env.example\n**/.ssh\n**/.aws\n**/.netrc\n**/id_rsa\n',
            },
          ],
        },
      }
      return
    }
  },
})
