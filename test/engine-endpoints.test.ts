/** Where engines listen: contexts, TCP with TLS, what cannot be spoken to. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { takeInventory } from '../src/flows/inventory.ts'
import type { World } from '../src/model/world.ts'
import { findEndpoints } from '../src/read/image/engine/endpoints.ts'
import { inOrder } from '../src/read/image/image-source.ts'
import { sources } from '../src/read/image/sources.ts'
import { machine } from '../src/world/machine.ts'
import { has, run } from './components.ts'
import { tar } from './tar-writer.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-endpoints-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const world = (env: Record<string, string>): World => ({ ...machine, env: { HOME: join(top, 'home'), ...env } })
const options = {
  sources: inOrder(sources),
  catalogers: new Map(),
  platform: undefined,
  host: 'linux/amd64',
  plainHttp: false,
  mirrors: new Map(),
  note: () => undefined,
}

test('DOCKER_HOST in all its forms', async () => {
  const of = async (host: string) => (await findEndpoints(world({ DOCKER_HOST: host }), () => undefined))[0]
  expect(await of('unix:///run/x.sock')).toMatchObject({ url: 'http://localhost', socketPath: '/run/x.sock', isAsked: true })
  expect(await of('tcp://10.0.0.1:2375')).toMatchObject({ url: 'http://10.0.0.1:2375' })
  expect(await of('https://x:2376/')).toMatchObject({ url: 'https://x:2376' })
  expect(await of('npipe:////./pipe/docker_engine')).toMatchObject({ socketPath: '\\\\.\\pipe\\docker_engine' })
  await expect(of('ssh://user@host')).rejects.toThrow(/by unix:\/\/ and tcp:\/\/ alone/)
  await expect(of('nonsense')).rejects.toThrow(/DOCKER_HOST/)
})

test("Docker's contexts, also the current one, and one that is not there", async () => {
  const config = join(top, 'docker')
  const id = createHash('sha256').update('far').digest('hex')
  mkdirSync(join(config, 'contexts/meta', id), { recursive: true })
  writeFileSync(
    join(config, 'contexts/meta', id, 'meta.json'),
    JSON.stringify({ Name: 'far', Endpoints: { docker: { Host: 'tcp://far:2375' } } }),
  )
  writeFileSync(join(config, 'config.json'), '{"currentContext":"far"}')
  expect((await findEndpoints(world({ DOCKER_CONFIG: config }), () => undefined))[0]).toMatchObject({
    url: 'http://far:2375',
    isAsked: true,
  })
  expect(
    (await findEndpoints(world({ DOCKER_CONFIG: join(top, 'none'), DOCKER_CONTEXT: 'default' }), () => undefined)).every(
      one => !one.isAsked,
    ),
  ).toBe(true)
  await expect(findEndpoints(world({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'gone' }), () => undefined)).rejects.toThrow(
    /context gone cannot be read/,
  )
})

describe.skipIf(!has('openssl'))('TCP with TLS (needs openssl)', () => {
  const certificates = join(top, 'certificates')
  const openssl = (...args: readonly string[]): void => {
    run('openssl', args, { cwd: certificates })
  }
  beforeAll(() => {
    mkdirSync(certificates)
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca-key.pem',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=test ca',
    )
    for (const [name, subject] of [
      ['server', '/CN=localhost'],
      ['client', '/CN=client'],
    ] as const) {
      writeFileSync(join(certificates, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
      openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', subject)
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca-key.pem',
        '-CAcreateserial',
        '-out',
        `${name}.pem`,
        '-days',
        '2',
        '-extfile',
        'names',
      )
    }
    openssl('version')
    writeFileSync(join(certificates, 'cert.pem'), readFileSync(join(certificates, 'client.pem')))
    writeFileSync(join(certificates, 'key.pem'), readFileSync(join(certificates, 'client-key.pem')))
  })

  test('with certificates of both sides, and refused without', async () => {
    const read = (name: string): Buffer => readFileSync(join(certificates, name))
    const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } })
    const archive = tar([
      { path: 'config.json', body: config },
      { path: 'manifest.json', body: JSON.stringify([{ Config: 'config.json', RepoTags: ['far:1'], Layers: [] }]) },
    ])
    const server = createServer(
      { ca: read('ca.pem'), cert: read('server.pem'), key: read('server-key.pem'), requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        if (request.url === '/images/far%3A1/json')
          response.end(JSON.stringify({ Id: `sha256:${'a'.repeat(64)}`, RepoTags: ['far:1'] }))
        else if (request.url === '/info') response.end('{"Driver":"overlay2","DockerRootDir":"/no/such/folder"}')
        else if (request.url === '/images/far%3A1/get') response.end(archive)
        else response.writeHead(404).end('{"message":"no"}')
      },
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      const host = `tcp://127.0.0.1:${port}`
      const found = await takeInventory(
        world({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }),
        'docker:far:1',
        options,
      )
      expect(found.name).toBe('far:1')
      // Without a certificate of ours; and without the authority that signed theirs.
      const bare = join(top, 'bare')
      mkdirSync(bare)
      writeFileSync(join(bare, 'ca.pem'), read('ca.pem'))
      await expect(
        takeInventory(world({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: bare }), 'docker:far:1', options),
      ).rejects.toThrow()
      await expect(
        takeInventory(
          world({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(top, 'none') }),
          'docker:far:1',
          options,
        ),
      ).rejects.toThrow(/self-signed|certificate|verify/i)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
