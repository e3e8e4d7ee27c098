/** HTTP of this machine: node:http and node:https, since the built-in fetch knows neither Unix sockets nor client certificates. */
import type { LookupAddress } from 'node:dns'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { version } from '../model/version.ts'
import type { Http, HttpRequest } from '../model/world.ts'
import { WorldError } from '../model/world.ts'

export const http: Http = {
  async request(request) {
    const url = new URL(request.url)
    // Only one of both is loaded.
    const isSecure = url.protocol === 'https:'
    const { request: send, Agent } = isSecure ? await import('node:https') : await import('node:http')
    const { lookup } = await import('node:dns')
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (request.publicOnly && isIP(host) !== 0 && isPrivateAddress(host)) throw refusedAddress(url, host)
    const guarded: LookupFunction = (name, options, callback) =>
      lookup(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
        if (error) return callback(error, '', 0)
        const forbidden = found.find(({ address }) => isPrivateAddress(address))
        if (forbidden) return callback(Object.assign(refusedAddress(url, forbidden.address), { code: 'not-permitted' }), '', 0)
        if (options.all) return callback(null, found)
        callback(null, found[0]!.address, found[0]!.family)
      })
    const options: RequestOptions & { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean } = {
      method: request.method ?? 'GET',
      headers: {
        'user-agent': `bulkhead/${version}`,
        ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
        ...request.headers,
      },
      timeout: request.timeout ?? 60_000,
      // The variables that companies set for all programs: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
      agent: new Agent({ keepAlive: false, ...(request.socketPath === undefined ? { proxyEnv: process.env } : {}) }),
      ...(request.socketPath === undefined ? {} : { socketPath: request.socketPath }),
      ...(request.publicOnly ? { lookup: guarded } : {}),
      ...(request.tls?.ca === undefined ? {} : { ca: request.tls.ca }),
      ...(request.tls?.cert === undefined ? {} : { cert: request.tls.cert }),
      ...(request.tls?.key === undefined ? {} : { key: request.tls.key }),
      ...(request.tls?.isInsecure ? { rejectUnauthorized: false } : {}),
    }
    return new Promise((resolve, reject) => {
      const outgoing = send(url, options, response => {
        clearTimeout(patience)
        resolve(answer(request, response))
      })
      // A header that comes letter by letter keeps the connection awake for ever.
      const longest = 2 * (request.timeout ?? 60_000)
      const patience = setTimeout(() => outgoing.destroy(late(request, longest)), longest)
      outgoing.on('timeout', () => outgoing.destroy(silent(request)))
      outgoing.on('error', error => {
        clearTimeout(patience)
        reject(explain(request, error))
      })
      outgoing.end(request.body)
    })
  },
}

const answer = (request: HttpRequest, response: IncomingMessage): Awaited<ReturnType<Http['request']>> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  response.on('timeout', () => response.destroy(silent(request)))
  const close = (): void => {
    response.destroy()
  }
  return {
    status: response.statusCode ?? 0,
    headers,
    isPrivate: request.socketPath !== undefined || isPrivateAddress(response.socket.remoteAddress ?? ''),
    body: {
      async *[Symbol.asyncIterator]() {
        try {
          for await (const piece of response) yield piece as Uint8Array
          if (!response.complete) throw new WorldError('failed', `${place(request)} closed the connection too early`)
        } catch (error) {
          throw explain(request, error)
        } finally {
          close()
        }
      },
    },
    close,
  }
}

const place = ({ url, socketPath }: HttpRequest): string => socketPath ?? new URL(url).host

const silent = (request: HttpRequest): WorldError =>
  new WorldError('timed-out', `${place(request)} sent nothing for ${(request.timeout ?? 60_000) / 1000} s`)

const late = (request: HttpRequest, milliseconds: number): WorldError =>
  new WorldError('timed-out', `${place(request)} gave no whole answer within ${milliseconds / 1000} s`)

const refusedAddress = (url: URL, address: string): WorldError =>
  new WorldError('not-permitted', `${url.host} leads to ${address}, an address of a private network: refused`)

const explain = (request: HttpRequest, error: unknown): WorldError => {
  if (error instanceof WorldError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const where = place(request)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new WorldError('not-found', `no host is called ${where}`, error)
  if (code === 'ENOENT') return new WorldError('not-found', `${where} does not exist`, error)
  if (code === 'EACCES' || code === 'EPERM') return new WorldError('not-permitted', `${where}: permission denied`, error)
  if (code === 'ECONNREFUSED') return new WorldError('not-found', `nobody listens at ${where}`, error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return new WorldError('failed', `${where} closed the connection`, error)
  if (code === 'ETIMEDOUT') return new WorldError('timed-out', `${where} does not answer`, error)
  return new WorldError('failed', `${where}: ${message}`, error)
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its sister for IPv6: what is not reached over the public internet. */
const privateAddresses = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv6')

/** True for loopback, link-local, private and other special addresses; IPv4 written as IPv6 too. */
export const isPrivateAddress = (address: string): boolean => {
  const embedded = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (embedded !== undefined) return privateAddresses.check(embedded, 'ipv4')
  return privateAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
