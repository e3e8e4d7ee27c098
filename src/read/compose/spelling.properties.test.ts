/** However a service is spelled, it is the same Container but for the places. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../../test/fixed-seed.ts'
import type { Container } from '../../model/container.ts'
import { readComposeProject } from './project.ts'

type Volume = { readonly source: string; readonly target: string; readonly readOnly: boolean; readonly propagation: string }
type PortSpec = { readonly ip: string; readonly host: number; readonly container: number; readonly protocol: string }
type Spec = {
  readonly flags: Readonly<Record<string, boolean>>
  readonly texts: Readonly<Record<string, string>>
  readonly pairs: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly volumes: readonly Volume[]
  readonly ports: readonly PortSpec[]
  readonly devices: readonly { readonly host: string; readonly target: string; readonly permissions: string }[]
  readonly secrets: readonly string[]
  readonly limits: Readonly<Record<string, number>>
  readonly depends: readonly string[]
  readonly memory: number
  readonly healthcheck: readonly string[]
}

/** Draws from a fixed row of numbers, so that a case can be shrunk and shown. */
type Draw = (choices: number) => number
const drawing = (numbers: readonly number[]): Draw => {
  let at = 0
  return choices => (numbers.length === 0 ? 0 : numbers[at++ % numbers.length]! % choices)
}

const one = <T>(draw: Draw, ...choices: readonly (() => T)[]): T => choices[draw(choices.length)]!()

/** Plain where that says the same, or in quotes. */
const quoted = (draw: Draw, text: string): string =>
  one(
    draw,
    () =>
      /^[A-Za-z/][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text),
    () => JSON.stringify(text),
    () => `'${text.replaceAll("'", "''")}'`,
  )

const flag = (draw: Draw, value: boolean): string => {
  const words = value
    ? ['true', 'True', 'TRUE', 'yes', 'Yes', 'on', 'y', '"true"', "'yes'"]
    : ['false', 'False', 'no', 'off', 'n', '"false"', "'No'"]
  return words[draw(words.length)]!
}

const list = (draw: Draw, items: readonly string[], indent: string): string =>
  one(
    draw,
    () => ` [${items.join(', ')}]`,
    () => items.map(item => `\n${indent}  - ${item}`).join('') || ' []',
  )

const map = (draw: Draw, fields: readonly (readonly [string, string])[], indent: string): string =>
  one(
    draw,
    () => ` {${fields.map(([key, value]) => `${key}: ${value}`).join(', ')}}`,
    () => fields.map(([key, value]) => `\n${indent}  ${key}: ${value}`).join('') || ' {}',
  )

const flow = (fields: readonly (readonly [string, string])[]): string =>
  `{${fields.map(([key, value]) => `${key}: ${value}`).join(', ')}}`

const volume = (draw: Draw, { source, target, readOnly, propagation }: Volume): string =>
  one(
    draw,
    () => {
      const modes = [...(readOnly ? ['ro'] : draw(2) === 0 ? ['rw'] : []), ...(propagation === 'rprivate' ? [] : [propagation])]
      return quoted(draw, [source, target, ...(modes.length > 0 ? [modes.join(',')] : [])].join(':'))
    },
    () =>
      flow([
        ['type', 'bind'],
        ['source', quoted(draw, source)],
        ['target', quoted(draw, target)],
        ...(readOnly ? [['read_only', flag(draw, true)] as const] : []),
        ...(propagation === 'rprivate' ? [] : [['bind', `{propagation: ${propagation}}`] as const]),
      ]),
  )

const port = (draw: Draw, { ip, host, container, protocol }: PortSpec): string =>
  one(
    draw,
    () =>
      `"${ip === '' ? '' : `${ip.includes(':') ? `[${ip}]` : ip}:`}${host}:${container}${protocol === 'tcp' && draw(2) === 0 ? '' : `/${protocol}`}"`,
    () =>
      flow([
        [
          'target',
          one(
            draw,
            () => `${container}`,
            () => `"${container}"`,
          ),
        ],
        [
          'published',
          one(
            draw,
            () => `${host}`,
            () => `"${host}"`,
          ),
        ],
        ...(ip === '' ? [] : [['host_ip', JSON.stringify(ip)] as const]),
        ...(protocol === 'tcp' && draw(2) === 0 ? [] : [['protocol', protocol] as const]),
      ]),
  )

/** A field of a service: what stands behind its key, at an indentation. A field that can be parted has items, of which some may stand in a file below. */
type Rendered = { readonly key: string; text(indent: string): string; readonly parts?: readonly [Rendered, Rendered] }

const inList = (draw: Draw, key: string, items: readonly string[]): Rendered => {
  const whole = (some: readonly string[]): Rendered => ({ key, text: indent => list(draw, some, indent) })
  const cut = draw(items.length + 1)
  return {
    ...whole(items),
    ...(cut > 0 && cut < items.length ? { parts: [whole(items.slice(0, cut)), whole(items.slice(cut))] } : {}),
  }
}

const inPairs = (draw: Draw, key: string, pairs: Readonly<Record<string, string>>): Rendered => {
  const whole = (some: readonly (readonly [string, string])[]): Rendered => ({
    key,
    text: indent =>
      one(
        draw,
        () =>
          list(
            draw,
            some.map(([name, value]) => quoted(draw, `${name}=${value}`)),
            indent,
          ),
        () =>
          map(
            draw,
            some.map(([name, value]) => [name, quoted(draw, value)]),
            indent,
          ),
      ),
  })
  const all = Object.entries(pairs)
  const cut = draw(all.length + 1)
  return { ...whole(all), ...(cut > 0 && cut < all.length ? { parts: [whole(all.slice(0, cut)), whole(all.slice(cut))] } : {}) }
}

const render = (spec: Spec, draw: Draw): readonly Rendered[] => {
  const plain = (key: string, text: string): Rendered => ({ key, text: () => ` ${text}` })
  const fields: Rendered[] = [
    ...Object.entries(spec.flags).map(([key, value]) => plain(key, flag(draw, value))),
    ...Object.entries(spec.texts).map(([key, value]) => plain(key, quoted(draw, value))),
    ...Object.entries(spec.pairs).map(([key, pairs]) => inPairs(draw, key, pairs)),
    ...Object.entries(spec.lists).map(([key, items]) =>
      inList(
        draw,
        key,
        items.map(item => {
          if (key === 'security_opt')
            return quoted(
              draw,
              one(
                draw,
                () => item,
                () => item.replace('=', ':'),
              ),
            )
          return quoted(
            draw,
            key.startsWith('cap_')
              ? one(
                  draw,
                  () => item,
                  () => `CAP_${item}`,
                  () => item.toLowerCase(),
                  () => `cap_${item.toLowerCase()}`,
                )
              : item,
          )
        }),
      ),
    ),
    inList(
      draw,
      'volumes',
      spec.volumes.map(item => volume(draw, item)),
    ),
    inList(
      draw,
      'ports',
      spec.ports.map(item => port(draw, item)),
    ),
    inList(
      draw,
      'devices',
      spec.devices.map(({ host, target, permissions }) =>
        one(
          draw,
          () => `"${host}:${target}:${permissions}"`,
          () =>
            flow([
              ['source', host],
              ['target', target],
              ['permissions', permissions],
            ]),
        ),
      ),
    ),
    inList(
      draw,
      'secrets',
      spec.secrets.map(name =>
        one(
          draw,
          () => name,
          () => `{source: ${name}}`,
        ),
      ),
    ),
    {
      key: 'ulimits',
      text: indent =>
        map(
          draw,
          Object.entries(spec.limits).map(([name, value]) => [
            name,
            one(
              draw,
              () => `${value}`,
              () => `"${value}"`,
              () => `{soft: ${value}, hard: "${value}"}`,
            ),
          ]),
          indent,
        ),
    },
    {
      key: 'depends_on',
      text: indent =>
        one(
          draw,
          () => list(draw, spec.depends, indent),
          () =>
            map(
              draw,
              spec.depends.map(name => [name, '{condition: service_started}']),
              indent,
            ),
        ),
    },
    one(
      draw,
      () =>
        plain(
          'mem_limit',
          one(
            draw,
            () => `${spec.memory}m`,
            () => `"${spec.memory}MiB"`,
            () => `${spec.memory * 1024 * 1024}`,
            () => `${spec.memory * 1024}KB`,
          ),
        ),
      () => plain('deploy', `{resources: {limits: {memory: ${spec.memory}M}}}`),
    ),
    one(
      draw,
      () => plain('healthcheck', `{test: ${JSON.stringify(spec.healthcheck)}}`),
      () => ({
        key: 'healthcheck',
        text: indent =>
          `\n${indent}  test:${list(
            draw,
            spec.healthcheck.map(word => JSON.stringify(word)),
            `${indent}  `,
          )}`,
      }),
    ),
  ]
  return fields
}

/** The files, the first two of them being the main ones where there is an override. */
const layOut = (fields: readonly Rendered[], draw: Draw): Readonly<Record<string, string>> => {
  const tail = `\n  db: {image: db}\n  cache: {image: cache}\nsecrets:\n  s1: {environment: A}\n  s2: {environment: B}\n`
  const text = (some: readonly Rendered[], indent: string): string =>
    some.map(field => `\n${indent}${field.key}:${field.text(indent)}`).join('')
  const way = draw(6)
  const lower: Rendered[] = []
  const upper: Rendered[] = []
  for (const field of fields) {
    // A merge key replaces whole fields; files and `extends` also merge them.
    const where = draw(field.parts && way >= 2 ? 3 : 2)
    if (where === 2 && field.parts) {
      lower.push(field.parts[0])
      upper.push(field.parts[1])
    } else (where === 0 ? lower : upper).push(field)
  }
  const image = '\n    image: web'
  switch (way) {
    case 0:
      return { 'compose.yaml': `services:\n  web:${image}${text(fields, '    ')}${tail}` }
    case 1:
      return {
        'compose.yaml': `x-base: &base\n  x-nothing: 1${text(lower, '  ')}\nservices:\n  web:${image}\n    <<: *base${text(upper, '    ')}${tail}`,
      }
    case 2:
      return {
        'compose.yaml': `services:\n  web:${image}\n    extends: base${text(upper, '    ')}${tail.replace('\n  db:', `\n  base:\n    image: base${text(lower, '    ')}\n  db:`)}`,
      }
    case 3:
      return {
        'compose.yaml': `services:\n  web:${image}\n    extends: {file: other.yaml, service: base}${text(upper, '    ')}${tail}`,
        'other.yaml': `services:\n  base:\n    x-nothing: 1${text(lower, '    ')}\n`,
      }
    case 4:
      return {
        'compose.yaml': `services:\n  web:${image}${text(lower, '    ')}${tail}`,
        'compose.override.yaml': `services:\n  web:\n    x-nothing: 1${text(upper, '    ')}\n`,
      }
    default:
      return {
        'compose.yaml': `include: [sub.yaml]\nservices:\n  web:\n    x-nothing: 1${text(upper, '    ')}\n`,
        'sub.yaml': `services:\n  web:${image}${text(lower, '    ')}${tail}`,
      }
  }
}

const withoutPlaces = (container: Container): unknown =>
  JSON.parse(
    JSON.stringify(container, (key, value) => {
      if (key === 'at' || key === 'declaredAt' || key === 'publishedAt') return undefined
      return value
    }),
  )

const read = async (
  spec: Spec,
  numbers: readonly number[],
): Promise<{ container: Container; problems: readonly string[]; files: Readonly<Record<string, string>> }> => {
  const draw = drawing(numbers)
  const files = layOut(render(spec, draw), draw)
  const { containers, problems } = await readComposeProject({
    main: [{ path: 'compose.yaml', text: files['compose.yaml']! }],
    load: async path => (files[path] === undefined ? undefined : { path, text: files[path] }),
    env: () => undefined,
  })
  return {
    container: containers.find(({ name }) => name === 'web')!,
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    files,
  }
}

const word = fc.constantFrom('a', 'bc', 'x-1', 'yes', '0', 'null', 'a b', 'a:b', "it's", 'q"q', '1.5', '#x', 'a=b')
const names = (all: readonly string[]): fc.Arbitrary<readonly string[]> => fc.subarray([...all])
const dictionary = (all: readonly string[]): fc.Arbitrary<Record<string, string>> =>
  names(all).chain(some =>
    fc.tuple(...some.map(() => word)).map(values => Object.fromEntries(some.map((name, i) => [name, values[i]!]))),
  )

const specs: fc.Arbitrary<Spec> = fc.record({
  flags: fc.record({
    privileged: fc.boolean(),
    read_only: fc.boolean(),
    oom_kill_disable: fc.boolean(),
    use_api_socket: fc.boolean(),
  }),
  texts: fc.record({
    user: fc.constantFrom('0', 'root', '1000:1000'),
    pid: fc.constantFrom('host', 'service:db'),
    network_mode: fc.constantFrom('host', 'none', 'container:x'),
    restart: fc.constantFrom('no', 'always', 'on-failure:3'),
    userns_mode: fc.constantFrom('host', ''),
  }),
  pairs: fc.record({
    environment: dictionary(['A', 'B_C', 'PASSWORD']),
    labels: dictionary(['com.example.a', 'b']),
    sysctls: fc.constant({ 'net.core.somaxconn': '1024' }),
  }),
  lists: fc.record({
    cap_add: names(['NET_ADMIN', 'SYS_ADMIN', 'ALL']),
    cap_drop: names(['ALL', 'MKNOD']),
    security_opt: names(['seccomp=unconfined', 'apparmor=unconfined', 'label=disable', 'no-new-privileges=true']),
    group_add: names(['docker', '999']),
    device_cgroup_rules: names(['c 1:3 rwm', 'b *:* rwm']),
  }),
  volumes: fc.uniqueArray(
    fc.record({
      source: fc.constantFrom('/var/run/docker.sock', './data', '../up', '/', '~/x'),
      target: fc.constantFrom('/a', '/b', '/c'),
      readOnly: fc.boolean(),
      propagation: fc.constantFrom('rprivate', 'rshared', 'slave'),
    }),
    { selector: ({ target }) => target, maxLength: 3 },
  ),
  ports: fc.uniqueArray(
    fc.record({
      ip: fc.constantFrom('', '127.0.0.1', '0.0.0.0', '::1'),
      host: fc.constantFrom(80, 8080),
      container: fc.constantFrom(80, 443),
      protocol: fc.constantFrom('tcp', 'udp'),
    }),
    { selector: ({ ip, host, container, protocol }) => `${ip} ${host} ${container} ${protocol}`, maxLength: 3 },
  ),
  devices: fc.uniqueArray(
    fc.record({
      host: fc.constantFrom('/dev/sda', '/dev/fuse'),
      target: fc.constantFrom('/dev/x', '/dev/y'),
      permissions: fc.constantFrom('r', 'rwm'),
    }),
    { selector: ({ target }) => target, maxLength: 2 },
  ),
  secrets: names(['s1', 's2']),
  limits: fc.constantFrom<Readonly<Record<string, number>>[]>({}, { nofile: 5 }, { nofile: 5, nproc: -1 }),
  depends: names(['db', 'cache']),
  memory: fc.integer({ min: 1, max: 4096 }),
  healthcheck: fc.constantFrom<(readonly string[])[]>(['NONE'], ['CMD', 'true'], ['CMD-SHELL', 'curl x']),
})

test('a service is the same in every spelling', async () => {
  await fc.assert(
    fc.asyncProperty(specs, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 200 }), async (spec, numbers) => {
      const wanted = await read(spec, [])
      const found = await read(spec, numbers)
      expect(wanted.problems).toEqual([])
      expect(found.problems, JSON.stringify(found.files)).toEqual([])
      expect(withoutPlaces(found.container), Object.values(found.files).join('\n----\n')).toEqual(withoutPlaces(wanted.container))
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300) },
  )
})

test('every place holds what it is the place of', async () => {
  await fc.assert(
    fc.asyncProperty(specs, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 200 }), async (spec, numbers) => {
      const { container, files } = await read(spec, numbers)
      const { privileged, pid, user, mounts, capAdd } = container
      for (const [setting, key] of [
        [privileged, 'privileged'],
        [pid, 'pid'],
        [user, 'user'],
      ] as const)
        expect(setting.at?.in === 'file' && files[setting.at.path]!.slice(setting.at.span.start, setting.at.span.end)).toMatch(
          new RegExp(`^${key}: \\S+$`),
        )
      for (const { at, target } of mounts)
        expect(at.in === 'file' && files[at.path]!.slice(at.span.start, at.span.end)).toMatch(
          new RegExp(`${target}|^s[12]$|source: s[12]`),
        )
      for (const { at, value } of capAdd)
        expect(at?.in === 'file' && files[at.path]!.slice(at.span.start, at.span.end).toUpperCase()).toContain(value)
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 100) },
  )
})
