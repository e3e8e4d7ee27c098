/**
 * Lock files of npm (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), Yarn's first version and pnpm, where an application was bundled and
 * its node_modules left out: then they are all that says what is inside. Beside a node_modules folder they say nothing that it does not.
 */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeJson, wholeText } from '../cataloger.ts'

type Locked = { readonly name: string; readonly version: string }

const limit = 16 * 1024 * 1024

const cataloger: Cataloger<readonly Locked[]> = {
  revision: 2,
  files: ['**/{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml}'],
  collect(file) {
    // Packages of all languages bring those that they were developed with, or tested.
    if (/(?:^|\/)(?:node_modules|vendor|site-packages|dist-packages|gems|go\/src|testdata)\//.test(file.path)) return undefined
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
      const version = typeof entry.version === 'string' ? entry.version : ''
      const alias = /^npm:(.{1,255})@(\d.*)$/.exec(version)
      if (alias) found.push({ name: alias[1]!, version: alias[2]! })
      else if (/^\d/.test(version)) found.push({ name, version })
      if (entry.dependencies !== undefined) pending.push(entry.dependencies)
    }
  }
  return found
}

/**
 * `lodash@^4.17.0, lodash@^4.17.21:` and, below it, `  version "4.17.21"`; since Yarn 2 `  version: 4.17.21`, then `  resolution: "lodash@npm:4.17.21"`.
 * What goes by another name is `alias@npm:lodash@^4`: https://classic.yarnpkg.com/en/docs/cli/add#toc-yarn-add-alias
 */
const fromYarn = (text: string): readonly Locked[] => {
  const found: Locked[] = []
  let name: string | undefined
  let version: string | undefined
  let isOwn = false
  const end = (): void => {
    if (name !== undefined && version !== undefined && !isOwn) found.push({ name, version })
    name = undefined
    version = undefined
  }
  for (const whole of text.split('\n')) {
    const line = whole.trimEnd()
    // Keys that are too long for YAML stand behind `? `, and their colon on a line of its own.
    if (/^[^\s#:]/.test(line)) {
      end()
      isOwn = /@(?:workspace|link|portal):/.test(line)
      const head = /^(?:\? )?"?(@?[^@\s"]{1,255})@(?:npm:((?:@[^@\s"/]{1,255}\/)?[^@\s"]{1,255})@)?/.exec(line)
      name = head?.[2] ?? head?.[1]
    }
    version ??= /^ {2}version:? "?(\d[^"\s]*)"?$/.exec(line)?.[1]
    name = /^ {2}resolution: "?(@?[^@\s"]{1,255})@/.exec(line)?.[1] ?? name
  }
  end()
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
    const key = /^ {2}['"]?([^\s'"].{0,500}):$/.exec(line.trimEnd())?.[1]
    if (key !== undefined) {
      const match = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d[^(_'"]*)/.exec(key)
      isLast = match !== null
      if (match) found.push({ name: match[1]!, version: match[2]! })
    } else if (isLast && line.trim() === 'dev: true') {
      found.pop()
      isLast = false
    }
  }
  return found
}
