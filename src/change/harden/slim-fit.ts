/** Whether a stage works on a slim variant of its image: whether any step, or what starts, wants something that only the full one brings. */
import { commandsOf } from '../../judge/dockerfile-queries.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'
import { packageRequest } from '../../read/shell/packages.ts'
import type { Command } from '../../read/shell/script.ts'
import { librariesOf } from './python-libraries.ts'
import { isEverywhere, runNeeds } from './run-needs.ts'
import { programsOfPackage } from './runtime-packages.ts'
import type { HardenSubject } from './transformation.ts'
import { stackFor } from './version-fit.ts'

/** What the slim variants bring besides Debian. */
const brought: Readonly<Record<string, readonly string[]>> = {
  node: ['node', 'npm', 'npx', 'yarn', 'yarnpkg', 'corepack', 'pnpm', 'docker-entrypoint.sh'],
  python: ['python', 'python3', 'pip', 'pip3', 'idle', 'pydoc'],
  ruby: ['ruby', 'gem', 'bundle', 'bundler', 'irb', 'rake'],
  rust: ['cargo', 'rustc', 'rustup', 'gcc', 'cc', 'ld'],
  perl: ['perl', 'cpanm', 'cpan'],
  debian: [],
}

/** Programs that Python’s packages install, and that people start by name. */
const ofPython: Readonly<Record<string, string>> = {
  uvicorn: 'uvicorn',
  gunicorn: 'gunicorn',
  flask: 'flask',
  celery: 'celery',
  streamlit: 'streamlit',
  alembic: 'alembic',
  fastapi: 'fastapi',
  hypercorn: 'hypercorn',
  daphne: 'daphne',
  waitress: 'waitress-serve',
}

/** Python packages without wheels, which are built with a compiler and headers when they are installed. */
const built =
  /^(?:psycopg2|psycopg\[c\]|mysqlclient|uwsgi|pycairo|python-ldap|pygraphviz|pyodbc|gevent-websocket|pycurl|dlib|xmlsec|pymssql|cx-oracle|pysqlite3|m2crypto)$/i

/** A reason why not; undefined where nothing is known that speaks against it. */
export const againstSlim = (subject: HardenSubject, stage: Stage, image: string): string | undefined => {
  const own = Object.hasOwn(brought, image) ? brought[image] : undefined
  if (own === undefined) return `what ${image} needs of its full-size variant is not known`
  const stack = stackFor(subject, image)
  const native = stack?.native[0]
  if (native && image !== 'debian') return `${native.name} is built by a compiler, or needs libraries (${native.by})`
  const loads = image === 'python' ? librariesOf(stack?.dependencies ?? [], undefined) : undefined
  if (loads && (loads.unknown !== undefined || loads.packages.length > 0))
    return `${loads.unknown ?? 'a package'} loads ${loads.packages[0] ?? 'libraries'}, which the slim variant may not have`
  const there = new Set(own)
  const modules = new Set([...(stack?.dependencies ?? []), ...(stack?.devDependencies ?? [])])
  const isThere = (program: string): boolean =>
    isEverywhere(program) ||
    there.has(program) ||
    modules.has(program) ||
    [...modules].some(name => program.startsWith(`${name}-`)) ||
    (image === 'python' && Object.hasOwn(ofPython, program))
  for (const step of stage.steps) {
    if (step.instruction.name !== 'RUN') continue
    const text = step.scripts.map(script => script.text).join('\n')
    if (/git\+|\bgithub:/.test(text)) return 'a package comes out of a git repository'
    for (const { command } of commandsOf(step)) {
      const fault = againstCommand(command, isThere)
      if (fault !== undefined) return fault
      const request = packageRequest(command)
      if (request?.action !== 'install') continue
      for (const { name, kind } of request.packages) {
        if (request.manager === 'pip' && built.test(name)) return `${name} is built by a compiler when it is installed`
        if (kind === 'url') return 'a package comes from an address'
        for (const program of programsOfPackage(name)) there.add(program)
        if (/^build-essential$/.test(name)) for (const program of ['make', 'gcc', 'g++', 'cc']) there.add(program)
        if (request.manager === 'pip' || request.manager === 'npm' || request.manager === 'yarn')
          modules.add(name.replace(/^.*\//, ''))
      }
    }
  }
  for (const [path, text] of subject.project.texts)
    if (/(?:^|\/)package\.json$/.test(path) && /"(?:git\+|git:|github:)/.test(text))
      return `${path} has a package out of a git repository`
  const needs = runNeeds(subject, stage)
  if (needs.unread[0] !== undefined) return `what ${needs.unread[0]} starts could not be read`
  const missing = [...needs.programs].find(
    program => !isThere(program) && !needs.scripts.some(({ path }) => path.endsWith(`/${program}`)),
  )
  return missing === undefined ? undefined : `\`${missing}\` is started, and the slim variant may not have it`
}

const againstCommand = ({ name, nameWord, wrappers }: Command, isThere: (program: string) => boolean): string | undefined => {
  for (const one of [...wrappers.map(wrapper => wrapper.name), name]) {
    if (one === '' || isThere(one)) continue
    // In the folder of the program’s modules.
    if (nameWord?.text.includes('node_modules/.bin/')) continue
    return `a step uses \`${one}\``
  }
  return undefined
}
