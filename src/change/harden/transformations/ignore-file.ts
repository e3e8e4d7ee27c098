/**
 * A .dockerignore that keeps out what no image should have, and nothing that the build reads: what COPY names stays visible, and what was installed or built outside is
 * kept out only where the file installs or builds it inside. https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
import { flagNamed, lineEnd, mountsOf, runCommands, stepsNamed } from '../../../judge/dockerfile-queries.ts'
import { readDockerIgnore } from '../../../read/dockerfile/dockerignore.ts'
import type { Dockerfile } from '../../../read/dockerfile/graph.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import { contextText, reportedPath } from '../start.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

export default transformation({
  title: 'Keep version control, secrets and what is built inside out of the build context',
  why: 'Everything in the folder is sent to the builder, and a COPY of the folder puts it into the image: .git with every secret that was ever committed, .env, private keys, and modules that were built for another system. Whoever can pull the image can read it all, also when a later step deletes it.',
  level: 'safe',
  safety: 'unsafe',
  order: 800,
  supersedes: ['dockerfile/dockerignore-missing'],
  apply(subject) {
    const { dockerfile, context } = subject
    // What is in the folder shows that it is the context: the Dockerfile copies it by name, or a project is there.
    if (!context || !(context.isSeen || subject.project.stacks.length > 0) || !copiesFolder(dockerfile)) return undefined
    const path = context.ignore?.path ?? reportedPath(context.path, '.dockerignore')
    const text = subject.files.get(path) ?? context.ignore?.text ?? ''
    const known = readDockerIgnore(text)
    // A list of what may come in: all else is out already.
    if (known.patterns.some(pattern => /^(?:\*|\*\*|\*\*\/\*|\*\/\*\*)$/.test(pattern))) return undefined
    const back = known.patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1))
    const needed = neededPaths(subject)
    const wanted = candidates(subject).filter(({ pattern, sample }) => {
      if (known.patterns.includes(pattern.replace(/^\//, '')) || known.excludes(sample)) return false
      const { excludes } = readDockerIgnore(pattern)
      return !needed.some(excludes) && !back.some(excludes)
    })
    if (wanted.length === 0) return undefined
    const end = text === '' ? lineEnd(dockerfile) : text.includes('\r\n') ? '\r\n' : '\n'
    const lines = wanted.flatMap(({ pattern, except = [] }) => [pattern, ...except.map(one => `!${one}`)])
    const added = `${text === '' || text.endsWith('\n') ? '' : end}${lines.join(end)}${end}`
    const secret = wanted.filter(({ isRead }) => isRead).map(({ pattern }) => `\`${pattern}\``)
    return {
      title: `${text === '' ? 'Write' : 'Complete'} ${path.replace(/^.*\//, '')}: ${wanted.length} ${wanted.length === 1 ? 'line' : 'lines'}`,
      ...(secret.length > 0
        ? {
            risk: `${secret.join(', ')} no longer comes into the image: a program that reads it there gets its values from the environment, or from a mounted file`,
            check: [
              'Where its values come from when the container starts: `docker run --env-file`, Compose’s `env_file` or `secrets`',
            ],
          }
        : {}),
      edits: [{ path, span: { start: text.length, end: text.length }, text: added }],
    }
  },
})

type Candidate = {
  readonly pattern: string
  /** A path that it is about: where that is out already, the line is not needed. */
  readonly sample: string
  readonly except?: readonly string[]
  /** It is there, and may be read when the program runs. */
  readonly isRead?: boolean
}

const candidates = (subject: HardenSubject): readonly Candidate[] => {
  const { project, context, dockerfile } = subject
  const has = (name: string): boolean => context?.entries.has(name) === true || project.files.has(name)
  const lines: Candidate[] = []
  const add = (
    pattern: string,
    sample = pattern.replace(/^\*\*\//, '').replace('*', 'x'),
    more: Partial<Candidate> = {},
  ): void => {
    lines.push({ pattern, sample, ...more })
  }
  if (!asksGit(subject)) add('.git')
  if (!readsEnvironmentFiles(subject)) {
    if (subject.level !== 'safe' || !has('.env')) add('.env', '.env', { isRead: has('.env') })
    if (![...project.files].some(path => /(?:^|\/)\.env\.(?!example|sample|template|dist)[\w.]+$/.test(path)))
      add('.env.*', '.env.x', { except: ['.env.example'] })
    else add('.env.local')
  } else add('.env*.local', '.env.local')
  for (const pattern of ['**/.ssh', '**/.aws', '**/.netrc', '**/.git-credentials', '**/id_rsa', '**/id_ed25519']) add(pattern)
  // Certificates that are not secret have these endings too: only where there are none yet.
  for (const ending of ['pem', 'key', 'p12', 'pfx'])
    if (![...project.files].some(path => path.endsWith(`.${ending}`))) add(`**/*.${ending}`, `x.${ending}`)
  if (installsModules(dockerfile)) add('**/node_modules', 'node_modules')
  if (subject.project.stacks.some(({ name }) => name === 'python')) {
    add('**/__pycache__', '__pycache__')
    add('**/*.pyc', 'x.pyc')
    for (const name of ['.venv', 'venv'])
      if (!has(`${name}/`) || runCommands(dockerfile, 'pip', 'pip3', 'poetry', 'uv', 'pipenv').length > 0) add(name)
  }
  if (runCommands(dockerfile, 'cargo').length > 0) add('target')
  if (runCommands(dockerfile, 'mvn', 'mvnw').length > 0) add('**/target', 'target')
  if (runCommands(dockerfile, 'gradle', 'gradlew').length > 0) {
    add('.gradle')
    add('**/build', 'build')
  }
  if (runCommands(dockerfile, 'dotnet').some(({ command }) => /^(?:publish|build)$/.test(command.operands[0]?.text ?? ''))) {
    add('**/bin', 'bin')
    add('**/obj', 'obj')
  }
  for (const { output, build, folder } of project.stacks)
    if (output && build && /^[\w.-]+$/.test(output.value) && !/^\.?$/.test(output.value) && builds(dockerfile, build.value))
      add(folder === '' ? output.value : `${folder}/${output.value}`)
  if (has('Dockerfile')) add('Dockerfile*', 'Dockerfile')
  if (has('docker-compose.yml') || has('docker-compose.yaml')) add('docker-compose*', 'docker-compose.yml')
  if (has('compose.yml') || has('compose.yaml')) add('compose*.y*ml', 'compose.yaml')
  add('.dockerignore')
  for (const name of ['.vscode', '.idea', '.github', '.gitlab-ci.yml']) if (has(name) || has(`${name}/`)) add(name)
  return lines
}

/** The project’s own modules, and not a program for all. */
const installsModules = (dockerfile: Dockerfile): boolean =>
  runCommands(dockerfile, 'npm', 'yarn', 'pnpm', 'bun').some(({ command }) => {
    const [verb, ...more] = command.operands.map(({ text }) => text)
    return (
      more.length === 0 &&
      !hasOption(command, '-g', '--global') &&
      (verb === undefined ? command.name === 'yarn' : /^(?:ci|install|i)$/.test(verb))
    )
  })

const builds = (dockerfile: Dockerfile, line: string): boolean =>
  stepsNamed(dockerfile, 'RUN').some(step => step.scripts.some(({ text }) => text.includes(line)))

/** Some COPY brings a whole folder of the context, or all of it. */
const copiesFolder = (dockerfile: Dockerfile): boolean =>
  stepsNamed(dockerfile, 'COPY', 'ADD').some(
    step =>
      !flagNamed(step, 'from') &&
      step.instruction.words.slice(0, -1).some(({ raw }) => /^["']?(?:\.|\.\/|\*|\/|\.\/\*|[\w.-]+\/)["']?$/.test(raw)),
  )

/** Tools that ask git for the version: their build fails, or gives another version, without .git. */
const versionTools =
  /git\s+(?:describe|rev-parse|log|ls-files)|setuptools[-_]scm|hatch-vcs|versioneer|dynamic-versioning|pbr\b|git-commit-id|gorylenko|gitproperties|vergen|GitVersion|MinVer|nerdbank|buildvcs=true/i
const buildFiles =
  /^(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|Makefile|pom\.xml|build\.gradle(?:\.kts)?|build\.rs|Cargo\.toml|[\w.]+\.csproj|Directory\.Build\.props|\.git-commit)$/

const asksGit = (subject: HardenSubject): boolean => {
  const { dockerfile, project } = subject
  if (runCommands(dockerfile, 'git').some(({ command }) => !/^(?:clone|config|lfs)$/.test(command.operands[0]?.text ?? '')))
    return true
  if (versionTools.test(dockerfile.tree.text)) return true
  const runsMake = runCommands(dockerfile, 'make').length > 0
  for (const path of project.files) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (!buildFiles.test(name)) continue
    const text = contextText(subject, path)
    if (text === undefined ? runsMake && name === 'Makefile' : versionTools.test(text)) return true
  }
  return false
}

/** Builders of web pages put values of these files into what they build. */
const readsEnvironmentFiles = ({ project }: HardenSubject): boolean =>
  project.stacks.some(
    ({ dependencies, devDependencies, build }) =>
      build !== undefined &&
      ['vite', 'react-scripts', 'next', 'nuxt', '@vue/cli-service', 'gatsby', 'astro', '@sveltejs/kit', '@rsbuild/core'].some(
        name => dependencies.has(name) || devDependencies.has(name),
      ),
  )

/** Paths of the context that COPY, ADD and bind mounts name, and those that are known to be read: none of them may be kept out. */
const neededPaths = (subject: HardenSubject): readonly string[] => {
  const { dockerfile, project } = subject
  const names = new Set<string>()
  const add = (text: string): void => {
    const source = text
      .replace(/^["']|["']$/g, '')
      .replace(/^(?:\.?\/)+/, '')
      .replace(/\/+$/, '')
    if (source === '' || source === '.' || source === '*' || source.includes('$') || /^[a-z]+:\/\//.test(source)) return
    if (!/[*?[]/.test(source)) {
      names.add(source)
      // What a folder that is named holds is named with it.
      for (const path of project.files)
        if (
          path.startsWith(`${source}/`) &&
          !/(?:^|\/)(?:__pycache__|node_modules|\.env)(?:\/|$)/.test(path.slice(source.length + 1))
        )
          names.add(path)
      return
    }
    const { excludes } = readDockerIgnore(source)
    for (const path of project.files) if (excludes(path)) names.add(path)
  }
  for (const step of stepsNamed(dockerfile, 'COPY', 'ADD'))
    if (!flagNamed(step, 'from'))
      for (const word of step.instruction.words.slice(0, -1))
        add(expandWord(word, step.before.variables, dockerfile.tree.escape).value)
  for (const step of stepsNamed(dockerfile, 'RUN'))
    for (const { type, field } of mountsOf(step)) if (type === 'bind' && !field('from')) add(field('source', 'src')?.value ?? '')
  for (const { manifests, lockFile, start } of project.stacks) {
    for (const path of manifests) names.add(path)
    if (lockFile !== undefined) names.add(lockFile)
    if (start) for (const word of start.value) if (project.files.has(word)) names.add(word)
  }
  return [...names].slice(0, 10_000)
}
