/** Package URLs: https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst */

export type Purl = {
  readonly type: string
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: string | undefined
  /** Empty and undefined values are left out. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>>
  readonly subpath?: string | undefined
}

/** Everything is escaped but letters, digits and `.-_~:`, as the specification's own test suite has it. */
const escape = (text: string): string =>
  encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed())
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':')

const segments = (path: string): string[] => path.split('/').filter(segment => segment !== '')

/** The canonical form. Names are written as given, but for types whose names are defined to be in small letters. */
export const purl = ({ type, namespace, name, version, qualifiers, subpath }: Purl): string => {
  const kind = type.toLowerCase()
  const lower = lowerCased.has(kind)
  const fold = (text: string): string => (lower ? text.toLowerCase() : text)
  let text = `pkg:${kind}/`
  for (const segment of segments(namespace ?? '')) text += `${escape(fold(segment))}/`
  text += escape(kind === 'pypi' ? fold(name).replaceAll('_', '-') : fold(name))
  if (version !== undefined && version !== '') text += `@${escape(version)}`
  const pairs = Object.entries(qualifiers ?? {})
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
    .map(([key, value]) => `${key.toLowerCase()}=${escape(value)}`)
    .sort()
  if (pairs.length > 0) text += `?${pairs.join('&')}`
  const path = segments(subpath ?? '').filter(segment => segment !== '.' && segment !== '..')
  if (path.length > 0) text += `#${path.map(escape).join('/')}`
  return text
}

/** npm is not among them: `JSONStream` and `jsonstream` are two packages. */
const lowerCased = new Set(['alpm', 'apk', 'bitbucket', 'composer', 'deb', 'github', 'gitlab', 'hex', 'pypi'])

/** Undefined: the text is no package URL. */
export const parsePurl = (text: string): Purl | undefined => {
  try {
    let rest = text
    const take = (separator: string, last: boolean): string | undefined => {
      const at = last ? rest.lastIndexOf(separator) : rest.indexOf(separator)
      if (at === -1) return undefined
      const tail = rest.slice(at + 1)
      rest = rest.slice(0, at)
      return tail
    }
    const subpath = take('#', true)
    const query = take('?', true)
    const scheme = /^pkg:\/*/i.exec(rest)
    if (!scheme) return undefined
    rest = rest.slice(scheme[0].length).replace(/^\/+|\/+$/g, '')
    const slash = rest.indexOf('/')
    if (slash <= 0) return undefined
    const type = rest.slice(0, slash).toLowerCase()
    if (!/^[a-z][a-z0-9.+-]*$/.test(type)) return undefined
    rest = rest.slice(slash + 1)
    // An @ in front belongs to an npm scope that somebody did not escape.
    const version = rest.lastIndexOf('@') > 0 ? take('@', true) : undefined
    const parts = segments(rest).map(decodeURIComponent)
    const name = parts.pop()
    if (name === undefined) return undefined
    const qualifiers: Record<string, string> = {}
    for (const pair of query?.split('&') ?? []) {
      const equals = pair.indexOf('=')
      if (equals > 0 && equals < pair.length - 1)
        qualifiers[pair.slice(0, equals).toLowerCase()] = decodeURIComponent(pair.slice(equals + 1))
    }
    return {
      type,
      ...(parts.length > 0 ? { namespace: parts.join('/') } : {}),
      name,
      ...(version === undefined ? {} : { version: decodeURIComponent(version) }),
      ...(Object.keys(qualifiers).length > 0 ? { qualifiers } : {}),
      ...(subpath === undefined ? {} : { subpath: segments(subpath).map(decodeURIComponent).join('/') }),
    }
  } catch (error) {
    // decodeURIComponent: a % that begins no escape.
    if (error instanceof URIError) return undefined
    throw error
  }
}
