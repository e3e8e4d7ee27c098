/** The promises of what takes rights away, over generated Dockerfiles: the result parses, is at rest, keeps every instruction that it does not speak of, and never runs as root where it did not. */
import '../../../test/fixed-seed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { subjectOf, untilStill } from '../../../test/harden-still.ts'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { chooseUser, finalUser } from './final-user.ts'
import { proposedRun } from './proposed-run.ts'
import execForm from './transformations/exec-form.ts'
import healthcheck from './transformations/healthcheck.ts'
import ignoreFile from './transformations/ignore-file.ts'
import labels from './transformations/labels.ts'
import ownership from './transformations/ownership.ts'
import ports from './transformations/ports.ts'
import setuid from './transformations/setuid.ts'
import user from './transformations/user.ts'

const runs = Number(process.env.BULKHEAD_FUZZ_RUNS ?? 300)

const base = fc.constantFrom(
  ...['node:22', 'node:22-alpine', 'python:3.12-slim', 'nginx:1.27', 'httpd', 'php:8-apache', 'debian:12', 'alpine', 'scratch'],
  ...[
    'gcr.io/distroless/static',
    'postgres:16',
    'ghcr.io/acme/x:1',
    'first',
    '$BASE',
    'mcr.microsoft.com/windows/nanoserver:1809',
  ],
)
const line = fc.constantFrom(
  'RUN apt-get update && apt-get install -y nginx',
  'RUN apk add --no-cache x \\\n  # ours\n  y',
  'RUN useradd -m web',
  'RUN groupadd -g 2000 web && useradd -u 2000 -g web web',
  'run adduser -D web',
  'RUN chown -R web:web /app && chmod -R 777 /app /data',
  'RUN mkdir -p /data && \\\n    chmod 777 /data',
  'RUN ["chown", "-R", "web", "/app"]',
  'RUN <<EOF\nuseradd other\nchmod -R a+w /srv\nEOF',
  ...['USER web', 'USER root', 'USER 1000', 'USER $WHO', 'USER node:node', 'USER 0:0'],
  ...['WORKDIR /app', 'WORKDIR app', 'COPY . .', 'COPY --chown=web:web . /app/', 'COPY --chmod=777 a.sh /a.sh', '# words'],
  'COPY \\\n  --chown=web \\\n  . /app',
  'COPY nginx.conf /etc/nginx/conf.d/default.conf',
  ...[
    'VOLUME /data',
    'VOLUME ["/data", "/tmp"]',
    'EXPOSE 80',
    'EXPOSE 443/tcp 8080',
    'ENV PORT=80',
    'ARG WHO=web',
    'SHELL ["/bin/bash", "-c"]',
  ],
  ...['ONBUILD RUN make', 'STOPSIGNAL SIGINT', 'LABEL a=b', 'HEALTHCHECK CMD curl localhost:80', '', 'STRANGE words', 'RUN'],
)
const start = fc.constantFrom(
  ...['', 'CMD ["node", "a.js"]', 'CMD node a.js $X', 'ENTRYPOINT ["gosu", "web", "x"]', 'CMD ["nginx", "-g", "daemon off;"]'],
  ...['CMD npm start', 'cmd ["gunicorn", "-b", ":80", "a:b"]', 'CMD a && b $C', 'CMD [', 'CMD x \\'],
)
const stage = fc
  .tuple(base, fc.array(line, { maxLength: 7 }), start)
  .map(([from, lines, end]) => ({ from, lines: [...lines, end] }))
const file = fc
  .tuple(fc.array(stage, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([stages, newline, isEnded]) => {
    const texts = stages.map(({ from, lines }, i) => [`FROM ${from}${i === 0 ? ' AS first' : ''}`, ...lines].join('\n'))
    return (texts.join('\n') + (isEnded ? '\n' : '')).replaceAll('\n', newline)
  })
const context = {
  'nginx.conf': 'server { listen 80; }\n',
  'a.js': 'x',
  'package.json': '{"name": "shop"}',
  'a.sh': '#!/bin/sh\nexec x\n',
}
const stacks = fc.constantFrom(
  [],
  [{}],
  [
    {
      writes: [
        { value: 'uploads', by: 'a.js' },
        { value: '/data', by: 'a.js' },
      ],
      ports: [{ value: 80, by: 'a.js' }],
      start: { value: ['node', 'a.js'], by: 'package.json' },
    },
  ],
)

test(`${runs} generated files`, async () => {
  await fc.assert(
    fc.asyncProperty(file, stacks, async (text, project) => {
      const before = readDockerfile('Dockerfile', text)
      let [dockerfile, files]: [string, Readonly<Record<string, string>>] = [text, context]
      const all = [ownership, ports, user, healthcheck, execForm, setuid, labels, ignoreFile]
      for (let pass = 0; pass < 3; pass++)
        for (const one of all) {
          const still = await untilStill(one, { dockerfile, context: files, stacks: project })
          dockerfile = still.text
          files = still.files
        }
      for (const one of all)
        expect((await untilStill(one, { dockerfile, context: files, stacks: project })).text).toBe(dockerfile)
      const after = readDockerfile('Dockerfile', dockerfile)
      expect(after.stages.length).toBe(before.stages.length)
      expect(after.tree.comments.length).toBeGreaterThanOrEqual(before.tree.comments.length - 7)
      // Line ends stay as they are.
      if (text.includes('\r\n')) expect(dockerfile.replaceAll('\r\n', '')).not.toContain('\n')
      const was = before.final && finalUser(before.final).kind
      const is = after.final && finalUser(after.final).kind
      if (was !== 'root') expect(is).not.toBe('root')
      // Root goes, or it is said why not.
      const subject = await subjectOf({ dockerfile, context: files, stacks: project }, dockerfile, new Map(Object.entries(files)))
      if (is === 'root') expect(chooseUser(subject)?.kind).toBe('left')
      const run = proposedRun(subject)
      if (is !== 'root') expect(run.capAdd).toEqual([])
      for (const path of [...run.tmpfs, ...run.volumes]) expect(path).toMatch(/^\/[^/]/)
    }),
    { numRuns: runs },
  )
}, 300_000)
