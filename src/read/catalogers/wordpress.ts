/**
 * WordPress, its plugins and themes: the first comment of a plugin's main file and of a theme's style.css has their names and versions
 * (https://developer.wordpress.org/plugins/plugin-basics/header-requirements/).
 */
import { purl } from '../../model/purl.ts'
import type { Cataloger } from '../cataloger.ts'

type Data = {
  readonly kind: 'wordpress' | 'plugin' | 'theme'
  readonly name: string
  readonly version: string
  readonly slug: string
}

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: [
    '**/wp-includes/version.php',
    '**/wp-content/plugins/*/*.php',
    '**/wp-content/plugins/*.php',
    '**/wp-content/themes/*/style.css',
  ],
  collect(file) {
    // WordPress itself looks no further.
    const text = new TextDecoder().decode(file.read(0, 8192))
    if (file.path.endsWith('/version.php')) {
      const version = /\$wp_version\s*=\s*['"]([^'"]+)['"]/.exec(text)?.[1]
      return version === undefined ? undefined : { kind: 'wordpress', name: 'wordpress', version, slug: 'wordpress' }
    }
    const kind = file.path.endsWith('.css') ? 'theme' : 'plugin'
    const field = (name: string): string =>
      new RegExp(`^[ \\t/*#@]*${name}:[ \\t]*(.*?)[ \\t]*(?:\\*/)?$`, 'im').exec(text)?.[1] ?? ''
    const name = field(kind === 'theme' ? 'Theme Name' : 'Plugin Name')
    if (name === '') return undefined
    const slug = /(?:plugins|themes)\/([^/]+?)(?:\.php)?(?:\/[^/]*)?$/.exec(file.path)?.[1] ?? name
    return { kind, name, version: field('Version'), slug }
  },
  *assemble(found) {
    for (const { at, data } of found) {
      const { kind, name, version, slug } = data
      yield {
        purl:
          kind === 'wordpress'
            ? purl({ type: 'generic', name: 'wordpress', version })
            : purl({ type: 'generic', namespace: `wordpress/${kind}s`, name: slug, version }),
        name,
        version,
        ecosystem: 'generic',
        at: [at],
        dependsOn: [],
        licences: [],
      }
    }
  },
}

export default cataloger
