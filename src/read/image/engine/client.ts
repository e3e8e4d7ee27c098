/** Questions to an engine: https://docs.docker.com/reference/api/engine/ */
import * as v from 'valibot'
import { type HttpRequest, type HttpResponse, type World, WorldError } from '../../../model/world.ts'
import { readWhole } from '../../http-body.ts'
import { documentLimit } from '../documents.ts'
import type { Endpoint } from './endpoints.ts'

/** Milliseconds for the body of an answer of a few kilobytes. */
const documentPatience = 60_000

export type Engine = {
  readonly name: string
  /** Undefined: 404. Rejects with WorldError for all other trouble. */
  json<Schema extends v.GenericSchema>(path: string, schema: Schema): Promise<v.InferOutput<Schema> | undefined>
  stream(path: string): AsyncGenerator<Uint8Array>
}

export const engineAt = (world: World, { name, url, socketPath, tls }: Endpoint): Engine => {
  const ask = (path: string, timeout?: number): Promise<HttpResponse> => {
    const request: HttpRequest = {
      url: `${url}${path}`,
      ...(socketPath === undefined ? {} : { socketPath }),
      ...(tls ? { tls } : {}),
      ...(timeout === undefined ? {} : { timeout }),
    }
    return world.http.request(request)
  }
  const text = async (response: HttpResponse): Promise<string> => {
    try {
      const until = world.clock.now() + documentPatience
      return new TextDecoder().decode(await readWhole(world, response, { where: name, limit: documentLimit, until }))
    } finally {
      response.close()
    }
  }
  const failure = (status: number, body: string): WorldError => {
    const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]
    return new WorldError('failed', `${name} answers with ${status}${said === undefined ? '' : `: ${said.slice(0, 200)}`}`)
  }
  return {
    name,
    async json(path, schema) {
      const response = await ask(path, 20_000)
      const body = await text(response)
      if (response.status === 404) return undefined
      if (response.status !== 200) throw failure(response.status, body)
      try {
        return v.parse(schema, JSON.parse(body))
      } catch (error) {
        throw new WorldError('failed', `${name} gives an answer that is none of a Docker Engine`, error)
      }
    },
    async *stream(path) {
      // An engine with containerd's store packs layers before it sends the first byte.
      const response = await ask(path, 10 * 60_000)
      if (response.status !== 200) throw failure(response.status, await text(response))
      yield* response.body
    },
  }
}
