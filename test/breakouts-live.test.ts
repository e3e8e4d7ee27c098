/**
 * Ways out, in containers that the test itself made: each is open before and closed after the smallest change, by probes that open something and close it
 * again. Nothing is written, nothing of the host is changed, and no way is gone to its end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWords } from '../src/change/container/recreate.ts'
import { breakoutsOf } from '../src/judge/breakout.ts'
import type { ContainerFacts } from '../src/judge/container-rule.ts'
import { hostFactsOf } from '../src/judge/daemon-rule.ts'
import { fulfilled } from '../src/judge/fulfil.ts'
import type { Breakout } from '../src/model/breakout.ts'
import type { Container } from '../src/model/container.ts'
import { daemonOf } from '../src/read/engine-answers.ts'
import { readEngineContainer } from '../src/read/engine-container.ts'
import { readEngineState } from '../src/read/engine-state.ts'
import { machine } from '../src/world/machine.ts'
import { type Engine, has, hasEngine, run, startEngine } from './components.ts'

type Case = {
  readonly code: string
  /** The kind, and the title where a kind has several. */
  readonly kind: string
  readonly title?: RegExp
  readonly flags: readonly string[]
  /** Perl; prints OPEN when the way is open. */
  readonly probe: string
  /** Why it cannot be shown on this machine. */
  readonly lacking?: string | undefined
}

const isOnCgroups1 = existsSync('/sys/fs/cgroup/memory/release_agent')
/** Opens a file that is there, and closes it when the program ends. */
const opens = (mode: '<' | '+<', path: string): string => `print "OPEN" if open(my $file, "${mode}", "${path}");`
const hostUser = 65_533

describe.skipIf(!hasEngine || !has('perl', 'ldd'))('ways out, open and closed (needs dockerd, perl)', () => {
  let engine: Engine
  let folder: string
  let victim: ChildProcess
  let listener: Server
  const marker = 'the host’s own'

  /** Values that are known once the engine runs stand as {NAME} in flags and probes. */
  const values: Record<string, string> = {}
  const filled = (text: string): string => text.replace(/\{([A-Z]+)\}/g, (all, name: string) => values[name] ?? all)

  const cases: readonly Case[] = [
    {
      code: 'E1',
      kind: 'engine-socket',
      flags: ['-v', '{SOCKET}:/s:ro'],
      probe: `socket(my $s, 1, 1, 0); if (connect($s, pack("S a108", 1, "/s"))) { syswrite($s, "GET /_ping HTTP/1.0\\r\\n\\r\\n"); sysread($s, my $answer, 500); print "OPEN" if $answer =~ /OK$/ }`,
    },
    {
      code: 'E3',
      kind: 'release-agent',
      flags: ['--cap-add', 'SYS_ADMIN'],
      // mount(2) in its own mount namespace.
      probe: `mkdir "/tmp/c"; my ($x, $at, $type, $how) = ("x", "/tmp/c", "cgroup", "memory"); syscall(165, $x, $at, $type, 0, $how); ${opens('+<', '/tmp/c/release_agent')}`,
      lacking: isOnCgroups1 ? undefined : 'control groups are of version 2',
    },
    {
      code: 'E4',
      kind: 'file-by-handle',
      flags: ['--cap-drop', 'ALL', '--cap-add', 'DAC_READ_SEARCH', '-v', '{HELD}:/held:ro'],
      // open_by_handle_at(2): the handle of a file that is not mounted, by a file of the same file system that is.
      probe: `open(my $held, "<", "/held"); my $handle = pack("H*", "{HANDLE}"); my $fd = syscall(304, fileno($held), $handle, 0); if ($fd >= 0) { open(my $file, "<&=", $fd); print "OPEN" if <$file> =~ /own/ }`,
    },
    {
      code: 'E5',
      kind: 'kernel-module',
      flags: ['--cap-add', 'SYS_MODULE'],
      // init_module(2) with a byte that is no module: it is asked whether that is allowed, before it is looked at.
      probe: `my ($image, $none) = ("x", ""); syscall(175, $image, 1, $none); print "OPEN" if $! != 1;`,
      lacking: existsSync('/proc/modules') ? undefined : 'the kernel has no modules',
    },
    {
      code: 'E6',
      kind: 'host-processes',
      flags: ['--pid', 'host', '--cap-add', 'SYS_PTRACE'],
      probe: 'print "OPEN" if opendir(my $folder, "/proc/{VICTIM}/root/etc") && -e "/proc/{VICTIM}/root{MARKER}";',
    },
    {
      // ptrace(2): users and groups have to be the same.
      code: 'E7',
      kind: 'same-user',
      title: /^Processes of the host/,
      flags: [
        '--pid',
        'host',
        '--user',
        `${hostUser}:${hostUser}`,
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
        '--read-only',
      ],
      probe: 'print "OPEN" if -e "/proc/{VICTIM}/root{MARKER}" && open(my $file, "<", "/proc/{VICTIM}/environ");',
    },
    {
      code: 'E8',
      kind: 'core-pattern',
      flags: ['--security-opt', 'systempaths=unconfined'],
      probe: opens('+<', '/proc/sys/kernel/core_pattern'),
    },
    {
      code: 'E8, by a mount',
      kind: 'core-pattern',
      flags: ['-v', '/proc:/p'],
      probe: opens('+<', '/p/sys/kernel/core_pattern'),
    },
    {
      code: 'E9',
      kind: 'uevent-helper',
      flags: ['-v', '/sys:/s'],
      // Where the kernel has no uevent_helper, its neighbour shows that it could be written.
      probe: opens('+<', existsSync('/sys/kernel/uevent_helper') ? '/s/kernel/uevent_helper' : '/s/kernel/profiling'),
      lacking: existsSync('/sys/kernel/profiling') ? undefined : 'there is no file to open',
    },
    {
      code: 'E10',
      kind: 'host-files',
      flags: ['-v', '/:/host:ro'],
      probe: 'if (open(my $file, "<", "/host{MARKER}")) { print "OPEN" if <$file> =~ /own/ }',
    },
    {
      code: 'E11',
      kind: 'block-device',
      flags: ['--device-cgroup-rule', 'b *:* rwm'],
      // mknod(2) of the loop device 7:7, which is opened for reading and has nothing behind it.
      probe: `my $path = "/tmp/disk"; syscall(133, $path, 060600, 7 * 256 + 7); ${opens('<', '/tmp/disk')}`,
      lacking: existsSync('/dev/loop7') ? undefined : 'there is no loop device',
    },
    {
      code: 'E13',
      kind: 'host-network',
      flags: ['--network', 'host'],
      probe: 'socket(my $s, 2, 1, 0); print "OPEN" if connect($s, pack("S n C4 x8", 2, {PORT}, 127, 0, 0, 1));',
    },
    {
      code: 'E14',
      kind: 'open-kernel',
      flags: [
        '--security-opt',
        'seccomp=unconfined',
        '--user',
        '65532',
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
      ],
      // unshare(2) of a user namespace.
      probe: 'print "OPEN" if syscall(272, 0x10000000) == 0;',
    },
    {
      code: 'E14, by a capability that its user does not have',
      kind: 'open-kernel',
      flags: ['--cap-add', 'SYS_ADMIN', '--user', '65532'],
      probe: 'print "OPEN" if syscall(272, 0x10000000) == 0;',
    },
    {
      code: 'E15',
      kind: 'capability',
      title: /^SYSLOG/,
      flags: ['--cap-add', 'SYSLOG'],
      // syslog(2), how large the kernel's buffer is.
      probe: 'my $text = "x" x 64; my $size = 64; print "OPEN" if syscall(103, 3, $text, $size) >= 0;',
    },
    {
      code: 'E15, the traffic of the host',
      kind: 'capability',
      title: /^NET_RAW on the host/,
      flags: ['--network', 'host'],
      probe: 'print "OPEN" if socket(my $s, 17, 3, 0x0300);',
    },
  ]

  beforeAll(async () => {
    engine = await startEngine()
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-breakouts-'))
    run('chmod', ['755', folder])
    const root = join(folder, 'root')
    const perl = execFileSync('readlink', ['-f', '/usr/bin/perl'], { encoding: 'utf8' }).trim()
    const libraries = [...run('ldd', [perl]).matchAll(/(\/\S+)/g)].map(([, path]) => path!)
    for (const path of [perl, ...libraries]) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      run('cp', ['-L', path, join(root, path)])
    }
    for (const name of ['tmp', 'bin']) mkdirSync(join(root, name), { recursive: true })
    if (perl !== '/usr/bin/perl') symlinkSync(perl, join(root, 'usr/bin/perl'))
    run('tar', ['-cf', join(folder, 'root.tar'), '-C', root, '.'])
    engine.docker('import', join(folder, 'root.tar'), 'probe:1')
    values.SOCKET = engine.socket
    values.MARKER = join(folder, 'marker')
    values.HELD = join(folder, 'held')
    writeFileSync(values.MARKER, marker)
    writeFileSync(values.HELD, '')
    // name_to_handle_at(2): 8 bytes of head, then what the file system says.
    values.HANDLE = run('perl', [
      '-e',
      'my $path = $ARGV[0]; my $handle = pack("L L x128", 128, 0); my $mount = pack("L", 0); syscall(303, -100, $path, $handle, $mount, 0) == 0 or die "$!"; print unpack("H*", substr($handle, 0, 8 + unpack("L", $handle)))',
      values.MARKER,
    ])
    victim = spawn('sleep', ['600'], { uid: hostUser, gid: hostUser, env: { SECRET: marker }, stdio: 'ignore', cwd: '/' })
    values.VICTIM = String(victim.pid)
    listener = createServer(socket => socket.end())
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
    values.PORT = String((listener.address() as { port: number }).port)
  }, 120_000)

  afterAll(async () => {
    victim?.kill()
    listener?.close()
    await engine?.stop()
    if (folder) rmSync(folder, { recursive: true })
  }, 60_000)

  /** Starts it, waits for its end; what it printed, and what the engine says that it was. */
  const start = async (words: readonly string[]) => {
    const id = engine.docker('create', ...words).trim()
    const endpoint = { name: 'the engine', url: 'http://localhost', socketPath: engine.socket, isAsked: true }
    const state = await readEngineState(machine, endpoint, [id])
    const [inspected] = state.containers
    const daemon = daemonOf(state.answers, undefined)
    const image = state.images.get(inspected!.Image ?? '')
    const { container } = readEngineContainer(inspected!, { daemon, image, volumes: state.volumes, names: state.names })
    const facts: ContainerFacts = {
      today: '2026-11-24',
      neighbours: [container],
      manifests: undefined,
      imageOf: () => ({ user: image?.Config?.User ?? '', volumes: [], setuid: undefined }),
      allowedRegistries: undefined,
    }
    engine.docker('start', '--attach', id)
    const printed = engine.docker('logs', id)
    engine.docker('rm', id)
    return {
      printed,
      container,
      original: { inspected: inspected!, image },
      ways: breakoutsOf(container, facts, hostFactsOf(daemon)),
    }
  }

  /** As the advice has it: the words that make it again, without its name. */
  const again = (container: Container, way: Breakout, original: Parameters<typeof createWords>[1]): readonly string[] => {
    const { words, notes } = createWords(fulfilled(container, way.close.wishes), original)
    expect(notes).toEqual([])
    return words
  }

  for (const { code, kind, title = /^/, flags, probe, lacking } of cases)
    test(`${code}: ${kind} ${flags.join(' ')}${lacking === undefined ? '' : ` (told, not probed: ${lacking})`}`, async () => {
      const command = ['probe:1', '/usr/bin/perl', '-e', filled(probe)]
      const before = await start([...flags.map(filled), ...command])
      if (lacking === undefined) expect(before.printed, 'it is open').toBe('OPEN')
      const isIt = (way: Breakout): boolean => way.id === kind && title.test(way.title)
      const told = before.ways.filter(isIt)
      // What the engine says of its host closes this one.
      if (kind === 'release-agent' && !isOnCgroups1) {
        expect(told).toEqual([])
        return
      }
      expect(
        told.map(way => way.title),
        'it is told',
      ).not.toEqual([])
      const after = await start(again(before.container, told[0]!, before.original))
      if (lacking === undefined) expect(after.printed, 'the smallest change closes it').toBe('')
      expect(after.ways.filter(isIt).map(way => way.title)).toEqual([])
    }, 60_000)

  test('a container without any of it: every probe fails, and none of these ways is told', async () => {
    const flags = ['--user', '10001:10001', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only']
    for (const { kind, title = /^/, probe, lacking } of cases) {
      const { printed, ways } = await start([...flags, 'probe:1', '/usr/bin/perl', '-e', filled(probe)])
      if (lacking === undefined) expect(printed, kind).toBe('')
      expect(
        ways.filter(way => way.id === kind && title.test(way.title)),
        kind,
      ).toEqual([])
    }
  }, 120_000)

  test('nothing of the host was changed', () => {
    expect(readFileSync(values.MARKER!, 'utf8')).toBe(marker)
    expect(victim.exitCode).toBe(null)
  })
})
