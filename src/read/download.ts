/** One file over HTTP into a file without a name: asked for only when it is new, taken up again where a connection broke, and bounded. */
import type { HttpResponse, Scratch, World } from '../model/world.ts'
import { WorldError } from '../model/world.ts'
import { Unreadable } from './cataloger.ts'
import { atPace, newEndurance, readWhole } from './http-body.ts'

/**
 * Tries with hardly anything in between, and milliseconds: to wait after the first, twice as long after each other one, at most `longest`; `silence` without
 * any byte; `whole` for a small text, with all tries (default 10 minutes).
 */
export type DownloadPatience = {
  readonly tries: number
  readonly first: number
  readonly longest: number
  readonly silence: number
  readonly whole?: number
}
const usual: DownloadPatience = { tries: 5, first: 500, longest: 30_000, silence: 60_000 }

export type DownloadRequest = {
  readonly url: string
  readonly via?: readonly ((text: string, url: string) => string)[]
  /** Bytes. */
  readonly limit: number
  /** What the server said the last time: https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests */
  readonly etag?: string
  readonly lastModified?: string
  /** In place of `https://host/path`: `MIRROR/host/path`. */
  readonly mirror?: string
  readonly patience?: DownloadPatience
  readonly onStart?: (total: number | undefined) => void
  readonly onBytes?: (count: number) => void
}

export type Downloaded =
  | { readonly isNew: false }
  | {
      readonly isNew: true
      /** To be closed. */
      readonly file: Scratch
      readonly url: string
      readonly etag?: string
      readonly lastModified?: string
    }

/** Small answers: lists of mirrors, indexes of repositories, single records. */
const textLimit = 64 * 1024 * 1024
const textPatience = 10 * 60_000
const redirects = 10

/** Rejects with WorldError when it cannot be had, and with Unreadable when what came is not what it should be. */
export const download = async (world: World, request: DownloadRequest): Promise<Downloaded> => {
  let { url } = request
  for (const next of request.via ?? []) url = next(await downloadText(world, { ...request, url }), url)
  const file = world.files.scratch()
  try {
    let current: { etag?: string; lastModified?: string } | undefined
    const endurance = newEndurance((request.patience ?? usual).tries)
    for (;;) {
      let response: HttpResponse | undefined
      try {
        const resumes = file.size > 0
        // Only a part of the very same file may be taken up again.
        const validator = current?.etag && !current.etag.startsWith('W/') ? current.etag : current?.lastModified
        response = await ask(
          world,
          request,
          url,
          resumes
            ? { range: `bytes=${file.size}-`, ...(validator === undefined ? {} : { 'if-range': validator }) }
            : {
                ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
                ...(request.lastModified === undefined ? {} : { 'if-modified-since': request.lastModified }),
              },
        )
        if (response.status === 304 && !resumes) {
          file.close()
          return { isNew: false }
        }
        if (response.status === 429 || response.status >= 500)
          throw new Passing(`${hostOf(url)} answers with ${response.status}`, response.headers['retry-after'])
        if (response.status !== 200 && response.status !== 206)
          throw new WorldError(response.status === 404 ? 'not-found' : 'failed', `${url} is answered with ${response.status}`)
        // Whoever does not know ranges, or has another file by now, begins again.
        if (resumes && response.status === 200) file.truncate()
        if (response.status === 206 && !(response.headers['content-range'] ?? '').startsWith(`bytes ${file.size}-`))
          throw new WorldError('failed', `${hostOf(url)} sends another part than it was asked for`)
        current = validators(response)
        const length = Number(response.headers['content-length'])
        const total = Number.isSafeInteger(length) ? file.size + length : undefined
        if (total !== undefined && total > request.limit) throw tooLarge(url, request.limit)
        if (file.size === 0) request.onStart?.(total)
        for await (const piece of atPace(world, response, hostOf(url))) {
          if (file.size + piece.length > request.limit) throw tooLarge(url, request.limit)
          file.append(piece)
          endurance.advance(piece.length)
          request.onBytes?.(piece.length)
        }
        if (total !== undefined && file.size < total) throw new Passing(`${hostOf(url)} sent ${file.size} of ${total} bytes`)
        return { isNew: true, file, url, ...current }
      } catch (error) {
        await waitOrThrow(world, request, error, endurance.fail())
      } finally {
        response?.close()
      }
    }
  } catch (error) {
    file.close()
    throw error
  }
}

/** A small text. Rejects like `download`. */
export const downloadText = async (
  world: World,
  request: Pick<DownloadRequest, 'url' | 'mirror' | 'patience'>,
  limit = textLimit,
): Promise<string> => {
  const { patience = usual } = request
  const endurance = newEndurance(patience.tries)
  const until = world.clock.now() + (patience.whole ?? textPatience)
  for (;;) {
    let response: HttpResponse | undefined
    try {
      response = await ask(world, request, request.url, {})
      if (response.status === 429 || response.status >= 500)
        throw new Passing(`${hostOf(request.url)} answers with ${response.status}`, response.headers['retry-after'])
      if (response.status !== 200)
        throw new WorldError(
          response.status === 404 ? 'not-found' : 'failed',
          `${request.url} is answered with ${response.status}`,
        )
      return new TextDecoder().decode(await readWhole(world, response, { where: hostOf(request.url), limit, until }))
    } catch (error) {
      if (error instanceof WorldError && error.code === 'too-large') throw tooLarge(request.url, limit)
      await waitOrThrow(world, request, error, world.clock.now() > until ? undefined : endurance.fail())
    } finally {
      response?.close()
    }
  }
}

/** Trouble that may be over in a moment. */
class Passing extends Error {
  readonly retryAfter: string | undefined
  constructor(message: string, retryAfter?: string) {
    super(message)
    this.retryAfter = retryAfter
  }
}

const waitOrThrow = async (
  world: World,
  { patience = usual }: Pick<DownloadRequest, 'patience'>,
  error: unknown,
  failures: number | undefined,
): Promise<void> => {
  const passes =
    error instanceof Passing || (error instanceof WorldError && (error.code === 'failed' || error.code === 'timed-out'))
  if (!passes) throw error
  if (failures === undefined) throw error instanceof Passing ? new WorldError('failed', error.message, error) : error
  const asked = error instanceof Passing && /^\d{1,6}$/.test(error.retryAfter ?? '') ? Number(error.retryAfter) * 1000 : 0
  await world.clock.sleep(Math.min(patience.longest, Math.max(asked, patience.first * 2 ** (failures - 1))))
}

const tooLarge = (url: string, limit: number): Unreadable => new Unreadable(`${url} has more than ${limit} bytes`)

const hostOf = (url: string): string => new URL(url).host

const validators = ({ headers }: HttpResponse): { etag?: string; lastModified?: string } => ({
  ...(headers.etag === undefined ? {} : { etag: headers.etag }),
  ...(headers['last-modified'] === undefined ? {} : { lastModified: headers['last-modified'] }),
})

/** Follows redirects, never from https to http, and never from the public internet into a private network. */
const ask = async (
  world: World,
  { mirror, patience = usual }: Pick<DownloadRequest, 'mirror' | 'patience'>,
  start: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponse> => {
  const first = new URL(start)
  let url = mirror === undefined ? start : `${mirror.replace(/\/$/, '')}/${first.host}${first.pathname}${first.search}`
  let publicOnly = false
  for (let hops = 0; hops <= redirects; hops++) {
    const response = await world.http.request({ url, headers, timeout: patience.silence, publicOnly })
    const { location } = response.headers
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response
    response.close()
    if (!response.isPrivate) publicOnly = true
    const next = URL.parse(location, url)
    if (!next || !/^https?:$/.test(next.protocol)) throw refused(`${hostOf(url)} redirects to no web address`)
    if (url.startsWith('https:') && next.protocol === 'http:')
      throw refused(`${hostOf(url)} redirects from https to http: refused`)
    url = next.href
  }
  throw refused(`${hostOf(url)} redirects without end`)
}

/** Trying again would be in vain. */
const refused = (message: string): WorldError => new WorldError('not-permitted', message)
