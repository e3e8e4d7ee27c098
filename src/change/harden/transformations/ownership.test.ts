import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import ownership from './ownership.ts'
import user from './user.ts'

const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(ownership, { dockerfile, stacks: [{}], ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text } = await still(before, more)
  assert.equal(text, after)
  assert.equal((await still(after, more)).text, after, 'twice changes nothing')
}
const writes = (...values: readonly string[]): Omit<Given, 'dockerfile'> => ({
  stacks: [{ writes: values.map(value => ({ value, by: 'server.js' })) }],
})

test('the program is copied as root’s, unless it writes there', async () => {
  await becomes(
    'FROM node:22\nWORKDIR /app\nCOPY --chown=node:node . .\nUSER node\nCMD ["node", "a.js"]\n',
    'FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "a.js"]\n',
  )
  const kept = 'FROM node:22\nWORKDIR /app\nCOPY --chown=node:node data /app/data\nUSER node\nCMD ["node", "a.js"]\n'
  await becomes(kept, kept, writes('data/'))
  const root = 'FROM node:22\nCOPY --chown=root:root . /app\nUSER node\n'
  await becomes(root, root)
})

test('where a later step builds as that user, or nothing is known of the project, it stays, and that is said', async () => {
  const built = 'FROM node:22\nUSER node\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN npm ci\nCMD ["node", "a.js"]\n'
  const one = await still(built)
  assert.equal(one.text, built)
  assert.match(one.left?.leftOut ?? '', /later step builds/)
  const two = await still('FROM node:22\nCOPY --chown=node . /app\nUSER node\n', { stacks: [] })
  assert.match(two.left?.leftOut ?? '', /not known/)
})

test('chown of the program goes: alone, first, last or in the middle of a list', async () => {
  await becomes(
    'FROM node:22\nCOPY . /app\n\n# theirs\nRUN chown -R node:node /app\n\nUSER node\n',
    'FROM node:22\nCOPY . /app\n\nUSER node\n',
  )
  await becomes(
    'FROM debian:12\r\nCOPY . /app\r\nRUN useradd -u 2000 web \\\r\n    && chown -R web /app \\\r\n    && make\r\nUSER web\r\n',
    'FROM debian:12\r\nCOPY . /app\r\nRUN useradd -u 2000 web \\\r\n    && make\r\nUSER web\r\n',
  )
  await becomes(
    'FROM debian:12\nCOPY . /app\nRUN chown -R web /app && make\nRUN useradd web && chown web /app\nUSER web\n',
    'FROM debian:12\nCOPY . /app\nRUN make\nRUN useradd web\nUSER web\n',
  )
  const others =
    'FROM debian:12\nCOPY . /app\nRUN chown -R web /app /var/lib/web || true\nRUN chown -R web /var/lib/web\nUSER web\n'
  await becomes(others, others)
})

test('nothing is writable for everyone: the program for its owner, data for the user', async () => {
  await becomes(
    'FROM node:22\nCOPY . /app\nRUN mkdir /data && chmod -R 777 /data && chmod -R 777 /app\nUSER node\n',
    'FROM node:22\nCOPY . /app\nRUN mkdir /data && chown -R 1000:1000 /data\nUSER node\n',
  )
  await becomes(
    'FROM node:22\nCOPY --chmod=0777 run.sh /run.sh\nRUN chmod a+rwx /usr/local/bin/x\nUSER node\n',
    'FROM node:22\nCOPY --chmod=0755 run.sh /run.sh\nRUN chmod a+rx,u+w /usr/local/bin/x\nUSER node\n',
  )
  const sticky = 'FROM node:22\nRUN chmod 1777 /scratch\nUSER node\n'
  await becomes(sticky, sticky)
})

test('what it writes to is made and owned by the user, before VOLUME and before USER', async () => {
  await becomes(
    'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "a.js"]\n',
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN install -d -o 1000 -g 1000 /app/uploads /var/lib/shop\nCMD ["node", "a.js"]\n',
    writes('uploads', '/var/lib/shop/shop.db', '/tmp/x'),
  )
  await becomes(
    'FROM python:3.12\nCOPY . /app\nVOLUME ["/data"]\nCMD ["python", "/app/a.py"]\n',
    'FROM python:3.12\nCOPY . /app\nRUN install -d -o 10001 -g 10001 /data\nVOLUME ["/data"]\nCMD ["python", "/app/a.py"]\n',
  )
  await becomes(
    'FROM node:22\nCOPY . /app\nUSER node\nVOLUME /data\n',
    'FROM node:22\nCOPY . /app\nRUN install -d -o 1000 -g 1000 /data\nUSER node\nVOLUME /data\n',
  )
  const owned = 'FROM node:22\nRUN mkdir -p /data && chown node /data\nVOLUME /data\nUSER node\n'
  await becomes(owned, owned)
})

test('what cannot be made is said', async () => {
  const scratch = await still('FROM scratch\nCOPY s /\nVOLUME /data\nUSER 65532:65532\n')
  assert.match(scratch.left?.leftOut ?? '', /no shell that could make \/data/)
  const own = await still('FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\n', writes('db.sqlite'))
  assert.match(own.left?.leftOut ?? '', /writes into `\/app`/)
})

test('a file that stays with root is not touched', async () => {
  const gosu = 'FROM debian:12\nRUN apt-get install -y gosu\nCOPY . /app\nRUN chown -R app /app\nENTRYPOINT ["/e.sh"]\n'
  const { text, left } = await still(gosu)
  assert.equal(text, gosu)
  assert.equal(left, undefined)
})

test('with the user that comes after it, the folders are made by root', async () => {
  const one = await still('FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "a.py"]\n', writes('uploads'))
  const two = await untilStill(user, { dockerfile: one.text, stacks: [{}] })
  assert.match(two.text, /COPY \. \.\nRUN install -d -o 10001 -g 10001 \/app\/uploads\nUSER 10001:10001\nCMD/)
  const again = await still(two.text, writes('uploads'))
  assert.equal(again.text, two.text)
})

test('a volume at /tmp is for everyone, and nginx only reads its configuration', async () => {
  const tmp = 'FROM node:22\nCOPY . /app\nVOLUME /tmp\nUSER node\n'
  await becomes(tmp, tmp)
  await becomes(
    'FROM nginx:1.27\nCOPY --chown=nginx:nginx site /usr/share/nginx/html\nUSER nginx\n',
    'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nUSER nginx\n',
    { stacks: [] },
  )
})

test('beside a comment, in a branch or a pipe, a chown of the program stays, and that is said', async () => {
  for (const run of [
    'RUN useradd web \\\n    # theirs\n    && chown -R web /app \\\n    && make',
    'RUN chown -R web /app \\\n    # and then\n    && make',
    'RUN if true; then chown -R web /app; fi',
    'RUN true || chown -R web /app',
    'RUN --mount=type=cache,target=/c chown -R web /app',
  ]) {
    const dockerfile = `FROM debian:12\nCOPY . /app\n${run}\nUSER web\n`
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.match(left?.leftOut ?? '', /cannot be taken out/)
  }
  await becomes(
    'FROM debian:12\nCOPY . /app\nRUN <<EOF\nuseradd web\nchown -R web /app\nmake\nEOF\nUSER web\n',
    'FROM debian:12\nCOPY . /app\nRUN <<EOF\nuseradd web\nmake\nEOF\nUSER web\n',
  )
})

test('a single word may be a file: it is no folder then', async () => {
  const dockerfile = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nUSER 1:1\n'
  const opened = await still(dockerfile, { ...writes('posta'), context: { 'server.js': "f = open('posta', 'w')" } })
  assert.equal(opened.text, dockerfile)
  assert.match(opened.left?.leftOut ?? '', /writes into `\/app`/)
  assert.equal((await still(dockerfile, writes('posta'))).text, dockerfile)
  assert.match((await still(dockerfile, writes('uploads'))).text, /install -d .* \/app\/uploads\n/)
  const made = await still(dockerfile, { ...writes('posta'), context: { 'server.js': "os.makedirs('posta')" } })
  assert.match(made.text, /install -d .* \/app\/posta\n/)
})

test('chmod of the whole program goes, unless a file of it is started by its path', async () => {
  await becomes(
    'FROM node:22\nCOPY . /app\nRUN chmod -R 777 /app\nUSER node\nCMD ["node", "/app/a.js"]\n',
    'FROM node:22\nCOPY . /app\nUSER node\nCMD ["node", "/app/a.js"]\n',
  )
  await becomes(
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN chmod -R 777 /app\nUSER node\nCMD ["./run"]\n',
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN chmod -R 755 /app\nUSER node\nCMD ["./run"]\n',
  )
})

test('what a program of PHP writes is not known: it stays writable for its user alone', async () => {
  const php = { stacks: [{ name: 'php' as const }] }
  const after = 'FROM php:8.4-apache\nCOPY html /var/www/html\nRUN chown -R 33:33 /var/www\nUSER 33:33\n'
  await becomes('FROM php:8.4-apache\nCOPY html /var/www/html\nRUN chmod -R 777 /var/www\nUSER 33:33\n', after, php)
  await becomes(after.replace('USER', 'RUN chmod -R 777 /var/www\nUSER'), after, php)
  await becomes(
    after.replace('USER', 'CMD ["apache2-foreground"]\nUSER'),
    after.replace('USER', 'CMD ["apache2-foreground"]\nUSER'),
    {
      stacks: [],
    },
  )
})

test('a named volume of Compose is the user’s from the beginning', async () => {
  const compose =
    'services:\n  a:\n    build: .\n    volumes:\n      - data:/var/lib/a\n      - ./b:/b\n      - c:/app/node_modules\nvolumes:\n  data:\n  c:\n'
  await becomes(
    'FROM node:22\nCOPY . /app\nUSER node\nCMD ["node", "/app/a.js"]\n',
    'FROM node:22\nCOPY . /app\nRUN install -d -o 1000 -g 1000 /var/lib/a\nUSER node\nCMD ["node", "/app/a.js"]\n',
    { context: { 'compose.yaml': compose } },
  )
})

test('what everyone may write to in a stage that is copied from, is no longer so in the image', async () => {
  const rest = 'FROM node:24-slim\nCOPY --from=build /app /app\nCMD ["node", "/app/a.js"]\n'
  const of = async (steps: string) =>
    (await untilStill(ownership, { dockerfile: `FROM node:24 AS build\nWORKDIR /app\nCOPY . .\n${steps}${rest}`, stacks: [{}] }))
      .text
  assert.doesNotMatch(await of('# so that the logs can be written\nRUN chmod -R 777 /app\n'), /chmod|logs/)
  assert.match(await of('RUN npm ci && chmod -R a+rwx .\n'), /RUN npm ci\n/)
  assert.match(await of('RUN mkdir -p /app/data && chmod 777 /app/data\n'), /chmod 755 \/app\/data/)
  // Nothing of it gets into the image.
  assert.match(await of('RUN chmod -R 777 /root/.npm\n'), /chmod -R 777 \/root\/\.npm/)
})

test('a chown of the whole program is narrowed to what it writes to', async () => {
  await becomes(
    'FROM php:8.4-apache\nCOPY html /var/www/html\nRUN chown -R www-data /var/www\nRUN chmod -R 777 /var/www\nUSER 33:33\n',
    'FROM php:8.4-apache\nCOPY html /var/www/html\nRUN mkdir -p /var/www/html/var && chown -R www-data /var/www/html/var\nUSER 33:33\n',
    { stacks: [{ name: 'php', writes: [{ value: '/var/www/html/var', by: 'composer.json' }] }] },
  )
  await becomes(
    'FROM php:8.4-apache\nCOPY html /var/www/html\nUSER 33:33\n',
    'FROM php:8.4-apache\nCOPY html /var/www/html\nRUN install -d -o 33 -g 33 /var/www/html/var\nUSER 33:33\n',
    { stacks: [{ name: 'php', writes: [{ value: '/var/www/html/var', by: 'composer.json' }] }] },
  )
})

test('a home folder stays with its user', async () => {
  const text = 'FROM debian:12\nRUN useradd -u 2000 a && chown a:0 /home/a\nCOPY a /usr/bin/\nUSER a\nWORKDIR /home/a\nCOPY b .\n'
  await becomes(text, text)
})
