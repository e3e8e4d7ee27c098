/** A hardening is proved by running it: with a real engine, and a little server of busybox. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Interrupted } from '../src/flows/proof-engine.ts'
import { lastChanged, missingImage, type ProveOptions, prove, writtenFolders } from '../src/flows/prove.ts'
import { type HardenChange, type Hardening, leastRun, type ProposedRun } from '../src/model/hardening.ts'
import type { Proof } from '../src/model/proof.ts'
import type { World } from '../src/model/world.ts'
import { showProofText } from '../src/show/proof-text.ts'
import { machine } from '../src/world/machine.ts'
import { type Engine, freePort, hasEngine, startEngine } from './components.ts'

test('what was written is found from what the engine calls different', () => {
  const of = (text: string) => text.split('\n').map(line => ({ kind: line[0]!, path: line.slice(2) }))
  const written = (text: string, ...folders: readonly string[]) => writtenFolders(of(text), new Set(folders))
  // A new folder in one that was there; a new file in one that was there; a file that was changed; one that was deleted.
  expect(written('C /srv\nA /srv/data\nA /srv/data/started')).toEqual(['/srv/data'])
  expect(written('C /var\nC /var/app\nA /var/app/state')).toEqual(['/var/app'])
  expect(written('C /opt\nC /opt/app\nC /opt/app/settings.json')).toEqual(['/opt/app'])
  expect(written('C /opt\nC /opt/app\nD /opt/app/lock')).toEqual(['/opt/app'])
  // Another owner for a folder.
  expect(lastChanged(of('C /srv\nC /srv/www'))).toEqual(['/srv/www'])
  expect(written('C /srv\nC /srv/www', '/srv/www')).toEqual(['/srv/www'])
  expect(written('C /usr\nC /usr/lib\nA /usr/lib/python3/json/__pycache__\nA /usr/lib/python3/json/__pycache__/a.pyc')).toEqual(
    [],
  )
  // The system's own, and what is a tmpfs anyway.
  expect(written('C /etc\nC /etc/hosts\nC /tmp\nA /tmp/x\nC /run\nA /run/a.pid\nA /new')).toEqual([])
})

test('a program does not choose what is mounted from the host', () => {
  const written = (...paths: readonly string[]) =>
    writtenFolders(
      paths.map(path => ({ kind: 'A', path })),
      new Set(),
    )
  expect(written('/:/etc/x', '/srv/$(id)/x', '/srv/a b/x', '/srv/a;b/x', '/srv/a,b/x', '/srv/data/x')).toEqual(['/srv/data'])
  expect(written(...Array.from({ length: 500 }, (_, i) => `/srv/data${i}/x`)).length).toBe(40)
})

test('an image that a builder could not get is read from what it prints', () => {
  const failed = (name: string, error: string) =>
    `#2 [internal] load .dockerignore\n#3 [internal] load metadata for ${name}\n#3 ERROR: ${error}\n`
  expect(missingImage(failed('docker.io/library/golang:1.27', 'docker.io/library/golang:1.27: not found'))).toBe('golang:1.27')
  expect(missingImage(failed('docker.io/library/golang:1.27', 'failed to do request: Head "https://…": no such host'))).toBe(
    'golang:1.27',
  )
  expect(missingImage(failed('registry.example.com/a/b:1@sha256:00', 'denied'))).toBe('registry.example.com/a/b:1')
  expect(
    missingImage(
      '#3 [internal] load metadata for docker.io/library/node:24\n#3 DONE 0.1s\n#9 [2/3] RUN make\n#9 ERROR: exit code: 2\n',
    ),
  ).toBeUndefined()
})

const top = mkdtempSync(join(tmpdir(), 'bulkhead-prove-'))
let engine: Engine
let port = 0
afterAll(async () => {
  await engine?.stop()
  rmSync(top, { recursive: true, force: true })
})

const privileges: ProposedRun = { ...leastRun, user: '65532:65532' }

/** One change is one text that stands in the Dockerfile in place of another. */
type Part = { readonly id: string; readonly from: string; readonly to: string }

let projects = 0
const project = (start: string, dockerfile = ''): { readonly path: string; readonly text: string; readonly folder: string } => {
  const folder = join(top, `project-${projects++}`)
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'start.sh'),
    `set -e\n${start}\nmkdir -p /tmp/www\necho well > /tmp/www/index.html\nexec httpd -f -p ${port} -h /tmp/www\n`,
  )
  const text = `FROM busybox:1\nRUN mkdir -p /srv/state\nCOPY start.sh /start.sh\n${dockerfile}EXPOSE ${port}\nCMD ["sh", "/start.sh"]\n`
  writeFileSync(join(folder, 'Dockerfile'), text)
  return { path: join(folder, 'Dockerfile'), text, folder }
}

const run = async (
  { path, text, folder }: ReturnType<typeof project>,
  parts: readonly Part[],
  more: Partial<ProveOptions> = {},
): Promise<{ proof: Proof; hardening: Hardening; made: readonly (readonly string[])[] }> => {
  const made: (readonly string[])[] = []
  const make: ProveOptions['make'] = (excluded, learnt) => {
    const taken = parts.filter(({ id }) => !excluded.has(id))
    made.push(taken.map(({ id }) => id))
    const own = learnt.length === 0 ? '' : `RUN mkdir -p ${learnt.join(' ')} && chown 65532:65532 ${learnt.join(' ')}\n`
    const after = taken.reduce((all, { from, to }) => all.replace(from, to), text).replace('EXPOSE', `${own}EXPOSE`)
    const change = ({ id }: Part): HardenChange => ({
      id,
      title: id,
      why: '',
      safety: 'unsafe',
      risk: undefined,
      check: [],
      files: [path],
    })
    return Promise.resolve({
      version: '1',
      path,
      context: folder,
      level: 'balanced',
      files: [{ path, before: text, after }],
      changes: taken.map(change),
      leftOut: [],
      proposed: { ...privileges, ports: text.includes('EXPOSE') ? [port] : [] },
      healthPaths: ['/index.html'],
      problems: [],
    })
  }
  const nobody = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 }
  const env = { DOCKER_HOST: `unix://${engine.socket}`, DOCKER_CONFIG: join(top, 'config') }
  const world: World = {
    ...machine,
    processes: {
      ...machine.processes,
      run: (program, args, options) => machine.processes.run(program, args, { ...options, env: { ...options?.env, ...env } }),
    },
  }
  const { proof, hardening, left } = await prove(world, {
    program: '/usr/bin/docker',
    id: `test${projects}${Date.now()}`,
    make,
    excluded: new Set(),
    original: { text, ignore: undefined },
    measure: () =>
      Promise.resolve({
        packages: 1,
        vulnerabilities: nobody,
        secrets: 0,
        user: 'root',
        setuid: 0,
        shells: 1,
        packageManagers: 0,
        compilers: 0,
        writable: 0,
      }),
    waysOut: flags => Promise.resolve(flags.includes('--cap-drop') ? 0 : 1),
    check: undefined,
    healthPaths: ['/index.html'],
    port: undefined,
    runOptions: [],
    buildOptions: [],
    patience: 10_000,
    deadline: 240_000,
    isInterrupted: () => false,
    note: () => undefined,
    hide: one => one,
    ...more,
  })
  expect(left).toEqual([])
  // Whatever came of it: the engine has what it had before, and so has the folder.
  expect(engine.docker('ps', '-aq')).toBe('')
  expect(engine.docker('images', '--format', '{{.Repository}}')).toBe('busybox\n')
  expect(readFileSync(path, 'utf8')).toBe(text)
  return { proof, hardening, made }
}

describe.skipIf(!hasEngine)('a hardened image is built, started and asked (needs dockerd)', () => {
  beforeAll(async () => {
    engine = await startEngine()
    port = await freePort()
    const context = join(top, 'busybox')
    mkdirSync(context)
    copyFileSync('/usr/bin/busybox', join(context, 'busybox'))
    writeFileSync(
      join(context, 'Dockerfile'),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nRUN mkdir -p /tmp && chmod 1777 /tmp\nENV PATH=/bin\n',
    )
    engine.docker('build', '-q', '--network', 'none', '-t', 'busybox:1', context)
  }, 120_000)

  test('both answer the same, the hardened one without any privilege', async () => {
    const { proof } = await run(project(':'), [{ id: 'user', from: 'EXPOSE', to: 'USER 65532:65532\nEXPOSE' }])
    expect(proof).toMatchObject({ isProved: true, backedOff: [], builds: 2, starts: 3 })
    expect(proof.before.run).toMatchObject({ state: 'answered', readOnly: false, waysOut: 1 })
    expect(proof.after.run).toMatchObject({ state: 'answered', readOnly: true, capabilities: [], waysOut: 0 })
    expect(proof.after.run?.said).toContain('well')
    expect(proof.after.run?.said).toBe(proof.before.run?.said)
    const text = showProofText(proof, { colour: false, title: id => id })
    expect(text).toMatch(/^Proved/)
    expect(text).toMatch(/root file system +writable +read-only/)
    expect(text).toMatch(/capabilities +14 +none/)
    expect(text).toMatch(/ways out of the container +1 +0 +-100 %/)
  }, 120_000)

  test('a folder that it writes to is found, and becomes its own', async () => {
    const { proof } = await run(project('mkdir -p /srv/state/now\ndate > /srv/state/now/started'), [])
    expect(proof.isProved).toBe(true)
    expect(proof.backedOff).toMatchObject([{ kind: 'learnt', id: '/srv/state/now', phase: 'start' }])
    expect(proof.backedOff[0]?.evidence).toMatch(/Read-only file system/)
    expect(proof.proposed.volumes).toEqual(['/srv/state/now'])
    expect(proof.proposed).toMatchObject({ user: '65532:65532', readOnly: true, capDrop: ['ALL'], capAdd: [] })
  }, 120_000)

  test('what it is denied is seen in what it logs, also when it answers', async () => {
    const { proof } = await run(project('date > /srv/state/started || true'), [])
    expect(proof.backedOff).toMatchObject([{ kind: 'learnt', id: '/srv/state', phase: 'answer' }])
  }, 120_000)

  test('the capability that it needs is found among all of them', async () => {
    const { proof } = await run(project('touch /tmp/a\nchown 1000:1000 /tmp/a'), [])
    expect(proof.isProved).toBe(true)
    expect(proof.proposed).toMatchObject({
      user: undefined,
      capDrop: ['ALL'],
      capAdd: ['CHOWN'],
      readOnly: true,
      noNewPrivileges: true,
    })
    expect(proof.after.run?.capabilities).toEqual(['CHOWN'])
    expect(proof.backedOff.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['flag a user other than root', 'learnt CAP_CHOWN'])
  }, 180_000)

  test('the change that breaks the build is found, and only that is left out', async () => {
    const parts = [
      { id: 'a', from: 'FROM busybox:1\n', to: 'FROM busybox:1\nENV A=1\n' },
      { id: 'b', from: 'COPY start.sh', to: 'ENV B=1\nCOPY start.sh' },
      { id: 'broken', from: 'COPY start.sh', to: 'RUN no-such-program\nCOPY start.sh' },
      { id: 'c', from: 'EXPOSE', to: 'ENV C=1\nEXPOSE' },
      { id: 'd', from: 'EXPOSE', to: 'ENV D=1\nEXPOSE' },
    ]
    const { proof, hardening } = await run(project(':'), parts)
    expect(proof.isProved).toBe(true)
    expect(proof.backedOff).toMatchObject([{ kind: 'transformation', id: 'broken', phase: 'build' }])
    expect(proof.backedOff[0]?.evidence).toContain('no-such-program')
    expect(hardening.changes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  }, 180_000)

  test('a change after which it answers otherwise is found by what it answers', async () => {
    const parts = [
      { id: 'a', from: 'FROM busybox:1\n', to: 'FROM busybox:1\nENV A=1\n' },
      { id: 'other', from: 'EXPOSE', to: 'RUN sed -i s/well/ill/ /start.sh\nEXPOSE' },
      { id: 'c', from: 'EXPOSE', to: 'ENV C=1\nEXPOSE' },
    ]
    const { proof } = await run(project(':'), parts)
    expect(proof.isProved).toBe(true)
    expect(proof.backedOff).toMatchObject([{ kind: 'transformation', id: 'other', phase: 'answer' }])
    expect(proof.backedOff[0]?.evidence).toMatch(/answers otherwise.*ill.*before.*well/s)
  }, 180_000)

  test('an answer is compared to its end', async () => {
    const long = project('i=0; mkdir -p /tmp/www; export L="$(head -c 6000 /dev/zero | tr "\\0" x)"')
    writeFileSync(
      join(long.folder, 'start.sh'),
      readFileSync(join(long.folder, 'start.sh'), 'utf8').replace('echo well', 'echo "$L"well'),
    )
    const { proof } = await run(long, [{ id: 'other', from: 'EXPOSE', to: 'RUN sed -i s/well/ill/ /start.sh\nEXPOSE' }])
    expect(proof.isProved).toBe(true)
    expect(proof.backedOff).toMatchObject([{ kind: 'transformation', id: 'other', phase: 'answer' }])
    expect(proof.backedOff[0]?.evidence).toMatch(/answers otherwise: …x+ill.*before: …x+well/s)
  }, 180_000)

  test('what speaks no HTTP is asked by its health check', async () => {
    const dumb = project('while :; do nc -l -p "$PORT" -e true; done')
    const text = dumb.text.replace('CMD', `ENV PORT=${port}\nHEALTHCHECK --interval=1s --start-period=1s CMD ["true"]\nCMD`)
    writeFileSync(dumb.path, text)
    const { proof } = await run({ ...dumb, text }, [], { patience: 30_000 })
    expect(proof.before.run).toMatchObject({ state: 'answered', asked: 'its health check' })
    expect(proof.isProved).toBe(true)
  }, 180_000)

  test('a build that hangs ends with the deadline', async () => {
    const start = Date.now()
    const { proof } = await run(project(':', 'RUN sleep 100\n'), [], { deadline: 2000 })
    expect(proof.isProved).toBe(false)
    expect(proof.before.buildError).toMatch(/did not end within/)
    expect(Date.now() - start).toBeLessThan(40_000)
  }, 120_000)

  test('of a job the end is compared, and what it printed', async () => {
    const job = project('')
    const text = 'FROM busybox:1\nCMD ["sh", "-c", "echo done as $(id -u)"]\n'
    writeFileSync(job.path, text)
    const { proof } = await run({ ...job, text }, [])
    expect(proof.before.run).toMatchObject({
      state: 'answered',
      asked: 'what it prints until it ends',
      said: 'exit code 0\ndone as 0',
    })
    // As another user it prints something else, so that it has to be this one.
    expect(proof.proposed.user).toBeUndefined()
  }, 180_000)

  test('what it prints is kept in bounds, and hidden where it is secret', async () => {
    const loud = project('for i in 1 2 3; do head -c 5000 /dev/zero | tr "\\0" x; echo; done; echo the-secret')
    const { proof } = await run(loud, [], { hide: one => one.replaceAll('the-secret', '***') })
    expect(proof.isProved).toBe(true)
    expect(proof.after.run?.log).toMatch(/^x{1000}…\nx{1000}…\nx{1000}…\n\*\*\*$/)
  }, 120_000)

  test('what was not proved is not written', async () => {
    const { folder, path, text } = project('sleep 1')
    const command = fileURLToPath(new URL('../src/cli/run.ts', import.meta.url))
    const child = spawn(
      process.execPath,
      [command, 'harden', folder, '--prove', '--write', '--check', 'echo no; sleep 600; true', '--patience', '1'],
      {
        env: {
          PATH: `/usr/bin:${process.env.PATH}`,
          HOME: join(top, 'home'),
          DOCKER_HOST: `unix://${engine.socket}`,
          DOCKER_CONFIG: join(top, 'config'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    const start = Date.now()
    expect(await new Promise(resolve => child.once('exit', resolve))).toBe(1)
    // Nor is a check waited for that hangs.
    expect(Date.now() - start).toBeLessThan(100_000)
    expect(said).toContain('nothing was written, because it was not proved')
    expect(said).not.toMatch(/, written/)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(engine.docker('ps', '-aq')).toBe('')
  }, 180_000)

  test('the user’s own check decides, and what it prints is compared', async () => {
    const check = `wget -qO- "$BULKHEAD_URL/index.html" && test -n "$BULKHEAD_CONTAINER"`
    const { proof } = await run(project(':'), [], { check })
    expect(proof).toMatchObject({ isProved: true, after: { run: { asked: check, said: 'well\n' } } })
    const { proof: never } = await run(project(':'), [], { check: 'false', patience: 1000 })
    expect(never.isProved).toBe(false)
    expect(never.unseen).toContain('whether it works: it does not even answer as it is')
  }, 180_000)

  test('nothing is claimed of what does not build as it is', async () => {
    const broken = project(':', 'RUN no-such-program\n')
    const { proof } = await run(broken, [])
    expect(proof.isProved).toBe(false)
    expect(proof.before.buildError).toContain('no-such-program')
    expect(showProofText(proof, { colour: false, title: id => id })).toMatch(/^Not proved.*It does not build as it is/s)
  }, 120_000)

  test('interrupted, it removes what it made', async () => {
    let asked = 0
    await expect(run(project(':'), [], { isInterrupted: () => ++asked > 8 })).rejects.toThrow(Interrupted)
    expect(engine.docker('ps', '-aq')).toBe('')
    expect(engine.docker('images', '--format', '{{.Repository}}')).toBe('busybox\n')
  }, 120_000)

  test('Ctrl-C at the prompt: what the proof made is removed before the program ends', async () => {
    const { folder, path, text } = project('sleep 1')
    const command = fileURLToPath(new URL('../src/cli/run.ts', import.meta.url))
    const child = spawn(process.execPath, [command, 'harden', folder, '--prove', '--write'], {
      env: {
        PATH: `/usr/bin:${process.env.PATH}`,
        HOME: join(top, 'home'),
        DOCKER_HOST: `unix://${engine.socket}`,
        DOCKER_CONFIG: join(top, 'config'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    let isSent = false
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.stderr.on('data', chunk => {
      said += chunk
      if (isSent || !said.includes('starts it as it is')) return
      isSent = true
      child.kill('SIGINT')
    })
    expect(await ended).toBe(2)
    expect(said).toContain('interrupted: nothing was proved, and nothing was changed')
    expect(engine.docker('ps', '-aq')).toBe('')
    expect(engine.docker('images', '--format', '{{.Repository}}')).toBe('busybox\n')
    expect(readFileSync(path, 'utf8')).toBe(text)
  }, 120_000)
})
