import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { zip } from '../../../test/zip-writer.ts'
import { sampleText } from './detector.ts'
import { detectors } from './registry.ts'
import { type Hit, scanFile } from './scan-file.ts'

const scan = (path: string, content: string | Uint8Array, reveal = false): readonly Hit[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  return scanFile({ path, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, { reveal })
}
const token = detectors['github-token']!.samples.real()[0]!
const key = detectors['private-key']!.samples.real()[0]!

test.each([0, 1, 30, 60, 1000])(
  'a credential that begins %i bytes before the end of a window is found once, with its line',
  before => {
    const line = 'nothing to see\n'
    const filler = line.repeat(Math.ceil((3 * 1024 * 1024) / line.length))
    for (const [secret, detector] of [
      [token, 'github-token'],
      [key, 'private-key'],
    ] as const)
      for (const window of [1, 2]) {
        const at = window * 1024 * 1024 - before
        const text = `${filler.slice(0, at - 1)} ${secret} ${filler.slice(at)}`
        const hits = scan('srv/app.txt', text, true)
        expect(hits.map(hit => [hit.detector, hit.line])).toEqual([[detector, text.slice(0, at).split('\n').length]])
        expect(secret).toContain(hits[0]!.value?.trimEnd())
      }
  },
)

test('what is kept says nothing of the value unless that was asked for', () => {
  const hits = scan('srv/app.txt', `token = ${token}`)
  expect(hits).toHaveLength(1)
  expect(JSON.stringify(hits)).not.toContain(token.slice(6, 14))
  expect(hits[0]).toMatchObject({ prefix: 'ghp_', length: token.length })
  expect(hits[0]!.fingerprint).toMatch(/^[0-9a-f]{16}$/)
})

test('a line of 50 MB is looked through as any other bytes are', () => {
  const filler = 'lorem ipsum dolor '.repeat(1_400_000)
  expect(scan('srv/long.json', `${filler}${token} ${filler}`).map(({ detector, line }) => [detector, line])).toEqual([
    ['github-token', 1],
  ])
})

test('programs and databases are looked through for keys, and for what has a checksum', () => {
  const other = detectors['google-api-key']!.samples.real()[0]!
  const program = `\0\u0001\u0002 ${other} \0\0 ${key} \0`
  expect(scan('usr/bin/app', program).map(({ detector, line }) => [detector, line])).toEqual([['private-key', 0]])
  for (const id of ['github-token', 'npm-token', 'grafana-service-account-token'])
    for (const real of detectors[id]!.samples.real())
      for (let before = 0; before < 40; before++)
        for (const behind of ['', '\0'.repeat(50)]) {
          const database = `\0SQLite${'\0'.repeat(before)}${real}${behind}`
          expect(
            scan('srv/a.db', database).map(({ detector }) => detector),
            `${id} ${before}`,
          ).toEqual([id])
        }
  // A column that stands before it, and across the ends of a window.
  expect(scan('srv/a.db', `\0github${token}\0`).map(({ detector }) => detector)).toEqual(['github-token'])
  for (const before of [0, 2, 5, 20, 40, 60])
    expect(scan('srv/a.db', `${'\0'.repeat(1024 * 1024 - before)}${token}`), `${before}`).toHaveLength(1)
})

test.each(['le', 'be'])('UTF-16 %s, with a mark and without', order => {
  for (const mark of ['', '\ufeff'])
    for (const [text, id, line] of [
      [`line\r\n$env:T="${token}"\r\n`, 'github-token', 2],
      [`${key}\n`, 'private-key', 1],
      [`${'nothing here\n'.repeat(90_000)}${token}\n`, 'github-token', 90_001],
    ] as const) {
      const bytes = Buffer.from(mark + text, 'utf16le')
      const hits = scan('srv/history.txt', order === 'be' ? bytes.swap16() : bytes)
      expect(hits.map(hit => [hit.detector, hit.line])).toEqual([[id, line]])
    }
})

test('a large member of an archive is looked through, and so is a single file in gzip', () => {
  const filler = 'nothing to see here\n'.repeat(900_000)
  const archive = zip([{ name: 'app.js', body: `${filler}${token}` }])
  expect(scan('srv/a.zip', archive).map(({ detector, inside }) => [detector, inside])).toEqual([['github-token', 'app.js']])
  for (const name of ['srv/a.apk', 'srv/a.ipa']) expect(scan(name, archive)).toHaveLength(1)
  expect(scan('srv/dump.sql.gz', gzipSync(`t=${token}`))).toHaveLength(1)
})

test('where more secrets stand than are told, that is said', () => {
  const many = `${token}\n`.repeat(300)
  const hits = scan('srv/a.txt', many)
  expect([hits.length, hits.at(-1)!.isLast, hits[0]!.isLast]).toEqual([200, true, undefined])
  expect(scan('srv/a.zip', zip([{ name: 'a.txt', body: many }])).at(-1)!.isLast).toBe(true)
  expect(scan('srv/a.txt', `${token}\n`.repeat(20)).some(({ isLast }) => isLast)).toBe(false)
})

test('in an archive: which member, and that a broken one is told', () => {
  const header = (name: string, size: number): Buffer => {
    const block = Buffer.alloc(512)
    block.write(name, 0)
    block.write('0000644\0', 100)
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
    block.write('        0', 148)
    block.write('ustar\x0000', 257)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return block
  }
  const text = `a\nb ${token}\n`
  const body = Buffer.alloc(512)
  body.write(text)
  const archive = gzipSync(Buffer.concat([header('etc/settings.txt', text.length), body, Buffer.alloc(1024)]))
  expect(scan('srv/backup.tar.gz', archive)).toEqual([
    expect.objectContaining({ detector: 'github-token', inside: 'etc/settings.txt', line: 2 }),
  ])
  expect(() => scan('srv/backup.tar.gz', archive.subarray(0, 40))).toThrow('broken')
})

test('kinds that are known by a name alone are looked for in files of settings', () => {
  const line = `\nDB_PASSWORD=${sampleText(16)}\n`
  expect(scan('srv/.env', line).map(({ detector }) => detector)).toEqual(['variable-secret'])
  expect(scan('srv/app.properties', line).map(({ detector }) => detector)).toEqual(['assigned-secret'])
  expect(scan('usr/share/doc/app/README', line)).toEqual([])
  expect(scan('srv/.env', `\nGITHUB_TOKEN=${token}\n`).map(({ detector }) => detector)).toEqual(['github-token'])
})

const random = (length: number, seed: number): string => sampleText(length, undefined, seed)
const variables: Readonly<Record<string, string>> = {
  DB_PASS: random(16, 1),
  DB_PWD: random(16, 2),
  REDIS_AUTH: random(16, 3),
  PASSWORD: 'x8$kd!92#Lq(m',
  MYSQL_ROOT_PASSWORD: 'Sup3rPassw0rd!',
  ADMIN_PASSWORD: 'letmein',
  SIGNING_KEY: random(32, 4),
  ENCRYPTION_KEY: random(32, 5),
  NEXTAUTH_SECRET: random(43, 6),
  LATEST_TOKEN: random(24, 7),
  HASHICORP_TOKEN: random(24, 8),
  DEFAULT_ADMIN_PASSWORD: random(16, 9),
  CONTEST_API_TOKEN: random(30, 10),
  JWT_KEY: random(32, 11),
  API_TOKEN: `a$${random(14, 12)}`,
  APP_PASSWORD: 'aB3&kL9*pQ2%x',
  SVC_TOKEN: `${random(8, 13)}key${random(8, 14)}`,
  SMTP_PASSWORD: 'correct-horse-battery',
  X_CREDENTIALS: random(20, 15),
  DB_PASSPHRASE: 'Tr0ub4dor7',
  OIDC_CLIENT_SECRET: `${random(8, 16)}~${random(30, 17)}`,
  MAIL_PASSWORD: 'abc1234',
}
test.each(['srv/.env', 'srv/app.env', 'etc/cron.d/job', 'srv/app.properties', 'srv/app.ini', 'srv/app.yml', 'srv/app.conf'])(
  'in %s whatever has the name of a secret, as in ENV',
  path => {
    for (const quote of ['', '"', "'"])
      for (const [name, value] of Object.entries(variables)) {
        const line = path.endsWith('.yml')
          ? `${name.toLowerCase()}: ${quote}${value}${quote}`
          : `${name}=${quote}${value}${quote}`
        expect(
          scan(path, `# settings\nA=1\n${line}\nB=2\n`, true).map(hit => [hit.value, hit.line]),
          line,
        ).toEqual([[value, 3]])
      }
  },
)

test('places, names and ciphertexts are no secrets, wherever they stand', () => {
  const encrypted = `AgBy3i4OJSWK${random(160, 1)}`
  const values = [
    'op://vault1/item2/field3',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123',
    'projects/123/secrets/db/versions/1',
    'ref+awssecrets://foo/bar1',
    'vault:secret/data/app#tok3n',
    'urn:ietf:params:oauth1',
    '2YotnFZFEjr1zCsicMWpAA',
    'set-me-in-prod1',
    '/run/secrets/db1',
    '${DB_PASSWORD1}',
    '{cipher}0123456789abcdef0123',
    'ENC(0123456789abcdef0123)',
    'ENC[AES256_GCM,data:x7fq,iv:x,tag:y]',
    encrypted,
  ]
  for (const value of values)
    for (const [path, line] of [
      ['srv/.env', `API_SECRET=${value}`],
      ['srv/.env', `DB_PASSWORD="${value}"`],
      ['srv/app.yml', `  password: '${value}'`],
      ['srv/app.yml', `  apiToken: ${value}`],
      ['srv/app.json', `  "password": "${value}",`],
    ] as const)
      expect(scan(path, `\n${line}\n`, true), line).toEqual([])
  for (const [path, line] of [
    ['k8s/a.yml', 'existingSecret: acme-db-creds-01'],
    ['k8s/a.yml', 'passwordSecret: pg16-credentials'],
    ['k8s/a.yml', 'privateKeySecret: letsencrypt-prod1'],
    ['k8s/a.yml', `password: ${btoa('password')}`],
    ['srv/a.yml', 'password: $argon2id$v=19$m=65536,t=3,p=4$mTOaOa3MOexX7JQ02BdXzw$OzAxTnqw'],
    ['srv/i18n.json', '"password": "Contrasena1234"'],
    ['srv/locales/de.yml', 'password: Kennwort8'],
    ['srv/messages_de.properties', 'login.password=Kennwort8'],
    ['srv/eslint.json', '"no-secret": "warn-level1"'],
    ['srv/openapi.yml', 'password: string'],
    ['srv/a.yml', 'htpasswd: "test:$5$zgjczyp96jCIpCGmnWie"'],
    ['etc/ssl/openssl.cnf', 'output_password = mypass'],
    ['srv/a.cfg', 'passwd:x:8:10ab'],
    ['srv/a.env', `TOKEN_CONTRACT=0x${sampleText(40, '0123456789abcdef')}`],
    ['etc/nsswitch.conf', 'passwd: compat'],
    ['lib/systemd/system/a.service', 'ConditionCredential=|sysusers.extra'],
    ['srv/a.json', '"output_token": "Stream.Shards[-1].ShardId"'],
    ['srv/a.env', `POSTHOG_API_KEY=phc_${random(43, 1)}`],
  ] as const)
    expect(scan(path, `\n${line}\n`, true), line).toEqual([])
})

test.each([
  ['srv/config.yml', `db:\n  password: ${sampleText(16)}\n  token: ${sampleText(24, undefined, 2)}\n`, 'assigned-secret', 2],
  [
    'srv/config.json',
    `{"user":"ann","password":"${sampleText(16)}","secret":"${sampleText(16, undefined, 2)}"}`,
    'assigned-secret',
    2,
  ],
  ['root/.kube/config', `users:\n- user:\n    username: ann\n    password: ${sampleText(14)}\n`, 'assigned-secret', 1],
  ['srv/auth.json', `{"http-basic":{"a.org":{"username":"ann","password":"${sampleText(14)}"}}}`, 'assigned-secret', 1],
  ['root/.npmrc', `//npm.a.org/:_authToken=${sampleText(40, '0123456789abcdef')}\n`, 'npmrc-token', 1],
  ['root/.npmrc', `//gitlab.a.org/api/v4/:_authToken=${sampleText(20)}\n`, 'npmrc-token', 1],
  ['root/.bash_history', `ls\nexport DB_PASSWORD=${sampleText(16)}\n`, 'shell-secret', 1],
  ['root/.zsh_history', `: 1700000000:0;export DB_PASSWORD=${sampleText(16)}\n`, 'shell-secret', 1],
  ['root/.ash_history', `PGPASSWORD=${sampleText(16)} psql -h db\n`, 'shell-secret', 1],
  ['srv/start.sh', `#!/bin/sh\nexport DB_PASSWORD="${sampleText(16)}"; exec app\n`, 'shell-secret', 1],
  ['srv/settings.py', `DATABASES = {"default": {"PASSWORD": "${sampleText(14)}"}}\n`, 'django-database-password', 1],
  ['etc/freeradius/clients.conf', '\tsecret = testing123\n', 'assigned-secret', 1],
  ['srv/device.yml', 'enablePassword: C2sco456!\n', 'assigned-secret', 1],
  ['etc/redis.conf', `requirepass ${sampleText(14)}\n`, 'redis-password', 1],
] as const)('in %s: %j', (path, text, id, count) => {
  expect(scan(path, text).map(({ detector }) => detector)).toEqual(Array.from({ length: count }, () => id))
})

test('what looks like settings and is none', () => {
  for (const [path, text] of [
    ['srv/locale.json', '{"password":"Passwort vergessen?","token":"token-expired-1"}'],
    ['srv/config.yml', 'password: ${DB_PASSWORD}\nsecret: my-secret-name-1\ntoken: /run/secrets/token1\n'],
    ['root/.npmrc', '//npm.a.org/:_authToken=${NPM_TOKEN}\n'],
    ['root/.bash_history', 'export DB_PASSWORD=$(pass show db1)\nexport TOKEN="$1"\ncat --token-file /run/t1\n'],
  ] as const)
    expect(scan(path, text), path).toEqual([])
})

test('archives are known by what is in them: without a name, with a program in front, inside of others', () => {
  const jar = zip([{ name: 'BOOT-INF/application.properties', body: `# ${token}\n` }])
  const stub = Buffer.from('#!/bin/sh\nexit 0\n'.repeat(30))
  const inside = (path: string, content: Uint8Array): readonly (string | undefined)[] =>
    scan(path, content).map(hit => hit.inside)
  const settings = 'BOOT-INF/application.properties'
  expect(inside('srv/app', jar)).toEqual([settings])
  expect(inside('srv/letter.docx', jar)).toEqual([settings])
  expect(inside('srv/app.jar', Buffer.concat([stub, jar]))).toEqual([settings])
  expect(inside('srv/run', Buffer.concat([stub, jar]))).toEqual([settings])
  expect(inside('srv/data', gzipSync(`# ${token}\n`))).toEqual([undefined])
  expect(inside('srv/app.ear', zip([{ name: 'lib/in.jar', body: jar }]))).toEqual([`lib/in.jar → ${settings}`])
})

test('what is not opened is told', () => {
  const told = (path: string, bytes: Uint8Array): readonly string[] => {
    const unopened: string[] = []
    const file = { path, size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) }
    scanFile(file, { reveal: false, unopened: name => unopened.push(name) })
    return unopened
  }
  const deep = zip([{ name: 'a.zip', body: zip([{ name: 'b.zip', body: zip([{ name: 'c', body: token }]) }]) }])
  expect(told('srv/x.zip', deep)).toEqual(['a.zip → b.zip'])
  expect(told('srv/x.zip', zip([{ name: 'a', body: token }]))).toEqual([])
  expect(told('srv/backup.tar.bz2', Buffer.from('BZh91AY&SY'))).toEqual(['srv/backup.tar.bz2'])
  expect(told('srv/broken', Buffer.from('PK\x03\x04broken'))).toEqual(['srv/broken'])
  expect(told('srv/plain', Buffer.from('PKfoo'))).toEqual([])
})
