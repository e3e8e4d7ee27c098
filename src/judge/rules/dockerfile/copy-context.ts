import { readDockerIgnore } from '../../../read/dockerfile/dockerignore.ts'
import { flagNamed, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** What lies in many working copies and belongs in no image. */
const dangerous = [
  '.git',
  '.env',
  '.npmrc',
  '.netrc',
  '.aws',
  '.ssh',
  'id_rsa',
  '.docker',
  '.kube',
  'node_modules',
  'terraform.tfstate',
]

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'image',
  summary: 'The whole build context is copied, and nothing keeps secrets out',
  why: 'COPY . takes whatever lies in the folder on the day of the build: .git with every secret that was ever committed, .env, keys, dumps. One forgotten file, and everyone who can pull the image has it. A .dockerignore, or naming what is needed, keeps it out.',
  examples: [
    {
      bad: 'FROM node:22\nCOPY . /app\nUSER node\n',
      good: 'FROM node:22\nCOPY src package.json /app/\nUSER node\n',
      byHand: true,
      files: { 'package.json': '{}', '.env': 'x' },
    },
    {
      bad: 'FROM node:22\nADD ./ /app\nUSER node\n',
      good: 'FROM node:22\nCOPY src /app/\nUSER node\n',
      byHand: true,
      files: { '.git/HEAD': 'x', '.dockerignore': 'node_modules\n' },
    },
  ],
  links: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  fixes: 'manual',
  *check(dockerfile, _, { context }) {
    // Without the folder nobody knows whether there is a .dockerignore.
    if (!context) return
    const ignore = context.ignore && readDockerIgnore(context.ignore.text)
    const present = [...context.entries]
      .map(entry => entry.replace(/\/$/, ''))
      .filter(name => dangerous.includes(name) || /^\.env(?:\.(?!example|sample|dist|template|defaults))/.test(name))
    const exposed = present.filter(name => !ignore?.excludes(name))
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      if (flagNamed(step, 'from') || step.onbuild) continue
      const source = step.instruction.words.slice(0, -1).find(({ raw }) => /^["']?(?:\.\/?|\*|\/|\.\/\*)["']?$/.test(raw))
      if (!source || flagNamed(step, 'exclude') || exposed.length === 0) continue
      yield {
        at: source.span,
        message: `\`${source.raw}\` copies everything, and this folder holds ${exposed
          .slice(0, 5)
          .map(name => `\`${name}\``)
          .join(', ')}`,
        fix: {
          title: `Name them in ${context.ignore ? context.ignore.path : 'a .dockerignore'}, or copy only what is needed`,
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})
