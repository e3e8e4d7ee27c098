/** The commands that install a project’s dependencies, as its manifests and lock file name them. */
import type { CommandAt } from '../../judge/dockerfile-queries.ts'
import { commandsOf } from '../../judge/dockerfile-queries.ts'
import type { Stack } from '../../model/project.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'
import { folderOf } from '../../read/image/paths.ts'
import { packageRequest } from '../../read/shell/packages.ts'
import { hasOption } from '../../read/shell/queries.ts'
import type { Command } from '../../read/shell/script.ts'
import { absolutePath } from './step-effects.ts'
import type { HardenSubject } from './transformation.ts'

export type Install = CommandAt & { readonly tool: Tool }
export type Tool = 'npm' | 'yarn' | 'pnpm' | 'bun' | 'pip' | 'poetry' | 'uv' | 'pipenv' | 'composer' | 'bundle' | 'go'

const stackOfTool: Readonly<Record<Tool, Stack['name']>> = {
  npm: 'node',
  yarn: 'node',
  pnpm: 'node',
  bun: 'node',
  pip: 'python',
  poetry: 'python',
  uv: 'python',
  pipenv: 'python',
  composer: 'php',
  bundle: 'ruby',
  go: 'go',
}

/** More are no projects; each is compared with all other steps. */
const mostInstalls = 20

/** What installs all dependencies of a project, in order. Single packages that are named on the line are none. */
export const installsIn = (stage: Stage): readonly Install[] => allInstalls(stage).slice(0, mostInstalls)

const allInstalls = (stage: Stage): readonly Install[] =>
  stage.steps.flatMap(step =>
    step.instruction.name === 'RUN' && !step.onbuild
      ? [...commandsOf(step)].flatMap(at => {
          const tool = toolOf(at)
          return tool === undefined ? [] : [{ ...at, tool }]
        })
      : [],
  )

const toolOf = ({ command }: CommandAt): Tool | undefined => {
  const { name, operands } = command
  const verb = operands[0]?.text
  switch (name) {
    case 'npm':
    case 'yarn':
    case 'yarnpkg':
    case 'pnpm':
    case 'bun': {
      const request = packageRequest(command)
      const isAll = request?.action === 'install' && request.packages.length === 0 && verb !== 'add' && verb !== 'global'
      return isAll && !hasOption(command, '-g', '--global') ? (name === 'yarnpkg' ? 'yarn' : name) : undefined
    }
    case 'pip':
    case 'pip3':
      return verb === 'install' && hasOption(command, '-r', '--requirement') ? 'pip' : undefined
    case 'poetry':
    case 'composer':
    case 'pipenv':
    case 'bundle':
      return verb === 'install' || verb === 'i' || (verb === 'sync' && name !== 'composer') ? name : undefined
    case 'uv':
      return verb === 'sync' ? 'uv' : verb === 'pip' && hasOption(command, '-r', '--requirement') ? 'uv' : undefined
    case 'go':
      return verb === 'mod' && operands[1]?.text === 'download' ? 'go' : undefined
    default:
      return undefined
  }
}

/** The program of the context that a tool installs for, in a folder of the context. */
export const stackOf = ({ project }: HardenSubject, tool: Tool, folder: string): Stack | undefined =>
  project.stacks.find(stack => stack.name === stackOfTool[tool] && stack.folder === folder)

/** Why installing before the sources are there would fail or do something else; undefined where nothing speaks against it. */
export const needsSources = (subject: HardenSubject, { tool, command }: Install, stack: Stack): string | undefined => {
  const { texts } = subject.project
  const at = (name: string): string => (stack.folder === '' ? name : `${stack.folder}/${name}`)
  switch (stack.name) {
    case 'node': {
      if (hasOption(command, '--ignore-scripts')) return undefined
      const text = texts.get(at('package.json'))
      if (text === undefined) return 'package.json could not be read'
      const json = parsed(text)
      if (json === undefined) return 'package.json could not be read'
      const scripts = fieldOf(json, 'scripts')
      for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'preprepare', 'postprepare']) {
        const script = fieldOf(scripts, name)
        if (typeof script === 'string' && !isHarmless(script))
          return `${at('package.json')} runs \`${script.slice(0, 60)}\` when it installs (${name})`
      }
      for (const list of ['dependencies', 'devDependencies', 'optionalDependencies'])
        for (const [key, value] of Object.entries(objectOf(fieldOf(json, list))))
          if (typeof value === 'string' && /^(?:file|link|portal):/.test(value))
            return `${key} is a folder of the project (${value.slice(0, 60)})`
      return undefined
    }
    case 'python':
      if (tool === 'poetry' && !hasOption(command, '--no-root'))
        return 'poetry installs the project itself too, unless `--no-root` is given'
      if (tool === 'uv' && command.operands[0]?.text === 'sync' && !hasOption(command, '--no-install-project'))
        return 'uv installs the project itself too, unless `--no-install-project` is given'
      if (hasOption(command, '-e', '--editable') || command.operands.slice(1).some(({ text }) => /^\.|\/$/.test(text)))
        return 'the project itself is installed too'
      return undefined
    case 'php':
      return hasOption(command, '--no-scripts') && hasOption(command, '--no-autoloader')
        ? undefined
        : 'composer runs scripts and looks through the sources, unless `--no-scripts --no-autoloader` is given'
    case 'ruby':
      return subject.project.files.has(at('Gemfile')) &&
        [...subject.project.files].some(file => folderOf(file) === stack.folder && file.endsWith('.gemspec'))
        ? 'the gem itself is installed too'
        : undefined
    default:
      return undefined
  }
}

/** Hooks of version control, and patches, whose files come along. */
const isHarmless = (script: string): boolean =>
  script
    .split(/&&|\|\||;/)
    .every(part =>
      /^\s*(?:husky(?: install)?|is-ci|patch-package|npx only-allow \w+|only-allow \w+|simple-git-hooks|lefthook install|true|exit 0|echo .*)\s*$/.test(
        part,
      ),
    )

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const fieldOf = (value: unknown, name: string): unknown => {
  const object = objectOf(value)
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** `scripts.NAME` of a package.json, where it can be read. */
export const scriptOfPackage = (text: string | undefined, name: string): string | undefined => {
  const script = text === undefined ? undefined : fieldOf(fieldOf(parsed(text), 'scripts'), name)
  return typeof script === 'string' ? script : undefined
}

const lockFiles: Readonly<Record<string, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  yarn: ['yarn.lock'],
  pnpm: ['pnpm-lock.yaml'],
  bun: ['bun.lock', 'bun.lockb'],
}
const allLockFiles = new Set(Object.values(lockFiles).flat())

/** Files of requirements that a command names, as it names them. */
export const requirementsOf = (command: Command): readonly string[] =>
  command.options.flatMap(({ name, value }) => (/^(?:-r|--requirement)$/.test(name) && value !== undefined ? [value] : []))

/**
 * With those that they name themselves: https://pip.pypa.io/en/stable/reference/requirements-file-format/. Undefined where one of them is not a known file of the
 * context.
 */
const requirementFiles = ({ project }: HardenSubject, folder: string, command: Command): readonly string[] | undefined => {
  const found = new Set<string>()
  const open = [...requirementsOf(command), ...constraintsOf(command)].map(name => absolutePath(name, `/${folder}`)?.slice(1))
  for (const file of open) {
    if (file === undefined || open.length > 20) return undefined
    if (found.has(file)) continue
    const text = project.files.has(file) ? project.texts.get(file) : undefined
    if (text === undefined) return undefined
    found.add(file)
    for (const [, name] of text.matchAll(/^[ \t]{0,20}(?:-r|-c|--requirement|--constraint)[ \t=]{0,20}([^\s#]{1,200})/gm))
      open.push(absolutePath(name!, `/${folderOf(file)}`)?.slice(1))
    // A folder or an archive of the project.
    if (/^[ \t]{0,20}(?:-e\b|--editable\b|\.{0,2}\/|[\w./-]{1,200}\.whl|.{0,200}@ file:)/m.test(text)) return undefined
  }
  return [...found].sort()
}

const constraintsOf = (command: Command): readonly string[] =>
  command.options.flatMap(({ name, value }) => (/^(?:-c|--constraint)$/.test(name) && value !== undefined ? [value] : []))

/** What a tool reads when it installs: with its own lock file where several tools have left theirs, and without the others’. */
export const manifestsFor = (subject: HardenSubject, { tool, command }: Install, stack: Stack): readonly string[] => {
  const { project } = subject
  if (tool === 'pip' || (tool === 'uv' && command.operands[0]?.text === 'pip'))
    return requirementFiles(subject, stack.folder, command) ?? stack.manifests
  const own = Object.hasOwn(lockFiles, tool) ? lockFiles[tool]! : undefined
  if (!own) return stack.manifests
  const at = (name: string): string => (stack.folder === '' ? name : `${stack.folder}/${name}`)
  const locks = own.map(at).filter(file => project.files.has(file))
  if (locks.length === 0 || locks.some(file => stack.manifests.includes(file))) return stack.manifests
  return [...stack.manifests.filter(file => !allLockFiles.has(file.slice(file.lastIndexOf('/') + 1))), ...locks].sort()
}
