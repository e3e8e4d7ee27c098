/** Python programs: pyproject.toml (https://packaging.python.org/en/latest/specifications/pyproject-toml/), requirement files, Pipfile, setup.py. */
import type { Stated } from '../../../model/project.ts'
import { normalName } from '../../python-name.ts'
import { procfileStart } from '../command-words.ts'
import { hashComment, type Probe, probe } from '../probes.ts'
import { pythonNative } from '../python-native.ts'
import {
  distinct,
  emptyStack,
  field,
  isObject,
  keysOf,
  type ProjectFolder,
  type Source,
  type StackReader,
  stated,
  textField,
  textsField,
} from '../stack-reader.ts'

const reader: StackReader = {
  name: 'python',
  marks: [
    'requirements*.txt',
    'requirements/*.txt',
    'requirements.in',
    'pyproject.toml',
    'Pipfile',
    'setup.py',
    'setup.cfg',
    'manage.py',
  ],
  read(folder, outer) {
    const project = folder.toml('pyproject.toml')
    const requirements = readRequirements(folder)
    const pipfile = folder.toml('Pipfile')
    const isProgram =
      isObject(field(project, 'project')) ||
      isObject(field(project, 'tool', 'poetry')) ||
      isObject(field(project, 'tool', 'uv', 'workspace')) ||
      folder.has('setup.py') ||
      folder.has('setup.cfg')
    const isStated = isProgram || requirements.files.length > 0 || pipfile !== undefined
    // Django's folder in a project that states the rest above it.
    if (outer && !isStated) return undefined
    // A pyproject.toml that only holds the settings of tools is no program; a script is, also without dependencies.
    const isBare = folder.path === '' && folder.files.some(name => /^[^/]{1,100}\.py$/.test(name))
    if (!isStated && !isBare && !folder.has('manage.py')) return undefined
    const [manager, lock] = managerOf(folder, project)
    const { dependencies, devDependencies } = dependenciesOf(
      project,
      pipfile,
      requirements,
      folder.text('setup.py'),
      folder.text('setup.cfg'),
    )
    const lockFile = lock === undefined ? undefined : folder.pathOf(lock)
    // Of a workspace of uv: https://docs.astral.sh/uv/concepts/projects/workspaces/
    const own = folder.pathOf('pyproject.toml')
    const workspace = lock === undefined && own !== undefined && outer?.manifests.includes(own) ? outer : undefined
    const manifests = manifestsOf(folder, project, requirements.files, lock)
    const sources = folder.sources(['.py'])
    const probed = probe(sources, probes, hashComment)
    const start = startOf(folder, project, sources, dependencies)
    return {
      ...emptyStack('python', folder.path),
      manager: isStated ? (workspace?.manager ?? manager) : undefined,
      lockFile: workspace?.lockFile ?? lockFile,
      manifests: [...new Set([...(workspace?.manifests ?? []), ...manifests])].sort(),
      version: versionOf(folder, project, pipfile),
      dependencies,
      devDependencies,
      start,
      native: workspace?.lockFile ? workspace.native : pythonNative(folder, lock, dependencies, devDependencies, requirements.by),
      ...probed,
      ports: distinct([...startPorts(start), ...probed.ports, ...usualPorts(start)]),
      writes: distinct(probed.writes),
    }
  },
}

export default reader

const managerOf = (folder: ProjectFolder, project: unknown): readonly [string, string | undefined] => {
  const all = [
    ['uv.lock', 'uv'],
    ['poetry.lock', 'poetry'],
    ['pdm.lock', 'pdm'],
    ['Pipfile.lock', 'pipenv'],
    ['pylock.toml', 'pip'],
  ] as const
  const found = all.find(([name]) => folder.has(name))
  if (found) return [found[1], found[0]]
  if (isObject(field(project, 'tool', 'poetry'))) return ['poetry', undefined]
  if (folder.has('Pipfile')) return ['pipenv', undefined]
  if (isObject(field(project, 'tool', 'uv')) && !folder.has('requirements.txt')) return ['uv', undefined]
  return ['pip', undefined]
}

const versionOf = (folder: ProjectFolder, project: unknown, pipfile: unknown): Stated<string> | undefined => {
  const own = folder
    .text('.python-version')
    ?.split('\n')
    .find(line => /^\s{0,8}\d/.test(line))
    ?.trim()
  const runtime = /^python-(\d[\w.]{0,20})/.exec(folder.text('runtime.txt') ?? '')?.[1]
  const tool = /^python[ \t]{1,20}(\S{1,40})/m.exec(folder.text('.tool-versions') ?? '')?.[1]
  const setup = /python_requires\s{0,8}=\s{0,8}["']?([^"'\n]{1,60})/.exec(
    `${folder.text('setup.py') ?? ''}\n${folder.text('setup.cfg') ?? ''}`,
  )?.[1]
  return (
    stated(own, folder.pathOf('.python-version')) ??
    stated(runtime, folder.pathOf('runtime.txt')) ??
    stated(tool, folder.pathOf('.tool-versions')) ??
    stated(
      textField(project, 'project', 'requires-python') ??
        textField(project, 'tool', 'poetry', 'dependencies', 'python') ??
        textField(project, 'tool', 'poetry', 'dependencies', 'python', 'version'),
      folder.pathOf('pyproject.toml'),
    ) ??
    stated(
      textField(pipfile, 'requires', 'python_full_version') ?? textField(pipfile, 'requires', 'python_version'),
      folder.pathOf('Pipfile'),
    ) ??
    stated(setup?.trim(), folder.pathOf(folder.has('setup.py') ? 'setup.py' : 'setup.cfg'))
  )
}

type Requirements = {
  /** From the folder on, with what they include. */
  readonly files: readonly string[]
  readonly locals: readonly string[]
  readonly names: ReadonlySet<string>
  readonly devNames: ReadonlySet<string>
  /** Name → the file that asks for it. */
  readonly by: ReadonlyMap<string, string>
}

const isDevFile = (name: string): boolean =>
  /(?:dev|test|doc|lint|local|ci|typing|style|build)/i.test(name.slice(name.lastIndexOf('/') + 1).replace(/requirements?/i, ''))

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
const readRequirements = (folder: ProjectFolder): Requirements => {
  const first = folder.files.filter(name =>
    /^(?:requirements[^/]{0,60}\.(?:txt|in)|requirements\/[^/]{1,60}\.(?:txt|in)|constraints[^/]{0,40}\.txt)$/.test(name),
  )
  const files = new Set<string>()
  const locals = new Set<string>()
  const names = new Set<string>()
  const devNames = new Set<string>()
  const by = new Map<string, string>()
  const waiting = first.slice(0, 50).map(name => ({ name, isDev: isDevFile(name) }))
  for (let one = waiting.shift(); one && files.size < 100; one = waiting.shift()) {
    const { name, isDev } = one
    if (files.has(name) || !folder.has(name)) continue
    files.add(name)
    const isConstraint = /(?:^|\/)constraints/.test(name)
    const base = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : ''
    for (const raw of (folder.text(name) ?? '').split(/\r?\n/)) {
      const comment = raw.search(/(?:^|\s)#/)
      const line = raw.slice(0, comment === -1 ? 2000 : Math.min(comment, 2000)).trim()
      if (line === '') continue
      const included = /^(?:-r|-c|--requirement|--constraint)[ \t=]{0,8}(\S{1,200})$/.exec(line)?.[1]
      if (included !== undefined) {
        waiting.push({ name: tidy(base + included), isDev })
        continue
      }
      const local = /^(?:-e[ \t]{0,8}|--editable[ \t=]{1,8})?(?:file:)?(\.{0,2}\/?[\w./-]{1,200})(?:\[[^\]]{0,200}\])?$/.exec(
        line,
      )?.[1]
      if (local !== undefined && (/^\.|\//.test(local) || line.startsWith('-e'))) {
        locals.add(tidy(base + local))
        continue
      }
      const required = /^([A-Za-z0-9][\w.-]{0,100})/.exec(line)?.[1]
      if (required === undefined || isConstraint || name.endsWith('.in')) continue
      const normal = normalName(required)
      ;(isDev ? devNames : names).add(normal)
      by.set(normal, folder.pathOf(name)!)
    }
  }
  for (const name of names) devNames.delete(name)
  return { files: [...files].filter(name => folder.has(name)), locals: [...locals], names, devNames, by }
}

const tidy = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

const nameOf = (requirement: string): string | undefined => {
  const name = /^\s{0,20}([A-Za-z0-9][\w.-]{0,100})/.exec(requirement)?.[1]
  return name === undefined ? undefined : normalName(name)
}

const dependenciesOf = (
  project: unknown,
  pipfile: unknown,
  requirements: Requirements,
  setup: string | undefined,
  configuration: string | undefined,
): { readonly dependencies: ReadonlySet<string>; readonly devDependencies: ReadonlySet<string> } => {
  const dependencies = new Set(requirements.names)
  const dev = new Set(requirements.devNames)
  const poetry = field(project, 'tool', 'poetry')
  const add = (into: Set<string>, names: readonly (string | undefined)[]): void => {
    for (const name of names) if (name !== undefined && name !== 'python') into.add(name)
  }
  add(dependencies, textsField(project, 'project', 'dependencies').map(nameOf))
  add(dependencies, keysOf(field(poetry, 'dependencies')).map(normalName))
  add(dependencies, keysOf(field(pipfile, 'packages')).map(normalName))
  for (const list of [setup, configuration]) {
    const block = /install_requires\s{0,8}=\s{0,8}\[?([^\]]{0,4000})/.exec(list ?? '')?.[1] ?? ''
    add(
      dependencies,
      setup === list
        ? [...block.matchAll(/["']([A-Za-z0-9][\w.-]{0,100})/g)].map(([, name]) => normalName(name!))
        : block.split('\n').map(line => (/^\s{1,20}[A-Za-z]/.test(line) ? nameOf(line) : undefined)),
    )
  }
  add(dev, keysOf(field(poetry, 'dev-dependencies')).map(normalName))
  for (const group of keysOf(field(poetry, 'group')))
    add(dev, keysOf(field(poetry, 'group', group, 'dependencies')).map(normalName))
  add(dev, keysOf(field(pipfile, 'dev-packages')).map(normalName))
  add(dev, textsField(project, 'tool', 'uv', 'dev-dependencies').map(nameOf))
  for (const group of keysOf(field(project, 'dependency-groups')))
    add(dev, textsField(project, 'dependency-groups', group).map(nameOf))
  for (const extra of keysOf(field(project, 'project', 'optional-dependencies')))
    if (/dev|test|lint|doc/i.test(extra)) add(dev, textsField(project, 'project', 'optional-dependencies', extra).map(nameOf))
  return { dependencies, devDependencies: new Set([...dev].filter(name => !dependencies.has(name))) }
}

const manifestsOf = (
  folder: ProjectFolder,
  project: unknown,
  requirements: readonly string[],
  lock: string | undefined,
): readonly string[] => {
  const names = [
    ...['pyproject.toml', 'setup.py', 'setup.cfg', 'MANIFEST.in', 'Pipfile', 'poetry.toml', 'uv.toml', 'pip.conf'],
    ...(lock === undefined ? [] : [lock]),
    ...(lock === 'uv.lock' ? ['.python-version'] : []),
    ...requirements,
  ]
  // Building a project reads these: https://packaging.python.org/en/latest/specifications/pyproject-toml/#readme
  if (isObject(field(project, 'build-system'))) {
    const readme =
      textField(project, 'project', 'readme') ??
      textField(project, 'project', 'readme', 'file') ??
      textField(project, 'tool', 'poetry', 'readme')
    const licence = textField(project, 'project', 'license', 'file')
    names.push(...[readme, licence].filter(name => name !== undefined))
  }
  for (const key of keysOf(field(project, 'tool', 'uv', 'sources'))) {
    const path = textField(project, 'tool', 'uv', 'sources', key, 'path')
    if (path !== undefined) names.push(`${path}/pyproject.toml`, path)
  }
  for (const member of textsField(project, 'tool', 'uv', 'workspace', 'members').slice(0, 50)) {
    const [before = '', after] = member.split('*')
    names.push(
      ...(after === undefined
        ? [`${member}/pyproject.toml`]
        : folder.files.filter(
            name => name.startsWith(before) && /^[^/]{1,100}\/pyproject\.toml$/.test(name.slice(before.length)),
          )),
    )
  }
  for (const key of keysOf(field(project, 'tool', 'poetry', 'dependencies'))) {
    const path = textField(project, 'tool', 'poetry', 'dependencies', key, 'path')
    if (path !== undefined) names.push(`${path}/pyproject.toml`, `${path}/setup.py`, path)
  }
  for (const local of readRequirements(folder).locals)
    if (local !== '') names.push(`${local}/pyproject.toml`, `${local}/setup.py`, `${local}/setup.cfg`, local)
  return [...new Set(names.filter(name => folder.has(name)).flatMap(name => folder.pathOf(name) ?? []))].sort()
}

const moduleOf = (name: string): string =>
  name
    .replace(/\.py$/, '')
    .replace(/^src\//, '')
    .replaceAll('/', '.')

const startOf = (
  folder: ProjectFolder,
  project: unknown,
  sources: readonly Source[],
  dependencies: ReadonlySet<string>,
): Stated<readonly string[]> | undefined => {
  const proc = stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile'))
  if (proc) return proc
  const application = (pattern: RegExp): { readonly name: string; readonly source: Source } | undefined => {
    const all = sources.flatMap(source => {
      const name = pattern.exec(source.text)?.[1]
      return name === undefined ? [] : [{ name, source }]
    })
    return all.toSorted((a, b) => a.source.name.split('/').length - b.source.name.split('/').length)[0]
  }
  const wsgi = sources.find(({ name }) => /(?:^|\/)wsgi\.py$/.test(name))
  const manage = folder.files.find(name => /^(?:[\w-]{1,60}\/)?manage\.py$/.test(name))
  if (manage !== undefined) {
    const base = manage.slice(0, -'manage.py'.length)
    const asgi = sources.find(({ name }) => /(?:^|\/)asgi\.py$/.test(name))
    const target = (source: Source): string =>
      `${moduleOf(source.name.slice(source.name.startsWith(base) ? base.length : 0))}:application`
    const chdir = (option: string): readonly string[] => (base === '' ? [] : [option, base.slice(0, -1)])
    if (dependencies.has('gunicorn') && wsgi) return { value: ['gunicorn', ...chdir('--chdir'), target(wsgi)], by: wsgi.path }
    if (dependencies.has('uvicorn') && asgi) return { value: ['uvicorn', ...chdir('--app-dir'), target(asgi)], by: asgi.path }
    if (dependencies.has('daphne') && asgi && base === '') return { value: ['daphne', target(asgi)], by: asgi.path }
    return stated(['python', manage, 'runserver', '0.0.0.0:8000'], folder.pathOf(manage))
  }
  const asynchronous = application(
    /^([a-z_]\w{0,40})(?:: ?FastAPI)?[ \t]{0,4}=[ \t]{0,4}(?:\w{1,40}\.)?(?:FastAPI|Starlette|Litestar|Quart)\(/m,
  )
  const flask = application(/^([a-z_]\w{0,40})(?:: ?Flask)?[ \t]{0,4}=[ \t]{0,4}(?:\w{1,40}\.)?(?:Flask|Bottle|create_app)\(/m)
  const bySelf = (source: Source): Stated<readonly string[]> | undefined =>
    /^if[ \t]{1,4}__name__[ \t]{0,4}==[ \t]{0,4}["']__main__["']/m.test(source.text)
      ? { value: ['python', source.name], by: source.path }
      : undefined
  if (asynchronous) {
    const target = `${moduleOf(asynchronous.source.name)}:${asynchronous.name}`
    if (dependencies.has('gunicorn') && dependencies.has('uvicorn'))
      return { value: ['gunicorn', '-k', 'uvicorn.workers.UvicornWorker', target], by: asynchronous.source.path }
    if (dependencies.has('uvicorn') || dependencies.has('fastapi'))
      return { value: ['uvicorn', target, '--host', '0.0.0.0'], by: asynchronous.source.path }
    if (dependencies.has('hypercorn')) return { value: ['hypercorn', target], by: asynchronous.source.path }
  }
  if (flask) {
    const target = `${moduleOf(flask.source.name)}:${flask.name}`
    if (dependencies.has('gunicorn')) return { value: ['gunicorn', target], by: flask.source.path }
    if (dependencies.has('waitress')) return { value: ['waitress-serve', target], by: flask.source.path }
    const self = bySelf(flask.source)
    if (self) return self
  }
  const [script] = keysOf(field(project, 'project', 'scripts'))
  if (script !== undefined) return stated([script], folder.pathOf('pyproject.toml'))
  const usual = [
    'main.py',
    'app.py',
    'server.py',
    'run.py',
    'bot.py',
    'worker.py',
    'src/main.py',
    'app/main.py',
    '__main__.py',
    'wsgi.py',
  ]
  for (const name of usual) {
    const source = sources.find(one => one.name === name)
    if (source) return bySelf(source) ?? (name === 'wsgi.py' ? undefined : { value: ['python', name], by: source.path })
  }
  const selves = sources.flatMap(source => (source.name.includes('/') ? [] : (bySelf(source) ?? [])))
  return selves.length === 1 ? selves[0] : selves.find(({ by }) => /server\.py$/.test(by))
}

/** `--bind 0.0.0.0:8000`, `-b :8000`, `--port 80`, `runserver 0.0.0.0:8000`. */
const startPorts = (start: Stated<readonly string[]> | undefined): readonly Stated<number>[] => {
  const line = start?.value.join(' ') ?? ''
  const value = /(?:--bind|-b|--port|-p|runserver|--listen|--http|--http-socket)[ =]{0,4}(?:[\w.*]{0,60}:)?(\d{2,5})\b/.exec(
    line,
  )?.[1]
  return start && value !== undefined && Number(value) < 65_536 ? [{ value: Number(value), by: start.by }] : []
}

/** Where servers listen when nobody says otherwise. */
const usualPorts = (start: Stated<readonly string[]> | undefined): readonly Stated<number>[] => {
  if (!start || startPorts(start).length > 0) return []
  const [program = ''] = start.value
  if (/^(?:gunicorn|uvicorn|daphne|hypercorn)$/.test(program)) return [{ value: 8000, by: start.by }]
  if (program === 'waitress-serve') return [{ value: 8080, by: start.by }]
  return []
}

const isWriting = (args: readonly string[]): boolean =>
  args.slice(1).some(arg => /^(?:mode\s{0,4}=\s{0,4})?["'][rb]?[wax]/.test(arg) || /^["']r\+/.test(arg))

const probes: readonly Probe[] = [
  { finds: 'writes', pattern: /(?:^|[^.\w])(?:io\.|aiofiles\.)?open\(/gm, argument: 0, only: isWriting, isFolderOf: true },
  { finds: 'writes', pattern: /\bos\.(?:makedirs|mkdir)\(/g, argument: 0 },
  // `Path('data').mkdir()`, `(BASE / 'x').write_text(…)`: what stands before.
  { finds: 'writes', pattern: /\bPath\([ \t]{0,4}["']([^"'\n]{1,100})["'][ \t]{0,4}\)\.mkdir\(/g },
  {
    finds: 'writes',
    pattern: /\b(?:RotatingFileHandler|TimedRotatingFileHandler|FileHandler|WatchedFileHandler)\(/g,
    argument: [0, 'filename'],
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\blogging\.basicConfig\(/g, argument: 'filename', isFolderOf: true },
  { finds: 'writes', pattern: /\blogger\.add\(/g, argument: 0, only: args => /^[fr]?["']/.test(args[0] ?? ''), isFolderOf: true },
  {
    finds: 'writes',
    pattern: /\b(?:sqlite3|aiosqlite)\.connect\(/g,
    argument: 0,
    only: args => !/memory/.test(args[0] ?? ''),
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /["']sqlite(?:\+\w{1,20})?:\/\/\/([^"'\n?{]{1,100}\/)[^"'\n/]{1,60}["']/g },
  // Django: https://docs.djangoproject.com/en/stable/ref/settings/
  { finds: 'writes', pattern: /^MEDIA_ROOT[ \t]{0,4}=[ \t]{0,4}/gm },
  { finds: 'writes', pattern: /^STATIC_ROOT[ \t]{0,4}=[ \t]{0,4}/gm },
  { finds: 'writes', pattern: /["']NAME["'][ \t]{0,4}:[ \t]{0,4}(?=[^\n]{0,100}\.sqlite3)/g },
  {
    finds: 'writes',
    pattern:
      /\b(?:UPLOAD_FOLDER|UPLOAD_DIR|UPLOADS_DIR|DATA_DIR|LOG_DIR|CACHE_DIR|OUTPUT_DIR)["']?\]?[ \t]{0,4}=[ \t]{0,4}(?=[^=\s])/g,
  },
  {
    finds: 'writes',
    pattern: /\btempfile\.(?:mkdtemp|mkstemp|NamedTemporaryFile|TemporaryDirectory|TemporaryFile)\([ \t]{0,4}\)/g,
    value: '/tmp',
  },
  { finds: 'ports', pattern: /\b(?:uvicorn|web|hypercorn|waitress|bottle)\.?(?:run|run_app|serve)\(/g, argument: 'port' },
  {
    finds: 'ports',
    pattern: /\b(?:app|application|server|api|socketio|demo|dash_app|sio)\.(?:run|launch|run_server)\(/g,
    argument: ['port', 'server_port'],
  },
  { finds: 'ports', pattern: /\b(?:serve|run|web\.run_app|run_simple)\(/g, argument: 'port' },
  {
    finds: 'ports',
    pattern: /\b(?:HTTPServer|ThreadingHTTPServer|TCPServer|WSGIServer)\([ \t]{0,4}\([^,()\n]{0,60},[ \t]{0,4}(\d{2,5})/g,
  },
  {
    finds: 'ports',
    pattern: /\b(?:HTTPServer|ThreadingHTTPServer|TCPServer|WSGIServer)\([ \t]{0,4}\([^,()\n]{0,60},[ \t]{0,4}(?=[A-Za-z])/g,
  },
  {
    finds: 'ports',
    pattern: /\b(?:start_http_server|app\.listen|add_insecure_port|application\.listen|server\.listen)\(/g,
    argument: [0, 'port'],
  },
  { finds: 'ports', pattern: /^bind[ \t]{0,4}=[ \t]{0,4}/gm },
  // Flask's own server listens there when nobody says otherwise.
  {
    finds: 'ports',
    pattern:
      /^[ \t]{1,8}(?:app|server|application)\.run\([ \t]{0,4}(?:debug[ \t]{0,4}=[ \t]{0,4}\w{1,10}|host[ \t]{0,4}=[ \t]{0,4}["'][\d.]{1,15}["']|,[ \t]{0,4}){0,3}\)/gm,
    value: '5000',
  },
  { finds: 'healthPaths', pattern: /@(?:app|application|api|server)\.(?:get|route|head|api_route)\(/g, argument: [0, 'path'] },
  {
    finds: 'healthPaths',
    pattern: /\b(?:app|api|application)\.(?:add_url_rule|add_api_route|add_route|add_get)\(/g,
    argument: 0,
  },
  { finds: 'healthPaths', pattern: /\bself\.path[ \t]{0,4}==[ \t]{0,4}["'](\/[\w./-]{1,60})["']/g },
  {
    finds: 'programs',
    pattern: /\b(?:subprocess\.(?:run|Popen|call|check_call|check_output)|create_subprocess_exec)\([ \t\n]{0,8}\[/g,
    argument: 0,
  },
  {
    finds: 'programs',
    pattern:
      /\b(?:subprocess\.(?:run|Popen|call|check_call|check_output|getoutput)|os\.system|os\.popen|create_subprocess_shell|create_subprocess_exec)\((?=[ \t]{0,4}[rf]{0,2}["'])/g,
    argument: 0,
  },
  { finds: 'programs', pattern: /\b(?:shutil\.)?which\([ \t]{0,4}["']([A-Za-z][\w.-]{0,40})["']/g },
]
