/** Programs that stand between others and the engine's socket, and let only some requests through. */
import type { Container } from '../model/container.ts'
import { referenceOf } from './container-queries.ts'

/** tecnativa/docker-socket-proxy, lscr.io/linuxserver/socket-proxy, wollomatic/socket-proxy, 11notes/socket-proxy and forks of them, by the image's name. */
const name = /(?:^|\/)(?:docker-?)?(?:socket|sock)-?proxy$/

export type SocketProxy = {
  /** It was told to let requests through that change things: then whoever reaches it starts containers. */
  readonly mayWrite: boolean
  readonly at: Container['at']
}

/** Undefined for any other container. */
export const socketProxyOf = (container: Container): SocketProxy | undefined => {
  const repository = referenceOf(container)?.repository
  if (repository === undefined || !name.test(repository)) return undefined
  // https://github.com/Tecnativa/docker-socket-proxy#grant-or-revoke-access-to-certain-api-sections
  const post = container.environment.find(
    one => one.name === 'POST' && (one.value === undefined || !/^(?:|0|false|no)$/i.test(one.value.trim())),
  )
  // https://github.com/wollomatic/socket-proxy#parameters
  const words = [...(container.entrypoint.value ?? []), ...(container.command.value ?? [])]
  const allows = words.some(word => /^-{1,2}allow(?:POST|PUT|DELETE|PATCH)\b/i.test(word))
  const variable = container.environment.find(one => /^SP_ALLOW_(?:POST|PUT|DELETE|PATCH)(?:_|$)/.test(one.name))
  const place = post?.at ?? variable?.at ?? (allows ? container.command.at : undefined)
  return { mayWrite: post !== undefined || allows || variable !== undefined, at: place ?? container.at }
}
