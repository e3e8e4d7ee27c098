import { expect, test } from 'vitest'
import { isSampleFile } from './sample-path.ts'

test.each([
  ['/usr/share/doc/app/examples/app.conf', undefined],
  ['/usr/lib/python3/dist-packages/ssl/test/key.pem', undefined],
  ['/app/node_modules/tls/test/key.pem', undefined],
  ['/venv/lib/python3.12/site-packages/jwt/tests/key.pem', undefined],
  ['/usr/local/go/src/crypto/tls/testdata/key.pem', undefined],
  ['/usr/local/go/src/cmd/go/internal/auth/netrc_test.go', undefined],
  ['/app/lib/tls.jar', 'test/key.pem'],
] as const)('a sample: %s %s', (path, inside) => {
  expect(isSampleFile(path, inside, false)).toBe(true)
})

test.each([
  ['/home/demo/.env', undefined],
  ['/home/test/.env', undefined],
  ['/srv/docs/.aws/credentials', undefined],
  ['/srv/spec/k.pem', undefined],
  ['/app/tests/k.pem', undefined],
  ['/demo/app/node_modules/tls/key.pem', undefined],
  ['/backup.tar.gz', 'home/demo/.env'],
] as const)('somebody’s own: %s %s', (path, inside) => {
  expect(isSampleFile(path, inside, false)).toBe(false)
})

test('what has no mark of an issuer is made up in tests, unless a program looks for the file', () => {
  expect(isSampleFile('/app/test/x.env', undefined, true)).toBe(true)
  expect(isSampleFile('/app/fixtures/config.yml', undefined, true)).toBe(true)
  for (const path of ['/app/test/.env', '/home/demo/app.env', '/srv/docs/app.yml', '/app/examples/.aws/credentials'])
    expect(isSampleFile(path, undefined, true), path).toBe(false)
})
