/**
 * Where engines listen: DOCKER_HOST, Docker's contexts (https://docs.docker.com/engine/manage-resources/contexts/), the usual sockets of Docker and
 * Podman.
 */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { UsageError } from '../../../model/finding.ts'
import { type HttpRequest, type World, WorldError } from '../../../model/world.ts'

export type Endpoint = {
  /** For messages. */
  readonly name: string
  /** The beginning of all addresses. */
  readonly url: string
  readonly socketPath?: string
  readonly tls?: NonNullable<HttpRequest['tls']>
  /** The user chose it: that nobody answers is an error, and no reason to look elsewhere. */
  readonly isAsked: boolean
}

/** Those that may be there, in the order in which they are tried. Throws UsageError for addresses that bulkhead cannot speak to. */
export const findEndpoints = async (world: World, note: (text: string) => void): Promise<readonly Endpoint[]> => {
  const { env } = world
  const host = env.DOCKER_HOST
  if (host !== undefined && host !== '') {
    const folder = env.DOCKER_CERT_PATH ?? `${dockerFolder(world)}`
    const wantsTls = env.DOCKER_TLS_VERIFY !== undefined && env.DOCKER_TLS_VERIFY !== ''
    const tls = wantsTls || env.DOCKER_TLS ? await certificates(world, folder, !wantsTls) : undefined
    return [endpoint(host, 'DOCKER_HOST', tls, true)]
  }
  const context = env.DOCKER_CONTEXT || (await currentContext(world, note))
  if (context !== undefined && context !== '' && context !== 'default') return [await fromContext(world, context)]
  const run = env.XDG_RUNTIME_DIR
  const sockets = [
    '/var/run/docker.sock',
    ...(run === undefined ? [] : [`${run}/docker.sock`]),
    ...(env.HOME === undefined ? [] : [`${env.HOME}/.docker/run/docker.sock`, `${env.HOME}/.docker/desktop/docker.sock`]),
    ...(run === undefined ? [] : [`${run}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ]
  const found = sockets.filter(path => world.files.inspect(path) !== undefined)
  if (found.length === 0) note('no socket of Docker or Podman is here')
  return found.map(path => endpoint(`unix://${path}`, path, undefined, false))
}

const dockerFolder = ({ env }: World): string => env.DOCKER_CONFIG ?? `${env.HOME ?? env.USERPROFILE ?? ''}/.docker`

const endpoint = (host: string, origin: string, tls: Endpoint['tls'], isAsked: boolean): Endpoint => {
  if (host.startsWith('unix://'))
    return { name: `the engine at ${host.slice(7)}`, url: 'http://localhost', socketPath: host.slice(7), isAsked }
  if (host.startsWith('npipe://'))
    return {
      name: `the engine at ${host.slice(8)}`,
      url: 'http://localhost',
      socketPath: host.slice(8).replaceAll('/', '\\'),
      isAsked,
    }
  const tcp = /^(?:tcp|https?):\/\/([^/]+)(\/.*)?$/.exec(host)
  if (!tcp)
    throw new UsageError(
      `${origin} has ${host.replace(/:.*/s, ':…')}, and bulkhead speaks to engines by unix:// and tcp:// alone`,
      host.startsWith('ssh:') ? 'ssh -L forwards the socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST' : undefined,
    )
  const isSecure = tls !== undefined || host.startsWith('https:')
  return {
    name: `the engine at ${tcp[1]}`,
    url: `${isSecure ? 'https' : 'http'}://${tcp[1]}${(tcp[2] ?? '').replace(/\/$/, '')}`,
    ...(tls ? { tls } : {}),
    isAsked,
  }
}

const certificates = async (world: World, folder: string, isInsecure: boolean): Promise<NonNullable<Endpoint['tls']>> => {
  const read = async (name: string): Promise<string | undefined> => {
    try {
      return new TextDecoder().decode(await world.files.read(`${folder}/${name}`, 1024 * 1024))
    } catch (error) {
      if (error instanceof WorldError && error.code === 'not-found') return undefined
      throw error
    }
  }
  const [ca, cert, key] = [await read('ca.pem'), await read('cert.pem'), await read('key.pem')]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    isInsecure,
  }
}

const configSchema = v.looseObject({ currentContext: v.nullish(v.string()) })

const currentContext = async (world: World, note: (text: string) => void): Promise<string | undefined> => {
  const path = `${dockerFolder(world)}/config.json`
  try {
    const text = new TextDecoder().decode(await world.files.read(path, 1024 * 1024))
    const parsed = v.safeParse(configSchema, JSON.parse(text))
    return parsed.success ? (parsed.output.currentContext ?? undefined) : undefined
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof SyntaxError)) throw error
    if (!(error instanceof WorldError && error.code === 'not-found')) note(`${path} is not used: ${error.message}`)
    return undefined
  }
}

const metaSchema = v.looseObject({
  Endpoints: v.looseObject({
    docker: v.looseObject({ Host: v.string(), SkipTLSVerify: v.nullish(v.boolean(), false) }),
  }),
})

const fromContext = async (world: World, name: string): Promise<Endpoint> => {
  const id = createHash('sha256').update(name).digest('hex')
  const folder = `${dockerFolder(world)}/contexts`
  let meta: v.InferOutput<typeof metaSchema>
  try {
    const text = new TextDecoder().decode(await world.files.read(`${folder}/meta/${id}/meta.json`, 1024 * 1024))
    meta = v.parse(metaSchema, JSON.parse(text))
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof SyntaxError || error instanceof v.ValiError)) throw error
    throw new UsageError(
      `Docker's context ${name} cannot be read`,
      'docker context ls lists them; DOCKER_HOST names an engine directly',
    )
  }
  const { Host: host, SkipTLSVerify: isInsecure } = meta.Endpoints.docker
  const tlsFolder = `${folder}/tls/${id}/docker`
  const hasTls = (await world.files.stat(tlsFolder))?.type === 'directory'
  const tls = hasTls ? await certificates(world, tlsFolder, isInsecure ?? false) : undefined
  return endpoint(host, `Docker's context ${name}`, tls, true)
}
