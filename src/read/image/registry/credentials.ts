/**
 * Who we are to a registry: Docker's config.json (https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties),
 * its credential helpers (https://github.com/docker/docker-credential-helpers), and auth.json of Podman, which has the same form
 * (https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md).
 */
import * as v from 'valibot'
import type { RegistryCredentials } from '../../../model/image.ts'
import { type World, WorldError } from '../../../model/world.ts'

const entrySchema = v.looseObject({
  auth: v.nullish(v.string()),
  username: v.nullish(v.string()),
  password: v.nullish(v.string()),
  identitytoken: v.nullish(v.string()),
  registrytoken: v.nullish(v.string()),
})
const fileSchema = v.looseObject({
  auths: v.nullish(v.record(v.string(), entrySchema)),
  credHelpers: v.nullish(v.record(v.string(), v.string())),
  credsStore: v.nullish(v.string()),
})

/** Undefined: nobody logged in. `note` hears what could not be used. Secrets are in no message. */
export const findCredentials = async (
  world: World,
  host: string,
  repository: string,
  note: (text: string) => void,
): Promise<RegistryCredentials | undefined> => {
  for (const path of filesOf(world)) {
    let bytes: Uint8Array
    try {
      bytes = await world.files.read(path, 1024 * 1024)
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      if (error.code !== 'not-found') note(`${path} is not used: ${error.message}`)
      continue
    }
    const parsed = parse(bytes)
    if (!parsed) {
      note(`${path} is not used: it is not the JSON that docker login writes`)
      continue
    }
    const keys = keysOf(host, repository)
    const helper = keys.map(key => parsed.credHelpers?.[key]).find(name => name !== undefined) ?? parsed.credsStore
    if (helper !== undefined && helper !== null && helper !== '') {
      const found = await askHelper(world, helper, keys[keys.length - 1]!, note)
      if (found) return found
    }
    for (const key of keys) {
      const entry = Object.entries(parsed.auths ?? {}).find(([name]) => bare(name) === bare(key))?.[1]
      const found = entry && fromEntry(entry)
      if (found) return found
    }
  }
  return undefined
}

const filesOf = ({ env }: World): readonly string[] => {
  const home = env.HOME ?? env.USERPROFILE
  return [
    env.REGISTRY_AUTH_FILE,
    env.DOCKER_CONFIG === undefined ? home && `${home}/.docker/config.json` : `${env.DOCKER_CONFIG}/config.json`,
    env.XDG_RUNTIME_DIR && `${env.XDG_RUNTIME_DIR}/containers/auth.json`,
    home && `${home}/.config/containers/auth.json`,
  ].filter((path): path is string => path !== undefined && path !== '')
}

/** From the most special to the host alone; Docker Hub's key is an address of its first version. */
const keysOf = (host: string, repository: string): readonly string[] => {
  const parts = repository.split('/')
  const keys = parts.map((_, i) => `${host}/${parts.slice(0, parts.length - i).join('/')}`)
  return host === 'docker.io' ? [...keys, host, 'https://index.docker.io/v1/'] : [...keys, host]
}

const bare = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/v[12]\/?$|\/$/, '')

const parse = (bytes: Uint8Array): v.InferOutput<typeof fileSchema> | undefined => {
  try {
    const result = v.safeParse(fileSchema, JSON.parse(new TextDecoder().decode(bytes)))
    return result.success ? result.output : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const fromEntry = (entry: v.InferOutput<typeof entrySchema>): RegistryCredentials | undefined => {
  if (entry.registrytoken) return { kind: 'bearer', token: entry.registrytoken }
  if (entry.identitytoken) return { kind: 'identity', token: entry.identitytoken }
  if (entry.username && entry.password) return { kind: 'password', user: entry.username, password: entry.password }
  const text = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '')
  const colon = text.indexOf(':')
  return colon > 0 ? { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1) } : undefined
}

const answerSchema = v.looseObject({ Username: v.nullish(v.string(), ''), Secret: v.nullish(v.string(), '') })

const askHelper = async (
  world: World,
  helper: string,
  key: string,
  note: (text: string) => void,
): Promise<RegistryCredentials | undefined> => {
  // The name becomes part of a program's name.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) {
    note('a credential helper has an impossible name')
    return undefined
  }
  const program = await world.processes.find(`docker-credential-${helper}`)
  if (program === undefined) {
    note(`docker-credential-${helper} is not on PATH`)
    return undefined
  }
  try {
    const { code, stdout } = await world.processes.run(program, ['get'], {
      input: new TextEncoder().encode(`${key}\n`),
      timeout: 30_000,
      limit: 1024 * 1024,
    })
    const answer = new TextDecoder().decode(stdout)
    if (code !== 0) {
      // "credentials not found in native keychain" is the ordinary answer for registries without a login.
      if (!/not found/i.test(answer)) note(`docker-credential-${helper} ended with ${code}`)
      return undefined
    }
    const { Username: user, Secret: password } = v.parse(answerSchema, JSON.parse(answer))
    if (password === '') return undefined
    return user === '<token>' ? { kind: 'identity', token: password } : { kind: 'password', user, password }
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof SyntaxError || error instanceof v.ValiError)) throw error
    note(`docker-credential-${helper} gave no usable answer`)
    return undefined
  }
}
