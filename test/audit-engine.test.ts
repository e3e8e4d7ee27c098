/** What audit says of a container that an engine has is what it says of the command line that made it. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWords } from '../src/change/container/recreate.ts'
import { type AuditEngineOptions, auditEngine } from '../src/flows/audit-engine.ts'
import { judgeContainers } from '../src/judge/judge-container.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { daemonRules } from '../src/judge/rules/daemon-registry.ts'
import { hostRules } from '../src/judge/rules/host-registry.ts'
import type { Container } from '../src/model/container.ts'
import type { CheckReport } from '../src/model/report.ts'
import { commandLine } from '../src/read/docker-run/command-line.ts'
import { readDockerRun } from '../src/read/docker-run/read-docker-run.ts'
import { daemonOf } from '../src/read/engine-answers.ts'
import { readEngineContainer } from '../src/read/engine-container.ts'
import { type EngineState, readEngineState } from '../src/read/engine-state.ts'
import { showGithub } from '../src/show/github.ts'
import { showJson } from '../src/show/json.ts'
import { showSarif } from '../src/show/sarif.ts'
import { showText } from '../src/show/text.ts'
import { machine } from '../src/world/machine.ts'
import { type Engine, has, hasEngine, run, startEngine } from './components.ts'

const rules = { container: containerRules, daemon: daemonRules, host: hostRules }

/** Flags that somebody might set, alone and together. IMAGE has no user; IMAGE-USER has user, volume, health check, label and variable of its own. */
const lines: readonly string[] = [
  'IMAGE x',
  'IMAGE-USER x',
  '--privileged IMAGE x',
  '--privileged --pid host --network host IMAGE x',
  '--privileged --user 1000 --cap-drop ALL IMAGE x',
  '--cap-add ALL IMAGE x',
  '--cap-add SYS_ADMIN IMAGE x',
  '--cap-add sys_admin --security-opt apparmor=unconfined IMAGE x',
  '--cap-add SYS_MODULE --cap-add SYS_RAWIO --cap-add SYS_BOOT IMAGE x',
  '--cap-add DAC_READ_SEARCH -v /etc/hostname:/h:ro IMAGE x',
  '--cap-add SYS_PTRACE --pid host IMAGE x',
  '--cap-add CAP_NET_ADMIN --cap-add NET_RAW --network host IMAGE x',
  '--cap-add AUDIT_CONTROL --cap-add SYS_NICE --cap-add SYSLOG IMAGE x',
  '--cap-drop ALL IMAGE x',
  '--cap-drop ALL --cap-add NET_BIND_SERVICE --user 1000:1000 IMAGE x',
  '--cap-drop ALL --cap-add SYS_TIME --user 1000 IMAGE-USER x',
  '--security-opt no-new-privileges IMAGE x',
  '--security-opt no-new-privileges:false IMAGE x',
  '--security-opt seccomp=unconfined IMAGE x',
  '--security-opt seccomp=unconfined --user 65532 --cap-drop ALL IMAGE x',
  '--security-opt seccomp=PROFILE IMAGE x',
  '--security-opt apparmor=unconfined IMAGE x',
  '--security-opt label=disable IMAGE x',
  '--security-opt label=type:spc_t IMAGE x',
  '--security-opt label=user:u --security-opt label=role:r --security-opt label=level:s0 IMAGE x',
  '--security-opt systempaths=unconfined IMAGE x',
  '--security-opt systempaths=unconfined --user 1000 IMAGE x',
  '--read-only --tmpfs /tmp --tmpfs /run:exec,size=64m IMAGE x',
  '--read-only --user 10001:10001 --cap-drop ALL --security-opt no-new-privileges -m 64m --pids-limit 50 --cpus 0.5 IMAGE x',
  '--pid host IMAGE x',
  '--pid host --user 1000 IMAGE x',
  '--pid container:other IMAGE x',
  '--ipc host IMAGE x',
  '--ipc shareable IMAGE x',
  '--ipc container:sharing IMAGE x',
  '--uts host IMAGE x',
  '--userns host IMAGE x',
  '--cgroupns private IMAGE x',
  '--network host IMAGE x',
  '--network host -p 80:80 IMAGE x',
  '--network none IMAGE x',
  '--network container:other IMAGE x',
  '--network mine IMAGE x',
  '-v /var/run/docker.sock:/var/run/docker.sock IMAGE x',
  '-v /run:/host/run:ro --user 1000 --group-add docker IMAGE x',
  '-v /:/host IMAGE x',
  '-v /:/host:ro,rslave IMAGE x',
  '-v /etc:/e -v /root/.ssh:/k:ro -v /proc:/p -v /sys:/s IMAGE x',
  '-v /dev:/dev -v /boot:/boot:ro -v /lib/modules:/lib/modules IMAGE x',
  '-v /var/log:/l -v /var/lib/docker:/d:ro IMAGE x',
  '-v /home:/home:rshared -v named:/data -v /anonymous IMAGE x',
  '--mount type=bind,source=/usr,target=/u,readonly,bind-propagation=rshared IMAGE x',
  '--mount type=tmpfs,target=/t,tmpfs-size=1048576 IMAGE x',
  '--mount type=volume,source=behind,target=/b,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc IMAGE x',
  '--volumes-from other:ro IMAGE x',
  '--device /dev/null:/dev/sda:r IMAGE x',
  '--device /dev/zero --device-cgroup-rule=b_8:*_rwm --cap-add MKNOD IMAGE x',
  '--gpus all IMAGE x',
  '--sysctl net.ipv4.ip_unprivileged_port_start=0 --sysctl kernel.msgmax=65536 IMAGE x',
  '-m 512m --cpus 1.5 --pids-limit 100 IMAGE x',
  '--pids-limit -1 IMAGE x',
  '--cpu-quota 50000 --memory-reservation 32m IMAGE x',
  '--ulimit nofile=1048576:1048576 --ulimit nproc=100 IMAGE x',
  '--oom-kill-disable -m 128m IMAGE x',
  '--oom-score-adj -900 IMAGE x',
  '-p 6379:6379 -p 127.0.0.1:22:22 -p 2375:2375 IMAGE x',
  '-p 80 -p [::]:443:443 -p 10.0.0.1:53:53/udp IMAGE x',
  '-P --expose 70 IMAGE x',
  '-e DOCKER_HOST=tcp://10.0.0.5:2375 IMAGE x',
  '-e API_TOKEN=kd83hf7fhk3hfkw83hd -e A=1 --label password=hunter2hunter2 IMAGE x',
  '-e AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYq8Zt4kLm93Qr IMAGE-USER x',
  'IMAGE mysqld --password=kd83hf7fhk3hfkw83hd',
  '--health-cmd true IMAGE x',
  '--no-healthcheck IMAGE-USER x',
  '--restart always IMAGE x',
  '--restart on-failure:3 --log-driver none IMAGE x',
  '--cgroup-parent /mine --runtime runc IMAGE x',
  '--add-host host.docker.internal:10.0.0.1 --dns 1.1.1.1 IMAGE x',
  '--link other:alias IMAGE x',
  '--user root IMAGE-USER x',
  '--user 0:0 --group-add 0 --group-add disk IMAGE x',
  '--user 500 IMAGE x',
  '--entrypoint /usr/sbin/sshd IMAGE -D',
  '--init -it --hostname h --workdir /w --stop-signal SIGINT --shm-size 128m IMAGE sleep 1',
]

/**
 * Where the two differ, and why. Everything else is the same: rule, severity and message.
 * Every line of this table has to be true of at least one container.
 */
const differences: readonly { readonly rule: string; readonly on: RegExp; readonly why: string }[] = [
  {
    rule: 'container/health-unknown',
    on: /IMAGE-USER x$/,
    why: 'an engine knows whether the image has a health check, a command line does not',
  },
  {
    rule: 'container/user-low-uid',
    on: /--user 1000 IMAGE-USER x$/,
    why: 'an engine does not tell a user that was asked for from that of the image, when they are the same',
  },
]

/** Places say `CAP_SYS_ADMIN` where that was written. */
const withoutPlaces = (container: Container): unknown =>
  JSON.parse(JSON.stringify(container, (key, value: unknown) => (key === 'at' ? undefined : value)))

describe.skipIf(!hasEngine)('audit of an engine (needs dockerd)', () => {
  let engine: Engine
  let folder: string
  let state: EngineState
  let report: CheckReport
  const audit = (options: AuditEngineOptions = {}) =>
    auditEngine(machine, rules, '0', { config: 'none', host: `unix://${engine.socket}`, ...options })
  const nameOf = (line: string): string => `c${lines.indexOf(line)}`

  const wordsOf = (line: string): readonly string[] =>
    line
      .split(' ')
      .map(word =>
        word === 'IMAGE'
          ? 'empty:1'
          : word === 'IMAGE-USER'
            ? 'own:1'
            : word.replace('PROFILE', join(folder, 'profile.json')).replaceAll('_8:*_', ' 8:* ').replace('=b ', '=b '),
      )

  beforeAll(async () => {
    engine = await startEngine()
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-audit-'))
    mkdirSync(join(folder, 'root'))
    writeFileSync(join(folder, 'profile.json'), '{"defaultAction":"SCMP_ACT_ALLOW"}')
    run('tar', ['-cf', join(folder, 'root.tar'), '-C', join(folder, 'root'), '.'])
    engine.docker('import', join(folder, 'root.tar'), 'empty:1')
    const changes = ['USER 1000', 'VOLUME /image', 'LABEL of=image', 'ENV OF=image', 'EXPOSE 8080', 'HEALTHCHECK CMD true']
    engine.docker('import', ...changes.flatMap(change => ['--change', change]), join(folder, 'root.tar'), 'own:1')
    engine.docker('create', '--name', 'other', 'empty:1', 'x')
    engine.docker('create', '--name', 'sharing', '--ipc', 'shareable', 'empty:1', 'x')
    engine.docker('network', 'create', 'mine')
    for (const line of lines) engine.docker('create', '--name', nameOf(line), ...wordsOf(line))
    const endpoint = { name: 'the engine', url: 'http://localhost', socketPath: engine.socket, isAsked: true }
    state = await readEngineState(machine, endpoint, [])
    report = (await audit({ profile: 'all' })).report
  }, 240_000)

  afterAll(async () => {
    await engine?.stop()
    if (folder) rmSync(folder, { recursive: true })
  }, 60_000)

  test('there are at least sixty', () => {
    expect(new Set(lines).size).toBeGreaterThanOrEqual(60)
    expect(report.engine?.containers).toBe(lines.length + 2)
  })

  const facts = (neighbours: readonly Container[]) => ({
    today: '2026-11-24',
    neighbours,
    manifests: undefined,
    imageOf: (name: string) =>
      name === 'empty:1'
        ? { user: '', volumes: [], setuid: undefined }
        : name === 'own:1'
          ? { user: '1000', volumes: ['/image'], setuid: undefined }
          : undefined,
    allowedRegistries: undefined,
  })

  const verdicts = (line: string): { readonly written: readonly string[]; readonly live: readonly string[] } => {
    const { container, problems } = readDockerRun(commandLine(['docker', 'create', ...wordsOf(line)]).words)!
    expect(problems).toEqual([])
    const running = new Map(
      Object.entries(containerRules).map(([id, rule]) => [id, { rule, options: undefined, severity: undefined }]),
    )
    const { judged } = judgeContainers(
      [container],
      running,
      () => facts([container]),
      () => '',
    )
    const told = (findings: readonly { rule: string; severity: string; message: string }[]): readonly string[] =>
      [...new Set(findings.map(({ rule, severity, message }) => `${rule} ${severity}: ${message}`))].sort()
    return {
      written: told(judged.map(({ finding }) => finding)),
      live: told(report.findings.filter(({ at: [at] }) => at.in === 'container' && at.id === nameOf(line))),
    }
  }

  const isExplained = (line: string, verdict: string): boolean =>
    differences.some(({ rule, on }) => on.test(line) && verdict.startsWith(`${rule} `))

  test.each(lines)('%s', line => {
    const { written, live } = verdicts(line)
    const onlyWritten = written.filter(one => !live.includes(one) && !isExplained(line, one))
    const onlyLive = live.filter(one => !written.includes(one) && !isExplained(line, one))
    expect({ onlyWritten, onlyLive }).toEqual({ onlyWritten: [], onlyLive: [] })
    expect(live.length).toBeGreaterThan(0)
  })

  test('every difference that is explained is there', () => {
    for (const { rule, on, why } of differences) {
      const seen = lines
        .filter(line => on.test(line))
        .flatMap(line => {
          const { written, live } = verdicts(line)
          return [...written.filter(one => !live.includes(one)), ...live.filter(one => !written.includes(one))]
        })
      expect(
        seen.some(one => one.startsWith(`${rule} `)),
        why,
      ).toBe(true)
    }
  })

  test.each(lines)('made again: %s', line => {
    const surroundings = (from: EngineState, image: string | null | undefined) => ({
      daemon: daemonOf(from.answers, undefined),
      image: from.images.get(image ?? ''),
      volumes: from.volumes,
      names: from.names,
    })
    const inspected = state.containers.find(({ Name }) => Name === `/${nameOf(line)}`)!
    const { container, problems } = readEngineContainer(inspected, surroundings(state, inspected.Image))
    expect(problems).toEqual([])
    const { words, notes } = createWords(container, { inspected, image: state.images.get(inspected.Image ?? '') })
    const isHidden = notes.some(note => /secret|not shown|profile/.test(note))
    if (!isHidden) {
      const id = engine.docker('create', ...words.map(word => (word === container.name ? `${word}-again` : word))).trim()
      const [again] = JSON.parse(engine.docker('inspect', id)) as readonly [typeof inspected]
      engine.docker('rm', id)
      const read = readEngineContainer({ ...again, Name: inspected.Name }, surroundings(state, again.Image)).container
      expect(withoutPlaces(read)).toEqual(withoutPlaces(container))
      const rest = ({ Config, HostConfig }: typeof inspected) => ({
        ...Config,
        Hostname: Config.Hostname === inspected.Id.slice(0, 12) || Config.Hostname === id.slice(0, 12) ? '' : Config.Hostname,
        Volumes: undefined,
        AttachStdout: undefined,
        AttachStderr: undefined,
        AttachStdin: undefined,
        StdinOnce: undefined,
        shm: HostConfig.ShmSize,
        init: HostConfig.Init,
        dns: HostConfig.Dns,
      })
      expect(rest(again)).toEqual(rest(inspected))
    } else expect(words.join(' ')).not.toMatch(/kd83hf7|hunter2|wJalr/)
  })

  test('secrets of containers are in no output', () => {
    for (const text of [showJson(report), showSarif(report), showGithub(report), showText(report, { colour: false })])
      expect(text).not.toMatch(/kd83hf7fhk3hfkw83hd|hunter2hunter2|wJalrXUtn/)
  })

  test('places are told in every format', () => {
    const privileged = nameOf('--privileged IMAGE x')
    expect(showText(report, { colour: false, brief: true })).toContain(`container ${privileged}: HostConfig.Privileged: critical`)
    expect(showGithub(report)).toContain(`::container ${privileged}: HostConfig.Privileged: the container is privileged`)
    const sarif = JSON.parse(showSarif(report)) as {
      runs: { results: { ruleId: string; locations: { logicalLocations?: { fullyQualifiedName: string }[] }[] }[] }[]
    }
    expect(
      sarif.runs[0]!.results.filter(({ ruleId }) => ruleId === 'container/privileged').map(
        ({ locations }) => locations[0]?.logicalLocations?.[0]?.fullyQualifiedName,
      ),
    ).toContain(`${privileged} HostConfig.Privileged`)
    const json = JSON.parse(showJson(report)) as {
      findings: { rule: string; at: object[]; fix?: { safety: string } }[]
      recreations: object[]
    }
    expect(json.findings.find(({ rule }) => rule === 'container/privileged')?.at).toEqual([
      { in: 'container', id: privileged, field: 'HostConfig.Privileged' },
    ])
    expect(json.findings.filter(({ fix }) => fix && fix.safety !== 'manual')).toEqual([])
    expect(json.recreations.length).toBeGreaterThan(60)
  })

  test('the engine itself, by its answers and its command line', () => {
    const told = report.findings.filter(({ rule }) => rule.startsWith('daemon/')).map(({ rule }) => rule)
    // It was started with --iptables=false and --bridge=none.
    expect(told).toContain('daemon/iptables-off')
    expect(told).not.toContain('daemon/bridge-open')
    expect(told).toContain('daemon/live-restore-off')
    expect(told).toContain('daemon/ulimit-default-missing')
    expect(report.engine).toMatchObject({ judgesDaemon: true, judgesHost: true })
    expect(report.findings.some(({ rule }) => rule === 'host/docker-partition')).toBe(true)
  })

  test('a socket that everybody may write to', async () => {
    chmodSync(engine.socket, 0o666)
    const { report: open } = await audit({ only: ['host/file-mode'], containers: ['other'] })
    chmodSync(engine.socket, 0o660)
    const { report: closed } = await audit({ only: ['host/file-mode'], containers: ['other'] })
    const of = ({ findings }: CheckReport) => findings.filter(({ at: [at] }) => at.in === 'file' && at.path === engine.socket)
    expect(of(open)).toMatchObject([{ severity: 'critical', fix: { title: `chmod 660 ${engine.socket}` } }])
    expect(of(closed)).toEqual([])
  })

  test('some containers alone, and one that is not there', async () => {
    const { report: one } = await audit({ containers: ['c2', 'other'], daemon: false })
    expect(new Set(one.findings.map(({ at: [at] }) => (at.in === 'container' ? at.id : at.in)))).toEqual(new Set(['c2', 'other']))
    await expect(audit({ containers: ['nobody'] })).rejects.toThrow(/no container called nobody/)
    await expect(audit({ host: `unix://${join(folder, 'none.sock')}` })).rejects.toThrow(/no engine answers/)
  })

  test('a configuration accepts by the names of containers', async () => {
    const file = join(folder, 'bulkhead.yaml')
    writeFileSync(
      file,
      `version: 1
rules:
  daemon/live-restore-off: off
  daemon/cgroups-old: critical
ignore:
  - rule: container/privileged
    path: c2
    reason: builds images
  - rule: daemon/iptables-off
    reason: the test's own engine
`,
    )
    const { report: accepted } = await audit({ config: { file }, containers: ['c2', 'c3'] })
    const of = (rule: string) => accepted.findings.filter(one => one.rule === rule)
    expect(
      of('container/privileged').map(({ at: [at], suppressed }) => [at.in === 'container' && at.id, suppressed?.reason]),
    ).toEqual([
      ['c2', 'builds images'],
      ['c3', undefined],
    ])
    expect(of('daemon/live-restore-off')).toEqual([])
    expect(of('daemon/iptables-off')[0]?.suppressed).toMatchObject({ reason: "the test's own engine" })
    // What somebody accepted stays in the command that makes it again.
    expect(accepted.recreations?.find(({ container }) => container === 'c2')?.command).toContain('--privileged')
  })

  test('what docker update can do is told as such', () => {
    const fix = (line: string, rule: string): string | undefined =>
      report.findings.find(one => one.rule === rule && one.at[0].in === 'container' && one.at[0].id === nameOf(line))?.fix?.title
    expect(fix('--restart always IMAGE x', 'container/restart-always')).toMatch(/: docker update --restart on-failure:5 c\d+$/)
    expect(fix('IMAGE x', 'container/limits-missing')).toMatch(
      /: docker update --memory SIZE --memory-swap SIZE --pids-limit NUMBER c0$/,
    )
  })

  test('the advised command makes a container in which the findings are gone', async () => {
    const line = '-v /:/host:ro,rslave IMAGE x'
    const found = report.recreations?.find(({ container }) => container === nameOf(line))
    expect(found?.command).toMatch(/^docker stop \S+ && docker rename \S+ \S+-before && docker create /)
    const env = { DOCKER_HOST: `unix://${engine.socket}` }
    run('sh', ['-c', found!.command.replaceAll('docker ', '/usr/bin/docker ')], { env })
    const { report: after } = await audit({ profile: 'all', containers: [nameOf(line)], daemon: false })
    const gone = found!.changes.map(change => change.split(':')[0]!)
    expect(gone.length).toBeGreaterThan(2)
    expect(after.findings.map(({ rule }) => rule).filter(rule => gone.includes(rule))).toEqual([])
    expect(readFileSync(join(folder, 'profile.json'), 'utf8')).not.toBe('')
  })

  test('by a link to the socket, too', async () => {
    symlinkSync(engine.socket, join(folder, 'link.sock'))
    const { report: one } = await audit({ host: `unix://${join(folder, 'link.sock')}`, containers: ['c2'], daemon: false })
    expect(one.findings.some(({ rule }) => rule === 'container/privileged')).toBe(true)
  })
})

describe.skipIf(process.getuid?.() !== 0 || !has('podman'))('audit of Podman, which leaves much out (needs podman)', () => {
  test('its containers are judged, and what it does not say is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-podman-'))
    mkdirSync(join(folder, 'root'))
    run('tar', ['-cf', join(folder, 'root.tar'), '-C', join(folder, 'root'), '.'])
    const common = [
      '--root',
      join(folder, 'storage'),
      '--runroot',
      join(folder, 'run'),
      '--storage-driver',
      'vfs',
      '--cgroup-manager',
      'cgroupfs',
    ]
    const podman = (...args: readonly string[]): string => run('podman', [...common, ...args])
    podman('import', '-q', join(folder, 'root.tar'), 'empty:1')
    podman('create', '--name', 'privileged', '--privileged', '-v', '/etc:/e', 'empty:1', 'x')
    podman(
      'create',
      '--name',
      'open',
      '--security-opt',
      'unmask=ALL',
      '--security-opt',
      'seccomp=unconfined',
      '--user',
      '1000',
      'empty:1',
      'x',
    )
    const socket = join(folder, 'podman.sock')
    const service = spawn('podman', [...common, 'system', 'service', '--time', '0', `unix://${socket}`], { stdio: 'ignore' })
    try {
      for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise(resolve => setTimeout(resolve, 100))
      const { report } = await auditEngine(machine, rules, '0', { config: 'none', host: `unix://${socket}` })
      const told = report.findings.map(({ rule, at: [at] }) => `${at.in === 'container' ? at.id : at.in} ${rule}`)
      expect(told).toContain('privileged container/privileged')
      expect(told).toContain('privileged container/host-path')
      expect(told).toContain('open container/seccomp-unconfined')
      expect(told.filter(one => /runtime-custom|daemon\/|host\/[^p]/.test(one))).toEqual([])
      expect(report.problems.map(({ kind, message }) => `${kind}: ${message}`).sort()).toEqual([
        'uncovered: Podman has no daemon, and its host is not judged: its containers are',
        'uncovered: the engine does not say which paths of /proc and /sys its containers do not see',
      ])
      expect(report.recreations?.find(({ container }) => container === 'open')?.command).toMatch(/^podman stop open && /)
    } finally {
      service.kill()
      await new Promise(resolve => service.once('exit', resolve))
      podman('rm', '--all', '--force')
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
