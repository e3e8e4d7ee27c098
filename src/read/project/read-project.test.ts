import { expect, test } from 'vitest'
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
