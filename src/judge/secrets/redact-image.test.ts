import { describe, expect, test } from 'vitest'
import { emptyConfig } from '../../../test/image-config.ts'
import type { Image, ImageConfig } from '../../model/image.ts'
import type { Inventory } from '../../model/inventory.ts'
import { parseConfig } from '../../read/image/documents.ts'
import detector from './detectors/github-token.ts'
import { leaksOf } from './leaks.ts'
import { redactImage, redactInventory } from './redact-image.ts'

const imageWith = (config: Partial<ImageConfig>): Image => ({
  id: `sha256:${'a'.repeat(64)}`,
  platform: 'linux/amd64',
  refs: [],
  layers: [],
  config: {
    ...emptyConfig,
    ...config,
  },
})
const step = (createdBy: string) => ({ createdBy, created: undefined, comment: '', isEmpty: true })
const history = (createdBy: string, more: Partial<ImageConfig> = {}): string =>
  redactImage(imageWith({ ...more, history: [step(createdBy)] })).config.history[0]!.createdBy
const token = detector.samples.real()[0]!

describe('what an image says of itself', () => {
  test('variables and labels, by name and by value', () => {
    const { config } = redactImage(
      imageWith({
        env: [
          'PATH=/usr/bin:/bin',
          'TOKEN=secret',
          'DB_PASSWORD=a=b c',
          `GREETING=hello ${token}`,
          'API_KEY=',
          'API_KEY',
          'EMPTY=',
        ],
        labels: { 'shop.api-token': 'x7', 'org.opencontainers.image.title': 'shop', note: token },
        cmd: ['server', '--password', 'hunter2', '--port', '80', '--auth-token=x7'],
      }),
    )
    expect(config.env).toEqual([
      'PATH=/usr/bin:/bin',
      'TOKEN=***',
      'DB_PASSWORD=***',
      'GREETING=hello ***',
      'API_KEY=',
      'API_KEY',
      'EMPTY=',
    ])
    expect(config.labels).toEqual({ 'shop.api-token': '***', 'org.opencontainers.image.title': 'shop', note: '***' })
    expect(config.cmd).toEqual(['server', '--password', '***', '--port', '80', '--auth-token=***'])
  })

  test.each([
    ['ENV TOKEN=secret', 'ENV TOKEN=***'],
    ['/bin/sh -c #(nop)  ENV A=1 DB_PASSWORD=two words B=2', '/bin/sh -c #(nop)  ENV A=1 DB_PASSWORD=*** B=2'],
    ['ARG NPM_TOKEN=x7', 'ARG NPM_TOKEN=***'],
    ['ARG NPM_TOKEN', 'ARG NPM_TOKEN'],
    ['LABEL shop.password=x7 shop.name=b', 'LABEL shop.password=*** shop.name=b'],
    ['RUN |2 A=1 NPM_TOKEN=a b /bin/sh -c npm ci # buildkit', 'RUN |2 A=1 NPM_TOKEN=*** /bin/sh -c npm ci # buildkit'],
    ['|1 NPM_TOKEN=a B=c d /bin/bash -o pipefail -c npm ci', '|1 NPM_TOKEN=*** /bin/bash -o pipefail -c npm ci'],
    ['RUN /bin/sh -c TOKEN="a b" make && export PASSWORD=\'x y\'', 'RUN /bin/sh -c TOKEN="***" make && export PASSWORD=\'***\''],
    ['RUN mysql --password=hunter2 --user=root --password hunter2', 'RUN mysql --password=*** --user=root --password ***'],
    ['RUN npm config set //npm.acme.org/:_authToken=x7', 'RUN npm config set //npm.acme.org/:_authToken=***'],
    // The JSON form of RUN has no shell in front.
    [
      'RUN |1 TOKEN=Abc12345 /usr/bin/env python3 -c print() # buildkit',
      'RUN |1 TOKEN=*** /usr/bin/env python3 -c print() # buildkit',
    ],
    ['RUN |1 TOKEN=Abc12345 /opt/fish -c print # buildkit', 'RUN |1 TOKEN=*** /opt/fish -c print # buildkit'],
    ['RUN |1 TOKEN=Abc12345 npm ci # buildkit', 'RUN |1 TOKEN=*** npm ci # buildkit'],
    ['RUN |2 A=1 TOKEN=Abc12345 ./configure # buildkit', 'RUN |2 A=1 TOKEN=*** ./configure # buildkit'],
    ['RUN |1 TOKEN=correct horse npm ci # buildkit', 'RUN |1 TOKEN=*** npm ci # buildkit'],
    ['RUN |1 TOKEN=Abc12345 mill build # buildkit', 'RUN |1 TOKEN=***'],
    ['RUN |1 TOKEN=abc"x /bin/sh -c curl # buildkit', 'RUN |1 TOKEN=*** /bin/sh -c curl # buildkit'],
    ['RUN |1 TOKEN= /bin/sh -c curl # buildkit', 'RUN |1 TOKEN= /bin/sh -c curl # buildkit'],
    ['RUN |2 TOKEN=se/bin/sh -c cret FOO=x /bin/sh -c curl # buildkit', 'RUN |2 TOKEN=*** FOO=x /bin/sh -c curl # buildkit'],
    ['|1 TOKEN=line1\nline2secretval /bin/sh -c curl', '|1 TOKEN=*** /bin/sh -c curl'],
    [`RUN git clone https://${token}@github.com/a/b`, 'RUN git clone https://***@github.com/a/b'],
  ])('the history: %s', (createdBy, shown) => {
    expect(history(createdBy)).toBe(shown)
  })

  test.each([
    'RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci',
    'RUN TOKEN=$(cat /run/secrets/token) make --token-file=/x/y --password "$PASSWORD"',
    'ENV PASSWORD_FILE=/run/secrets/db TOKEN_URL=x AUTH_TOKEN=/run/secrets/token USE_TOKEN=true',
    'RUN groupadd --system --gid 101 nginx',
    'COPY file:4e in /etc/nginx ',
    'CMD ["nginx" "-g" "daemon off;"]',
  ])('what gives nothing away stays: %s', createdBy => {
    expect(history(createdBy)).toBe(createdBy)
  })

  test('a value that is known to be secret, wherever else it stands', () => {
    const env = ['DB_PASSWORD=correct horse', 'DATABASE_URL=x://u:correct horse@db']
    expect(redactImage(imageWith({ env })).config.env).toEqual(['DB_PASSWORD=***', 'DATABASE_URL=x://u:***@db'])
    expect(history('RUN echo "correct horse" | login', { env })).toBe('RUN echo "***" | login')
    expect(history('RUN |1 API_KEY=tr0ub4dor&3 /bin/sh -c curl -u me:tr0ub4dor&3 x')).toBe(
      'RUN |1 API_KEY=*** /bin/sh -c curl -u me:*** x',
    )
  })

  test('instructions that an SBOM tells', () => {
    const inventory: Inventory = {
      name: 'x',
      kind: 'sbom',
      image: undefined,
      distro: undefined,
      packages: [],
      problems: [],
      layers: [{ diffId: `sha256:${'a'.repeat(64)}`, step: 0, size: 0, files: 0, instruction: 'RUN TOKEN=x7 make' }],
    }
    expect(redactInventory(inventory).layers[0]!.instruction).toBe('RUN TOKEN=*** make')
  })

  test('a megabyte of anything takes no time worth speaking of', () => {
    for (const part of ['a=', 'TOKEN=', '"', 'TOKEN="\\', '|1 TOKEN=', ' a/', 'a.', '--password '])
      expect(history(`RUN |3 ${part.repeat(1_000_000 / part.length)}`)).toBeTypeOf('string')
  })
})

test('what its document says elsewhere is looked through, and hidden', () => {
  const raw = {
    rootfs: { diff_ids: [] },
    config: { Hostname: token, Env: ['A=b'] },
    container_config: { Env: ['DB_PASSWORD=Ab9kTr4qzW'], Cmd: ['/bin/sh', '-c', '#(nop) CMD x'] },
    history: [{ created_by: 'COPY a b', author: 'Ann', empty_layer: true }],
    'moby.buildkit.buildinfo.v1': btoa(JSON.stringify({ attrs: { 'build-arg:API_TOKEN': 'Zk7RqP2mXw91' } })),
  }
  const { config } = parseConfig(Buffer.from(JSON.stringify(raw)))
  expect(config.elsewhere?.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['config.Hostname', 'container_config.Env.0', 'history.0.author']),
  )
  const image = imageWith(config)
  const inventory: Inventory = { name: 'x', kind: 'image', image, distro: undefined, packages: [], problems: [], layers: [] }
  expect(
    leaksOf(inventory, true)
      .map(({ value }) => value)
      .sort(),
  ).toEqual(['Ab9kTr4qzW', 'Zk7RqP2mXw91', token].sort())
  for (const secret of ['Ab9kTr4qzW', 'Zk7RqP2mXw91', token]) expect(JSON.stringify(redactImage(image))).not.toContain(secret)
})
