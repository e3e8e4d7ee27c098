import { removeAt, stepsNamed, withBlanksBefore } from '../../../judge/dockerfile-queries.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { nameOf } from '../../../read/image/paths.ts'
import { type Install, installsIn, requirementsOf } from '../installs.ts'
import { withoutCommand, withoutStep } from '../place.ts'
import { runNeeds } from '../run-needs.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

/** How people call the file of what only tests, documents and checks of style need. */
const developing = /(?:^|[/_.-])(?:dev|develop|development|tests?|testing|lint|linting|docs?|ci|typing|style)(?=[._/-]|$)/i
/** Programs that come out of such files. */
const programs =
  /\b(?:pytest|py\.test|tox|nox|unittest|coverage|black|flake8|pylint|mypy|ruff|isort|bandit|sphinx-build|mkdocs|pre-commit|pip-audit|safety)\b/

export default transformation({
  title: 'Leave out what only tests and developing need',
  why: 'Test frameworks, formatters and checkers of types are dozens of packages that the program never loads. Each has holes that a scanner reports, and code that may be turned against you. What the program needs is installed by a file of its own already.',
  level: 'balanced',
  safety: 'unsafe',
  order: 190,
  apply(subject) {
    for (const stage of subject.dockerfile.stages) {
      if (stage.role !== 'final' && stage.role !== 'copied' && stage.role !== 'inherited') continue
      const installs = installsIn(stage).filter(({ tool }) => tool === 'pip' || tool === 'uv')
      const [install] = installs.filter(one => developmentFiles(one).length > 0)
      if (!install || installs.every(isForDeveloping)) continue
      const files = developmentFiles(install).join(', ')
      if (usesThem(subject, stage, install))
        return {
          leftOut: `a step, or what starts, may use what \`${files}\` installs`,
          check: ['Run tests in a stage that nothing is copied from'],
        }
      const edit = isForDeveloping(install)
        ? withoutCommand(subject.dockerfile, install)
        : withoutFile(subject.dockerfile, install)
      if (edit === undefined)
        return { leftOut: `\`${files}\` is installed among other commands`, check: ['Install it where the tests run'] }
      return {
        edits: [edit === 'only' ? withoutStep(subject.dockerfile, install.step) : edit],
        title: `Leave \`${files}\` out, which only tests and developing need`,
        risk: 'A package that the program loads, and that only this file names, is missed',
        check: [`Nothing that the program imports is in ${files} alone`],
      }
    }
    return undefined
  },
})

const isDevelopment = (file: string): boolean => developing.test(file.replace(/\.(?:txt|in)$/, ''))

const developmentFiles = ({ command }: Install): readonly string[] => requirementsOf(command).filter(isDevelopment)

/** Nothing else is installed by the command. */
const isForDeveloping = ({ command }: Install): boolean =>
  requirementsOf(command).length > 0 &&
  requirementsOf(command).every(isDevelopment) &&
  command.operands.slice(1).every(({ text }) => text === 'install')

/** One of several files: `-r requirements.txt -r requirements-dev.txt`. */
const withoutFile = (dockerfile: Dockerfile, install: Install): Edit | undefined => {
  const { command } = install
  if (requirementsOf(command).every(isDevelopment) || !isEditable(install)) return undefined
  const option = command.options.find(
    ({ name, value }) => /^(?:-r|--requirement)$/.test(name) && value !== undefined && isDevelopment(value),
  )
  if (!option) return undefined
  const span = withBlanksBefore(dockerfile, option.span)
  const { text } = dockerfile.tree
  // On a continued line of its own it stays: the continuation would be left alone.
  return text.slice(span.start, span.end).includes('\n') || text[span.start - 1] === '\n' ? undefined : removeAt(dockerfile, span)
}

const usesThem = (subject: HardenSubject, stage: Stage, { step }: Install): boolean => {
  const { dockerfile } = subject
  const final = dockerfile.final!
  const needs = runNeeds(subject, final)
  const after = (one: Step): boolean => one.instruction.span.start >= step.instruction.span.start
  const texts = [
    ...stepsNamed(dockerfile, 'RUN')
      .filter(one => after(one) && one.stage === stage)
      .flatMap(({ scripts }) => scripts.map(({ text }) => text)),
    ...[...final.steps]
      .filter(({ instruction }) => /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.name))
      .map(one => one.instruction.argument.text),
    ...needs.scripts.map(({ text }) => text),
  ]
  return texts.some(text => programs.test(text)) || isTarget(subject, stage)
}

/** A stage for tests is built FROM this one. */
const isTarget = ({ dockerfile }: HardenSubject, stage: Stage): boolean =>
  dockerfile.stages.some(
    other =>
      other.base.kind === 'stage' &&
      other.base.stage === stage &&
      other.steps.some(
        one =>
          programs.test(one.instruction.argument.text) ||
          one.instruction.words.some(
            word => nameOf(expandWord(word, one.before.variables, dockerfile.tree.escape).value) === 'tests',
          ),
      ),
  )
