/** A server of this machine that has feeds where their own hosts have them (`/HOST/path`), and misbehaves when it is asked to. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FeedServer = {
  /** For `--mirror`. */
  readonly address: string
  /** By `HOST/path`. */
  readonly files: Map<string, Uint8Array>
  /** Answers of its own, by `HOST/path`: true when it has answered. */
  readonly tricks: Map<string, (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => boolean>
  /** What was asked for: method is GET; status, path, and the range where there was one. */
  readonly asked: string[]
  stop(): Promise<void>
}

export const etagOf = (bytes: Uint8Array): string => `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`

export const startFeedServer = async (): Promise<FeedServer> => {
  const files = new Map<string, Uint8Array>()
  const tricks: FeedServer['tricks'] = new Map()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname).slice(1)
    const bytes = files.get(path)
    const { range } = request.headers
    response.on('close', () => asked.push(`${response.statusCode} ${path}${range === undefined ? '' : ` ${range}`}`))
    if (!bytes) {
      response.writeHead(404).end('nothing here')
      return
    }
    if (tricks.get(path)?.(request, response, bytes)) return
    const etag = etagOf(bytes)
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end()
      return
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    if (start > 0 && (request.headers['if-range'] ?? etag) === etag)
      response.writeHead(206, {
        etag,
        'content-length': bytes.length - start,
        'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      })
    else response.writeHead(200, { etag, 'content-length': bytes.length })
    response.end(response.statusCode === 206 ? bytes.subarray(start) : bytes)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    tricks,
    asked,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
