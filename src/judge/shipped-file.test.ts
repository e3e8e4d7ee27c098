import { expect, test } from 'vitest'
import { judge } from '../../test/judge.ts'

/** The file goes into the stage `b`; the rest says whether it gets out of it. */
const severities = async (rest: string, copy = 'COPY .npmrc /root/'): Promise<readonly string[]> =>
  (await judge('dockerfile/secret-file-copied', `FROM node:22 AS b\nWORKDIR /w\n${copy}\n${rest}\n`)).map(
    ({ severity }) => severity,
  )

test.each([
  ['FROM debian:12\nCOPY --from=b /root /root'],
  ['FROM debian:12\nCOPY --from=b /root/.npmrc /x'],
  ['FROM debian:12\nCOPY --from=b / /'],
  ['FROM debian:12\nCOPY --from=b /root/. /srv/'],
  ['FROM debian:12\nCOPY --from=b /ro* /srv/'],
  ['FROM debian:12\nCOPY --from=0 root /root'],
  ['FROM debian:12\nCOPY --from=b /bin/x /root /srv/'],
  ['FROM b AS c\nFROM debian:12\nCOPY --from=c /root /root'],
  ['FROM debian:12 AS c\nCOPY --from=b /root /x\nFROM c AS d\nRUN echo\nFROM debian:12\nCOPY --from=d /x/.npmrc /y'],
  ['FROM b\nRUN echo'],
  // Deleted where nobody copies it from.
  ['FROM debian:12 AS c\nCOPY --from=b /root /x\nRUN rm /root/.npmrc\nFROM debian:12\nCOPY --from=c /x /x'],
])('%j takes it along', async rest => expect(await severities(rest)).toEqual(['high']))

test.each([
  ['FROM debian:12\nCOPY --from=b /bin/x /x'],
  ['FROM debian:12\nCOPY --from=b /root/app /x'],
  ['FROM debian:12\nCOPY --from=b /rootless /x'],
  ['RUN rm /root/.npmrc\nFROM debian:12\nCOPY --from=b /root /root'],
  ['RUN rm -rf /root\nFROM debian:12\nCOPY --from=b / /'],
  ['FROM debian:12 AS c\nCOPY --from=b /root /x\nRUN rm -rf /x\nFROM debian:12\nCOPY --from=c /x /x'],
  ['FROM debian:12 AS c\nCOPY --from=b /root /x\nFROM debian:12\nCOPY --from=c /y /y'],
])('%j does not', async rest => expect(await severities(rest)).toEqual(['medium']))

test('folders of secrets, names of destinations, and working directories', async () => {
  const final = 'FROM debian:12\nCOPY --from=b'
  expect(await severities(`${final} /root/.ssh/id_rsa /x`, 'COPY .ssh /root/.ssh')).toEqual(['high'])
  expect(await severities(`${final} /w /x`, 'COPY .npmrc ./')).toEqual(['high'])
  expect(await severities(`${final} /w/sub/npmrc /x`, 'COPY .npmrc sub/npmrc')).toEqual(['high'])
  expect(await severities(`${final} /w/sub /x`, 'COPY .npmrc sub')).toEqual(['high'])
  expect(await severities(`${final} /w /x`, 'COPY .npmrc $WHERE')).toEqual(['medium'])
})
