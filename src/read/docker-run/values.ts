/** What single values of options mean: sizes, ports, limits, records of `key=value`. All give undefined for what the engine would refuse. */
import { posix } from 'node:path'

const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 }

/** Bytes, as RAMInBytes reads them (https://pkg.go.dev/github.com/docker/go-units#RAMInBytes): `512m`, `1.5 GiB`; a kilo is 1024. */
export const bytesIn = (text: string): number | undefined => {
  if (text === '-1') return -1
  const found = /^(\d+(?:\.\d*)?|\.\d+) ?([a-zA-Z]{0,3})$/.exec(text)
  if (!found) return undefined
  const suffix = found[2]!.toLowerCase()
  const size = Number(found[1])
  if (suffix === '' || suffix === 'b') return Math.trunc(size)
  const power = powers[suffix[0]!]
  if (power === undefined || (suffix.length > 1 && suffix.slice(1) !== 'b' && suffix.slice(1) !== 'ib')) return undefined
  return Math.trunc(size * 1024 ** power)
}

export const integerOf = (text: string): number | undefined => (/^[-+]?\d{1,19}$/.test(text) ? Number(text) : undefined)

export const decimalOf = (text: string): number | undefined =>
  /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?$/i.test(text) ? Number(text) : undefined

export type PortRange = {
  readonly hostAddress: string | undefined
  readonly hostPort: number | undefined
  readonly lastHostPort: number | undefined
  readonly containerPort: number
  readonly protocol: string
}

const rangeOf = (text: string): readonly [number, number] | undefined => {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (!found) return undefined
  const first = Number(found[1])
  const last = found[2] === undefined ? first : Number(found[2])
  return first <= last && last <= 65_535 ? [first, last] : undefined
}

/** `published=80,target=80,protocol=tcp` as `80:80/tcp`. */
const shortNotation = (text: string): string | undefined => {
  const fields: Record<string, string> = { published: '', target: '', protocol: 'tcp' }
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    if (equals <= 0) return undefined
    fields[part.slice(0, equals)] = part.slice(equals + 1)
  }
  return `${fields.published}:${fields.target}/${fields.protocol}`
}

/** `[[address:]host port:]container port[/protocol]`, each port perhaps a range: https://docs.docker.com/reference/cli/docker/container/run/#publish */
export const portOf = (written: string): PortRange | undefined => {
  const text = written.includes('=') ? shortNotation(written) : written
  if (text === undefined) return undefined
  const slash = text.lastIndexOf('/')
  const protocol = slash === -1 ? 'tcp' : text.slice(slash + 1).toLowerCase()
  if (!/^(?:tcp|udp|sctp)?$/.test(protocol)) return undefined
  const parts = (slash === -1 ? text : text.slice(0, slash)).split(':')
  const container = rangeOf(parts.pop()!)
  if (!container || container[0] === 0) return undefined
  const hostText = parts.pop() ?? ''
  const host = hostText === '' ? undefined : rangeOf(hostText)
  if (hostText !== '' && !host) return undefined
  const address = parts.join(':').replace(/^\[(.*)\]$/, '$1')
  if (address !== '' && !/^[\da-f.:%a-z]+$/i.test(address)) return undefined
  // A range of the host may serve one port of the container; otherwise both are of the same length.
  if (host && container[0] !== container[1] && container[1] - container[0] !== host[1] - host[0]) return undefined
  return {
    hostAddress: address === '' ? undefined : address,
    hostPort: host?.[0] || undefined,
    lastHostPort: host?.[1] || undefined,
    containerPort: container[0],
    protocol: protocol || 'tcp',
  }
}

/** An address that only the host itself reaches. */
export const isLoopback = (address: string): boolean => /^127\.|^(?:0{0,4}:){2,7}0{0,3}1$|^::1$|^localhost$/i.test(address)

/** https://docs.docker.com/reference/cli/docker/container/run/#ulimit */
const limits = new Set(
  'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '),
)

export const ulimitOf = (text: string): { name: string; soft: number; hard: number } | undefined => {
  const found = /^([A-Za-z_]+)=(-1|\d+|unlimited)(?::(-1|\d+|unlimited))?$/.exec(text)
  if (!found) return undefined
  const name = found[1]!.toLowerCase().replace(/^rlimit_/, '')
  if (!limits.has(name)) return undefined
  const number = (value: string): number => (value === 'unlimited' ? -1 : Number(value))
  const soft = number(found[2]!)
  return { name, soft, hard: found[3] === undefined ? soft : number(found[3]) }
}

/** One record of comma-separated values (https://pkg.go.dev/encoding/csv): a field with a comma stands in double quotes, which are doubled inside. */
export const csvFields = (text: string): readonly string[] | undefined => {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let field = ''
      for (at++; ; at++) {
        const end = text.indexOf('"', at)
        if (end === -1) return undefined
        field += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        field += '"'
      }
      if (at < text.length && text[at] !== ',') return undefined
      fields.push(field)
    } else {
      const end = text.indexOf(',', at)
      const field = text.slice(at, end === -1 ? text.length : end)
      if (field.includes('"')) return undefined
      fields.push(field)
      at = end === -1 ? text.length : end
    }
    if (at >= text.length) return fields
    at++
  }
}

/** Of absolute paths: without `.`, `..`, doubled slashes and a slash at the end. Others, and those with an expansion, stay as they were written. */
export const cleanPath = (path: string): string => {
  if (!path.startsWith('/') || /[$`]/.test(path)) return path
  const clean = posix.normalize(path).replace(/^\/{2,}/, '/')
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}
