import { expect, test } from 'vitest'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { hideSecrets, secretsOf, secretsOfFile } from './redact-file.ts'

const shown = (text: string): string => {
  let rest = text
  for (const { start, end } of [...secretsOf(readDockerfile('Dockerfile', text), []).spans].reverse())
    rest = `${rest.slice(0, start)}*${rest.slice(end)}`
  return rest
}

test.each([
  ['ENV DB_PASSWORD="a b7" X=1', 'ENV DB_PASSWORD=* X=1'],
  ['RUN curl -sSu ann:x7fq https://x', 'RUN curl -sSu ann:* https://x'],
  ['RUN curl \\\n  --user=ann:x7fq https://x', 'RUN curl \\\n  --user=ann:* https://x'],
  ['RUN curl -H "Authorization: Bearer x7fqLm" https://x', 'RUN curl -H "Authorization: Bearer *" https://x'],
  ['RUN docker login -u ann -p x7fq', 'RUN docker login -u ann -p *'],
  ['RUN mysqldump -px7fq db && echo x7fq', 'RUN mysqldump -p* db && echo *'],
  ['RUN htpasswd -bc f ann x7fq', 'RUN htpasswd -bc f ann *'],
  ['RUN printf "ann:x7fq\\nbob:y8gr\\n" | sudo chpasswd', 'RUN printf "ann:*\\nbob:*\\n" | sudo chpasswd'],
  ['CMD ["app", "--password", "x7fq"]', 'CMD ["app", "--password", "*"]'],
  ['RUN echo PGPASSWORD=x7fqLm3X; echo ax7fqLm3Xb', 'RUN echo PGPASSWORD=*; echo a*b'],
])('%s', (text, expected) => {
  expect(shown(`FROM a\n${text}\n`)).toBe(`FROM a\n${expected}\n`)
})

test.each([
  'RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN,required=true npm ci',
  'RUN docker run -p 8080:80 x && mysql -p db && curl -u ann https://x',
  'RUN --mount=type=secret,id=x export API_TOKEN="$(cat /run/secrets/x)" && curl -u "a:$API_TOKEN" https://x',
  'ENV TOKEN_FILE=/run/secrets/t USE_TOKEN=true PASSWORD=$OTHER',
  'RUN mkdir -p /usr/share && useradd -m -s /bin/sh ann && unzip -p x && cp -p a b',
  'LABEL org.opencontainers.image.title=shop',
  'RUN echo "a:b" && git clone git@github.com:a/b',
])('nothing is hidden: %s', text => {
  expect(shown(`FROM a\n${text}\n`)).toBe(`FROM a\n${text}\n`)
})

test('a default that everybody knows is hidden where it is set', () => {
  expect(shown('FROM postgres:16\nENV POSTGRES_PASSWORD=postgres\nUSER postgres\n')).toBe(
    'FROM postgres:16\nENV POSTGRES_PASSWORD=*\nUSER postgres\n',
  )
  expect(hideSecrets('a x7fq, ax7fq', ['x7fq'])).toBe('a ***, ax7fq')
})

test('a default that is the name of a thing in the file is hidden where it is set; what was drawn is hidden everywhere', () => {
  const valuesIn = (text: string): readonly string[] => secretsOfFile(text, []).values
  for (const name of [
    'image: ghcr.io/acme/windmill:2',
    'windmill:\n  a: b',
    '- WINDMILL_USER=ann',
    '- /etc/windmill/conf:/conf',
    'user: windmill',
  ])
    expect(valuesIn(`${name}\nDB_PASSWORD: windmill\n`), name).toEqual([])
  for (const [name, value] of [
    ['image: acme/x7fQk29LmZp:2', 'x7fQk29LmZp'],
    ['x7fQk29LmZp: 1', 'x7fQk29LmZp'],
    ['command: echo windmill', 'windmill'],
    ['url: https://acme.io/windmill', 'windmill'],
    ['A_TOKEN: windmillx', 'windmill'],
  ] as const)
    expect(valuesIn(`${name}\nDB_PASSWORD: ${value}\n`), name).toContain(value)
  expect(shown('FROM acme/windmill:2\nENV DB_PASSWORD=windmill\nUSER windmill\n')).toBe(
    'FROM acme/windmill:2\nENV DB_PASSWORD=*\nUSER windmill\n',
  )
  expect(secretsOfFile('docker run -e DB_PASSWORD="a b c d" x', [{ start: 11, end: 35 }]).values).toContain('a b c d')
})

test('a megabyte of anything takes no time worth speaking of', () => {
  for (const part of ['a=', 'TOKEN=', '"', 'TOKEN="\\', '--password ', 'chpasswd;', 'ann:x\n', '://a:', "password '", 'x | '])
    expect(secretsOf(readDockerfile('Dockerfile', `FROM a\nRUN ${part.repeat(1_000_000 / part.length)}`), []).values).toBeTypeOf(
      'object',
    )
}, 20_000)
