import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyConfig } from '../../../test/image-config.ts'
import type { Image, ImageConfig } from '../../model/image.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Leak } from '../../model/leak.ts'
import { sampleText } from './detector.ts'
import github from './detectors/github-token.ts'
import { leaksOf } from './leaks.ts'
import { redactFindings, redactInventory } from './redact-image.ts'

const inventoryOf = (config: Partial<ImageConfig>): Inventory => {
  const image: Image = {
    id: `sha256:${'a'.repeat(64)}`,
    platform: 'linux/amd64',
    refs: [],
    layers: [],
    config: { ...emptyConfig, ...config },
  }
  return { name: 'x', kind: 'image', image, distro: undefined, packages: [], problems: [], layers: [], everywhere: [] }
}
const step = (createdBy: string, comment = '') => ({ createdBy, created: undefined, comment, isEmpty: true })
const leaks = (config: Partial<ImageConfig>): readonly Leak[] => leaksOf(inventoryOf(config), true)
const shown = (config: Partial<ImageConfig>): string => JSON.stringify(redactInventory(inventoryOf(config)))
const values = (config: Partial<ImageConfig>): readonly (string | undefined)[] => leaks(config).map(({ value }) => value)
const token = github.samples.real()[0]!
const random = sampleText(14, undefined, 5)

describe('one answer for who reports and who hides', () => {
  test.each([
    ...['PGPASSWORD', 'USER_PASSWORD', 'SMTP_SERVER_PASSWORD', 'ID_TOKEN', 'CLIENTSECRET', 'API_KEYS', 'F_PASSWORD'].map(
      (name): readonly [string, Partial<ImageConfig>, string] => [
        name,
        { env: [`${name}=${random}`], history: [step(`ENV ${name}=${random}`)] },
        random,
      ],
    ),
    ['spaces', { env: ['P_PASSWORD=a horse=7staple'], history: [step('ENV P_PASSWORD=a horse=7staple')] }, 'a horse=7staple'],
    ['escaped', { env: ['B_PASSWORD=ab"cd\'efgh9k'], history: [step('CMD ["app" "ab\\"cd\'efgh9k"]')] }, 'ab"cd\'efgh9k'],
    ['short', { env: ['F_PASSWORD=h7nt3r'], history: [step('RUN /bin/sh -c echo h7nt3r | login')] }, 'h7nt3r'],
    ['like a path', { env: ['E_PASSWORD=/home/9Qpz2wKdj3'] }, '/home/9Qpz2wKdj3'],
    ['like a file', { env: ['G_PASSWORD=Qp9.x7.key'] }, 'Qp9.x7.key'],
    [
      'encoded',
      { env: ['H_PASSWORD=p@ss/w0rd+9k'], history: [step('RUN curl -d p=p%40ss%2Fw0rd%2B9k http://x')] },
      'p@ss/w0rd+9k',
    ],
    [
      'the shell in a value',
      { history: [step('RUN |1 DB_PASSWORD=abc9 /bin/sh -c x=Kd72hq /bin/sh -c true # buildkit')] },
      'abc9 /bin/sh -c x=Kd72hq',
    ],
    ['user', { user: token }, token],
    ['folder', { workingDir: `/w/${token}` }, token],
    ['author', { author: `Ann <ann@example.org> ${token}` }, token],
    ['trigger', { onBuild: [`RUN curl -u ann:${random} https://x.io`] }, random],
    [
      'variable of a trigger',
      { onBuild: [`ENV DB_PASSWORD=${random}`], history: [step(`/bin/sh -c #(nop)  ONBUILD ENV DB_PASSWORD=${random}`)] },
      random,
    ],
    ['volume', { volumes: [`/v/${token}`] }, token],
    ["a label's name", { labels: { [token]: '1' } }, token],
    ['words', { cmd: ['/app', '--password', random] }, random],
    ['words of the history', { history: [step(`CMD ["/app" "--password" "${random}"]`)] }, random],
    ['entrypoint', { entrypoint: ['/bin/sh', '-c', `export API_TOKEN=${random}; exec x`] }, random],
    ['health check', { healthcheck: ['CMD-SHELL', `curl -u a:${random} http://x`] }, random],
    [
      'JSON in a command',
      { history: [step('RUN /bin/sh -c echo \'{"password": "gqRgVYruPWJiD"}\' > /x.json # buildkit')] },
      'gqRgVYruPWJiD',
    ],
    ['comment', { history: [step('COPY x /y', `password=${random}`)] }, random],
    ...[
      'export DB_PASSWORD=% && ./x',
      './x --password=%',
      './x --password %',
      './x --db-password="%"',
      'npm config set //r.io/:_authToken %',
      'npm config set //r.io/:_authToken=%',
      'echo "//r.io/:_authToken=%" > .npmrc',
      './x --dsn "Server=db;User Id=sa;Password=%;"',
      'curl --user ann:% https://x.io/',
      'curl -sf -H "X-Api-Key: %" https://x.io',
      'mysql -uroot -p% db',
      'sshpass -p % ssh a@b',
      'redis-cli -h cache -a % ping',
      'mongosh -u ann -p % db',
      'mongodump -p=% -o /backup',
      'docker login -u a -p % reg.io',
      "echo 'root:%' | chpasswd",
      'PGPASSWORD=% psql',
      'git clone https://%@git.corp.io/x',
      'useradd -p % ann',
    ].map((command): readonly [string, Partial<ImageConfig>, string] => [
      command,
      { history: [step(`RUN /bin/sh -c ${command.replace('%', random)} # buildkit`)] },
      random,
    ]),
  ] as const)('%s', (_, config, secret) => {
    expect(values(config)).toContain(secret)
    expect(shown(config)).not.toContain(JSON.stringify(secret).slice(1, -1))
    expect(shown(config)).not.toMatch(/7staple|h7nt3r|Kd72hq|p%40ss/)
    expect(JSON.stringify(leaksOf(inventoryOf(config), false))).not.toContain(JSON.stringify(secret).slice(1, -1))
  })

  test('what rules say of the image', () => {
    const inventory = inventoryOf({ user: token })
    const finding = { rule: 'image/user-unknown', key: '', severity: 'low', message: `the user is \`${token}\`` } as const
    const [told] = redactFindings([{ ...finding, at: [{ in: 'config', field: 'user' }] }], inventory)
    expect(told!.message).toBe('the user is `***`')
  })

  test('in the configuration it is high, in the history alone medium; a placeholder less', () => {
    const severities = (config: Partial<ImageConfig>) => leaks(config).map(({ severity }) => severity)
    expect(severities({ cmd: ['--password', random] })).toEqual(['high'])
    expect(severities({ history: [step(`RUN x --password=${random}`)] })).toEqual(['medium'])
    expect(severities({ env: ['DB_PASSWORD=changeme'] })).toEqual(['medium'])
    expect(severities({ env: ['SECRET_KEY=$x3k!2q(pz7^w&b1=v_t4h#s8@e6+y0%c5*d-f2g)r4jn7u9'] })).toEqual(['high'])
    expect(severities({ history: [step('ARG DB_PASSWORD=changeme')] })).toEqual(['low'])
  })

  test.each([
    'DB_PASSWORD=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123',
    'APP_SECRET_ARN=arn:aws:secretsmanager:eu-west-1:1:secret:x',
    'API_TOKEN=op://a/b/c',
    'DB_SECRET=projects/1/secrets/x/versions/latest',
    'DB_PASSWORD=@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s/)',
    'CREDENTIALS=include',
    'TOKEN_SYMBOL=ETH',
    'GITHUB_TOKEN_PERMISSIONS=read',
    'AUTH=none',
    'RUSTUP_TOKEN=none',
    'HASH_SECRET_ALGO=x',
    'KAFKA_SSL_KEY_CREDENTIALS=key_creds',
  ])('a reference or a switch: %s', pair => {
    expect(values({ env: [pair], history: [step(`ENV ${pair}`)] })).toEqual([])
    expect(shown({ env: [pair], history: [step(`ENV ${pair}`)] })).not.toContain('***')
  })

  test.each([
    'ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305',
    'RUN /bin/sh -c set -ex; key=\'B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8\'; gpg --batch --recv-keys "$key"',
    "RUN /bin/sh -c key='BCA4 3417 C3B4 85DD 128E C6D4 B7B3 B788 A8D3 785C'; kwriteconfig --key EmailClient",
    'RUN /bin/sh -c x --private-key=$2 --token "--private-key=$3" && cat_passwd=\'getent passwd\'',
    'RUN /bin/sh -c mkdir -p /var/lib/mysql && apt-get install -y mysql-server && useradd -r -g mysql mysql',
    'RUN /bin/sh -c mysql -u root -p hunter2x && docker run --name mongo -p 27017:27017 mongo && mongosh -u ann -p',
    'RUN /bin/sh -c adduser --disabled-password --gecos "" app',
    'RUN /bin/sh -c curl -u "$USER:$PASS" https://x.io && mysql -p"$PASS" && echo "root:$PASS" | chpasswd',
    'RUN /bin/sh -c git clone https://git@github.com/a/b https://github.com/c/d',
    'ENV KEYCLOAK_URL=https://id.corp.io TOKENIZERS_PARALLELISM=false PASSWORD_MIN_LENGTH=12 POSTGRES_HOST_AUTH_METHOD=trust',
    'ENV SENTRY_DSN=https://0123456789abcdef0123456789abcdee@o1.ingest.sentry.io/2',
  ])('no secret: %s', createdBy => {
    expect(values({ history: [step(createdBy)] })).toEqual([])
    expect(shown({ history: [step(createdBy)] })).not.toContain('***')
  })
})

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 200)

test('nothing that is reported is shown, and whatever is hidden is reported', () => {
  const secret = fc.oneof(
    fc.integer({ min: 1, max: 1e6 }).map(seed => `${sampleText(9, undefined, seed)}7Qx`),
    fc.constantFrom('a"b\'c9Kd7xQ', 'correct horse=battery7', 'p@ss/w0rd+9k', '$ab{cd}efgh9k', '/home/9Qpz2wKdj3', token),
  )
  const name = fc.constantFrom('DB_PASSWORD', 'PGPASSWORD', 'API_KEYS', 'USER_PASSWORD', 'GITHUB_PAT', 'PATH', 'LANG')
  const pair = fc.tuple(name, secret).map(([key, value]) => `${key}=${value}`)
  const words = fc.array(fc.oneof(secret, pair, fc.constantFrom('--password', '-p', '--token', '/app', 'run')), { maxLength: 4 })
  const list = fc.option(words, { nil: undefined })
  const history = fc.oneof(
    pair.map(text => `ENV ${text}`),
    pair.map(text => `/bin/sh -c #(nop)  ENV ${text}`),
    pair.map(text => `RUN |1 ${text} /bin/sh -c make # buildkit`),
    pair.map(text => `|1 ${text} /bin/sh -c make`),
    pair.map(text => `RUN /bin/sh -c export ${text} && make # buildkit`),
    secret.map(text => `RUN /bin/sh -c curl -u ann:${text} https://x.io # buildkit`),
    words.map(texts => `CMD ${JSON.stringify(texts)}`),
    words.map(texts => `/bin/sh -c #(nop)  ENTRYPOINT [${texts.map(text => JSON.stringify(text)).join(' ')}]`),
  )
  fc.assert(
    fc.property(
      fc.record({
        env: fc.array(pair, { maxLength: 3 }),
        labels: fc.dictionary(fc.oneof(name, fc.constant(token)), secret, { maxKeys: 2 }),
        cmd: list,
        entrypoint: list,
        healthcheck: list,
        shell: list,
        volumes: words,
        user: fc.oneof(fc.constant(''), secret),
        workingDir: fc.oneof(fc.constant(''), secret),
        author: fc.oneof(fc.constant(''), secret),
        onBuild: fc.array(history, { maxLength: 2 }),
        history: fc.array(
          fc.tuple(history, fc.oneof(fc.constant(''), pair)).map(([text, comment]) => step(text, comment)),
          { maxLength: 4 },
        ),
      }),
      config => {
        const found = values(config)
        const text = shown(config)
        for (const value of found) {
          if (value!.length < 8) continue
          const inText = JSON.stringify(value).slice(1, -1)
          for (const form of [inText, JSON.stringify(inText).slice(1, -1), encodeURIComponent(value!)])
            expect(text).not.toContain(form)
        }
        // Step by step: stars stand where something reported is, or repeats it.
        const told = redactInventory(inventoryOf(config)).image!.config.history
        for (const [i, { createdBy, comment }] of config.history.entries())
          if (told[i]!.createdBy !== createdBy || told[i]!.comment !== comment) {
            const forms = [...found, ...found.map(value => value!.replace(/^\w+=/, ''))].flatMap(value => [
              value!,
              JSON.stringify(value).slice(1, -1),
              encodeURIComponent(value!),
            ])
            expect(forms.some(form => `${createdBy}\n${comment}`.includes(form))).toBe(true)
          }
        expect(text.includes('***')).toBe(found.length > 0)
      },
    ),
    { numRuns: runs },
  )
})
