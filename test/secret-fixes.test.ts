/**
 * The fixes of leaked secrets, built by a real engine: the RUN gets the secret, and nothing of the image has it. Files without a
 * `# syntax` line are read by the engine's own frontend, which knows no `env=` here; those with one are parsed only, since their
 * frontend is an image to pull.
 */

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base62Checksum, sampleText } from '../src/judge/secrets/detector.ts'
import { parse } from '../src/read/dockerfile/parse.ts'
import { type Engine, hasEngine, startEngine } from './components.ts'
import { fixed, judge } from './judge.ts'

const rules = ['dockerfile/secret-value', 'dockerfile/secret-arg-env-name', 'dockerfile/secret-file-copied']
const isComplete = hasEngine && existsSync('/bin/busybox')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-secret-fixes-'))
let engine: Engine | undefined

/** Stands where npm, curl and git would: it needs the file that they would read, and says whether it is the one. */
const tool =
  '#!/bin/sh\nfor file in /app/.npmrc /root/.netrc; do if [ -s $file ]; then sha256sum < $file > /seen; fi; done\nexit 0\n'

beforeAll(async () => {
  if (!isComplete) return
  const base = join(top, 'base')
  mkdirSync(join(base, 'root/bin'), { recursive: true })
  cpSync('/bin/busybox', join(base, 'root/bin/busybox'))
  for (const name of ['npm', 'curl', 'git']) writeFileSync(join(base, 'root/bin', name), tool, { mode: 0o755 })
  mkdirSync(join(base, 'root/etc'))
  writeFileSync(join(base, 'root/etc/passwd'), 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/tmp:/bin/sh\n')
  writeFileSync(join(base, 'root/etc/group'), 'root:x:0:\nann:x:1000:\n')
  writeFileSync(
    join(base, 'Dockerfile'),
    'FROM scratch\nCOPY root /\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nRUN mkdir -p /tmp /root /out && chmod 777 /tmp /out\nCMD ["/bin/sh"]\n',
  )
  engine = await startEngine()
  engine.docker('build', '-q', '--network', 'none', '-t', 'base:1', base)
}, 240_000)
afterAll(async () => {
  await engine?.stop()
  rmSync(top, { recursive: true, force: true })
}, 60_000)

const secret = ['Vq8', 'Lm3Xv', 'Tr7Wn2Yb', 'Kc5Pz9'].join('')
const hash = 'sha256sum > /out/seen'

/**
 * The Dockerfile, the secrets that the fixed one is built with, and whether the RUN leaves the hash of the value in /out/seen
 * or of the file in /seen.
 */
const built: readonly (readonly [string, string, readonly string[]])[] = [
  ['ENV', `FROM base:1\nENV API_TOKEN=${secret}\nRUN printf %s "$API_TOKEN" | ${hash}\n`, ['api_token']],
  [
    'one of several pairs, and a comment between',
    `FROM base:1\nENV A=1 \\\n    # theirs\n    API_TOKEN=${secret} \\\n    B=2\nRUN test "$A$B" = 12 && \\\n    # here\n    printf %s "$API_TOKEN" | ${hash}\n`,
    ['api_token'],
  ],
  ['the old form', `FROM base:1\nENV API_TOKEN ${secret}\nRUN printf %s $API_TOKEN | ${hash}\n`, ['api_token']],
  ['ARG with a default', `FROM base:1\nARG API_TOKEN=${secret}\nRUN printf %s "\${API_TOKEN}" | ${hash}\n`, ['api_token']],
  [
    'ARG that becomes ENV',
    `FROM base:1\nARG API_TOKEN=${secret}\nENV API_TOKEN=$API_TOKEN\nRUN printf %s "$API_TOKEN" | ${hash}\nRUN unset API_TOKEN\n`,
    ['api_token'],
  ],
  [
    'a global ARG too',
    `ARG API_TOKEN=${secret}\nFROM base:1\nARG API_TOKEN\nRUN printf %s "$API_TOKEN" | ${hash}\n`,
    ['api_token'],
  ],
  [
    'two secrets in one RUN',
    `FROM base:1\nENV API_TOKEN=${secret} DB_PASSWORD=${secret}\nRUN test "$DB_PASSWORD" = "$API_TOKEN" && printf %s "$API_TOKEN" | ${hash}\n`,
    ['api_token', 'db_password'],
  ],
  [
    'a stage built from the stage',
    `FROM base:1 AS deps\nENV API_TOKEN=${secret}\nRUN test -n "$API_TOKEN"\nFROM deps\nRUN printf %s "$API_TOKEN" | ${hash}\n`,
    ['api_token'],
  ],
  ['somebody else', `FROM base:1\nENV API_TOKEN=${secret}\nUSER ann\nRUN printf %s "$API_TOKEN" | ${hash}\n`, ['api_token']],
  ['a number', `FROM base:1\nENV API_TOKEN=${secret}\nUSER 1000:1000\nRUN printf %s "$API_TOKEN" | ${hash}\n`, ['api_token']],
  [
    'a list with a part in the background',
    `FROM base:1\nENV API_TOKEN=${secret}\nRUN true && sleep 0 & wait; printf %s "$API_TOKEN" | ${hash}\n`,
    ['api_token'],
  ],
  [
    'a file of npm, deleted in the same RUN',
    'FROM base:1\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci && \\\n    rm -f .npmrc && \\\n    test -e package.json\n',
    ['npmrc'],
  ],
  [
    'a file of git, deleted later',
    'FROM base:1\nCOPY .netrc /root/\nRUN git clone https://git.example/app.git /app\nRUN rm /root/.netrc\n',
    ['netrc'],
  ],
  [
    'a file of npm, deleted later in the JSON form',
    'FROM base:1\nWORKDIR /app\nCOPY .npmrc .\nRUN ["npm","ci"]\nRUN ["rm",".npmrc"]\n',
    ['npmrc'],
  ],
  [
    'a file of npm, deleted later by a pattern',
    'FROM base:1\nWORKDIR /app\nCOPY .npmrc .\nRUN npm ci && rm -rf dist/* /tmp/* *\nRUN rm .npm*\n',
    ['npmrc'],
  ],
  [
    'a file for somebody else',
    'FROM base:1\nWORKDIR /app\nRUN touch /seen && chmod 666 /seen\nCOPY .npmrc .\nUSER ann\nRUN npm ci\n',
    ['npmrc'],
  ],
]

describe.skipIf(!isComplete)('fixed files are built (needs dockerd, busybox-static)', () => {
  test.each(built)(
    '%s',
    async (name, text, ids) => {
      const files = {
        '.npmrc': `//npm.example/:_authToken=${secret}\n`,
        '.netrc': `machine git.example password ${secret}\n`,
        'package.json': '{}',
      }
      const repaired = await fixed(rules, text, { files })
      expect(await judge(rules, repaired, { files }), repaired).toEqual([])
      expect(repaired).not.toContain(secret)
      const context = join(top, name.replaceAll(' ', '-').replaceAll(',', ''))
      mkdirSync(context)
      for (const [path, body] of Object.entries(files)) writeFileSync(join(context, path), body)
      writeFileSync(join(context, 'Dockerfile'), repaired)
      writeFileSync(join(context, '.dockerignore'), '.npmrc\n.netrc\nsecret\n')
      writeFileSync(join(context, 'secret'), `${secret}\n`)
      const sources: Readonly<Record<string, string>> = { npmrc: '.npmrc', netrc: '.netrc' }
      const secrets = ids.flatMap(id => ['--secret', `id=${id},src=${join(context, sources[id] ?? 'secret')}`])
      const tag = `fixed:${built.findIndex(([one]) => one === name)}`
      engine!.docker('build', '-q', '--network', 'none', '--no-cache', ...secrets, '-t', tag, context)
      // Who forgets the secret gets no image that works without it.
      expect(() => engine!.docker('build', '-q', '--network', 'none', '--no-cache', context)).toThrow()
      const folder = join(context, 'image')
      mkdirSync(folder)
      engine!.docker('save', '-o', join(folder, 'image.tar'), tag)
      execFileSync('tar', ['-xf', 'image.tar'], { cwd: folder })
      // Neither the configuration, with the history, nor a layer: those of `docker save` are plain tar files.
      expect(execFileSync('sh', ['-c', `grep -rlF '${secret}' . || true`], { cwd: folder, encoding: 'utf8' })).toBe('')
      expect(engine!.docker('history', '--no-trunc', tag)).not.toContain(secret)
      const layers = execFileSync('sh', ['-c', 'for l in */layer.tar; do tar -xOf $l out/seen seen 2>/dev/null; done; true'], {
        cwd: folder,
        encoding: 'utf8',
      })
      const file = files[sources[ids[0]!] as keyof typeof files]
      const expected = execFileSync('sha256sum', { input: file ?? secret, encoding: 'utf8' })
      expect(layers, repaired).toContain(expected.split(' ')[0])
    },
    60_000,
  )

  test('each of two files of one name goes where it went, and what is optional may be missing', async () => {
    const stage = (name: string) => `FROM base:1 AS ${name}\nWORKDIR /app\nCOPY ${name}/.npmrc ./\nRUN npm ci\n`
    const text =
      `${stage('front')}${stage('back')}FROM base:1 AS last\nARG API_TOKEN=\n` +
      `RUN if [ -n "$API_TOKEN" ]; then printf %s "$API_TOKEN" | ${hash}; else echo none > /out/seen; fi\n` +
      'FROM scratch\nCOPY --from=front /seen /front\nCOPY --from=back /seen /back\nCOPY --from=last /out/seen /last\n'
    const repaired = await fixed(rules, text, { files: { front: '', back: '' } })
    const context = join(top, 'two')
    const given = { front_npmrc: 'of the front', back_npmrc: 'of the back', api_token: secret }
    mkdirSync(context)
    writeFileSync(join(context, 'Dockerfile'), repaired)
    for (const [id, body] of Object.entries(given)) writeFileSync(join(top, id), body)
    const build = (...ids: readonly string[]): readonly string[] => {
      const secrets = ids.flatMap(id => ['--secret', `id=${id},src=${join(top, id)}`])
      engine!.docker('build', '-q', '--network', 'none', '--no-cache', ...secrets, '-o', join(top, 'out'), context)
      return ['front', 'back', 'last'].map(name => readFileSync(join(top, 'out', name), 'utf8').trim())
    }
    const of = (body: string): string => execFileSync('sha256sum', { input: body, encoding: 'utf8' }).trim()
    expect(build('front_npmrc', 'back_npmrc', 'api_token')).toEqual(Object.values(given).map(of))
    expect(build('front_npmrc', 'back_npmrc')).toEqual([of(given.front_npmrc), of(given.back_npmrc), 'none'])
    expect(() => build('front_npmrc', 'api_token')).toThrow()
  }, 60_000)

  test('nothing can be mounted inside of a read-only mount', () => {
    const context = join(top, 'read-only')
    mkdirSync(context)
    writeFileSync(join(context, 'x'), secret)
    const build = (mount: string) => {
      const run = `RUN --mount=${mount} --mount=type=secret,id=x,target=/app/.npmrc,required=true npm ci`
      writeFileSync(join(context, 'Dockerfile'), `FROM base:1\nWORKDIR /app\n${run}\n`)
      engine!.docker('build', '-q', '--network', 'none', '--no-cache', '--secret', `id=x,src=${join(context, 'x')}`, context)
    }
    expect(() => build('type=bind,target=.')).toThrow()
    build('type=bind,target=.,rw')
  }, 60_000)

  test('the files as they were do leak', () => {
    const context = join(top, 'leaks')
    mkdirSync(context)
    writeFileSync(join(context, 'Dockerfile'), built[0]![1])
    engine!.docker('build', '-q', '--network', 'none', '-t', 'leaks:1', context)
    expect(engine!.docker('history', '--no-trunc', 'leaks:1')).toContain(secret)
  }, 60_000)
})

/** Lines in which a variable is passed, used and left in every way; `X` stands for its name. */
const lines = [
  'ENV X=x7fqLm3Xv',
  'ENV A=1 X=x7fqLm3Xv B=2',
  'ENV X=x7fqLm3Xv \\\n    # theirs\n    A=1',
  'ENV X x7fqLm3Xv',
  'ARG X',
  'ARG X=x7fqLm3Xv A',
  'ENV X=$X',
  'RUN wget --header "T: $X" https://api.example/',
  'RUN --mount=type=cache,target=/c \\\n    # why\n    wget ${X} && \\\n    echo done',
  'RUN ["sh", "-c", "wget $X"]',
  'RUN <<EOF\nset -e\nwget $X\nEOF',
  'RUN <<EOF\n#!/usr/bin/env python3\nprint("$X")\nEOF',
  'RUN cat <<EOF > /etc/conf\n$X\nEOF',
  'RUN echo $X > /etc/conf',
  'RUN echo $X > /etc/conf && rm /etc/conf',
  'RUN unset X',
  'RUN sleep 1 & wget $X',
  'RUN ./build.sh',
  'RUN npm ci && rm -f .npmrc',
  'RUN npm ci; rm .npmrc package.json',
  'RUN rm .npmrc',
  'RUN ["rm", ".npmrc"]',
  'RUN npm ci && rm -f .npm*',
  'RUN rm .n*',
  'RUN curl -n https://x.example',
  'COPY .npmrc package.json ./',
  'COPY package.json \\\n    .npmrc \\\n    ./',
  'COPY ["./.npmrc", "/root/"]',
  'COPY .npmrc .netrc /root/',
  'ADD --chown=1 .netrc /root/.netrc',
  'WORKDIR /app',
  'USER 1000',
  'USER app',
  'SHELL ["pwsh", "-c"]',
  'CMD ["sh", "-c", "run $X"]',
  'ONBUILD RUN wget $X',
  'FROM a AS b',
  'FROM a',
]
const file = fc
  .tuple(
    fc.constantFrom(
      '',
      '# syntax=docker/dockerfile:1\n',
      '# syntax=docker/dockerfile:1.7\n',
      '# syntax=docker/dockerfile:1.1\n',
      'ARG X\n',
    ),
    fc.array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom('API_TOKEN', 'NPM_TOKEN')), { minLength: 1, maxLength: 9 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([head, body, end, last]) =>
    [
      `${head}FROM debian:12 AS a`.replace('X', 'API_TOKEN'),
      ...body.map(([line, name]) => line.replace(/X(?![a-z])(?=\W|$)/g, name)),
    ]
      .join('\n')
      .concat(last ? '\n' : '')
      .replaceAll('\n', end),
  )

test('what is fixed parses, keeps its comments, needs no second time, and names no secret', async () => {
  let changed = 0
  await fc.assert(
    fc.asyncProperty(file, async text => {
      const repaired = await fixed(rules, text, { files: {} })
      const [before, after] = [parse(text), parse(repaired)]
      expect(after.errors.length).toBeLessThanOrEqual(before.errors.length)
      expect(await fixed(rules, repaired, { files: {} })).toBe(repaired)
      expect(after.comments.map(one => one.text)).toEqual(before.comments.map(one => one.text))
      const inner = (tree: typeof before) => tree.instructions.flatMap(({ innerComments }) => innerComments.map(one => one.text))
      expect(inner(after)).toEqual(inner(before))
      // Instructions go or change; none is torn in two.
      expect(after.instructions.length).toBeLessThanOrEqual(before.instructions.length)
      for (const { fix } of await judge(rules, text, { files: {} })) {
        for (const edit of fix?.edits ?? []) expect(edit.text).not.toContain('x7fq')
        expect(fix?.title).not.toContain('x7fq')
      }
      if (repaired !== text) changed++
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 400) },
  )
  expect(changed).toBeGreaterThan(20)
})

/** Advice, by what it has to say. */
test.each([
  ['ENV DB_PASSWORD=x7fqLm', 'secretKeyRef'],
  ['ENV DB_PASSWORD=x7fqLm\nRUN wget $DB_PASSWORD\nCMD ["sh", "-c", "app $DB_PASSWORD"]', 'Compose: `services:'],
  ['ENV DB_PASSWORD=x7fqLm\nENV URL=https://a:$DB_PASSWORD@b', 'from the ENV in line 3'],
  ['ARG API_TOKEN\nRUN make', '`make` in line 3 reads it'],
  ['ARG API_TOKEN\nRUN echo $API_TOKEN | base64 > /etc/token', 'stays in the layer'],
  ['ARG API_TOKEN\nRUN git clone https://$API_TOKEN@git.example/x', 'stays in the layer'],
  ['ARG API_TOKEN\nRUN ["deploy", "$API_TOKEN"]', 'Make `# syntax=docker/dockerfile:1` the first line'],
  [
    'ARG API_TOKEN\nRUN deploy',
    'RUN --mount=type=secret,id=api_token,required=true export API_TOKEN="$(cat /run/secrets/api_token)" && …',
  ],
  ['ARG API_TOKEN\nRUN sed -i "s/T/$API_TOKEN/" .npmrc', 'stays in the layer'],
  ['COPY .npmrc /srv/\nARG NPM_TOKEN\nRUN npm ci', 'If it only names `${NPM_TOKEN}`, it may stay'],
  ['COPY .npmrc /srv/\nRUN --mount=type=secret,id=t,env=NPM_TOKEN npm ci', 'If it only names `${NPM_TOKEN}`, it may stay'],
  ['ARG API_TOKEN\nRUN pip install -r requirements.txt', 'Use it where it is needed'],
  ['ENV API_TOKEN=x7fqLm\nRUN make\nFROM alpine', 'Build with `docker build --secret id=api_token,env=API_TOKEN .`'],
  ['COPY .npmrc /srv\nRUN npm ci', 'RUN --mount=type=secret'],
  ['COPY .npmrc /srv/\nRUN cp /srv/.npmrc /root', '`cp` in line 3'],
  ['COPY .netrc /root/\nRUN curl x\nCMD cat /root/.netrc', 'secretName: netrc'],
  ['COPY .npmrc /srv/\nRUN npm ci && rm .npmrc || true', 'cannot be deleted'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && rm -f .npm*', '`rm` in line 4 leave the file alone'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && rm -rf ../app', 'cannot be deleted'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && cd / && rm -rf app', 'cannot be deleted'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && find . -name .npmrc -delete', '`find` in line 4 leave'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && find / -type f -exec rm -f {} +', '`find` in line 4 leave'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && ls -A | xargs rm', '`rm` in line 4 leave'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && for f in .n*; do rm $f; done', '`rm` in line 4 leave'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && git clean -fdx', '`git` in line 4 leave'],
  ['WORKDIR /app\nCOPY .npmrc ./\nRUN npm ci\nRUN unlink .npmrc', '`unlink` in line 5 leave'],
])('%s: %s', async (body, said) => {
  const found = await judge(rules, `FROM debian:12\n${body}\n`)
  expect(found.map(({ fix }) => fix?.safety)).toContain('manual')
  expect(found.map(({ fix }) => fix?.title).join('\n')).toContain(said)
})

test.each([
  'rm -rf dist/* /tmp/* /root/.npm *',
  'rm -rf node_modules/.cache',
  'find / -name "*.md" -delete',
  'find /usr -type f -delete',
  'find . -name "*.md" | xargs rm',
  'mv dist /srv',
])('%s does not touch what is mounted', async command => {
  const text = `FROM debian:12\nWORKDIR /app\nCOPY .npmrc ./\nRUN npm ci && ${command}\n`
  expect(await fixed(rules, text)).toMatch(/RUN --mount=\S+ npm ci && /)
  expect(await fixed(rules, text)).toContain(` && ${command}\n`)
})

test.each([
  ['1', true],
  ['1.10', true],
  ['1.12.0', true],
  ['1-labs', true],
  ['latest', true],
  ['1.9', false],
  ['1.10@sha256:00', true],
  ['1@sha256:00', false],
])('docker/dockerfile:%s has env=: %s', async (tag, isThere) => {
  const text = `# syntax=docker/dockerfile:${tag}\nFROM debian:12\nARG API_TOKEN\nRUN wget $API_TOKEN\n`
  expect(
    (await fixed(rules, text)).includes('RUN --mount=type=secret,id=api_token,env=API_TOKEN,required=true wget $API_TOKEN\n'),
  ).toBe(isThere)
})

test('behind the RUN that deletes the file nobody gets it', async () => {
  const text = 'FROM node:22\nWORKDIR /app\nCOPY .npmrc .\nRUN npm ci\nRUN rm -f .npmrc\nRUN npm run build\nCMD ["app"]\n'
  expect(await fixed(rules, text)).toBe(
    'FROM node:22\nWORKDIR /app\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc,required=true npm ci\nRUN rm -f .npmrc\nRUN npm run build\nCMD ["app"]\n',
  )
})

/** Ids hold for a whole build. */
test.each([
  [
    'files of one name',
    'FROM node:22 AS front\nWORKDIR /f\nCOPY frontend/.npmrc ./\nRUN npm ci\nFROM node:22\nWORKDIR /b\nCOPY backend/.npmrc ./\nRUN npm ci\n',
    ['frontend_npmrc', 'backend_npmrc'],
  ],
  [
    'the same file twice',
    'FROM node:22 AS front\nWORKDIR /f\nCOPY .npmrc ./\nRUN npm ci\nFROM node:22\nWORKDIR /b\nCOPY ./.npmrc ./\nRUN npm ci\n',
    ['npmrc', 'npmrc'],
  ],
  [
    'a file beside one that has a mount already',
    'FROM node:22 AS front\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\nFROM node:22\nWORKDIR /b\nCOPY backend/.npmrc ./\nRUN npm ci\n',
    ['npmrc', 'backend_npmrc'],
  ],
  [
    'values of one variable',
    'FROM debian:12 AS a\nENV API_TOKEN=x7fqLm3Xv\nRUN wget $API_TOKEN\nFROM debian:12 AS b\nENV API_TOKEN=y7fqLm3Xv\nRUN wget $API_TOKEN\n',
    ['a_api_token', 'b_api_token'],
  ],
  [
    'the same value twice',
    'FROM debian:12 AS a\nENV API_TOKEN=x7fqLm3Xv\nRUN wget $API_TOKEN\nFROM debian:12 AS b\nENV API_TOKEN="x7fqLm3Xv"\nRUN wget $API_TOKEN\n',
    ['api_token', 'api_token'],
  ],
  [
    'what the build is given by name',
    'FROM debian:12 AS a\nARG API_TOKEN\nRUN wget $API_TOKEN\nFROM debian:12\nARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\nRUN wget $API_TOKEN\n',
    ['api_token', 'api_token'],
  ],
  [
    'names that differ in case only',
    'FROM debian:12\nARG api_token\nARG API_TOKEN\nRUN wget $api_token\nRUN wget $API_TOKEN\n',
    ['api_token', 'api_token_2'],
  ],
  [
    'values of one variable in stages without a name',
    'FROM debian:12\nENV API_TOKEN=x7fqLm3Xv\nRUN wget $API_TOKEN\nFROM debian:12\nENV API_TOKEN=y7fqLm3Xv\nRUN wget $API_TOKEN\n',
    ['api_token', 'api_token_2'],
  ],
])('ids of %s', async (_, text, ids) => {
  const repaired = await fixed(rules, text, { files: {} })
  expect([...repaired.matchAll(/type=secret,id=(\w+)/g)].map(([, id]) => id)).toEqual(ids)
  expect(repaired).not.toMatch(/^(?:COPY|ENV|ARG)/m)
})

test('two values of one variable are taken from two variables of the caller', async () => {
  const text =
    'FROM debian:12 AS a\nENV API_TOKEN=x7fqLm3Xv\nRUN wget $API_TOKEN\nFROM debian:12 AS b\nENV API_TOKEN=y7fqLm3Xv\nRUN wget $API_TOKEN\n'
  const titles = (await judge('dockerfile/secret-arg-env-name', text)).map(({ fix }) => fix?.title).join('\n')
  expect(titles).toContain('--secret id=a_api_token,env=A_API_TOKEN .')
  expect(titles).toContain('--secret id=b_api_token,env=B_API_TOKEN .')
})

describe('nobody is obliged to give what nobody had to give', () => {
  const isObliged = async (text: string): Promise<boolean> =>
    (await fixed(rules, `# syntax=docker/dockerfile:1\nFROM debian:12\n${text}\n`)).includes(',required=true ')
  test.each([
    ['ARG API_TOKEN=\nRUN wget $API_TOKEN'],
    ['ARG API_TOKEN=""\nRUN wget $API_TOKEN'],
    ['ARG API_TOKEN\nRUN [ -n "${API_TOKEN:-}" ] && wget $API_TOKEN || echo none'],
    ['ARG API_TOKEN\nRUN test -z "$API_TOKEN" || wget $API_TOKEN'],
    ['ARG API_TOKEN\nRUN if [ "$API_TOKEN" != "" ]; then wget $API_TOKEN; fi'],
    ['ARG API_TOKEN\nRUN if [[ $API_TOKEN ]]; then wget $API_TOKEN; fi'],
    ['ARG API_TOKEN\nRUN [ "x$API_TOKEN" != x ] && wget $API_TOKEN; true'],
    ['ARG API_TOKEN\nRUN wget https://x.example/${API_TOKEN:+?key=$API_TOKEN}'],
    ['ARG API_TOKEN\nRUN <<EOF\nif [ -n "$API_TOKEN" ]; then wget $API_TOKEN; fi\nEOF'],
  ])('%j', async text => expect(await isObliged(text)).toBe(false))
  test.each([
    ['ARG API_TOKEN\nRUN wget $API_TOKEN'],
    ['ARG API_TOKEN\nRUN [ -n "$OTHER" ] || wget $API_TOKEN'],
    ['ARG API_TOKEN\nRUN [ "$API_TOKEN" = prod ] || wget $API_TOKEN'],
    ['ARG API_TOKEN\nRUN [ -n "$API_TOKEN_2" ]; wget $API_TOKEN'],
  ])('%j must be given', async text => expect(await isObliged(text)).toBe(true))

  test('a shell that ends at what is not set is left to people', async () => {
    const text = '# syntax=docker/dockerfile:1\nFROM debian:12\nARG API_TOKEN=\nRUN set -eu; wget $API_TOKEN\n'
    expect(await fixed(rules, text)).toBe(text)
  })
})

test.each([
  ['a line that is one comment', 'FROM debian:12\nARG API_TOKEN\nRUN # why\\\n wget $API_TOKEN\n'],
  ['a read-only mount of the context', 'FROM node:22\nWORKDIR /app\nCOPY .npmrc ./\nRUN --mount=type=bind,target=. npm ci\n'],
  ['a read-only cache', 'FROM node:22\nWORKDIR /app\nCOPY .npmrc ./\nRUN --mount=type=cache,target=/app,ro npm ci\n'],
])('%s is left to people', async (_, text) => {
  expect(await fixed(rules, text)).toBe(text)
})

test('beside a mount that can be written to, or is somewhere else, a secret is mounted', async () => {
  for (const mount of ['type=bind,target=.,rw', 'type=bind,target=/src', 'type=cache,target=/app']) {
    const text = `FROM node:22\nWORKDIR /app\nCOPY .npmrc ./\nRUN --mount=${mount} npm ci\n`
    expect(await fixed(rules, text)).toContain('id=npmrc,target=/app/.npmrc')
  }
})

test('what a mount still takes from the context is not kept out of it', async () => {
  const edits = async (text: string) =>
    (await judge(rules, text, { files: { '.npmrc': '' } }))[0]?.fix?.edits.map(({ path }) => path)
  const copied = 'FROM node:22 AS a\nWORKDIR /app\nCOPY .npmrc ./\nRUN npm ci\nFROM node:22\n'
  expect(await edits(copied)).toContain('.dockerignore')
  expect(await edits(`${copied}RUN --mount=type=bind,source=.npmrc,target=/root/.npmrc npm ci\n`)).not.toContain('.dockerignore')
})

describe('one value is told once, in words that fit', () => {
  const found = async (text: string) =>
    (await judge(rules, text)).map(({ rule, severity, message }) => `${severity} ${rule.replace('dockerfile/', '')} ${message}`)

  test('by what is known of it', async () => {
    expect(await found(`FROM debian:12\nENV API_TOKEN=${secret}\n`)).toEqual([
      'critical secret-value the value of `API_TOKEN` is a secret: whoever can read this file, or an older version of it, has it',
    ])
    const body = sampleText(30)
    expect(await found(`FROM debian:12\nENV API_TOKEN=ghp_${body}${base62Checksum(body)}\n`)).toEqual([
      expect.stringMatching(/^critical secret-value GitHub token/),
    ])
    expect(await found('FROM debian:12\nENV API_TOKEN=x7fq\n')).toEqual([expect.stringMatching(/^high secret-arg-env-name /)])
    expect(
      await found(`FROM debian:12\nENV API_TOKEN=${secret} DB_PASSWORD=x7fq\nRUN export X_TOKEN=${secret} && wget x\n`),
    ).toEqual([
      expect.stringMatching(/^critical secret-value the value of `API_TOKEN`/),
      expect.stringMatching(/^high secret-arg-env-name `DB_PASSWORD`/),
      expect.stringMatching(/^critical secret-value Secret in a shell command/),
    ])
  })

  test('who asks for one rule only gets it, and what is hidden stays hidden', async () => {
    const text = `FROM debian:12\nENV API_TOKEN="${secret} x"\n`
    expect(await judge('dockerfile/secret-arg-env-name', text)).toHaveLength(1)
    const [finding, ...more] = await judge(rules, text)
    expect(more).toEqual([])
    const spans = finding!.redact!
    expect(spans.some(({ start, end }) => text.slice(start, end).includes(secret))).toBe(true)
  })
})
