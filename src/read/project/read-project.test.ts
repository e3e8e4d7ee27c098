import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../../test/fixed-seed.ts'
import type { Stack } from '../../model/project.ts'
import { type MemoryFile, memoryWorld } from '../../world/memory.ts'
import { readDockerIgnore } from '../dockerfile/dockerignore.ts'
import { readProject } from './read-project.ts'

const read = (files: Readonly<Record<string, MemoryFile>>, ignore?: string) =>
  readProject(
    memoryWorld(Object.fromEntries(Object.entries(files).map(([path, content]) => [`/app/${path}`, content]))),
    '/app',
    ignore === undefined ? undefined : readDockerIgnore(ignore),
  )

const one = async (files: Readonly<Record<string, MemoryFile>>): Promise<Stack> => {
  const { stacks, problems } = await read(files)
  expect(problems).toEqual([])
  expect(stacks).toHaveLength(1)
  return stacks[0]!
}

const values = <T>(all: readonly { readonly value: T }[]): readonly T[] => all.map(({ value }) => value)

test('node: a service with a build', async () => {
  const stack = await one({
    'package.json': JSON.stringify({
      engines: { node: '>=20' },
      scripts: { build: 'tsc -p tsconfig.build.json', start: 'node dist/main.js', dev: 'tsx watch src/main.ts' },
      dependencies: { express: '^5', sharp: '^0.34' },
      devDependencies: { typescript: '^5' },
    }),
    'tsconfig.build.json': '{ // the program alone\n "extends": "./tsconfig.json", "exclude": ["a",], }',
    'tsconfig.json': '{ "compilerOptions": { /* there */ "outDir": "./dist", } }',
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': {},
        'node_modules/express': { version: '5.0.0' },
        'node_modules/better-sqlite3': {
          version: '12.0.0',
          hasInstallScript: true,
          dependencies: { bindings: '1', 'prebuild-install': '7' },
        },
        'node_modules/core-js': { version: '3.0.0', hasInstallScript: true },
        'node_modules/@img/sharp-linux-x64': { version: '1.0.0', os: ['linux'], libc: ['glibc'] },
        'node_modules/@img/sharp-linuxmusl-x64': { version: '1.0.0', os: ['linux'], libc: ['musl'] },
        'node_modules/plain-linux-x64': { version: '1.0.0', os: ['linux'] },
        'node_modules/plain-linux-x64-musl': { version: '1.0.0', os: ['linux'] },
        'node_modules/fast-linux-x64-gnu': { version: '1.0.0', os: ['linux'], libc: ['glibc'] },
        'node_modules/cpu-features': { version: '1.0.0', dev: true, dependencies: { nan: '2' } },
      },
    }),
    '.npmrc': 'engine-strict=true\n',
    'src/main.ts': `
      const port = Number(process.env.PORT) || 3000
      const uploads = path.join(__dirname, '..', 'uploads')
      // app.listen(9999)
      app.get('/healthz', (_, answer) => answer.send('ok'))
      fs.mkdirSync(uploads, { recursive: true })
      fs.writeFileSync(\`./data/\${name}.json\`, text)
      execFile('ffmpeg', ['-i', name])
      app.listen(port, () => console.log(port))`,
    'src/main.test.ts': 'app.listen(4444)',
  })
  expect(stack).toMatchObject({
    name: 'node',
    folder: '',
    manager: 'npm',
    lockFile: 'package-lock.json',
    manifests: ['.npmrc', 'package-lock.json', 'package.json'],
    version: { value: '>=20', by: 'package.json' },
    build: { value: 'npm run build', by: 'package.json' },
    output: { value: 'dist', by: 'tsconfig.json' },
    start: { value: ['node', 'dist/main.js'], by: 'package.json' },
    ports: [{ value: 3000, by: 'src/main.ts' }],
    healthPaths: [{ value: '/healthz', by: 'src/main.ts' }],
    programs: [{ value: 'ffmpeg', by: 'src/main.ts' }],
  })
  expect(values(stack.writes)).toEqual(['data', 'uploads'])
  expect([...stack.dependencies]).toEqual(['express', 'sharp'])
  expect([...stack.devDependencies]).toEqual(['typescript'])
  expect(stack.native.map(({ name, isDev }) => [name, isDev])).toEqual([
    ['better-sqlite3', undefined],
    ['cpu-features', true],
    ['fast', undefined],
  ])
})

test('python: an asynchronous service', async () => {
  const stack = await one({
    'requirements.txt': '-r requirements/base.txt\n-c constraints.txt\n./lib\nuvicorn==0.30 # the server\n',
    'requirements/base.txt': 'fastapi>=0.1\npsycopg2==2.9\n',
    'requirements-dev.txt': 'pytest\n',
    'constraints.txt': 'starlette<1\n',
    'lib/setup.py': '',
    '.python-version': '3.12\n',
    'app/main.py': `
import os
app = FastAPI()
DATA = os.environ.get("DATA", "/var/lib/service")
@app.get("/health")
def health(): return {}
os.makedirs(os.path.join(DATA, "files"), exist_ok=True)
with open(f"out/{name}.txt", "w") as file: pass
with open("in/a.txt") as file: pass
subprocess.run(["git", "status"])
if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.getenv("PORT", "8080")))
`,
  })
  expect(stack).toMatchObject({
    name: 'python',
    manager: 'pip',
    lockFile: undefined,
    manifests: ['constraints.txt', 'lib/setup.py', 'requirements-dev.txt', 'requirements.txt', 'requirements/base.txt'],
    version: { value: '3.12', by: '.python-version' },
    start: { value: ['uvicorn', 'app.main:app', '--host', '0.0.0.0'], by: 'app/main.py' },
    healthPaths: [{ value: '/health', by: 'app/main.py' }],
    programs: [{ value: 'git', by: 'app/main.py' }],
  })
  expect(values(stack.ports)).toContain(8080)
  expect(values(stack.writes)).toEqual(['out', '/var/lib/service/files'])
  expect([...stack.dependencies].sort()).toEqual(['fastapi', 'psycopg2', 'uvicorn'])
  expect([...stack.devDependencies]).toEqual(['pytest'])
  expect(stack.native.map(({ name }) => name)).toEqual(['psycopg2'])
})

test('go: a module with its program in cmd', async () => {
  const stack = await one({
    'go.mod':
      'module example.com/acme/shop/v2\n\ngo 1.22\n\ntoolchain go1.23.4\n\nrequire (\n\tgithub.com/mattn/go-sqlite3 v1.14.0\n\texample.com/x v1.0.0 // indirect\n)\nreplace example.com/lib => ./lib\n',
    'go.sum': '',
    'lib/go.mod': 'module example.com/lib\n',
    'cmd/shop/main.go': `package main

func main() {
	http.HandleFunc("/healthz", ok)
	os.MkdirAll("/data/uploads", 0o755)
	os.WriteFile(filepath.Join("var", "state.json"), b, 0o600)
	exec.Command("git", "log")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
`,
    'cmd/shop/main_test.go': 'package main\n\nfunc main() {}\n',
  })
  expect(stack).toMatchObject({
    manager: 'go',
    lockFile: 'go.sum',
    manifests: ['go.mod', 'go.sum', 'lib/go.mod'],
    version: { value: '1.23.4', by: 'go.mod' },
    build: { value: 'go build -o shop ./cmd/shop', by: 'cmd/shop/main.go' },
    output: { value: 'shop' },
    start: { value: ['./shop'] },
    ports: [{ value: 8080 }],
    healthPaths: [{ value: '/healthz' }],
    programs: [{ value: 'git' }],
  })
  expect(values(stack.writes)).toEqual(['var', '/data/uploads'])
  expect(stack.native.map(({ name }) => name)).toEqual(['github.com/mattn/go-sqlite3'])
  expect([...stack.dependencies]).toEqual(['github.com/mattn/go-sqlite3'])
})

test('go: time zones that are loaded by name, unless the program brings them along', async () => {
  const main = 'package main\n\nfunc main() {\n\ttime.LoadLocation("Europe/Vienna")\n}\n'
  const mod = 'module example.com/a\n\ngo 1.22\n'
  expect((await one({ 'go.mod': mod, 'main.go': main })).timeZones).toEqual({ value: true, by: 'main.go' })
  const own = main.replace('\n\n', '\n\nimport _ "time/tzdata"\n\n')
  expect((await one({ 'go.mod': mod, 'main.go': own })).timeZones).toBeUndefined()
})

test('static: pages and their server', async () => {
  const stack = await one({
    'index.html': '<p>',
    'nginx.conf': 'server {\n  listen 80;\n  location /healthz { return 200; }\n}\n',
  })
  expect(stack).toMatchObject({
    name: 'static',
    output: { value: '.' },
    ports: [{ value: 80 }],
    healthPaths: [{ value: '/healthz' }],
  })
})

test('what .dockerignore keeps out is not there, and what tools fill is named and not looked into', async () => {
  const { files, closed, stacks } = await read(
    {
      'package.json': '{"dependencies":{}}',
      'secret/a.txt': 'x',
      'node_modules/a/package.json': '{}',
      '.git/HEAD': 'x',
      'env/pyvenv.cfg': 'x',
      'env/lib/setup.py': 'x',
      'tools/link.py': { link: '/etc/passwd' },
    },
    'secret\n.git\n',
  )
  expect([...files]).toEqual(['package.json'])
  expect(closed).toEqual(['env', 'node_modules'])
  expect(stacks.map(({ name }) => name)).toEqual(['node'])
})

test('java: Spring Boot with Maven, its version in the parent', async () => {
  const { stacks } = await read({
    'pom.xml': `<project><groupId>org.acme</groupId><artifactId>parent</artifactId><version>1.2.0</version><packaging>pom</packaging>
      <modules><module>web</module></modules><properties><java.version>21</java.version></properties></project>`,
    mvnw: '',
    '.mvn/wrapper/maven-wrapper.properties': '',
    'web/pom.xml': `<project><parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>1.2.0</version></parent>
      <artifactId>shop</artifactId>
      <dependencies>
        <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
        <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency>
        <dependency><groupId>org.xerial.snappy</groupId><artifactId>snappy-java</artifactId></dependency>
        <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><scope>test</scope></dependency>
      </dependencies>
      <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`,
    'web/src/main/resources/application.yml':
      'server:\n  port: ${PORT:9090}\n  servlet:\n    context-path: /shop\nlogging:\n  file:\n    name: logs/app.log\n',
    'web/src/main/java/App.java':
      'class App {\n  void run() { Files.createDirectories(Path.of("data", "in")); new ProcessBuilder("convert", "a").start(); }\n}\n',
  })
  const [parent, web] = stacks
  expect(parent).toMatchObject({
    manager: 'maven',
    manifests: ['.mvn/wrapper/maven-wrapper.properties', 'mvnw', 'pom.xml', 'web/pom.xml'],
    version: { value: '21', by: 'pom.xml' },
    build: { value: './mvnw -B package', by: 'pom.xml' },
    output: undefined,
    start: undefined,
  })
  expect(web).toMatchObject({
    folder: 'web',
    version: { value: '21', by: 'pom.xml' },
    output: { value: 'target/shop-1.2.0.jar', by: 'web/pom.xml' },
    start: { value: ['java', '-jar', 'target/shop-1.2.0.jar'] },
    ports: [{ value: 9090, by: 'web/src/main/resources/application.yml' }],
    healthPaths: [{ value: '/shop/actuator/health' }],
    programs: [{ value: 'convert' }],
  })
  expect(values(web!.writes)).toEqual(['/tmp', 'logs', 'data/in'])
  expect(web!.native.map(({ name }) => name)).toEqual(['snappy-java'])
  expect([...web!.devDependencies]).toEqual(['org.junit.jupiter:junit-jupiter'])
})

test('java: Gradle with a catalog of versions', async () => {
  const stack = await one({
    'settings.gradle.kts': 'rootProject.name = "shop"\n',
    'build.gradle.kts': `plugins {\n  id("com.gradleup.shadow") version "8"\n}\nversion = "2.0"\njava { toolchain { languageVersion = JavaLanguageVersion.of(17) } }
dependencies {\n  implementation(libs.grpc.netty)\n  implementation("io.javalin:javalin:6")\n  testImplementation("org.junit:junit:5")\n}\n`,
    'gradle/libs.versions.toml': '[libraries]\ngrpc-netty = { module = "io.grpc:grpc-netty", version = "1" }\n',
    'gradle/wrapper/gradle-wrapper.properties': '',
    gradlew: '',
    'src/main/java/App.java':
      'class App {\n  static void main() { Javalin.create().start(Integer.parseInt(System.getenv().getOrDefault("PORT", "7070"))); }\n}\n',
  })
  expect(stack).toMatchObject({
    manager: 'gradle',
    manifests: [
      'build.gradle.kts',
      'gradle/libs.versions.toml',
      'gradle/wrapper/gradle-wrapper.properties',
      'gradlew',
      'settings.gradle.kts',
    ],
    version: { value: '17', by: 'build.gradle.kts' },
    build: { value: './gradlew shadowJar' },
    output: { value: 'build/libs/shop-2.0-all.jar' },
    start: { value: ['java', '-jar', 'build/libs/shop-2.0-all.jar'] },
    ports: [{ value: 7070 }],
  })
  expect([...stack.dependencies]).toEqual(['io.grpc:grpc-netty', 'io.javalin:javalin'])
})

test('rust: a workspace', async () => {
  const { stacks } = await read({
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
    'Cargo.lock': '[[package]]\nname = "openssl-sys"\nversion = "0.9.1"\n[[package]]\nname = "windows-sys"\nversion = "0.5.0"\n',
    'rust-toolchain.toml': '[toolchain]\nchannel = "1.84"\n',
    'crates/server/Cargo.toml':
      '[package]\nname = "shop-server"\nversion = "0.1.0"\n[[bin]]\nname = "shop"\npath = "src/main.rs"\n[dependencies]\naxum = "0.8"\n',
    'crates/server/src/main.rs': `fn main() {
      let addr = SocketAddr::from(([0, 0, 0, 0], 3000));
      let app = Router::new().route("/health", get(ok));
      fs::create_dir_all("state").unwrap();
      Command::new("git").arg("log");
    }\n`,
    'crates/lib/Cargo.toml': '[package]\nname = "shop-lib"\nversion = "0.1.0"\n',
  })
  expect(stacks.map(({ folder }) => folder)).toEqual(['', 'crates/server'])
  expect(stacks[1]).toMatchObject({
    manager: 'cargo',
    lockFile: 'Cargo.lock',
    manifests: ['Cargo.lock', 'Cargo.toml', 'crates/lib/Cargo.toml', 'crates/server/Cargo.toml', 'rust-toolchain.toml'],
    version: { value: '1.84', by: 'rust-toolchain.toml' },
    build: { value: 'cargo build --release -p shop-server' },
    output: { value: 'target/release/shop' },
    ports: [{ value: 3000 }],
    healthPaths: [{ value: '/health' }],
    writes: [{ value: 'state' }],
    programs: [{ value: 'git' }],
    native: [{ name: 'openssl-sys' }],
  })
})

test('dotnet: a project among others', async () => {
  const { stacks } = await read({
    'global.json': '{ "sdk": { "version": "9.0.100" } }',
    'Directory.Packages.props': '<Project />',
    'src/Shop/Shop.csproj': `<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup>
      <ItemGroup><PackageReference Include="Confluent.Kafka" /><PackageReference Include="Lint" PrivateAssets="all" /><ProjectReference Include="..\\Lib\\Lib.csproj" /></ItemGroup></Project>`,
    'src/Shop/Program.cs': 'app.MapGet("/ping", Ok);\nDirectory.CreateDirectory("uploads");\nProcess.Start("ffmpeg", "-i");\n',
    'src/Lib/Lib.csproj':
      '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
    'src/Lib/Health.cs': 'app.MapHealthChecks("/healthz");\n',
    'test/ShopTests/ShopTests.csproj':
      '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="xunit" /></ItemGroup></Project>',
  })
  expect(stacks).toHaveLength(1)
  expect(stacks[0]).toMatchObject({
    folder: 'src/Shop',
    manifests: ['Directory.Packages.props', 'global.json', 'src/Lib/Lib.csproj', 'src/Shop/Shop.csproj'],
    version: { value: '9.0', by: 'src/Shop/Shop.csproj' },
    build: { value: 'dotnet publish Shop.csproj -c Release -o out' },
    start: { value: ['dotnet', 'Shop.dll'] },
    ports: [{ value: 8080 }],
    healthPaths: [{ value: '/healthz' }, { value: '/ping' }],
    writes: [{ value: 'uploads' }],
    programs: [{ value: 'ffmpeg' }],
    native: [{ name: 'Confluent.Kafka' }],
  })
  expect([...stacks[0]!.devDependencies]).toEqual(['Lint'])
})

test('php: Laravel', async () => {
  const stack = await one({
    'composer.json':
      '{"require":{"php":"^8.3","ext-gd":"*","ext-json":"*","laravel/framework":"^12"},"require-dev":{"phpunit/phpunit":"^11"}}',
    'composer.lock': '{"packages":[{"name":"a/b","require":{"ext-intl":"*","ext-mbstring":"*"}}]}',
    artisan: '',
    'public/index.php': '<?php',
    'bootstrap/app.php': "<?php\nreturn Application::configure()->withRouting(\n  web: 'a',\n  health: '/up',\n);\n",
    'app/Export.php': "<?php\nfile_put_contents('/srv/export/' . $name, $text);\nnew Process(['wkhtmltopdf', $a]);\n",
  })
  expect(stack).toMatchObject({
    manager: 'composer',
    lockFile: 'composer.lock',
    manifests: ['composer.json', 'composer.lock'],
    version: { value: '^8.3', by: 'composer.json' },
    healthPaths: [{ value: '/up' }],
    programs: [{ value: 'wkhtmltopdf' }],
  })
  expect(values(stack.writes)).toEqual(['storage', 'bootstrap/cache', '/srv/export'])
  expect(stack.native.map(({ name }) => name)).toEqual(['ext-gd', 'ext-intl'])
  expect([...stack.dependencies]).toEqual(['laravel/framework'])
})

test('ruby: Rails', async () => {
  const stack = await one({
    Gemfile:
      "source 'x'\nruby '3.3.5'\ngem 'rails'\ngem 'propshaft'\ngem 'pg'\ngroup :development, :test do\n  gem 'debug'\nend\ngem 'puma', group: :production\n",
    'Gemfile.lock':
      'GEM\n  specs:\n    nokogiri (1.18.0-x86_64-linux-gnu)\n      racc\n    pg (1.5.9)\n    rails (8.0.0)\n\nBUNDLED WITH\n   2.6.2\n',
    'config/routes.rb': 'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :rails_health_check\nend\n',
    'config/puma.rb': 'threads 3, 3\nport ENV.fetch("PORT", 3000)\n',
    'config/storage.yml': '',
  })
  expect(stack).toMatchObject({
    manager: 'bundler',
    managerVersion: { value: '2.6.2', by: 'Gemfile.lock' },
    manifests: ['Gemfile', 'Gemfile.lock'],
    version: { value: '3.3.5', by: 'Gemfile' },
    build: { value: 'bundle exec rails assets:precompile' },
    start: { value: ['bundle', 'exec', 'rails', 'server', '-b', '0.0.0.0'] },
    ports: [{ value: 3000 }],
    healthPaths: [{ value: '/up' }],
  })
  expect(values(stack.writes)).toEqual(['tmp', 'log', 'storage'])
  expect(stack.native.map(({ name }) => name)).toEqual(['nokogiri', 'pg'])
  expect([...stack.devDependencies]).toEqual(['debug'])
})

test('node: the manager and its files', async () => {
  const { stacks } = await read({
    'package.json': '{"packageManager":"pnpm@9.1.0","scripts":{"build":"pnpm -r build"}}',
    'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n  - '!apps/old'\n",
    'pnpm-lock.yaml':
      "lockfileVersion: '9.0'\npackages:\n  bcrypt@5.1.1:\n    resolution: {}\nsnapshots:\n  bcrypt@5.1.1:\n    dependencies:\n      '@mapbox/node-pre-gyp': 1.0.11\n",
    'patches/a.patch': '',
    'apps/api/package.json': '{"scripts":{"start":"NODE_ENV=production node server.js"},"dependencies":{"bcrypt":"5"}}',
    'apps/old/package.json': '{}',
  })
  const [top, api] = stacks
  expect(top).toMatchObject({
    manager: 'pnpm',
    managerVersion: { value: '9.1.0', by: 'package.json' },
    manifests: ['apps/api/package.json', 'package.json', 'patches/a.patch', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'],
    build: { value: 'pnpm run build' },
    native: [{ name: 'bcrypt', by: 'pnpm-lock.yaml' }],
  })
  expect(api).toMatchObject({
    folder: 'apps/api',
    manager: 'pnpm',
    lockFile: 'pnpm-lock.yaml',
    start: { value: ['env', 'NODE_ENV=production', 'node', 'server.js'], by: 'apps/api/package.json' },
  })
  expect(stacks).toHaveLength(2)
})

test.each([
  [
    'vite',
    { scripts: { build: 'tsc && vite build' } },
    { 'vite.config.ts': "export default { build: { outDir: 'build' } }" },
    'build',
  ],
  ['vite, asked on the line', { scripts: { build: 'vite build --outDir=out' } }, {}, 'out'],
  ['react-scripts', { scripts: { build: 'react-scripts build' } }, {}, 'build'],
  [
    'next, standalone',
    { scripts: { build: 'next build' } },
    { 'next.config.js': "module.exports = { output: 'standalone' }" },
    '.next/standalone',
  ],
  ['next', { scripts: { build: 'next build' } }, {}, '.next'],
  [
    'angular',
    { scripts: { build: 'ng build' } },
    { 'angular.json': '{"projects":{"a":{"architect":{"build":{"builder":"@angular/build:application"}}}}}' },
    'dist/a/browser',
  ],
  ['nest', { scripts: { build: 'nest build' } }, {}, 'dist'],
  ['esbuild', { scripts: { build: 'esbuild src/a.ts --bundle --outfile=out/a.js' } }, {}, 'out'],
  [
    'through another script',
    { scripts: { build: 'npm run compile', compile: 'tsc' } },
    { 'tsconfig.json': '{"compilerOptions":{"outDir":"lib"}}' },
    'lib',
  ],
])('node: what building leaves: %s', async (_, json, files, output) => {
  const stack = await one({ 'package.json': JSON.stringify(json), ...(files as Readonly<Record<string, string>>) })
  expect(stack.output?.value).toBe(output)
})

test.each([
  [
    'a script of production before one for developing',
    { scripts: { start: 'nest start', 'start:prod': 'node dist/main' } },
    ['node', 'dist/main'],
  ],
  ['two commands need npm', { scripts: { start: 'node a.js && node b.js' } }, ['npm', 'start']],
  ['a script before it needs npm', { scripts: { prestart: 'node a.js', start: 'node b.js' } }, ['npm', 'start']],
  ['a script that calls another', { scripts: { start: 'npm run serve', serve: 'node b.js' } }, ['node', 'b.js']],
  ['main', { main: './lib/a.js' }, ['node', 'lib/a.js']],
])('node: what starts it: %s', async (_, json, start) => {
  const stack = await one({ 'package.json': JSON.stringify(json), 'lib/a.js': '' })
  expect(stack.start?.value).toEqual(start)
})

test('python: Poetry, with a lock that lists files', async () => {
  const stack = await one({
    'pyproject.toml':
      '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "^3.11"\nlxml = "5"\nonlyglibc = "1"\n[tool.poetry.group.dev.dependencies]\npytest = "8"\n',
    'poetry.lock': `[[package]]\nname = "lxml"\nfiles = [{file = "lxml-5-cp311-manylinux_2_17_x86_64.whl"}, {file = "lxml-5-cp311-musllinux_1_1_x86_64.whl"}]
[[package]]\nname = "onlyglibc"\nfiles = [{file = "onlyglibc-1-cp311-cp311-manylinux_2_17_x86_64.whl"}]
[[package]]\nname = "pure"\nfiles = [{file = "pure-1-py3-none-any.whl"}]\n`,
    'manage.py': '',
    'shop/settings.py': "MEDIA_ROOT = BASE_DIR / 'media'\nDATABASES = {'default': {'NAME': BASE_DIR / 'db.sqlite3'}}\n",
  })
  expect(stack).toMatchObject({
    manager: 'poetry',
    lockFile: 'poetry.lock',
    version: { value: '^3.11', by: 'pyproject.toml' },
    start: { value: ['python', 'manage.py', 'runserver', '0.0.0.0:8000'] },
    native: [{ name: 'lxml' }, { name: 'onlyglibc', libc: 'glibc' }],
  })
  expect(values(stack.writes)).toEqual(['media', 'db.sqlite3'])
  expect([...stack.devDependencies]).toEqual(['pytest'])
})

test('a Procfile says what starts it', async () => {
  const stack = await one({ 'requirements.txt': 'flask\n', Procfile: 'worker: rq\nweb: gunicorn -b :$PORT app:app\n' })
  expect(stack.start).toEqual({ value: ['sh', '-c', 'gunicorn -b :$PORT app:app'], by: 'Procfile' })
})

test('what is broken or cannot be read is a problem, and the rest is known', async () => {
  const { stacks, problems } = await read({
    'package.json': '{"dependencies":',
    'requirements.txt': undefined,
    'go.mod': 'module example.com/a\n',
    'Cargo.toml': '[[[',
    'pom.xml': '<project><a>',
  })
  expect(problems.map(({ code, message }) => `${code} ${message.split(' ')[0]}`).sort()).toEqual([
    'file-broken Cargo.toml',
    'file-broken package.json',
    'file-broken pom.xml',
    'file-unreadable requirements.txt',
  ])
  expect(stacks.map(({ name }) => name)).toContain('go')
})

test('a context of too many files is cut, and that is said', async () => {
  const { files, isCut, problems } = await read(Object.fromEntries(Array.from({ length: 20_050 }, (_, i) => [`f${i}.txt`, ''])))
  expect(files.size).toBe(20_000)
  expect(isCut).toBe(true)
  expect(problems.map(({ code }) => code)).toEqual(['context-too-large'])
})

const deep = (open: string, close: string): string => open.repeat(50_000) + close.repeat(50_000)
test.each([
  ['deep JSON', deep('[', ']')],
  ['deep objects', deep('{"a":', '}')],
  ['deep TOML', `a = ${deep('[', ']')}`],
  ['deep XML', deep('<project>', '</project>')],
  ['deep YAML', deep('[', ']')],
  ['no text', '\0\x01\xff'.repeat(1000)],
  [
    'names of prototypes',
    '{"__proto__":{"a":1},"constructor":"x","dependencies":{"__proto__":"1","toString":"2"},"scripts":{"start":"toString"}}',
  ],
  [
    'another kind of value',
    '{"dependencies":[1],"scripts":"x","workspaces":{"packages":7},"require":3,"engines":[],"packageManager":{},"name":null}',
  ],
  ['null', 'null'],
  ['one long line', 'listen('.repeat(100_000)],
  [
    'names that stand for each other',
    Array.from({ length: 400 }, (_, i) => `A = B + C || "${i}"\nB = A + C || D\nC = A + B\nlisten(A)\nopen(A + B, "w")\n`).join(
      '',
    ),
  ],
])('hostile files never make it throw: %s', async (_, content) => {
  const names = [
    'package.json',
    'tsconfig.json',
    'package-lock.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'yarn.lock',
    'pyproject.toml',
    'poetry.lock',
    'requirements.txt',
  ]
  const more = [
    'Pipfile',
    'setup.py',
    'go.mod',
    'go.work',
    'pom.xml',
    'build.gradle',
    'settings.gradle',
    'gradle/libs.versions.toml',
    'Cargo.toml',
    'Cargo.lock',
    'a.csproj',
  ]
  const last = [
    'global.json',
    'composer.json',
    'composer.lock',
    'Gemfile',
    'Gemfile.lock',
    'Procfile',
    'index.html',
    'nginx.conf',
    'appsettings.json',
    'application.yml',
    'a.js',
    'a.py',
    'a.go',
    'a.rb',
  ]
  const started = performance.now()
  const project = await read(Object.fromEntries([...names, ...more, ...last].map(name => [name, content])))
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(project.files.size).toBeGreaterThan(20)
})

test.each([
  ['a variable of the environment', "app.listen(process.env['PORT'] ?? 8081)", 8081],
  ['a name in the same file', 'const port = parseInt(process.env.PORT, 10) || 8082\nserver.listen({ port, host })', 8082],
  ['a field of settings in another file', 'app.listen(config.http.port)', 8083],
  [
    'what a reader of variables falls back to',
    'const env = cleanEnv(process.env, { PORT: num({ default: 8084 }) })\napp.listen(env.PORT)',
    8084,
  ],
  ['a type before the value', 'const port: number = 8085\napp.listen(port)', 8085],
  ['several that do not agree', 'let port = 1111\nport = 2222\napp.listen(port)', undefined],
  ['one that names itself', 'let port = 8086\nport = port || fallback\napp.listen(port)', 8086],
  ['a comment', '// app.listen(1)\n/* app.listen(2) */\n * app.listen(3)', undefined],
  ['no number of a port', 'app.listen(99999)', undefined],
])('node: ports: %s', async (_, text, port) => {
  const stack = await one({ 'package.json': '{}', 'src/a.ts': text, 'src/config.ts': 'export default { http: { port: 8083 } }' })
  expect(values(stack.ports)).toEqual(port === undefined ? [] : [port])
})

test.each([
  ['go', 'port := "8080"\nport = ":" + port\n', 'http.ListenAndServe(port, nil)', 8080],
  ['go', 'port := "8080"\nport = ":" + port\n', 'http.ListenAndServe(((port)), nil)', 8080],
  ['go', 'addr := os.Getenv("A")\nport            = "8081"\n', 'http.ListenAndServe(addr+":"+port, nil)', 8081],
  ['go', 'const port = "8082"\n', 'net.Listen("tcp", fmt.Sprintf(":%s", port))', 8082],
  ['python', 'PORT = int(os.environ.get("PORT", 8083))\n', 'app.run(host="0.0.0.0", port=PORT)', 8083],
  ['python', 'PORT = os.getenv("PORT") or "8084"\n', 'web.run_app(app, port=int(PORT))', 8084],
  [
    'rust',
    'let port = std::env::var("PORT").unwrap_or_else(|_| "8085".into());\n',
    'TcpListener::bind(format!("0.0.0.0:{}", port))',
    8085,
  ],
  ['rust', '', 'HttpServer::new(app).bind(("0.0.0.0", 8086))', 8086],
  ['ruby', '', 'set :port, ENV.fetch("PORT") { 8087 }', 8087],
] as const)('%s: ports: %s%s', async (name, before, call, port) => {
  const files = {
    go: ['go.mod', 'module a\n', 'main.go'],
    python: ['requirements.txt', 'x\n', 'main.py'],
    rust: ['Cargo.toml', '[package]\nname = "a"\n', 'src/main.rs'],
    ruby: ['Gemfile', "gem 'sinatra'\n", 'app.rb'],
  }[name]
  const stack = await one({ [files[0]!]: files[1], [files[2]!]: `${before}\n${call}\n` })
  expect(values(stack.ports)).toEqual([port])
})

test.each([
  ["fs.writeFileSync('a/b.txt', x)", ['a']],
  ["fs.writeFileSync('./b.txt', x)", ['b.txt']],
  ["fs.mkdirSync('/var/lib/a')", ['/var/lib/a']],
  ["fs.mkdirSync(path.join(process.cwd(), 'a', name))", ['a']],
  ["fs.mkdirSync(path.join(__dirname, 'a'))", ['src/a']],
  ["fs.mkdirSync('../out/a')", []],
  ['fs.mkdirSync(`${os.tmpdir()}/a`)', ['/tmp/a']],
  ["const DIR = process.env.DIR || './data'\nfs.mkdirSync(DIR)", ['data']],
  ["multer({ dest: 'uploads/' })", ['uploads']],
  ["new Database('db/app.sqlite')", ['db']],
  ["fs.writeFileSync('/dev/null', x)", []],
  ["fs.readFileSync('a/b.txt')", []],
  ['fs.mkdirSync(`${unknown}/a`)', []],
])('node: what it writes: %s', async (text, writes) => {
  const stack = await one({ 'package.json': '{}', 'src/a.ts': text })
  expect(values(stack.writes)).toEqual(writes)
})

test('a member of a workspace is installed as the workspace is', async () => {
  const { stacks } = await read({
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["apps/*"]\n',
    'uv.lock':
      '[[package]]\nname = "orjson"\nwheels = [{url = "https://files.example.com/orjson-3-cp312-manylinux_2_17_x86_64.whl#sha256=1"}]\n',
    'apps/api/pyproject.toml': '[project]\nname = "api"\ndependencies = ["orjson"]\n[project.scripts]\nserve = "api:main"\n',
  })
  expect(stacks[1]).toMatchObject({
    folder: 'apps/api',
    manager: 'uv',
    lockFile: 'uv.lock',
    manifests: ['apps/api/pyproject.toml', 'pyproject.toml', 'uv.lock'],
    start: { value: ['serve'] },
    native: [{ name: 'orjson', libc: 'glibc' }],
  })
})

test('a file that is too large is said, and not read', async () => {
  const { stacks, problems } = await read({ 'package.json': `{"a":"${'x'.repeat(1024 * 1024)}"}` })
  expect(stacks).toEqual([])
  expect(problems).toMatchObject([{ kind: 'uncovered', code: 'file-too-large' }])
})

const samples: Readonly<Record<string, string>> = {
  'package.json':
    '{"scripts":{"start":"node a.js","build":"tsc"},"workspaces":["b/*"],"dependencies":{"a":"file:../b"},"engines":{"node":"20"}}',
  'package-lock.json':
    '{"packages":{"node_modules/a-linux-x64-gnu":{"libc":["glibc"],"os":["linux"],"dependencies":{"nan":"1"}}}}',
  'pnpm-lock.yaml': "packages:\n  '@a/b@1.0.0':\n    libc: [glibc]\n    requiresBuild: true\n",
  'pyproject.toml':
    '[project]\nname = "a"\ndependencies = ["b[c]>=1; x == \'y\'"]\n[tool.poetry.dependencies]\nd = {path = "../d"}\n',
  'requirements.txt': '-r other.txt\n-e ./lib[x]\na==1 # b\n--hash=sha256:1\n',
  'go.mod': 'module a\ngo 1.22\nrequire (\n\tb v1.0.0 // indirect\n)\nreplace b => ../b\n',
  'pom.xml':
    '<project><artifactId>a</artifactId><properties><b>${b}</b></properties><build><finalName>${b}</finalName></build></project>',
  'poetry.lock': '[[package]]\nname = "A_b"\nfiles = [{file = "A_b-1-cp311-manylinux_2_17_x86_64.whl"}]\n',
  'build.gradle': "plugins { id 'application' }\nversion '1'\ndependencies { implementation 'a:b:1' }\n",
  'Cargo.toml': '[package]\nname = "a"\n[workspace]\nmembers = ["b/*"]\n[dependencies]\nc = { path = "../c" }\n',
  'a.csproj':
    '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><ProjectReference Include="..\\b\\b.csproj" /></ItemGroup></Project>',
  'composer.json': '{"require":{"php":"^8","ext-a":"*"},"repositories":[{"type":"path","url":"b/*"}]}',
  Gemfile: "gem 'a', path: 'b', groups: [:test]\ngroup :test do\n  gem 'c'\nend\n",
  Procfile: 'web: A=1 exec node "a b.js" | cat',
  'src/a.ts': "const p = process.env.P || `${a}/${b + 'c'}`\nfs.mkdirSync(path.join(p, ...q))\napp.listen({ port: +p })\n",
  'src/a.py': 'open(os.path.join(f"{a}/{b!r}", \'c\'), "w")\napp.run(port=int(os.environ["P"]))\n',
}

test('property: whatever is cut out of its files or put into them, it does not throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          file: fc.constantFrom(...Object.keys(samples)),
          at: fc.nat(200),
          cut: fc.nat(30),
          put: fc.string({ unit: 'binary', maxLength: 6 }),
        }),
        {
          maxLength: 12,
        },
      ),
      async changes => {
        const files: Record<string, string> = { ...samples }
        for (const { file, at, cut, put } of changes) files[file] = files[file]!.slice(0, at) + put + files[file]!.slice(at + cut)
        const { stacks, files: seen } = await read(files)
        for (const { manifests } of stacks) for (const path of manifests) expect(seen).toContain(path)
      },
    ),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 80) },
  )
})

test('node: pages that a program of its own builds, and their server', async () => {
  const stack = await one({
    'package.json': '{"scripts":{"build":"node build.js"}}',
    'build.js': "await mkdir('dist', { recursive: true })\nawait writeFile(`dist/${name}`, text)\n",
    'nginx.conf': 'server {\n  listen 8080;\n}\n',
  })
  expect(stack.output).toEqual({ value: 'dist', by: 'build.js' })
  expect(stack.ports).toEqual([{ value: 8080, by: 'nginx.conf' }])
  expect(values(stack.writes)).toEqual(['/var/cache/nginx', '/var/run'])
})

test('java: org.example is no example', async () => {
  const stack = await one({
    'pom.xml': '<project><artifactId>a</artifactId><version>1</version></project>',
    'src/main/java/org/example/App.java': 'class App {\n  Server run() { return new ServerSocket(8088); }\n}\n',
    'src/test/java/org/example/AppTest.java': 'class AppTest {\n  Server run() { return new ServerSocket(9999); }\n}\n',
  })
  expect(values(stack.ports)).toEqual([8088])
})

test('python: a script that needs nothing', async () => {
  const stack = await one({ 'watch.py': 'if __name__ == "__main__":\n    subprocess.run(["ping", "-c1", host])\n' })
  expect(stack).toMatchObject({
    name: 'python',
    manager: undefined,
    start: { value: ['python', 'watch.py'] },
    programs: [{ value: 'ping' }],
  })
})
