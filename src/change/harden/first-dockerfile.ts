/** The plainest Dockerfile that builds and starts a project: what hardening begins with where nobody has written one. */
import type { Project, Stack, StackName } from '../../model/project.ts'

export type FirstDockerfile = {
  readonly text: string
  readonly stack: StackName
  /** What had to be assumed, because no file says it. */
  readonly assumed: readonly string[]
}

const json = (words: readonly string[]): string => JSON.stringify(words).replaceAll('","', '", "')

/** Undefined, and the reason: nothing says what the project is, or what starts it. */
export const firstDockerfile = (project: Project): FirstDockerfile | { readonly why: string } => {
  const stack = project.stacks.find(({ folder }) => folder === '') ?? project.stacks[0]
  if (!stack)
    return {
      why: 'no file says what it is: package.json, requirements.txt, pyproject.toml, go.mod, pom.xml, build.gradle, Cargo.toml, *.csproj, composer.json, Gemfile and index.html are known',
    }
  // A line of a Dockerfile would take it apart, or for a flag or a variable.
  const folder = (stack.name === 'static' ? stack.output?.value : undefined) ?? stack.folder
  if (!/^(?!-)[\w./@+-]*$/.test(folder)) return { why: `the folder \`${folder}\` has a name that a COPY cannot take as it is` }
  const assumed: string[] = []
  const body = bodies[stack.name](stack, project, assumed)
  if (body === undefined)
    return { why: `nothing says what starts the ${stack.name} project${stack.folder === '' ? '' : ` in ${stack.folder}`}` }
  const ports = [...new Set(stack.ports.map(({ value }) => value))].filter(() => stack.name !== 'static')
  const expose = ports.length === 0 ? [] : [`EXPOSE ${ports.join(' ')}`]
  const start = body.at(-1)!
  return { text: `${[...body.slice(0, -1), '', ...expose, start].join('\n')}\n`, stack: stack.name, assumed }
}

type Body = (stack: Stack, project: Project, assumed: string[]) => readonly string[] | undefined

const inFolder = ({ folder }: Stack): readonly string[] => ['WORKDIR /app', folder === '' ? 'COPY . .' : `COPY ${folder}/ ./`]

/** The first number, or the first two, of a stated version that says one. */
const numbers = (stack: Stack, count: number): string | undefined => {
  const match = /(\d+)(?:\.(\d+))?/.exec(stack.version?.value ?? '')
  // A range has no one version.
  if (!match || /[<>|*x]|\s-\s/.test(stack.version!.value)) return undefined
  return count === 1 || match[2] === undefined ? match[1] : `${match[1]}.${match[2]}`
}

const tagged = (name: string, tag: string | undefined, suffix = ''): string =>
  tag === undefined ? `FROM ${name}` : `FROM ${name}:${tag}${suffix}`

const installs: Readonly<Record<string, string>> = {
  npm: 'npm ci',
  yarn: 'yarn install --frozen-lockfile',
  pnpm: 'corepack enable && pnpm install --frozen-lockfile',
  bun: 'bun install --frozen-lockfile',
  pip: 'pip install --no-cache-dir -r requirements.txt',
  poetry:
    'pip install --no-cache-dir poetry && poetry config virtualenvs.create false && poetry install --no-interaction --only main --no-root',
  uv: 'pip install --no-cache-dir uv && uv sync --frozen --no-dev',
  pipenv: 'pip install --no-cache-dir pipenv && pipenv install --system --deploy',
}

/** Files that people start by these names. */
const usualStarts: Readonly<Partial<Record<StackName, readonly [program: string, files: readonly string[]]>>> = {
  node: ['node', ['server.js', 'index.js', 'app.js', 'main.js', 'src/server.js', 'src/index.js', 'src/app.js', 'src/main.js']],
  python: ['python', ['main.py', 'app.py', 'server.py', 'run.py']],
}

const assumedStart = ({ name, folder }: Stack, { files }: Project): readonly string[] | undefined => {
  const [program, usual] = usualStarts[name] ?? []
  const file = usual?.find(one => files.has(folder === '' ? one : `${folder}/${one}`))
  return program === undefined || file === undefined ? undefined : [program, file]
}

const interpreted =
  (image: string, manager: string, digits: number): Body =>
  (stack, project, assumed) => {
    const start = stack.start?.value ?? assumedStart(stack, project)
    if (!start) return undefined
    if (!stack.start) assumed.push(`no file says what starts it: \`${start.join(' ')}\` is taken`)
    const install =
      stack.lockFile === undefined && stack.name === 'node'
        ? 'npm install'
        : (installs[stack.manager ?? manager] ?? installs[manager]!)
    const hasDependencies = stack.manifests.length > 0
    if (stack.lockFile === undefined && hasDependencies && stack.manager !== 'pip')
      assumed.push(`there is no lock file: what ${stack.manager ?? manager} installs may be another thing tomorrow`)
    return [
      tagged(image, numbers(stack, digits)),
      ...inFolder(stack),
      ...(hasDependencies ? [`RUN ${install}`] : []),
      ...(stack.build ? [`RUN ${stack.build.value}`] : []),
      `CMD ${json(start)}`,
    ]
  }

const bodies: Readonly<Record<StackName, Body>> = {
  node: interpreted('node', 'npm', 1),
  python: interpreted('python', 'pip', 2),
  go: stack => {
    const name = stack.output?.value.replace(/^.*\//, '') || 'app'
    return [
      tagged('golang', numbers(stack, 2)),
      ...inFolder(stack),
      `RUN ${stack.build?.value ?? `CGO_ENABLED=0 go build -o ${name} .`}`,
      `CMD ${json([`/app/${name}`])}`,
    ]
  },
  java: (stack, _, assumed) => {
    const version = numbers(stack, 1) ?? '21'
    if (!stack.version) assumed.push(`no file states the version of Java: ${version} is taken`)
    const jar = stack.output?.value
    if (jar === undefined) return undefined
    const image = stack.manager === 'gradle' ? `gradle:8-jdk${version}` : `maven:3-eclipse-temurin-${version}`
    const build = stack.build?.value ?? (stack.manager === 'gradle' ? 'gradle build --no-daemon' : 'mvn -B package')
    return [`FROM ${image}`, ...inFolder(stack), `RUN ${build}`, `CMD ${json(['java', '-jar', jar])}`]
  },
  rust: stack => {
    const name = stack.output?.value.replace(/^.*\//, '')
    if (name === undefined) return undefined
    return [
      tagged('rust', numbers(stack, 2)),
      ...inFolder(stack),
      'RUN cargo build --release --locked',
      `CMD ${json([`/app/target/release/${name}`])}`,
    ]
  },
  dotnet: (stack, _, assumed) => {
    const version = /(\d+\.\d+)/.exec(stack.version?.value ?? '')?.[1]
    const assembly = stack.output?.value.replace(/^.*\//, '')
    if (assembly === undefined) return undefined
    if (version === undefined) assumed.push('no file states the version of .NET: 8.0 is taken')
    return [
      `FROM mcr.microsoft.com/dotnet/sdk:${version ?? '8.0'}`,
      ...inFolder(stack),
      'RUN dotnet publish -c Release -o /app/out',
      `CMD ${json(['dotnet', `/app/out/${assembly}`])}`,
    ]
  },
  php: (stack, project) => {
    const isPublic = [...project.files].some(file => file === 'public/index.php')
    return [
      tagged('php', numbers(stack, 2), '-apache'),
      'WORKDIR /var/www/html',
      'COPY . .',
      ...(stack.lockFile === undefined
        ? []
        : [
            'COPY --from=composer:2 /usr/bin/composer /usr/local/bin/composer',
            'RUN composer install --no-dev --no-interaction --optimize-autoloader',
          ]),
      ...(isPublic ? ["RUN sed -i 's#/var/www/html#/var/www/html/public#' /etc/apache2/sites-available/000-default.conf"] : []),
      'CMD ["apache2-foreground"]',
    ]
  },
  ruby: stack =>
    stack.start
      ? [
          tagged('ruby', numbers(stack, 2)),
          ...inFolder(stack),
          'RUN bundle config set without "development test" && bundle install',
          `CMD ${json(stack.start.value)}`,
        ]
      : undefined,
  static: stack => {
    const folder = stack.output?.value ?? stack.folder
    return [
      'FROM nginx',
      `COPY ${folder === '' ? '.' : `${folder}/`} /usr/share/nginx/html/`,
      'CMD ["nginx", "-g", "daemon off;"]',
    ]
  },
}
