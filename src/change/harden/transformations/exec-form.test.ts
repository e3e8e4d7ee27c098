import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import execForm from './exec-form.ts'

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const file = (cmd: string): string => `FROM node:22\nSTOPSIGNAL SIGINT\n${cmd}\n`
  const { text } = await untilStill(execForm, { dockerfile: file(before), ...more })
  assert.equal(text, file(after))
}
const same = (cmd: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => becomes(cmd, cmd, more)

test('a shell with something to expand gives its place to the program', async () => {
  await becomes('CMD node server.js $OPTIONS', 'CMD ["/bin/sh", "-c", "exec node server.js $OPTIONS"]')
  await becomes(
    'CMD node migrate.js && node server.js --port=${PORT:-3000}',
    'CMD ["/bin/sh", "-c", "node migrate.js && exec node server.js --port=${PORT:-3000}"]',
  )
  await becomes(
    'ENTRYPOINT exec java $JAVA_OPTS -jar "/app.jar"',
    'ENTRYPOINT ["/bin/sh", "-c", "exec java $JAVA_OPTS -jar \\"/app.jar\\""]',
  )
  await becomes(
    'CMD cd /app; gunicorn -b 0.0.0.0:$PORT app:app',
    'CMD ["/bin/sh", "-c", "cd /app; exec gunicorn -b 0.0.0.0:$PORT app:app"]',
  )
})

test('quotes that a shell would take away are no reason for one', async () => {
  await becomes('CMD nginx -g "daemon off;"', 'CMD ["nginx", "-g", "daemon off;"]')
  await becomes('CMD exec app \'a&b\' --x="c;d"', 'CMD ["app", "a&b", "--x=c;d"]')
  await same('CMD app "a;b" &')
  await becomes('CMD app ~/x "a;b"', 'CMD ["/bin/sh", "-c", "exec app ~/x \\"a;b\\""]')
})

test('what would mean something else with exec stays as it is', async () => {
  for (const cmd of [
    'CMD node server.js',
    'CMD ["sh", "-c", "node $X"]',
    'CMD node a.js $X | tee log',
    'CMD node a.js & node b.js',
    'CMD node a.js $X || true',
    'CMD A=$B node a.js',
    'CMD if [ -n "$X" ]; then node a.js; fi',
    'CMD cd /app && export X=$Y',
    'CMD node a.js $X &',
    'SHELL ["/bin/bash", "-c"]\nCMD node a.js $X',
  ])
    await same(cmd)
})

test('npm start is what package.json says, unless it has hooks or does more than start one file', async () => {
  const stack = (...words: readonly string[]): Omit<Given, 'dockerfile'> => ({
    stacks: [{ start: { value: words, by: 'package.json' } }],
    context: { 'package.json': '{"scripts": {"start": "node server.js"}}' },
  })
  await becomes('CMD ["npm", "start"]', 'CMD ["node", "server.js"]', stack('node', 'server.js'))
  await becomes(
    'CMD npm run start',
    'CMD ["node", "--enable-source-maps", "dist/main.js"]',
    stack('node', '--enable-source-maps', 'dist/main.js'),
  )
  await same('CMD ["npm", "start"]', stack('next', 'start'))
  await same('CMD ["npm", "start"]', stack('node', '$FILE'))
  await same('CMD ["npm", "run", "dev"]', stack('node', 'server.js'))
  await same('CMD ["npm", "start"]', {
    ...stack('node', 'server.js'),
    context: { 'package.json': '{"scripts": {"prestart": "x", "start": "node server.js"}}' },
  })
})
