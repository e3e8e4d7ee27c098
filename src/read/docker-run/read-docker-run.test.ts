import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import '../../../test/fixed-seed.ts'
import type { Container } from '../../model/container.ts'
import { commandLine } from './command-line.ts'
import { type CommandWord, readRunFlags } from './flags.ts'
import { readDockerRun } from './read-docker-run.ts'

/** Words at blanks; `'…'` keeps them. `$` makes a word unknown. */
const wordsOf = (line: string): readonly CommandWord[] =>
  [...line.matchAll(/(?:'[^']*'|[^' ])+/g)].map(({ 0: raw, index }) => {
    const text = raw.replaceAll("'", '')
    return {
      text,
      at: { in: 'file', path: 'x.sh', span: { start: index, end: index + raw.length } },
      known: raw.includes("'") || !text.includes('$'),
      quoted: raw.includes("'"),
    }
  })

const read = (line: string) => {
  const run = readDockerRun(wordsOf(line))
  const written = (at: unknown): string | undefined => {
    const place = at as { span?: { start: number; end: number } } | undefined
    return place?.span && line.slice(place.span.start, place.span.end)
  }
  return {
    run,
    container: run?.container as Container,
    problems: (run?.problems ?? []).map(one => `${one.code} ${written(one.at)}`),
    written,
  }
}

/** Every field that the container says, without places. */
const bare = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item) => (key === 'at' || key === 'places' ? undefined : item)))

const valueOf = (line: string, field: keyof Container): unknown => bare(read(line).container[field])

describe('which words start a container', () => {
  test.each([
    ['docker run x', 'docker run x'],
    ['docker container run x', 'docker run x'],
    ['docker create x', 'docker create x'],
    ['/usr/bin/docker run x', 'docker run x'],
    ['docker.exe run x', 'docker run x'],
    ['podman run x', 'podman run x'],
    ['podman --remote --log-level=debug container create x', 'podman create x'],
    ['nerdctl -n k8s.io run x', 'nerdctl run x'],
    ['sudo -u root docker run x', 'docker run x'],
    ['env A=b docker run x', 'docker run x'],
    ['timeout 5 nice docker run x', 'docker run x'],
    ['docker -H tcp://h:2375 --context c -D --tls run x', 'docker run x'],
    ['docker -Htcp://h:2375 -lc run x', 'docker run x'],
    ['$DOCKER run x', 'docker run x'],
    ['${CONTAINER_RUNTIME:-podman} run x', 'podman run x'],
    ['docker exec --privileged web sh', 'docker exec web'],
    ['docker ps', undefined],
    ['docker compose run x', undefined],
    ['docker run --help', undefined],
    ['docker exec web sh', undefined],
    ['docker exec web --privileged', undefined],
    ['docker exec --privileged=false web', undefined],
    ['echo docker run x', undefined],
    ['docker', undefined],
    ['', undefined],
    ['$X run x', undefined],
  ])('%s', (line, name) => {
    expect(read(line).container?.name).toBe(name)
  })
})

describe('options', () => {
  test.each<[string, keyof Container, unknown]>([
    ['docker run -u 1000 x', 'user', { value: '1000' }],
    ['docker run -u $UID:$GID x', 'user', { value: undefined }],
    ['docker run --security-opt no-new-privileges x', 'noNewPrivileges', { value: true }],
    ['docker run --security-opt=no-new-privileges:false x', 'noNewPrivileges', { value: false }],
    ['docker run --security-opt no-new-privileges --security-opt no-new-privileges=0 x', 'noNewPrivileges', { value: false }],
    ['docker run --security-opt seccomp=builtin x', 'seccomp', { value: 'default' }],
    ['docker run --security-opt seccomp:./p.json x', 'seccomp', { value: 'localhost', profile: './p.json' }],
    ['docker run --security-opt seccomp=$P x', 'seccomp', { value: 'localhost', profile: '$P' }],
    ['docker run --security-opt apparmor=docker-default x', 'apparmor', { value: 'default' }],
    ['docker run --security-opt apparmor=mine x', 'apparmor', { value: 'localhost', profile: 'mine' }],
    ['docker run --security-opt label=disable x', 'selinux', { value: { disabled: true } }],
    [
      'docker run --security-opt label:type:t --security-opt label=level:s0:c1 x',
      'selinux',
      { value: { disabled: false, type: 't', level: 's0:c1' } },
    ],
    ['docker run --security-opt systempaths=unconfined x', 'systemPaths', { value: 'unmasked' }],
    ['podman run --security-opt unmask=ALL x', 'systemPaths', { value: 'unmasked' }],
    ['podman run --security-opt mask=/proc/x x', 'systemPaths', { value: 'masked' }],
    ['podman run --cap-add=a,CAP_b x', 'capAdd', [{ value: 'A' }, { value: 'B' }]],
    ['podman run x', 'pids', { value: 2048 }],
    ['podman run --pids-limit 0 x', 'pids', { value: 0 }],
    ['podman run --network a:ip=10.0.0.1,mac=x --userns=keep-id x', 'network', { value: 'a' }],
    ['podman run --userns=keep-id:uid=1 x', 'userNamespace', { value: 'keep-id:uid=1' }],
    ['podman run --secret s,type=env x', 'secrets', [{ value: 's,type=env' }]],
    ['docker run --network name=a,alias=b --network host x', 'networks', [{ value: 'a' }]],
    ['docker run --network bridge x', 'networks', []],
    ['docker run --pid= x', 'pid', { value: 'private' }],
    ['docker run --cpu-quota=50000 --cpu-period=25000 x', 'cpus', { value: 2 }],
    ['docker run --cpu-quota=-1 x', 'cpus', { value: 0 }],
    ['docker run -m 0 x', 'memory', { value: 0 }],
    ['docker run -m 1g x', 'memory', { value: 1024 ** 3 }],
    ['docker run -m $M x', 'memory', {}],
    ['docker run --health-cmd none x', 'healthcheck', { value: 'disabled' }],
    ['docker run --health-interval 5s x', 'healthcheck', { value: 'image' }],
    ['docker run --entrypoint= x', 'entrypoint', { value: [] }],
    ['docker run --use-api-socket x', 'apiSocket', { value: true }],
    ['docker run --platform windows/amd64 x', 'os', 'windows'],
    [
      'docker run --gpus device=0 --device nvidia.com/gpu=all x',
      'deviceRequests',
      [{ value: 'device=0' }, { value: 'nvidia.com/gpu=all' }],
    ],
    [
      'docker run -e A -e B=c -e D=$D -e E=x$E x',
      'environment',
      [
        { name: 'A', from: 'host' },
        { name: 'B', value: 'c' },
        { name: 'D', from: 'host' },
        { name: 'E', value: 'x$E' },
      ],
    ],
    ['docker run --add-host=a=[::1] --add-host b:1.1.1.1 x', 'extraHosts', [{ value: 'a:::1' }, { value: 'b:1.1.1.1' }]],
    ['docker run --add-host a:host-gateway x', 'extraHosts', [{ value: 'a:host-gateway' }]],
  ])('%s', (line, field, expected) => {
    expect(valueOf(line, field)).toEqual(expected)
  })

  test.each<[string, readonly object[]]>([
    ['-v /a', [{ type: 'volume', target: '/a' }]],
    ['-v aa:/b:ro', [{ type: 'volume', source: 'aa', readOnly: true }]],
    ['-v ./a:/b', [{ type: 'bind', source: './a' }]],
    ['-v ~/a:/b', [{ type: 'bind', source: '~/a' }]],
    ['-v $PWD:/x', [{ type: 'bind', source: '$PWD', target: '/x', readOnly: false }]],
    ['-v $(pwd):/x:ro', [{ type: 'bind', source: '$(pwd)', readOnly: true }]],
    ['-v ${A:-/etc}:/x', [{ type: 'bind', source: '${A:-/etc}', target: '/x' }]],
    [
      '-v //var/./run/../lib//:/x/:Z,rshared',
      [{ type: 'bind', source: '/var/lib', target: '/x', propagation: 'rshared', options: ['Z'] }],
    ],
    ["-v 'C:\\a:C:\\b:ro'", [{ type: 'bind', source: 'C:\\a', target: 'C:\\b', readOnly: true }]],
    ["-v '//./pipe/docker_engine://./pipe/docker_engine'", [{ type: 'npipe' }]],
    ['--mount target=/a', [{ type: 'volume', target: '/a' }]],
    ['--mount TYPE=bind,Source=/a/../b,destination=/c,RO', [{ type: 'bind', source: '/b', target: '/c', readOnly: true }]],
    [
      '--mount type=bind,src=/a,dst=/b,readonly=false,bind-recursive=readonly',
      [{ readOnly: false, options: ['bind-recursive=readonly'] }],
    ],
    [
      '--mount type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777',
      [{ type: 'tmpfs', target: '/t', options: ['size=1m', 'mode=1777'] }],
    ],
    [
      '--mount type=volume,dst=/m,volume-opt=type=none,volume-opt=o=rbind,volume-opt=device=/etc/',
      [{ type: 'bind', source: '/etc', target: '/m', readOnly: false }],
    ],
    [
      '--mount type=volume,src=v,dst=/m,volume-driver=local,"volume-opt=o=bind,ro","volume-opt=device=/etc"',
      [{ type: 'bind', source: '/etc', readOnly: true }],
    ],
    [
      '--mount type=volume,src=v,dst=/m,volume-opt=type=ext4,volume-opt=device=/dev/sda1',
      [{ type: 'bind', kind: 'BlockDevice', source: '/dev/sda1' }],
    ],
    ['--mount type=image,src=i,dst=/m', [{ type: 'image', source: 'i' }]],
    ['--tmpfs /run:rw,exec,size=1m', [{ type: 'tmpfs', target: '/run', options: ['rw', 'exec', 'size=1m'] }]],
  ])('mounts: %s', (options, expected) => {
    const { container, problems } = read(`docker run ${options} x`)
    expect(problems).toEqual([])
    expect(container.mounts).toMatchObject(expected)
    expect(container.image.value).toBe('x')
  })

  test.each<[string, readonly object[]]>([
    ['-p 80', [{ containerPort: 80, published: true }]],
    ['-p 8080:80', [{ hostPort: 8080, lastHostPort: 8080, containerPort: 80, protocol: 'tcp', published: true }]],
    ['-p 127.0.0.1:8080:80/udp', [{ hostAddress: '127.0.0.1', protocol: 'udp', published: false }]],
    [
      '-p [::1]:1:2 -p [::]:3:4',
      [
        { hostAddress: '::1', published: false },
        { hostAddress: '::', published: true },
      ],
    ],
    ['-p 10.0.0.1::80', [{ hostAddress: '10.0.0.1', containerPort: 80, published: true }]],
    ['-p 8000-8009:80', [{ hostPort: 8000, lastHostPort: 8009, containerPort: 80 }]],
    ['-p published=1,target=2,protocol=udp', [{ hostPort: 1, containerPort: 2, protocol: 'udp' }]],
    ['--expose 1-3', [{ containerPort: 1, published: false }]],
    ['-P', [{ containerPort: 0, published: true }]],
    ['-p $P:80', [{ containerPort: 80, published: true }]],
    ['-p 127.0.0.1:${P:-1}:80/udp', [{ hostAddress: '127.0.0.1', containerPort: 80, protocol: 'udp', published: false }]],
  ])('ports: %s', (options, expected) => {
    const { container, problems } = read(`docker run ${options} x`)
    expect(problems).toEqual([])
    expect(container.ports).toMatchObject(expected)
  })

  test.each([
    ['--bogus --rm x', ['docker-run-unknown-flag --bogus'], 'x'],
    ['--bogus v x', ['docker-run-unknown-flag --bogus'], 'x'],
    ['--bogus=v x', ['docker-run-unknown-flag --bogus=v'], 'x'],
    ['-Z x', ['docker-run-unknown-flag -Z'], 'x'],
    ['$OPTS x', ['docker-run-unknown-words $OPTS'], 'x'],
    ['$@ x', ['docker-run-unknown-words $@'], 'x'],
    ['${P:+--privileged} --rm a', ['docker-run-unknown-words ${P:+--privileged}'], 'a'],
    ['$A nginx:1 sh', ['docker-run-unknown-words $A'], 'nginx:1'],
    ['$IMAGE sh', [], undefined],
    ['$IMG -c x', [], undefined],
    ['$X', [], undefined],
    ['--privileged=$P x', ['docker-run-unknown-value --privileged=$P'], 'x'],
    ['--cap-add $C x', ['docker-run-unknown-value --cap-add $C'], 'x'],
    ['--security-opt $S x', ['docker-run-unknown-value --security-opt $S'], 'x'],
    ['--security-opt apparmor=$S x', ['docker-run-unknown-value --security-opt apparmor=$S'], 'x'],
    ['--net $N x', ['docker-run-unknown-value --net $N'], 'x'],
    ['--pid $N x', ['docker-run-unknown-value --pid $N'], 'x'],
    ['--device $D x', ['docker-run-unknown-value --device $D'], 'x'],
    ['--mount $M x', ['docker-run-unknown-value --mount $M'], 'x'],
    ['-m $M x', ['docker-run-unknown-value -m $M'], 'x'],
    ['-p $P x', ['docker-run-unknown-value -p $P'], 'x'],
    ['--env-file f x', ['docker-run-environment-file --env-file f'], 'x'],
    ['--security-opt writable-cgroups=true x', ['docker-run-uncovered --security-opt writable-cgroups=true'], 'x'],
    ['--privileged=yes x', ['docker-run-invalid --privileged=yes'], 'x'],
    ['-m 1x x', ['docker-run-invalid -m 1x'], 'x'],
    ['-v a:b x', ['docker-run-invalid -v a:b'], 'x'],
    ['-v /a:/b:bad x', ['docker-run-invalid -v /a:/b:bad'], 'x'],
    ['--mount type=bind,dst=/x x', ['docker-run-invalid --mount type=bind,dst=/x'], 'x'],
    ['--mount typ=bind,dst=/x x', ['docker-run-invalid --mount typ=bind,dst=/x'], 'x'],
    ['-p 80:x x', ['docker-run-invalid -p 80:x'], 'x'],
    ['-p 1-3:4-5 x', ['docker-run-invalid -p 1-3:4-5'], 'x'],
    ['--ulimit x=1 x', ['docker-run-invalid --ulimit x=1'], 'x'],
    ['--security-opt foo=1 x', ['docker-run-invalid --security-opt foo=1'], 'x'],
    ['-v', ['docker-run-invalid -v', 'docker-run-invalid docker'], undefined],
    ['--rm', ['docker-run-invalid docker'], undefined],
  ])('problems: %s', (options, expected, image) => {
    const { container, problems } = read(`docker run ${options}`)
    expect(problems).toEqual(expected)
    expect(container.image.value).toBe(image)
  })

  test('a variable of a file is one of the environment', () => {
    const run = readDockerRun(wordsOf('docker run --env-file f x'), {
      environmentFile: path => (path === 'f' ? '# no\n\nA=1\n B\n' : undefined),
    })!
    expect(bare(run.container.environment)).toEqual([
      { name: 'A', from: 'env_file' },
      { name: 'B', from: 'host' },
    ])
    expect(run.problems).toEqual([])
  })
})

describe('places', () => {
  test('an option with its value; a letter among others; the word `docker`', () => {
    const { container, written, run } = read('sudo docker run --cap-add A --cap-add=B -itPv /a:/b -u0 --privileged img sh -c x')
    expect(written(container.at)).toBe('docker')
    expect(written(run!.at)).toBe('docker run --cap-add A --cap-add=B -itPv /a:/b -u0 --privileged img sh -c x')
    expect(written(run!.verbAt)).toBe('run')
    expect(container.capAdd.map(({ at }) => written(at))).toEqual(['--cap-add A', '--cap-add=B'])
    expect(written(container.mounts[0]!.at)).toBe('v /a:/b')
    expect(written(container.ports[0]!.at)).toBe('P')
    expect(written(container.user.at)).toBe('-u0')
    expect(written(container.image.at)).toBe('img')
    expect(written(container.command.at)).toBe('sh -c x')
    expect(container.pid.at).toBeUndefined()
  })

  test('the words of a process as a line that a shell would take', () => {
    const words = ['docker', 'run', '-e', "A=it's", '--label', '$x', 'img']
    const line = commandLine(words)
    expect(line.text).toBe("docker run -e 'A=it'\\''s' --label '$x' img")
    const { container } = readDockerRun(line.words)!
    const { at } = container.environment[0]!
    expect(at.in === 'file' && line.text.slice(at.span.start, at.span.end)).toBe("-e 'A=it'\\''s'")
    expect(at).toMatchObject({ path: 'command line' })
    // Nothing is unknown: the shell did its work.
    expect(container.labels[0]!.value.name).toBe('$x')
    expect(spawnSync('sh', ['-c', `printf '%s\\n' ${line.text}`], { encoding: 'utf8' }).stdout).toBe(`${words.join('\n')}\n`)
  })
})

describe('every option that the programs know', () => {
  const helpOf = (program: string): string => {
    const { status, stdout } = spawnSync(program, ['run', '--help'], {
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '200' },
    })
    return status === 0 ? stdout : ''
  }
  for (const program of ['docker', 'podman'] as const) {
    const help = helpOf(program)
    test.skipIf(help === '')(`is read as ${program} reads it (needs ${program})`, () => {
      const options = [...help.matchAll(/^ +(?:-([a-zA-Z]), )?--([a-z0-9-]+)(?: (?! {2})(\S+))?/gm)]
      expect(options.length).toBeGreaterThan(80)
      const wrong = options.flatMap(([, letter, name, value]) =>
        [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])].filter(word => {
          const words = commandLine([word, 'a', 'b']).words
          const { rest, uses, problems } = readRunFlags(words, 0, program)
          return problems.length > 0 || uses[0]?.name !== name || rest !== (value === undefined ? 1 : 2)
        }),
      )
      expect(wrong).toEqual([])
    })
  }
})

describe('spelling', () => {
  type Choose = (count: number) => number
  type Piece = (choose: Choose) => readonly string[]
  const valued =
    (long: string, value: string | ((choose: Choose) => string), letter?: string): Piece =>
    choose => {
      const text = typeof value === 'string' ? value : value(choose)
      const forms = [
        [`--${long}`, text],
        [`--${long}=${text}`],
        ...(letter
          ? [[`-${letter}`, text], [`-${letter}${text}`], [`-${letter}=${text}`], [`-it${letter}`, text], [`-i${letter}${text}`]]
          : []),
      ]
      return forms[choose(forms.length)]!
    }
  const switched =
    (long: string, letter?: string): Piece =>
    choose => {
      const forms = [
        [`--${long}`],
        [`--${long}=true`],
        [`--${long}=1`],
        [`--${long}=T`],
        ...(letter ? [[`-${letter}`], [`-it${letter}`], [`-${letter}=true`]] : []),
      ]
      return forms[choose(forms.length)]!
    }
  const capability =
    (name: string) =>
    (choose: Choose): string => {
      const forms = [name, `CAP_${name}`, name.toLowerCase(), `cap_${name.toLowerCase()}`, `Cap_${name}`]
      return forms[choose(forms.length)]!
    }
  const either =
    (...forms: readonly string[]) =>
    (choose: Choose): string =>
      forms[choose(forms.length)]!
  const pieces: readonly Piece[] = [
    switched('privileged'),
    switched('read-only'),
    switched('publish-all', 'P'),
    switched('oom-kill-disable'),
    valued('cap-add', capability('SYS_ADMIN')),
    valued('cap-add', capability('NET_ADMIN')),
    valued('cap-drop', capability('ALL')),
    valued(
      'security-opt',
      either('no-new-privileges', 'no-new-privileges:true', 'no-new-privileges=true', 'no-new-privileges=1'),
    ),
    valued('security-opt', either('seccomp=unconfined', 'seccomp:unconfined')),
    valued('security-opt', either('apparmor=unconfined', 'apparmor:unconfined')),
    valued('security-opt', either('label=disable', 'label:disable')),
    valued('user', '1000:1000', 'u'),
    valued('memory', either('512m', '512M', '512mb', '512MiB', '536870912', '0.5g'), 'm'),
    valued('cpus', either('1.5', '1.50')),
    valued('publish', either('127.0.0.1:80:8080', '127.0.0.1:80:8080/tcp'), 'p'),
    valued('volume', either('/etc:/e:ro', '//etc/:/e/:ro', '/usr/../etc/.:/e:ro'), 'v'),
    choose =>
      valued(
        'mount',
        either(
          'type=bind,src=/a,dst=/b,ro',
          'readonly,source=/a/,target=/b,type=bind',
          'type=bind,source=/a,"destination=/b",readonly=true',
        ),
      )(choose),
    choose => [[`--net=host`], ['--network', 'host'], ['--net', 'host']][choose(3)]!,
    valued('pid', 'host'),
    valued('env', 'A=b c', 'e'),
    valued('label', 'l=$x', 'l'),
    valued('add-host', either('h:1.2.3.4', 'h=1.2.3.4')),
    valued('ulimit', either('nofile=10', 'nofile=10:10')),
    valued('device', either('/dev/kvm', '/dev/kvm:/dev/kvm', '/dev/kvm:rwm', '/dev/kvm:/dev/kvm:rwm')),
  ]
  const programs = [
    ['docker', 'run'],
    ['docker', 'container', 'run'],
    ['sudo', 'docker', '-H', 'x', 'run'],
    ['/usr/bin/docker', '--debug', 'run'],
  ]

  /** Lists in one order; the name says what was written. */
  const canonical = (container: Container): unknown => {
    const fields = Object.entries(bare(container) as Record<string, unknown>)
    return Object.fromEntries(
      fields.map(([key, value]) => [key, Array.isArray(value) ? value.map(item => JSON.stringify(item)).sort() : value]),
    )
  }

  test('never changes the container', () => {
    const subset = fc.uniqueArray(fc.nat(pieces.length - 1), { minLength: 1 })
    fc.assert(
      fc.property(subset, fc.infiniteStream(fc.nat(1000)), fc.infiniteStream(fc.nat(1000)), (chosen, left, right) => {
        const spell = (stream: Iterator<number>): unknown => {
          const choose: Choose = count => stream.next().value % count
          const order = chosen.map(index => ({ index, rank: choose(1000) })).sort((a, b) => a.rank - b.rank || a.index - b.index)
          const options = order.flatMap(({ index }) => pieces[index]!(choose))
          const end = choose(2) === 0 ? ['--'] : []
          const { container, problems } = readDockerRun(
            commandLine([...programs[choose(programs.length)]!, ...options, ...end, 'img:1', 'sh', '--privileged']).words,
          )!
          expect(problems).toEqual([])
          return canonical(container)
        }
        expect(spell(left)).toEqual(spell(right))
      }),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
    )
  })

  test('nothing throws, and every place is inside', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'docker',
        'run',
        '-v',
        '--mount',
        '-p',
        '--security-opt',
        '--',
        '-',
        '',
        '--=',
        '-=',
        '$X',
        '--network',
        'sudo',
        'env',
        '-S',
        'podman',
        '--ulimit',
        '--cpus',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), words => {
        const line = commandLine(['docker', 'run', ...words])
        const run = readDockerRun(line.words)
        JSON.stringify(run, (key, value) => {
          if (key === 'span') {
            expect(value.start).toBeLessThanOrEqual(value.end)
            expect(value.end).toBeLessThanOrEqual(line.text.length)
          }
          return value
        })
      }),
      { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
    )
  })
})
