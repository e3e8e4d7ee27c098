import { isDigest } from '../../../model/finding.ts'
import { rewriteFrom } from '../../base/dockerfile.ts'
import { nameOfImage } from '../image-choice.ts'
import { transformation } from '../transformation.ts'

export default transformation({
  title: 'Pin the base to its digest',
  why: 'A tag can be moved by whoever may push to the registry, and then your next build contains what you never saw. A digest names one content for ever. The tag stays beside it for people, and for tools that propose updates: without them, fixes do not come by themselves any more.',
  level: 'safe',
  safety: 'safe',
  order: 110,
  supersedes: ['dockerfile/base-digest-missing'],
  apply({ dockerfile, images }) {
    const { edits, changes } = rewriteFrom(dockerfile, reference => {
      const { tag, familiar, digest } = reference
      const known = digest === undefined ? images.get(nameOfImage(reference))?.digest : undefined
      return known !== undefined && isDigest(known)
        ? { name: familiar, ...(tag === undefined ? {} : { tag }), digest: known }
        : undefined
    })
    if (edits.length === 0) return undefined
    const names = [...new Set(changes.map(({ before }) => before))]
    return {
      edits,
      title: `Pin ${names.map(name => `\`${name}\``).join(', ')} to ${names.length === 1 ? 'its digest' : 'their digests'}`,
    }
  },
})
