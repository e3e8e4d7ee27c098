/** `bulkhead profile`: what it writes is taken by a real engine, its programs start under it, and what it refuses is refused. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seccompProfile, showSeccomp } from '../src/change/profile/seccomp.ts'
import { type Engine, has, hasEngine, run, startEngine } from './components.ts'
import { type Call, interruptProgram, probeProgram, probeResults } from './probe-program.ts'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const isComplete = hasEngine && has('busybox', 'python3') && process.arch === 'x64'

describe.skipIf(!isComplete)('profiles under an engine (needs dockerd, busybox-static, python3, x86-64)', () => {
  let engine: Engine
  let top: string

  const profile = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'profile', ...args, '-q'], {
      cwd: top,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: top,
        BULKHEAD_CACHE: join(top, 'cache'),
        DOCKER_HOST: `unix://${engine.socket}`,
      },
    })
    return { status, stdout, stderr }
  }
  /** Runs what `--for docker` printed, in the background, without a network: this engine has no bridge. */
  const start = (text: string, name: string): void => {
    const command = text
      .slice(text.indexOf('docker run \\\n'))
      .replace('docker run', `docker run -d --network none --name ${name}`)
    run('sh', ['-c', command], {
      cwd: top,
      env: { DOCKER_HOST: `unix://${engine.socket}`, PATH: `/usr/bin:${process.env.PATH}` },
    })
  }
  const inside = (name: string, script: string, user?: string): string =>
    engine.docker('exec', ...(user === undefined ? [] : ['-u', user]), name, '/bin/sh', '-c', script).trim()

  beforeAll(async () => {
    engine = await startEngine()
    top = mkdtempSync(join(tmpdir(), 'bulkhead-profile-'))
    const root = join(top, 'root')
    for (const folder of ['bin', 'etc', 'tmp', 'data', 'www']) mkdirSync(join(root, folder), { recursive: true })
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
    for (const name of ['sh', 'httpd', 'id', 'touch', 'cat', 'grep', 'sleep', 'unshare', 'su', 'wget', 'chown'])
      run('ln', ['-s', 'busybox', join(root, 'bin', name)])
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nweb:x:101:102::/:/bin/sh\n')
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nweb:x:102:\n')
    writeFileSync(join(root, 'www/index.html'), 'hello\n')
    // A setuid program, which no-new-privileges keeps from being one.
    writeFileSync(join(root, 'bin/gain'), probeProgram([[geteuid]]))
    chmodSync(join(root, 'bin/gain'), 0o4755)
    run('chown', ['101:102', join(root, 'data')])
    writeFileSync(join(top, 'probe'), probeProgram(calls.map(([, call]) => call)), { mode: 0o755 })
    writeFileSync(join(top, 'interrupt'), interruptProgram(), { mode: 0o755 })
    copyFileSync(join(top, 'probe'), join(root, 'bin/probe'))
    copyFileSync(join(top, 'interrupt'), join(root, 'bin/interrupt'))
    run('tar', ['-cf', join(top, 'root.tar'), '-C', root, '.'])
    engine.docker(
      'import',
      '--change',
      'USER web',
      '--change',
      'EXPOSE 80',
      '--change',
      'VOLUME /data',
      '--change',
      'CMD ["/bin/httpd", "-f", "-p", "80", "-h", "/www"]',
      join(top, 'root.tar'),
      'web:1',
    )
    const empty = join(top, 'empty')
    for (const folder of ['bin', 'usr', 'lib', 'lib64', 'etc', 'tmp', 'node']) mkdirSync(join(empty, folder), { recursive: true })
    run('tar', ['-cf', join(top, 'empty.tar'), '-C', empty, '.'])
    engine.docker('import', join(top, 'empty.tar'), 'empty:1')
    writeFileSync(join(top, 'seccomp.json'), showSeccomp(seccompProfile({ capabilities: [], machines: [] })))
  }, 120_000)

  afterAll(async () => {
    await engine?.stop()
    if (top) rmSync(top, { recursive: true, force: true })
  }, 60_000)

  test('a service runs under the printed command: who it is, what it may, where it writes', () => {
    const { status, stdout, stderr } = profile('docker:web:1', '--for', 'docker', '--seccomp', 'web.json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    start(stdout, 'web')
    const [inspected] = JSON.parse(engine.docker('inspect', 'web')) as readonly [
      { State: { Running: boolean }; HostConfig: { Memory: number; PidsLimit: number; ReadonlyRootfs: boolean } },
    ]
    expect(inspected.State.Running).toBe(true)
    expect(inspected.HostConfig).toMatchObject({ Memory: 512 * 1024 * 1024, PidsLimit: 256, ReadonlyRootfs: true })
    expect(inside('web', 'id -u; id -g')).toBe('101\n102')
    expect(inside('web', 'wget -q -O - http://127.0.0.1/')).toBe('hello')
    expect(inside('web', 'grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/1/status').replace(/\s+/g, ' ')).toBe(
      'CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2',
    )
    for (const folder of ['/tmp', '/run', '/data']) expect(inside('web', `touch ${folder}/x && echo written`)).toBe('written')
    expect(
      inside('web', 'touch /www/x 2>/dev/null || touch /etc/x 2>/dev/null || touch /bin/x 2>/dev/null || echo refused'),
    ).toBe('refused')
    const gain = (...options: readonly string[]): number =>
      probeResults(
        spawnSync('/usr/bin/docker', [...options, '/bin/gain'], { env: { DOCKER_HOST: `unix://${engine.socket}` } }).stdout,
      )[0]!
    expect(gain('exec', 'web')).toBe(101)
    expect(gain('run', '--rm', '--network', 'none', 'web:1')).toBe(0)
  })

  test('an entry point that gives up root by gosu keeps what that needs, and no more', () => {
    const root = join(top, 'root')
    // Busybox's setpriv stands for it; its name is what is looked at.
    writeFileSync(join(root, 'bin/start.sh'), '#!/bin/sh\nchown web /data && touch /data/ready && exec gosu web "$@"\n', {
      mode: 0o755,
    })
    writeFileSync(join(root, 'bin/gosu'), '#!/bin/sh\nshift\nexec /bin/busybox su web -c "exec $*"\n', { mode: 0o755 })
    run('tar', ['-cf', join(top, 'step.tar'), '-C', root, '.'])
    engine.docker(
      'import',
      '--change',
      'VOLUME /data',
      '--change',
      'ENTRYPOINT ["/bin/start.sh"]',
      '--change',
      'CMD ["/bin/httpd", "-f", "-p", "8080", "-h", "/www"]',
      join(top, 'step.tar'),
      'step:1',
    )
    const { status, stdout } = profile('docker:step:1', '--for', 'docker')
    expect(status).toBe(0)
    expect(stdout).not.toContain('--user')
    start(stdout, 'step')
    expect(inside('step', 'grep CapBnd: /proc/1/status').split(/\s+/)[1]).toBe(
      // CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID.
      (0b1100_1011).toString(16).padStart(16, '0'),
    )
    for (let i = 0; i < 50 && inside('step', 'grep ^Uid: /proc/1/status').split(/\s+/)[1] === '0'; i++)
      inside('step', 'sleep 0.1')
    expect(inside('step', 'grep -E "^(Uid|CapEff):" /proc/1/status').replace(/\s+/g, ' ')).toBe(
      'Uid: 101 101 101 101 CapEff: 0000000000000000',
    )
  })

  test('the seccomp profile: families of sockets, namespaces, keys and the rest, before and after', () => {
    const results = (...options: readonly string[]): Readonly<Record<string, number>> => {
      const child = spawnSync(
        '/usr/bin/docker',
        ['run', '--rm', '--network', 'none', '--user', '65532:65532', '--cap-drop', 'ALL', ...options, 'web:1', '/bin/probe'],
        { env: { DOCKER_HOST: `unix://${engine.socket}` }, maxBuffer: 1e6 },
      )
      if (child.status !== 0) throw new Error(child.stderr.toString())
      const values = probeResults(child.stdout)
      return Object.fromEntries(calls.map(([name], i) => [name, values[i]!]))
    }
    const engines = results()
    const ours = results('--security-opt', `seccomp=${join(top, 'seccomp.json')}`)
    for (const [name, , expected] of calls) {
      if (expected === 'works') expect(ours[name], name).toBeGreaterThanOrEqual(0)
      else if (expected === 'missing') expect(ours[name], name).toBe(-38)
      else expect(ours[name], name).toBe(-1)
    }
    // The engine's own profile lets these through: EPERM there would show nothing here.
    for (const name of ['AF_VSOCK', 'AF_BLUETOOTH', 'ptrace', 'vmsplice']) expect(engines[name], name).not.toBe(-1)
  })

  test('interpreters with threads, processes, sockets and databases work under it', () => {
    const folders = ['bin', 'usr', 'lib', 'lib64', 'etc'].filter(name => existsSync(`/${name}`))
    const node = realpathSync(process.execPath)
    const under = (...words: readonly string[]): string =>
      engine.docker(
        'run',
        '--rm',
        ...['--network', 'none', '--user', '65532:65532', '--cap-drop', 'ALL', '--read-only', '--tmpfs', '/tmp:uid=65532'],
        ...['--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${join(top, 'seccomp.json')}`],
        ...folders.flatMap(name => ['--mount', `type=bind,source=/${name},target=/${name},readonly`]),
        ...['--mount', `type=bind,source=${dirname(node)},target=/node,readonly`],
        'empty:1',
        ...words,
      )
    expect(
      under(
        `/node/${basename(node)}`,
        '-e',
        `const { Worker } = require('node:worker_threads')
        const server = require('node:http').createServer((_, answer) => answer.end('served')).listen(0, async () => {
          const text = await (await fetch('http://127.0.0.1:' + server.address().port)).text()
          new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true }).on('message', () => {
            require('node:child_process').execFileSync('/bin/true')
            require('node:fs').writeFileSync('/tmp/x', '1')
            console.log(text)
            process.exit()
          })
        })`,
      ),
    ).toBe('served\n')
    expect(
      under(
        '/usr/bin/python3',
        '-c',
        `import multiprocessing, socket, sqlite3, subprocess, threading
subprocess.run(['/bin/true'], check=True)
pool = multiprocessing.Pool(2)
sqlite3.connect('/tmp/a.db').execute('create table a (b)')
socket.create_server(('127.0.0.1', 0))
thread = threading.Thread(target=lambda: print(pool.map(abs, [-1, -2])))
thread.start()
thread.join()`,
      ),
    ).toBe('[1, 2]\n')
  })

  test('programs of 32 bits, whose calls hide the family, are not run where the image has none', () => {
    const status = (...options: readonly string[]): number | null =>
      spawnSync('/usr/bin/docker', ['run', '--rm', '--network', 'none', ...options, 'web:1', '/bin/interrupt'], {
        env: { DOCKER_HOST: `unix://${engine.socket}` },
      }).status
    // A kernel may have been built without them.
    expect(status('--security-opt', `seccomp=${join(top, 'seccomp.json')}`)).not.toBe(0)
    const both = join(top, 'both.json')
    writeFileSync(both, showSeccomp(seccompProfile({ capabilities: [], machines: ['386'] })))
    expect(status('--security-opt', `seccomp=${both}`)).toBe(status())
  })

  test('a profile is as it was written, and an archive is looked into as well', () => {
    expect(profile('docker:web:1', '--for', 'docker', '--seccomp', 'again.json', '-o', 'again.sh').status).toBe(0)
    expect(readFileSync(join(top, 'again.json'), 'utf8')).toBe(readFileSync(join(top, 'seccomp.json'), 'utf8'))
    engine.docker('save', '-o', join(top, 'web.tar'), 'web:1')
    const { stdout } = profile('web.tar', '--for', 'docker')
    expect(stdout).toContain('--user 101:102')
    expect(readFileSync(join(top, 'again.sh'), 'utf8').replaceAll('--security-opt seccomp=again.json \\\n  ', '')).toContain(
      stdout.slice(stdout.indexOf('docker run \\\n'), stdout.lastIndexOf('\n  ')),
    )
  })

  test('a service of a Compose file is looked into by its image', () => {
    writeFileSync(join(top, 'compose.yaml'), 'services:\n  front:\n    image: web:1\n    ports: ["8080:80"]\n')
    const { status, stdout } = profile('compose.yaml#front', '--for', 'kubernetes')
    expect(status).toBe(0)
    expect(stdout).toContain('runAsUser: 101\n')
    expect(stdout).toContain('mountPath: /data\n')
  })
})

const geteuid = 107

/** What the program tries; by their numbers on x86-64. https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl */
const calls: readonly (readonly [name: string, call: Call, expected: 'works' | 'refused' | 'missing'])[] = [
  ['AF_UNIX', [41, 1, 1], 'works'],
  ['AF_INET', [41, 2, 1], 'works'],
  ['AF_NETLINK', [41, 16, 3], 'works'],
  ['AF_ALG', [41, 38, 5], 'refused'],
  ['AF_VSOCK', [41, 40, 1], 'refused'],
  ['AF_PACKET', [41, 17, 3], 'refused'],
  ['AF_BLUETOOTH', [41, 31, 3], 'refused'],
  ['unshare of users', [272, 0x1000_0000], 'refused'],
  ['unshare of mounts', [272, 0x2_0000], 'refused'],
  ['setns', [308, 0, 0], 'refused'],
  ['clone3', [435, 0, 0], 'missing'],
  ['clone of users', [56, 0x1000_0011], 'refused'],
  ['mount', [165, 0, 0], 'refused'],
  ['pivot_root', [155, 0, 0], 'refused'],
  ['ptrace', [101, 0xffff, 0], 'refused'],
  ['process_vm_readv', [310, 1, 0], 'refused'],
  ['io_uring_setup', [425, 1, 0], 'refused'],
  ['keyctl', [250, 0, 0], 'refused'],
  ['add_key', [248, 0, 0], 'refused'],
  ['userfaultfd', [323, 0], 'refused'],
  ['perf_event_open', [298, 0, 0], 'refused'],
  ['bpf', [321, 0, 0], 'refused'],
  ['kexec_load', [246, 0, 0], 'refused'],
  ['finit_module', [313, 0, 0], 'refused'],
  ['name_to_handle_at', [303, 0, 0], 'refused'],
  ['open_by_handle_at', [304, 0, 0], 'refused'],
  ['vmsplice', [278, 0xffff, 0], 'refused'],
  ['getpid', [39], 'works'],
]
