import { expect, test } from 'vitest'
import { placesOf, startCommand } from './start-command.ts'

const start = (entrypoint: readonly string[] | undefined, cmd?: readonly string[]) => startCommand({ entrypoint, cmd })

test.each([
  [['/app'], ['--port', '80'], { words: ['/app', '--port', '80'], stepsDownTo: undefined }],
  [['/sbin/tini', '-g', '--'], ['node', 'a.js'], { words: ['node', 'a.js'], stepsDownTo: undefined }],
  [['tini', '-p', 'SIGTERM', '--', 'gosu', 'app:app'], ['run'], { words: ['run'], stepsDownTo: 'app:app' }],
  [['su-exec', 'nobody', '/app'], undefined, { words: ['/app'], stepsDownTo: 'nobody' }],
  [['setpriv', '--reuid=app', '--regid', '5', '--clear-groups', '/app'], undefined, { words: ['/app'], stepsDownTo: 'app' }],
  [['env', '-u', 'X', 'A=b', '/app'], undefined, { words: ['/app'], stepsDownTo: undefined }],
  [['/bin/sh', '-c', 'exec app'], undefined, { words: ['/bin/sh', '-c', 'exec app'], stepsDownTo: undefined }],
  [['tini'], undefined, { words: ['tini'], stepsDownTo: undefined }],
  [undefined, ['bash'], { words: ['bash'], stepsDownTo: undefined }],
  [undefined, undefined, undefined],
  [Array<string>(50).fill('env'), undefined, { words: Array<string>(42).fill('env'), stepsDownTo: undefined }],
])('%j %j', (entrypoint, cmd, wanted) => {
  expect(start(entrypoint, cmd)).toEqual(wanted)
})

test('where a program may lie', () => {
  const config = { env: ['PATH=/opt/bin:/bin'], workingDir: '/srv' }
  expect(placesOf('app', config)).toEqual(['/opt/bin/app', '/bin/app'])
  expect(placesOf('/app', config)).toEqual(['/app'])
  expect(placesOf('./app', config)).toEqual(['/srv/./app'])
  expect(placesOf('app', { env: [], workingDir: '' })).toContain('/usr/local/bin/app')
})
