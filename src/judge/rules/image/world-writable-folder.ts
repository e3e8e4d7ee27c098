import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Every user can replace what lies in a folder of the image',
  why: 'In a folder that everybody can write, and that has no sticky bit, any user deletes and replaces files whoever owns them: a library that is loaded, a script that root’s job runs. Folders for temporary files have the sticky bit for that reason.',
  examples: [{ bad: '{ "census": { "writableFolders": ["/app/plugins"] } }', good: '{ "census": { "writableFolders": [] } }' }],
  links: ['https://man7.org/linux/man-pages/man7/inode.7.html'],
  fixes: 'manual',
  *check({ census: { writableFolders } }) {
    if (writableFolders.count === 0) return
    yield {
      ...placesOf(writableFolders),
      message: `everybody can replace what lies in ${counted(writableFolders.count, 'folder')}: ${listed(writableFolders)}`,
      fix: advice(
        'Give them to the user that writes there, and take the right from others (chmod o-w); or set the sticky bit (chmod +t)',
      ),
    }
  },
})
