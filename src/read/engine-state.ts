/** Everything that an engine says of itself and its containers, asked for by GET alone. https://docs.docker.com/reference/api/engine/ */
import * as v from 'valibot'
import type { Problem } from '../model/finding.ts'
import { type World, WorldError } from '../model/world.ts'
import { type EngineAnswers, infoSchema, networkSchema, versionSchema } from './engine-answers.ts'
import {
  type InspectedContainer,
  type InspectedImage,
  imageSchema,
  inspectSchema,
  nameOf,
  volumesSchema,
} from './engine-container.ts'
import { type Engine, engineAt } from './image/engine/client.ts'
import type { Endpoint } from './image/engine/endpoints.ts'

export type EngineState = {
  readonly endpoint: Endpoint
  readonly answers: EngineAnswers
  readonly containers: readonly InspectedContainer[]
  /** By the id that containers name them by. */
  readonly images: ReadonlyMap<string, InspectedImage>
  readonly volumes: ReadonlyMap<string, Readonly<Record<string, string | null | undefined>>>
  /** Names of all containers, by id, also of those that were not asked for. */
  readonly names: ReadonlyMap<string, string>
  /** Processes that somebody started in a container with all privileges, and that still run. */
  readonly privilegedExecs: readonly { readonly container: string; readonly user: string }[]
  /** Of what was asked for: what is no container's name. */
  readonly unknown: readonly string[]
  readonly problems: readonly Problem[]
}

const listSchema = v.array(v.looseObject({ Id: v.string(), Names: v.nullish(v.array(v.string())) }))
const execSchema = v.looseObject({
  Running: v.nullish(v.boolean()),
  ProcessConfig: v.nullish(v.looseObject({ privileged: v.nullish(v.boolean()), user: v.nullish(v.string()) })),
})

/** No machine runs so many. */
const containerLimit = 5000
const execLimit = 50
/** Questions at once. */
const breadth = 8

/** Undefined when nobody answers there. Rejects with WorldError where somebody does, and gives no answer to it. */
export const greetEngine = async (world: World, endpoint: Endpoint): Promise<Engine | undefined> => {
  const engine = engineAt(world, endpoint)
  return (await engine.json('/info', infoSchema)) === undefined ? undefined : engine
}

/** `wanted`: names, or beginnings of ids; none for all. */
export const readEngineState = async (world: World, endpoint: Endpoint, wanted: readonly string[]): Promise<EngineState> => {
  const engine = engineAt(world, endpoint)
  const problems: Problem[] = []
  const uncovered = (code: string, message: string): void => {
    problems.push({ kind: 'uncovered', code, message })
  }
  /** What an engine does not know, or may not say, is told; the rest goes on. */
  const ask = async <Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    what: string,
  ): Promise<v.InferOutput<Schema> | undefined> => {
    try {
      const answer = await engine.json(path, schema)
      if (answer === undefined) uncovered('engine-silent', `the engine does not say ${what}`)
      return answer
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      uncovered('engine-silent', `the engine does not say ${what}: ${error.message}`)
      return undefined
    }
  }
  const info = await engine.json('/info', infoSchema)
  if (!info) throw new WorldError('failed', `${engine.name} does not say what it is`)
  const version = await ask('/version', versionSchema, 'which versions it is made of')
  // Engines may have none: Podman calls its own differently.
  const bridge = await engine.json('/networks/bridge', networkSchema).catch(error => {
    if (error instanceof WorldError) return undefined
    throw error
  })
  const list = (await engine.json('/containers/json?all=1', listSchema)) ?? []
  const names = new Map(list.map(({ Id, Names }) => [Id, nameOf({ Id, Name: Names?.find(isOwnName) ?? '' })]))
  const isWanted = (id: string): boolean =>
    wanted.length === 0 || wanted.some(one => one.replace(/^\//, '') === names.get(id) || (one.length >= 4 && id.startsWith(one)))
  const unknown = wanted.filter(
    one => !list.some(({ Id }) => one.replace(/^\//, '') === names.get(Id) || (one.length >= 4 && Id.startsWith(one))),
  )
  const ids = list.map(({ Id }) => Id).filter(isWanted)
  if (ids.length > containerLimit)
    uncovered('engine-too-much', `the engine has ${ids.length} containers: only the first ${containerLimit} are judged`)
  const containers: InspectedContainer[] = []
  await inTurns(ids.slice(0, containerLimit), async id => {
    const what = `what the container ${names.get(id)} is: it may be gone by now`
    const found = await ask(`/containers/${encodeURIComponent(id)}/json`, inspectSchema, what)
    if (found) containers.push(found)
  })
  const images = new Map<string, InspectedImage>()
  await inTurns([...new Set(containers.flatMap(({ Image }) => Image ?? []))], async id => {
    const found = await ask(`/images/${encodeURIComponent(id)}/json`, imageSchema, `what the image ${id.slice(0, 19)} has set`)
    if (found) images.set(id, found)
  })
  const volumes = await ask('/volumes', volumesSchema, 'which volumes it has')
  const privilegedExecs: { container: string; user: string }[] = []
  for (const container of containers)
    for (const id of (container.ExecIDs ?? []).slice(0, execLimit)) {
      const exec = await engine.json(`/exec/${encodeURIComponent(id)}/json`, execSchema).catch(error => {
        if (error instanceof WorldError) return undefined
        throw error
      })
      // One that has ended is nobody's any more.
      if (exec?.Running && exec.ProcessConfig?.privileged)
        privilegedExecs.push({ container: nameOf(container), user: exec.ProcessConfig.user ?? '' })
    }
  return {
    endpoint,
    answers: { info, version, bridge },
    containers: containers.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    images,
    volumes: new Map((volumes?.Volumes ?? []).map(({ Name, Options }) => [Name, Options ?? {}])),
    names,
    privilegedExecs,
    unknown,
    problems,
  }
}

/** `/web/db` is what the container `web` calls another one. */
const isOwnName = (name: string): boolean => !name.includes('/', 1)

const inTurns = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const left = items[Symbol.iterator]()
  const one = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(breadth, items.length) }, one))
}
