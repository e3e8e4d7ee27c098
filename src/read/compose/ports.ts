/** `ports` and `expose`: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports */
import type { Port } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { isLoopback } from '../docker-run/values.ts'
import { fieldsOf } from '../yaml/fields.ts'
import { resolved, type YamlMap } from '../yaml/tree.ts'
import { type ComposeReading, entryPlace } from './reading.ts'

export const portsOf = (service: YamlMap, reading: ComposeReading): readonly Port[] => {
  const ports = new Map<string, Port>()
  // To Compose, every address and no address are the same; the last one counts.
  const put = (port: Port): void => {
    ports.set(
      `${port.published || port.hostPort !== undefined}|${port.hostAddress ?? '0.0.0.0'}|${port.hostPort}|${port.containerPort}|${port.protocol}`,
      port,
    )
  }
  for (const { node, at } of reading.items(service, 'ports')) {
    const map = resolved(node)
    const port = map?.kind === 'map' ? longPort(map, at, reading) : shortPort(reading.text(node), at, true)
    if (port) put(port)
    // The variable that is missing is told of.
    else if (
      !(map?.kind === 'map' ? [...fieldsOf(map).values()].map(({ value }) => value) : [node]).some(one =>
        reading.restsOnUnset(one),
      )
    )
      reading.problem(
        'failed',
        'compose-port-invalid',
        map?.kind === 'scalar' ? `\`${reading.text(node) ?? map.value}\` is no port` : 'this is no port',
        at,
      )
  }
  for (const { value, at, node } of reading.strings(service, 'expose')) {
    const port = shortPort(value, at, false)
    if (port && !value.includes(':')) put(port)
    else if (!reading.restsOnUnset(node)) reading.problem('uncovered', 'compose-port-invalid', `\`${value}\` is no port`, at)
  }
  return [...ports.values()]
}

const rangeOf = (text: string): readonly [number, number] | undefined => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (!match) return undefined
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return first <= last && last <= 65_535 ? [first, last] : undefined
}

/** `[[ADDRESS:][HOST]:]CONTAINER[/PROTOCOL]`; an IPv6 address stands in brackets, or is what is left at the front. */
const shortPort = (text: string | undefined, at: Location, publish: boolean): Port | undefined => {
  if (text === undefined) return undefined
  const slash = text.lastIndexOf('/')
  const parts = (slash === -1 ? text : text.slice(0, slash)).split(':')
  const container = rangeOf(parts.pop()!.trim())
  const hostText = parts.pop() ?? ''
  const host = hostText === '' ? undefined : rangeOf(hostText)
  if (!container || (hostText !== '' && !host)) return undefined
  return port(parts.join(':'), host, container[0], slash === -1 ? '' : text.slice(slash + 1), publish, at)
}

const longPort = (map: YamlMap, at: Location, reading: ComposeReading): Port | undefined => {
  const target = reading.string(map, 'target', 'ports[].target')?.value
  const published = reading.string(map, 'published', 'ports[].published')?.value ?? ''
  const address = reading.string(map, 'host_ip', 'ports[].host_ip')?.value ?? ''
  const protocol = reading.string(map, 'protocol', 'ports[].protocol')?.value ?? ''
  const container = target === undefined ? undefined : rangeOf(target)
  const host = published === '' ? undefined : rangeOf(published)
  if (!container || (published !== '' && !host)) return undefined
  const field = reading.field(map, 'published')
  return {
    ...port(address, host, container[0], protocol, true, at),
    ...(field ? { publishedAt: entryPlace(field) } : {}),
  }
}

const port = (
  written: string,
  host: readonly [number, number] | undefined,
  containerPort: number,
  protocol: string,
  publish: boolean,
  at: Location,
): Port => {
  const address = written.replace(/^\[(.*)\]$/, '$1')
  return {
    hostAddress: address === '' ? undefined : address,
    hostPort: host?.[0] || undefined,
    containerPort,
    lastHostPort: host?.[1] || undefined,
    protocol: protocol.toLowerCase() || 'tcp',
    published: publish && !isLoopback(address),
    at,
  }
}
