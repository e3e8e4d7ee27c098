import type { Step } from '../../../read/dockerfile/graph.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import { fixBy, lineage, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable, requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'npm install is used where there is a lock file',
  why: 'npm install may take newer versions than the lock file says, and changes the file to match, so nobody notices. `npm ci` installs exactly what was reviewed and tested, with the checksums in the lock file, and fails when it does not fit: a poisoned new release does not slip in.',
  examples: [
    {
      bad: 'FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev\nUSER node\n',
      good: 'FROM node:22-slim\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nUSER node\n',
    },
  ],
  links: ['https://docs.npmjs.com/cli/commands/npm-ci'],
  fixes: 'unsafe',
  *check(dockerfile, _, { context }) {
    for (const at of requestsTo(dockerfile, 'npm')) {
      const { request, command, step } = at
      const { verb } = request
      if (
        request.action !== 'install' ||
        !verb ||
        request.packages.length > 0 ||
        verb.text.includes('c') ||
        hasOption(command, '-g', '--global', '--no-package-lock')
      )
        continue
      if (hasOption(command, '--package-lock', '--prefix', '-C')) continue
      if (!copiesLockFile(step, context?.entries)) continue
      yield {
        at: { start: command.nameWord!.span.start, end: verb.span.end },
        message: `\`npm ${verb.text}\` may install other versions than the lock file names`,
        fix: isEditable(at)
          ? fixBy(
              'unsafe',
              'Use npm ci; the build fails when package.json and the lock file do not fit',
              replaceAt(dockerfile, verb.span, 'ci'),
            )
          : { title: 'Use npm ci', safety: 'manual', edits: [] },
      }
    }
  },
})

/** A COPY before this step names the lock file, or matches it and the build context has one. */
const copiesLockFile = (step: Step, entries: ReadonlySet<string> | undefined): boolean => {
  if (!step.stage) return false
  const inContext = entries?.has('package-lock.json') === true || entries?.has('npm-shrinkwrap.json') === true
  return lineage(step.stage).some(({ instruction }) => {
    if (
      instruction.name !== 'COPY' ||
      instruction.span.start > step.instruction.span.start ||
      instruction.flags.some(({ name }) => name === 'from')
    )
      return false
    return instruction.words
      .slice(0, -1)
      .some(
        ({ raw }) =>
          /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(raw) ||
          (inContext && /^(?:\.\/?|(?:\.\/)?package\*\.json|(?:\.\/)?package\*|\.\/\*|\*)$/.test(raw)),
      )
  })
}
