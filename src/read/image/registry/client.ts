/**
 * The pulling half of the OCI distribution specification (https://github.com/opencontainers/distribution-spec/blob/main/spec.md) with token
 * authentication (https://distribution.github.io/distribution/spec/auth/token/). What is given to whom: credentials to the registry and to the token
 * realm that it names; nobody that a redirect leads to gets them.
 */
import * as v from 'valibot'
import type { LayerBytes, RegistryAccess, RegistryCredentials } from '../../../model/image.ts'
import { type HttpResponse, type World, WorldError } from '../../../model/world.ts'
import { atPace, newEndurance, readBeginning, readWhole } from '../../http-body.ts'
import { documentLimit, ImageError } from '../documents.ts'

/** The registry answered, and the answer is no. */
export class RegistryError extends Error {
  readonly code: 'not-found' | 'denied' | 'too-many-requests' | 'broken-answer' | 'unreachable'
  readonly hint: string | undefined
  constructor(code: RegistryError['code'], message: string, hint?: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RegistryError'
    this.code = code
    this.hint = hint
  }
}

/**
 * Tries of one request, and milliseconds: to wait after the first try, twice as long after each other one, at most `longest`; `silence` without any byte;
 * `whole` for one document, one token, or until a blob begins to come, with all tries.
 */
export type Patience = {
  readonly tries: number
  readonly first: number
  readonly longest: number
  readonly silence: number
  readonly whole: number
}
export const patience: Patience = { tries: 5, first: 500, longest: 30_000, silence: 30_000, whole: 120_000 }

const redirects = 10

/** One repository of one registry. Remembers the authorization that worked. */
export class RegistryClient {
  readonly #world: World
  readonly #patience: Patience
  #access: RegistryAccess

  constructor(world: World, access: RegistryAccess, waiting = patience) {
    this.#world = world
    this.#access = access
    this.#patience = waiting
  }

  get access(): RegistryAccess {
    return this.#access
  }

  /** The bytes of a manifest or an index, by tag or digest. */
  async manifest(reference: string): Promise<Uint8Array> {
    return this.#document(`manifests/${reference}`, {
      accept: [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ].join(', '),
    })
  }

  /** The bytes of a small blob. */
  async document(digest: string): Promise<Uint8Array> {
    return this.#document(`blobs/${digest}`, {})
  }

  /**
   * Tags of the repository, page by page, at most ten thousand: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
   * Registries refuse larger pages, or give all tags at once whatever was asked for.
   */
  async tags(): Promise<readonly string[]> {
    const found = new Set<string>()
    for (let page = 0, last = ''; page < tagPages; page++) {
      const after = last === '' ? '' : `&last=${encodeURIComponent(last)}`
      const bytes = await this.#document(`tags/list?n=${tagsAtOnce}${after}`, {})
      const parsed = v.safeParse(tagsSchema, json(new TextDecoder().decode(bytes)))
      if (!parsed.success) throw new RegistryError('broken-answer', `${this.#where} gives no list of tags`)
      const tags = parsed.output.tags ?? []
      const before = found.size
      for (const tag of tags) if (found.size < tagPages * tagsAtOnce && /^\w[\w.-]{0,127}$/.test(tag)) found.add(tag)
      if (tags.length < tagsAtOnce || found.size === before) break
      last = tags.at(-1)!
    }
    return [...found]
  }

  async #document(path: string, headers: Readonly<Record<string, string>>): Promise<Uint8Array> {
    const until = this.#end()
    for (let attempt = 1; ; attempt++) {
      const response = await this.#ask(path, headers, until)
      try {
        return await readWhole(this.#world, response, { where: this.#where, limit: documentLimit, until })
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        if (error.code === 'too-large')
          throw new RegistryError('broken-answer', `${error.message} for a document`, undefined, error)
        if (attempt >= this.#patience.tries || this.#world.clock.now() >= until) throw error
        await this.#wait(attempt, undefined)
      } finally {
        response.close()
      }
    }
  }

  /**
   * A blob from its beginning to its end. A connection that breaks is taken up again where it broke. Rejects with RegistryError when more bytes
   * come than `size`, or when so little comes for so long and so often that waiting is in vain. The digest is for the reader to verify.
   */
  async *blob(digest: string, size: number): AsyncGenerator<Uint8Array> {
    let done = 0
    const endurance = newEndurance(this.#patience.tries)
    while (done < size) {
      let response: HttpResponse | undefined
      try {
        response = await this.#ask(`blobs/${digest}`, done === 0 ? {} : { range: `bytes=${done}-` }, this.#end())
        // Whoever does not know ranges begins again.
        let skip = done > 0 && response.status !== 206 ? done : 0
        for await (const piece of atPace(this.#world, response, this.#where)) {
          const taken = Math.min(skip, piece.length)
          skip -= taken
          const rest = piece.subarray(taken)
          if (rest.length === 0) continue
          if (done + rest.length > size)
            throw new RegistryError('broken-answer', `${this.#where} sends more than the ${size} bytes of ${digest}`)
          done += rest.length
          endurance.advance(rest.length)
          yield rest
        }
        if (done < size) throw new WorldError('failed', `${this.#where} sent ${done} of ${size} bytes`)
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        const failures = endurance.fail()
        if (failures === undefined)
          throw new RegistryError('unreachable', `${digest} could not be read: ${error.message}`, undefined, error)
        await this.#wait(failures, undefined)
      } finally {
        response?.close()
      }
    }
  }

  get #where(): string {
    return new URL(this.#access.base).host
  }

  /** Until it is answered with 200 or 206; everything else is an error, or is tried again. */
  async #ask(path: string, headers: Readonly<Record<string, string>>, until: number): Promise<HttpResponse> {
    const url = `${this.#access.base}/v2/${this.#access.repository}/${path}`
    let isRenewed = false
    for (let attempt = 1; ; attempt++) {
      let response: HttpResponse
      try {
        response = await this.#follow(url, headers)
      } catch (error) {
        if (!mayPass(error) || attempt >= this.#patience.tries || this.#world.clock.now() >= until) throw error
        await this.#wait(attempt, undefined)
        continue
      }
      if (response.status === 200 || response.status === 206) return response
      const text = await this.#shortText(response)
      if (response.status === 401 && !isRenewed) {
        isRenewed = true
        await this.#authorize(response.headers['www-authenticate'])
        attempt--
        continue
      }
      const canHelp = response.status === 429 || response.status >= 500
      if (canHelp && attempt < this.#patience.tries && this.#world.clock.now() < until) {
        await this.#wait(attempt, response.headers['retry-after'])
        continue
      }
      throw this.#refusal(response.status, text, path)
    }
  }

  #refusal(status: number, text: string, path: string): RegistryError {
    const { repository } = this.#access
    const said = reasonIn(text)
    const what = `${this.#where}/${repository}`
    if (status === 401 || status === 403)
      return new RegistryError(
        'denied',
        `${what}: ${said ?? 'access denied'}`,
        this.#access.credentials ? 'the credentials of docker login are not enough' : 'docker login lets bulkhead in too',
      )
    if (status === 404) {
      const reference = path.replace(/^(?:manifests|blobs)\//, '')
      return new RegistryError('not-found', `${what} has no ${reference}${said === undefined ? '' : `: ${said}`}`)
    }
    if (status === 429)
      return new RegistryError('too-many-requests', `${what}: too many requests`, 'docker login raises the limit')
    return new RegistryError('broken-answer', `${what} answers with ${status}${said === undefined ? '' : `: ${said}`}`)
  }

  async #follow(start: string, headers: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const origin = new URL(this.#access.base).origin
    let url = start
    let publicOnly = false
    for (let hops = 0; hops <= redirects; hops++) {
      const isOwn = new URL(url).origin === origin
      const { authorization } = this.#access
      const response = await this.#world.http.request({
        url,
        headers: { ...headers, ...(isOwn && authorization !== undefined ? { authorization } : {}) },
        timeout: this.#patience.silence,
        publicOnly,
      })
      const { location } = response.headers
      if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response
      response.close()
      if (!response.isPrivate) publicOnly = true
      const next = URL.parse(location, url)
      if (!next || (next.protocol !== 'https:' && next.protocol !== 'http:'))
        throw new RegistryError('broken-answer', `${this.#where} redirects to no web address`)
      if (new URL(url).protocol === 'https:' && next.protocol === 'http:')
        throw new RegistryError('broken-answer', `${this.#where} redirects from https to http: refused`)
      url = next.href
    }
    throw new RegistryError('broken-answer', `${this.#where} redirects without end`)
  }

  /** Finds the authorization that a 401 asks for. */
  async #authorize(challenge: string | undefined): Promise<void> {
    const { credentials } = this.#access
    const asked = parseChallenge(challenge ?? '')
    if (credentials?.kind === 'bearer') {
      this.#access = { ...this.#access, authorization: `Bearer ${credentials.token}` }
      return
    }
    if (asked?.scheme === 'basic') {
      if (credentials?.kind === 'password') this.#access = { ...this.#access, authorization: basic(credentials) }
      return
    }
    if (asked?.scheme !== 'bearer')
      throw new RegistryError('broken-answer', `${this.#where} asks for a kind of authentication that bulkhead does not know`)
    const token = await this.#token(asked.parameters, credentials)
    this.#access = { ...this.#access, authorization: `Bearer ${token}` }
  }

  async #token(parameters: ReadonlyMap<string, string>, credentials: RegistryCredentials | undefined): Promise<string> {
    const base = new URL(this.#access.base)
    const realm = URL.parse(parameters.get('realm') ?? '', base.href)
    if (!realm || !/^https?:$/.test(realm.protocol))
      throw new RegistryError('broken-answer', `${this.#where} names no address that gives tokens`)
    if (realm.protocol === 'http:' && base.protocol === 'https:')
      throw new RegistryError('broken-answer', `${this.#where} gives tokens by plain http: refused`)
    const service = parameters.get('service')
    const scope = parameters.get('scope') ?? `repository:${this.#access.repository}:pull`
    // Whoever answers on the public internet has no business to send us into the private network.
    const probe = await this.#world.http.request({
      url: `${this.#access.base}/v2/`,
      method: 'HEAD',
      timeout: this.#patience.silence,
    })
    probe.close()
    const publicOnly = !probe.isPrivate
    const form = new URLSearchParams()
    if (service !== undefined) form.set('service', service)
    form.set('scope', scope)
    const until = this.#end()
    for (let attempt = 1; ; attempt++) {
      let response: HttpResponse
      try {
        if (credentials?.kind === 'identity') {
          form.set('grant_type', 'refresh_token')
          form.set('client_id', 'bulkhead')
          form.set('refresh_token', credentials.token)
          response = await this.#world.http.request({
            url: realm.href,
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: form.toString(),
            timeout: this.#patience.silence,
            publicOnly,
          })
        } else {
          for (const [key, value] of form) realm.searchParams.set(key, value)
          response = await this.#world.http.request({
            url: realm.href,
            headers: credentials?.kind === 'password' ? { authorization: basic(credentials) } : {},
            timeout: this.#patience.silence,
            publicOnly,
          })
        }
      } catch (error) {
        if (!mayPass(error) || attempt >= this.#patience.tries || this.#world.clock.now() >= until) throw error
        await this.#wait(attempt, undefined)
        continue
      }
      const text = await this.#shortText(response)
      if (response.status === 200) {
        const token = tokenIn(text)
        if (token !== undefined) return token
        throw new RegistryError('broken-answer', `${realm.host} gives no token`)
      }
      if (
        (response.status === 429 || response.status >= 500) &&
        attempt < this.#patience.tries &&
        this.#world.clock.now() < until
      ) {
        await this.#wait(attempt, response.headers['retry-after'])
        continue
      }
      throw new RegistryError(
        'denied',
        `${realm.host} gives no token for ${this.#where}/${this.#access.repository}: ${reasonIn(text) ?? `it answers with ${response.status}`}`,
        credentials ? 'docker login again: the credentials were refused' : 'docker login lets bulkhead in too',
      )
    }
  }

  /** When patience with what begins now ends. */
  #end(): number {
    return this.#world.clock.now() + this.#patience.whole
  }

  /** A token, or the beginning of an error's text: the status has said enough. */
  #shortText(response: HttpResponse): Promise<string> {
    const until = this.#world.clock.now() + this.#patience.silence
    return readBeginning(this.#world, response, { limit: 256 * 1024, until })
  }

  async #wait(attempt: number, retryAfter: string | undefined): Promise<void> {
    const { first, longest } = this.#patience
    const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0
    await this.#world.clock.sleep(Math.min(longest, Math.max(asked, first * 2 ** (attempt - 1))))
  }
}

/** Trouble that may be over in a moment. That nobody has the name, or listens, is not. */
const mayPass = (error: unknown): boolean =>
  error instanceof WorldError && error.code !== 'not-permitted' && error.code !== 'not-found'

const basic = ({ user, password }: { readonly user: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** `Bearer realm="https://…",service="…"`: the schemes that we know, the best first. */
export const parseChallenge = (
  header: string,
): { readonly scheme: 'basic' | 'bearer'; readonly parameters: ReadonlyMap<string, string> } | undefined => {
  for (const scheme of ['bearer', 'basic'] as const) {
    const at = new RegExp(`(?:^|,\\s*|\\s)${scheme}\\s+(?=[a-z_]+=)`, 'i').exec(header)
    if (!at) continue
    const parameters = new Map<string, string>()
    let rest = header.slice(at.index + at[0].length)
    for (;;) {
      const pair = /^\s*,?\s*([a-zA-Z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/.exec(rest)
      if (!pair) break
      parameters.set(pair[1]!.toLowerCase(), pair[3] ?? pair[2]!.replace(/\\(.)/g, '$1'))
      rest = rest.slice(pair[0].length)
    }
    return { scheme, parameters }
  }
  return undefined
}

const tagsAtOnce = 1000
const tagPages = 10
const tagsSchema = v.looseObject({ tags: v.nullish(v.array(v.string())) })

const errorsSchema = v.looseObject({
  errors: v.nullish(v.array(v.looseObject({ code: v.nullish(v.string()), message: v.nullish(v.string()) }))),
  details: v.nullish(v.string()),
})

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const reasonIn = (text: string): string | undefined => {
  const parsed = v.safeParse(errorsSchema, json(text))
  if (!parsed.success) return undefined
  const [error] = parsed.output.errors ?? []
  return (error?.message || error?.code || parsed.output.details || undefined)?.slice(0, 200)
}

const tokenSchema = v.looseObject({ token: v.nullish(v.string()), access_token: v.nullish(v.string()) })
const tokenIn = (text: string): string | undefined => {
  const parsed = v.safeParse(tokenSchema, json(text))
  const token = parsed.success ? parsed.output.token || parsed.output.access_token : undefined
  // It goes into a header.
  return token && /^[\x21-\x7e]+$/.test(token) ? token : undefined
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The bytes of a layer, in whatever thread. */
export const openBlob = (
  world: World,
  { access, digest, size }: Extract<LayerBytes, { from: 'registry' }>,
): AsyncGenerator<Uint8Array> => new RegistryClient(world, access).blob(digest, size)

export const isLoopback = (host: string): boolean =>
  /^(?:localhost|[^/]*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host)

/** Whether a registry is spoken to by https or http. Throws ImageError when the answer is neither. */
export const findBase = async (world: World, host: string, plainHttp: boolean): Promise<string> => {
  const real = host === 'docker.io' ? 'registry-1.docker.io' : host
  if (plainHttp) return `http://${real}`
  if (!isLoopback(real)) return `https://${real}`
  try {
    ;(await world.http.request({ url: `https://${real}/v2/`, timeout: patience.silence })).close()
    return `https://${real}`
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    if (error.code === 'not-found' || error.code === 'timed-out') throw new ImageError('no-such-image', error.message)
    // Something listens, and does not speak TLS.
    return `http://${real}`
  }
}
