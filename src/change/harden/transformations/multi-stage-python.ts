import type { CommandAt } from '../../../judge/dockerfile-queries.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Stack } from '../../../model/project.ts'
import type { Step } from '../../../read/dockerfile/graph.ts'
import { nameOf } from '../../../read/image/paths.ts'
import { packageRequest } from '../../../read/shell/packages.ts'
import { hasOption, optionValue } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { isFat, nameOfImage, officialImage, slimOf } from '../image-choice.ts'
import { keyword, linesBefore } from '../place.ts'
import { isOnlyTools, isOnlyUpgrade, librariesOf, normalName, type PythonInstall, pythonInstall } from '../python-libraries.ts'
import { type Copied, commandsAbove, type Scene, sceneOf, splitStage, targetsOf } from '../split.ts'
import { appFolder, buildsWithPackages, cppRuntime, installsPackage } from '../split-choice.ts'
import { absolutePath, isWithin } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

/** Programs of packages of another name. */
const programsOf: Readonly<Record<string, string>> = {
  'waitress-serve': 'waitress',
  'django-admin': 'django',
  'huey_consumer.py': 'huey',
  huey_consumer: 'huey',
  supervisord: 'supervisor',
  supervisorctl: 'supervisor',
  'ddtrace-run': 'ddtrace',
  'newrelic-admin': 'newrelic',
  jupyter: 'notebook',
  ipython: 'ipython',
  airflow: 'apache-airflow',
  superset: 'apache-superset',
  'opentelemetry-instrument': 'opentelemetry-distro',
  'gunicorn.sh': 'gunicorn',
}
const own = new Set(['python', 'python3', 'idle', 'pydoc', 'pydoc3'])
/** They write into the folder in which they are started, or show something. */
const modules =
  /^(?:pip|venv|virtualenv|compileall|build|pytest|unittest|flask|django|poetry|pipenv|uv|piptools|babel|json\.tool)$/
const folder = '/opt/venv'

export default transformation({
  title: 'Install in a stage of its own, and ship a slim Python with what was installed',
  why: 'Compilers, git and headers are needed to install some packages, and never again. In the image that ships they are tools for whoever breaks in, and each has holes of its own that scanners report. They stay in the stage that installs; a virtual environment, which is one folder, goes on to a slim Python of the same version.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const read = sceneOf(subject)
    if (!read || officialImage(read.base) !== 'python') return undefined
    const installs = installsOf(read)
    // Python 2 has no `venv`.
    if (installs.length === 0 || /^2(?:\.|-|$)/.test(read.base.tag ?? '')) return undefined
    const isWhole = isFat(subject, read.base)
    if (!isWhole && !buildsWithPackages(read)) return undefined
    const slim = isWhole ? slimOf(subject, read.base) : nameOfImage(read.base)
    if (slim === undefined) return { leftOut: `no slim variant of ${nameOfImage(read.base)} is known` }
    const reason = againstEnvironment(read, installs)
    if (reason) return reason

    const stacks = subject.project.stacks.filter(({ name }) => name === 'python')
    const isDebian = read.distribution?.family !== 'alpine'
    const names = new Set([...stacks.flatMap(one => [...one.dependencies]), ...installs.flatMap(one => one.install.names)])
    const libraries = isDebian && isWhole ? librariesOf(names, read.distribution?.suite) : { packages: [], unknown: undefined }
    if (libraries.unknown !== undefined)
      return {
        leftOut: `${libraries.unknown} loads libraries of the full-size image, and which ones is not known`,
        check: [`\`ldd\` on the files of ${libraries.unknown} tells which libraries a slim image needs`],
      }

    const environment = environmentOf(read, installs)
    const scene = withoutInstalls(read)
    const sources = appFolder(scene)
    const needsFolder = worksInside(scene) || copiesSources(scene, stacks)
    if (needsFolder && sources === undefined)
      return {
        leftOut: 'the program has no folder of its own in the image, so that nobody can tell it from the rest',
        check: ['Set a WORKDIR such as /app before the first COPY'],
      }
    const copies: Copied[] = environment.path === undefined ? [] : [{ from: environment.path, to: environment.path }]
    if (needsFolder || environment.path === undefined) copies.push({ from: sources!, to: sources! })
    const packages = [...libraries.packages, ...(isDebian ? fortran(read) : cppRuntime(read))]
    const provided = new Set([...names].map(normalName))
    return splitStage(scene, {
      base: slim,
      family: isDebian ? 'debian' : 'alpine',
      copies,
      covered: [
        ...(needsFolder && sources !== undefined ? [sources] : manifestTargets(scene)),
        ...(environment.path === undefined ? [] : [environment.path]),
        // Brought from an image of its own: https://docs.astral.sh/uv/guides/integration/docker/
        ...['uv', 'uvx', 'poetry'].flatMap(name => [`/bin/${name}`, `/usr/bin/${name}`, `/usr/local/bin/${name}`]),
      ],
      packages,
      isBuildVariable: name => name === 'PATH' && environment.isNew && isOnlyTooling(scene),
      hasCertificates: true,
      finish: environment.isNew ? [`${keyword(subject.dockerfile, 'RUN')} pip uninstall -y pip`] : [],
      extra: environment.isNew ? [withoutPip(read), pathLine(read, environment.wantsName)] : [],
      edits: environment.edits,
      provides: program => {
        if (own.has(program) || /^python\d\.\d+$/.test(program)) return true
        const name = normalName(Object.hasOwn(programsOf, program) ? programsOf[program]! : program)
        return provided.has(name) || isOwnProgram(read, stacks, program)
      },
      takesGlobal: () => true,
      title: `Install in a stage of its own, and ship ${slim} with what was installed`,
      risk: 'Files that a step wrote outside of what is copied are not in the image any more, and no compiler is',
      check:
        libraries.packages.length > 0
          ? [`Which libraries the packages load was told by their names: \`ldd\` on their .so files shows whether one is missing`]
          : [],
    })
  },
})

type Install = CommandAt & { readonly install: PythonInstall }

const installsOf = (scene: Scene): readonly Install[] =>
  commandsAbove(scene).flatMap(at => {
    const install = pythonInstall(at.command)
    return install === undefined ? [] : [{ ...at, install }]
  })

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** What a virtual environment would not catch, or would not be the same in. */
const againstEnvironment = (scene: Scene, installs: readonly Install[]): LeftOut | undefined => {
  const { needs, stage, subject } = scene
  const tool = [...needs.programs].find(program => /^(?:poetry|pipenv|uv|pdm|pip3?|conda)$/.test(program))
  if (tool !== undefined)
    return leftOut(
      `\`${tool}\` is started where the program runs, so that it has to ship`,
      'Start the program itself: with its packages in the environment in force nothing else is needed',
    )
  const texts = stage.steps.map(step => ({ where: step.instruction.name, text: step.instruction.argument.text }))
  for (const { where, text } of texts) {
    const named = /(?:site|dist)-packages|\/usr\/local\/(?:lib\/python|bin\/(?!python3?\b)[\w.-]+)/.exec(text)?.[0]
    if (named === undefined || where === 'FROM') continue
    // A file of the project is where it is put.
    if (named.startsWith('/usr/local/bin/') && (where === 'COPY' || where === 'ADD' || isCopied(stage.steps, named))) continue
    return leftOut(`\`${named}\` is named by its path, which would be another one`)
  }
  for (const path of [...needs.scripts.map(({ file }) => file), ...[...subject.project.texts.keys()].filter(isSettings)]) {
    const named = /\/usr\/local\/bin\/python[\d.]*|\/usr\/local\/bin\/(?:gunicorn|uvicorn|celery|flask|uwsgi|alembic)\b/.exec(
      subject.project.texts.get(path) ?? '',
    )
    if (named) return leftOut(`${path} starts ${named[0]}, whose packages would be elsewhere`)
  }
  if ([...(needs.words ?? [])].some(word => /^\/usr\/(?:local\/)?bin\/python/.test(word)))
    return leftOut('Python is started by its path, whose packages would be elsewhere', 'Start it as `python`')
  for (const { step, command } of installs) {
    const user = step.before.user.value?.value
    if (user !== undefined && !/^(?:0|root)(?::|$)/.test(user))
      return leftOut(`${command.name} runs as ${user}, and installs into a folder of this user`)
    const option = command.options.find(({ name }) =>
      /^(?:--user|-t|--target|--prefix|--root|--home|--python|--break-system-packages)$/.test(name),
    )
    if (option && !(command.name === 'uv' && option.name === '--python') && option.name !== '--break-system-packages')
      return leftOut(`${command.name} is told where to install, by ${option.name}`)
    if (command.name === 'uv' && command.operands[0]?.text === 'pip' && usesSystem(step, command))
      return leftOut('`uv pip install --system` passes virtual environments over', 'Install by pip, or into an environment')
    const environment = step.before.variables.get('UV_PROJECT_ENVIRONMENT')?.value
    if (command.name === 'uv' && command.operands[0]?.text === 'sync' && environment !== undefined)
      return leftOut(`uv installs into \`${environment.slice(0, 60)}\`, as UV_PROJECT_ENVIRONMENT says`)
    if (command.name === 'pipenv' && !hasOption(command, '--system', '--deploy') && !isInProject(scene, step, command))
      return leftOut('pipenv puts what it installs into a folder in the home of its user', 'Give it `--system --deploy`')
    if (/^\//.test(command.nameWord?.text ?? '') && !isWithin(command.nameWord!.text, folder) && !createsEnvironment(scene))
      return leftOut(`\`${command.nameWord!.text.slice(0, 60)}\` installs into the interpreter of its own`)
  }
  for (const at of commandsAbove(scene)) {
    const fault = againstCommand(at.command)
    if (fault !== undefined)
      return leftOut(
        `what \`${fault}\` leaves in the image is not known`,
        'Split by hand: name the stage, and copy from it what the program needs',
      )
  }
  return undefined
}

const isSettings = (path: string): boolean => /(?:\.(?:sh|conf|ini|cfg|service)|crontab|Procfile)$/.test(path)

const isCopied = (steps: readonly Step[], path: string): boolean =>
  steps.some(({ instruction: { name, words } }) => {
    if (name !== 'COPY' && name !== 'ADD') return false
    const [target, ...sources] = words.toReversed().map(({ raw }) => raw.replace(/["']/g, ''))
    if (target === path) return true
    return `${target?.replace(/\/$/, '')}/${nameOf(path)}` === path && sources.some(source => nameOf(source) === nameOf(path))
  })

const usesSystem = (step: Step, command: Command): boolean =>
  hasOption(command, '--system') || step.before.variables.get('UV_SYSTEM_PYTHON') !== undefined

/** A program in Python that downloads something into its user’s folders: models, data, browsers. */
const againstCommand = (command: Command): string | undefined => {
  if (!/^python[\d.]*$/.test(command.name)) return undefined
  const line = `${command.name} ${command.args.map(({ raw }) => raw).join(' ')}`.slice(0, 60)
  const module = optionValue(command, '-m') ?? (command.args[0]?.text === '-m' ? command.args[1]?.text : undefined)
  if (module !== undefined) return modules.test(module) ? undefined : line
  const first = command.operands[0]?.text
  if (command.args.length === 0 || command.args[0]?.text === '-' || /^-(?:V|VV|-version)$/.test(command.args[0]?.text ?? ''))
    return undefined
  if (first !== undefined && /(?:^|\/)(?:manage|setup|get-pip|install-poetry)\.py$/.test(first)) return undefined
  return line
}

/** An environment that the author makes. */
const createsEnvironment = (scene: Scene): boolean => authorsEnvironment(scene) !== undefined

const authorsEnvironment = (scene: Scene): string | undefined => {
  for (const { command, step } of commandsAbove(scene)) {
    const isVenv =
      /^(?:virtualenv)$/.test(command.name) ||
      (/^python[\d.]*$/.test(command.name) &&
        /(?:^|\s)-m\s?(?:venv|virtualenv)\b/.test(command.args.map(({ raw }) => raw).join(' '))) ||
      (command.name === 'uv' && command.operands[0]?.text === 'venv')
    if (!isVenv) continue
    const { value } = step.before.workdir
    const target = command.operands.filter(({ text }) => text !== 'venv' && text !== 'virtualenv').at(-1)?.text
    const text = target?.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
      return step.before.variables.get(braced ?? plain ?? '')?.value ?? whole
    })
    return text === undefined ? undefined : absolutePath(text, value?.known ? value.path : '/')
  }
  return undefined
}

type Environment = {
  /** Undefined: it lies in the folder of the program. */
  readonly path: string | undefined
  readonly isNew: boolean
  readonly wantsName: boolean
  readonly edits: readonly Edit[]
}

const environmentOf = (scene: Scene, installs: readonly Install[]): Environment => {
  const { dockerfile } = scene
  const authors = authorsEnvironment(scene)
  if (authors !== undefined) return { path: authors, isNew: false, wantsName: false, edits: [] }
  const isOther = ({ step, command, install }: Install): boolean => !isInProject(scene, step, command) && !isOnlyTools(install)
  const others = installs.filter(isOther)
  if (others.length === 0) return { path: undefined, isNew: false, wantsName: false, edits: [] }
  let at = installs.findIndex(isOther)
  const isOfStep = (step: Step): boolean => installs.filter(one => one.step === step).every(one => isOnlyUpgrade(one.install))
  while (at > 0 && (installs[at - 1]!.step === installs[at]!.step || isOfStep(installs[at - 1]!.step))) at--
  const wantsName = installs.some(({ command }) => /^(?:poetry|pipenv|pdm|uv)$/.test(command.name))
  const lines = [`${keyword(dockerfile, 'RUN')} python -m venv ${folder}`, pathLine(scene, wantsName)]
  return { path: folder, isNew: true, wantsName, edits: [linesBefore(dockerfile, installs[at]!.step, lines)] }
}

/**
 * `.venv` beside the manifest: https://docs.astral.sh/uv/concepts/projects/layout/#the-project-environment,
 * https://python-poetry.org/docs/configuration/#virtualenvsin-project, https://pipenv.pypa.io/en/latest/virtualenv.html
 */
const isInProject = (scene: Scene, step: Step, { name, operands }: Command): boolean => {
  const isSet = (variable: string): boolean => /^(?:1|true|yes)$/i.test(step.before.variables.get(variable)?.value ?? '')
  if (name === 'uv') return operands[0]?.text === 'sync'
  if (name === 'pipenv') return isSet('PIPENV_VENV_IN_PROJECT')
  if (name !== 'poetry') return false
  return (
    isSet('POETRY_VIRTUALENVS_IN_PROJECT') ||
    commandsAbove(scene).some(({ script }) => /virtualenvs\.in-project["']?\s+["']?true/.test(script.text))
  )
}

/** https://docs.python.org/3/library/venv.html#how-venvs-work: the PATH is enough; Poetry and others look at VIRTUAL_ENV. */
const pathLine = ({ dockerfile }: Scene, wantsName: boolean): string =>
  `${keyword(dockerfile, 'ENV')} ${wantsName ? `VIRTUAL_ENV=${folder} ` : ''}PATH=${folder}/bin:$PATH`

/** What lies in the environment never loads the packages of the interpreter itself: https://docs.python.org/3/library/venv.html */
const withoutPip = ({ dockerfile }: Scene): string => `${keyword(dockerfile, 'RUN')} pip uninstall -y pip setuptools wheel`

/** A PATH that only leads to tools: Poetry’s own folder. */
const isOnlyTooling = (scene: Scene): boolean =>
  scene.upper
    .filter(({ step }) => step.instruction.name === 'ENV' && step.instruction.pairs.some(({ key }) => key === 'PATH'))
    .every(({ step }) => /POETRY|poetry|\.cargo|\.local/.test(step.instruction.argument.text))

/** What is installed lies in the environment, and not where the command was started. */
const withoutInstalls = (scene: Scene): Scene => ({
  ...scene,
  upper: scene.upper.map(({ step, effects }) => ({
    step,
    effects: effects.filter(effect => {
      if (effect.kind !== 'inside') return true
      const { command } = effect
      if (command.name === 'poetry' || command.name === 'pipenv') return false
      if (packageRequest(command)?.manager === 'pip') return isOfProject(command)
      if (command.name === 'uv' && command.operands[0]?.text === 'pip') return isOfProject(command)
      if (command.name === 'curl' || command.name === 'virtualenv') return false
      return (
        !/^python[\d.]*$/.test(command.name) || !/^-m\s?(?:venv|pip)\b|^-$/.test(command.args.map(({ raw }) => raw).join(' '))
      )
    }),
  })),
})

/** `pip install -e .` leaves the program where it is. */
const isOfProject = (command: Command): boolean => hasOption(command, '-e', '--editable')

const worksInside = (scene: Scene): boolean => scene.upper.some(({ effects }) => effects.some(({ kind }) => kind === 'inside'))

const isManifest = (path: string, stacks: readonly Stack[]): boolean =>
  stacks.some(({ manifests }) => manifests.some(name => nameOf(name) === nameOf(path))) ||
  /(?:^|\/)(?:requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pyproject\.toml|poetry\.toml|setup\.(?:py|cfg)|README[^/]*)$/i.test(
    path,
  ) ||
  /(?:^|\/)requirements$/.test(path)

/** The words that a COPY of the upper part brings, as far as these are more than manifests. */
const copiesSources = (scene: Scene, stacks: readonly Stack[]): boolean =>
  scene.upper.some(
    ({ step }) =>
      /^(?:COPY|ADD)$/.test(step.instruction.name) &&
      !step.instruction.flags.some(({ name }) => name === 'from') &&
      step.instruction.words
        .slice(0, -1)
        .some(({ raw }) => !isManifest(raw.replace(/^["']|["']$/g, '').replace(/\*/g, ''), stacks)),
  )

/** Where manifests were put to be installed from: the program does not read them. */
const manifestTargets = (scene: Scene): readonly string[] =>
  scene.upper.flatMap(({ step }) => {
    if (!/^(?:COPY|ADD)$/.test(step.instruction.name) || step.instruction.flags.some(({ name }) => name === 'from')) return []
    const targets = targetsOf(scene, step)
    return typeof targets === 'string' ? [] : targets
  })

/** A program that the project itself installs. */
const isOwnProgram = ({ subject }: Scene, stacks: readonly Stack[], program: string): boolean =>
  /^[\w.-]+$/.test(program) &&
  stacks.some(({ folder: at }) =>
    ['pyproject.toml', 'setup.py', 'setup.cfg'].some(name => {
      const text = subject.project.texts.get(at === '' ? name : `${at}/${name}`)
      return text !== undefined && new RegExp(`(?:^|["'\\s])${program.replaceAll('.', '\\.')}["']?\\s*=`, 'm').test(text)
    }),
  )

/** Extensions in Fortran load its runtime. */
const fortran = (scene: Scene): readonly string[] => (installsPackage(scene, /^gfortran/) ? ['libgfortran5', 'libgomp1'] : [])
