/**
 * Lock files of npm (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), Yarn's first version and pnpm, where an application was bundled and
 * its node_modules left out: then they are all that says what is inside. Beside a node_modules folder they say nothing that it does not.
 */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson, wholeText } from '../cataloger.ts'

type Locked = { readonly name: string; readonly version: string }

const limit = 16 * 1024 * 1024

const cataloger: Cataloger<readonly Locked[]> = {
  revision: 1,
  files: ['**/{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml}'],
  collect(file) {
    // Packages bring those that they were developed with.
    if (/(?:^|\/)node_modules\//.test(file.path)) return undefined
    const found = file.path.endsWith('.json')
      ? fromNpm(wholeJson(file, limit))
      : file.path.endsWith('.yaml')
        ? fromPnpm(wholeText(file, limit))
        : fromYarn(wholeText(file, limit))
    return found.length === 0 ? undefined : found
  },
  *assemble(found, image) {
    for (const { path, at, data } of found) {
      const folder = path.slice(0, path.lastIndexOf('/') + 1)
      if (image.typeOf(`${folder}node_modules`) === 'directory') continue
      for (const { name, version } of data) {
        const slash = name.startsWith('@') ? name.indexOf('/') : -1
        yield {
          purl: purl({
            type: 'npm',
            ...(slash === -1 ? {} : { namespace: name.slice(0, slash) }),
            name: name.slice(slash + 1),
            version,
          }),
          name,
          version,
          ecosystem: 'npm',
          at: [at],
          dependsOn: [],
          licences: [],
        }
      }
    }
  },
}

export default cataloger

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What was only needed for developing is left out. */
const fromNpm = (value: unknown): readonly Locked[] => {
  if (!isObject(value)) return []
  const found: Locked[] = []
  if (isObject(value.packages)) {
    for (const [path, entry] of Object.entries(value.packages)) {
      if (!isObject(entry) || entry.dev === true || entry.link === true || typeof entry.version !== 'string') continue
      const at = path.lastIndexOf('node_modules/')
      if (at === -1) continue
      found.push({
        name: typeof entry.name === 'string' ? entry.name : path.slice(at + 'node_modules/'.length),
        version: entry.version,
      })
    }
    return found
  }
  // Version 1: dependencies inside of dependencies.
  const pending: unknown[] = [value.dependencies]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue
    for (const [name, entry] of Object.entries(next)) {
      if (!isObject(entry) || entry.dev === true) continue
      if (typeof entry.version === 'string' && /^\d/.test(entry.version)) found.push({ name, version: entry.version })
      if (entry.dependencies !== undefined) pending.push(entry.dependencies)
    }
  }
  return found
}

/** `lodash@^4.17.0, lodash@^4.17.21:` and, below it, `  version "4.17.21"`; since Yarn 2 `  version: 4.17.21`. */
const fromYarn = (text: string): readonly Locked[] => {
  const found: Locked[] = []
  let name: string | undefined
  for (const line of text.split('\n')) {
    const head = /^"?(@?[^@\s"]+)@[^\n]{0,4000}:$/.exec(line.trimEnd())
    if (head && !line.startsWith(' ')) name = line.includes('@workspace:') ? undefined : head[1]
    const version = /^ {2}version:? "?(\d[^"\s]*)"?$/.exec(line.trimEnd())?.[1]
    if (version !== undefined && name !== undefined) {
      found.push({ name, version })
      name = undefined
    }
  }
  return found
}

/**
 * Keys of `packages`: `/lodash/4.17.21`, `/lodash@4.17.21`, `lodash@4.17.21(peer@1)`. pnpm writes them in one way, one on a line, so that no YAML reader is
 * needed, whose loading takes longer than everything else here.
 */
const fromPnpm = (text: string): readonly Locked[] => {
  const found: Locked[] = []
  let isInside = false
  let isLast = false
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) isInside = line.trimEnd() === 'packages:'
    if (!isInside) continue
    const key = /^ {2}(['"]?)(\S.{0,500})\1:$/.exec(line.trimEnd())?.[2]
    if (key !== undefined) {
      const match = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d[^(_]*)/.exec(key)
      isLast = match !== null
      if (match) found.push({ name: match[1]!, version: match[2]! })
    } else if (isLast && line.trim() === 'dev: true') {
      found.pop()
      isLast = false
    }
  }
  return found
}
