/** Gentoo's database of what is installed, one folder a package: https://wiki.gentoo.org/wiki/Project:Portage (`/var/db/pkg`). */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeText } from '../cataloger.ts'

type Data = { readonly kind: 'CONTENTS'; readonly files: readonly string[] } | { readonly kind: 'LICENSE'; readonly text: string }

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['var/db/pkg/*/*/{CONTENTS,LICENSE}'],
  collect(file) {
    const text = wholeText(file)
    if (file.path.endsWith('/LICENSE')) return { kind: 'LICENSE', text: text.trim() }
    // `obj PATH MD5 TIME`, `sym PATH -> TARGET TIME`.
    return {
      kind: 'CONTENTS',
      files: text
        .split('\n')
        .flatMap(line => /^(?:obj (.+) [0-9a-f]{32} \d+$|sym (.+?) -> )/.exec(line)?.slice(1).find(Boolean) ?? []),
    }
  },
  *assemble(found) {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
    const licences = new Map(
      found.flatMap(({ path, data }) => (data.kind === 'LICENSE' ? [[folderOf(path), data.text] as const] : [])),
    )
    for (const { path, at, data } of found) {
      if (data.kind !== 'CONTENTS') continue
      const [category = '', folder = ''] = folderOf(path).split('/').slice(-2)
      // https://projects.gentoo.org/pms/8/pms.html#version-specifications
      const match = /^(.+)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/.exec(folder)
      if (!match) continue
      const licence = licences.get(folderOf(path))
      yield {
        purl: purl({ type: 'ebuild', namespace: category, name: match[1]!, version: match[2]! }),
        name: `${category}/${match[1]}`,
        version: match[2]!,
        ecosystem: 'ebuild',
        at: [at],
        owns: data.files,
        dependsOn: [],
        licences: licence ? [licence] : [],
      }
    }
  },
}

export default cataloger
