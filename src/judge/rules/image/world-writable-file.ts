import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Every user can write files of the image',
  why: 'An attacker who got in as an unprivileged user changes such a file and waits: a program or a script is started by the next process, also by root’s; a configuration sends the data elsewhere. What nobody but its owner can write stays what was built.',
  examples: [{ bad: '{ "census": { "writableFiles": ["/app/start.sh"] } }', good: '{ "census": { "writableFiles": [] } }' }],
  fixes: 'manual',
  *check({ census: { writableFiles } }) {
    if (writableFiles.count === 0) return
    yield {
      ...placesOf(writableFiles),
      message: `everybody can write ${counted(writableFiles.count, 'file')}: ${listed(writableFiles)}`,
      fix: advice('Give them to the user that writes them (COPY --chown, chown), and take the right from others: chmod o-w'),
    }
  },
})
